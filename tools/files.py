"""Files that are whole or not there."""

import os
from pathlib import Path


def write_json(path: Path, content: str) -> None:
    """Write a file under a temporary name and move it into place."""
    draft = path.with_name(path.name + ".tmp")
    with draft.open("w", encoding="utf-8") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    draft.replace(path)
