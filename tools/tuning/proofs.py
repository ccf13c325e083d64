"""Which tunes the locked rows of a file have judged: of several, the best is partly luck."""

import json
from pathlib import Path

FILE = "tuned_reads.jsonl"


def note_proof(folder: Path, seal: str) -> int:
    """Note that a file's locked rows are about to judge an adapter.

    Only the first one that they judge is proven by them. One that is judged again, as when a run is
    taken up after a crash, keeps its place.

    Args:
        folder: Where what is computed about the file is kept.
        seal: Hash of the adapter's seal.

    Returns:
        How many other adapters they had judged before.
    """
    path = folder / FILE
    kept = path.read_text(encoding="utf-8") if path.exists() else ""
    whole = [line for line in kept.splitlines() if line.endswith("}")]  # a crash may have cut one
    seals = [json.loads(line)["seal"] for line in whole]
    if seal in seals:
        return seals.index(seal)
    with path.open("a", encoding="utf-8") as stream:
        apart = "\n" if kept and not kept.endswith("\n") else ""
        stream.write(apart + json.dumps({"seal": seal}) + "\n")
    return len(seals)
