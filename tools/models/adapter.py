"""An adapter folder that says which base it belongs to, and shows whether it was changed."""

import hashlib
from pathlib import Path

from pydantic import ValidationError

from policies.evidence import Frozen
from tools.errors import ModelError
from tools.files import write_json
from tools.models.folder import weights_hash

SEAL = "seal.json"


class Seal(Frozen):
    """What an adapter is made of.

    Attributes:
        base: Hash of the base model's weights.
        files: SHA-256 of each of the adapter's files.
        parts: How many 4-bit parts the adapted weights were rounded to in training.
    """

    base: str
    files: dict[str, str]
    parts: int = 1


def seal_adapter(adapter: Path, base: Path, parts: int = 1) -> Seal:
    """Write the seal of a new adapter on the model in folder `base`."""
    seal = Seal(base=weights_hash(base), files=_hashes(adapter), parts=parts)
    write_json(adapter / SEAL, seal.model_dump_json(indent=1))
    return seal


def read_seal(adapter: Path) -> Seal:
    """The seal of an adapter.

    Raises:
        ModelError: It has none.
    """
    try:
        return Seal.model_validate_json((adapter / SEAL).read_bytes())
    except (OSError, ValidationError) as error:
        raise ModelError(
            f"The adapter {adapter.name!r} has no readable seal; tune again to get one."
        ) from error


def check_adapter(adapter: Path, base: Path) -> Seal:
    """Make sure that an adapter is unchanged and belongs to the model in folder `base`.

    The seal guards against mix-ups, damage and careless edits; whoever can write to the folder can
    also write a new seal.

    Raises:
        ModelError: It was changed, or is for another base model.
    """
    seal = read_seal(adapter)
    if _hashes(adapter) != seal.files:
        raise ModelError(
            f"The adapter {adapter.name!r} was changed after its training and is not used; "
            "tune again, or take it from a backup."
        )
    if weights_hash(base) != seal.base:
        raise ModelError(
            f"The adapter {adapter.name!r} was trained on another base model than {base.name!r} "
            "and would give nonsense on it; use it with its own."
        )
    return seal


def _hashes(adapter: Path) -> dict[str, str]:
    """SHA-256 of all files but the seal and the card, which is for people."""
    found = {}
    for file in sorted(adapter.rglob("*")):
        if file.is_file() and file.name not in (SEAL, "README.md"):
            with file.open("rb") as stream:
                digest = hashlib.file_digest(stream, "sha256").hexdigest()
            found[file.relative_to(adapter).as_posix()] = digest
    return found
