"""Checkpoints that are known to be whole: a manifest of sizes, written last."""

import json
from pathlib import Path

from tools.files import write_json

MANIFEST = "complete.json"


def seal(checkpoint: Path) -> None:
    """Mark a checkpoint as complete."""
    sizes = {file.name: file.stat().st_size for file in checkpoint.iterdir() if file.is_file()}
    write_json(checkpoint / MANIFEST, json.dumps(sizes))


def newest_complete(folder: Path) -> Path | None:
    """The newest checkpoint all of whose files are as long as they were when it was sealed."""
    found = sorted(folder.glob("checkpoint-*"), key=lambda path: int(path.name.rpartition("-")[2]))
    return next((path for path in reversed(found) if _is_complete(path)), None)


def _is_complete(checkpoint: Path) -> bool:
    try:
        sizes = json.loads((checkpoint / MANIFEST).read_bytes())
        return all((checkpoint / name).stat().st_size == size for name, size in sizes.items())
    except (OSError, ValueError):
        return False
