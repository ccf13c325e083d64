"""The adapters of this installation, kept in the home folder beside what was measured of them.

Each has a folder with the adapter and its entry, which is written last. Of a deleted one a marker
stays, so that its run's own copy is out of use as well. Where a run's adapter is out of use, the
newest one for the same examples that passed its gate takes its place, if there is one.
"""

import hashlib
import re
import shutil
from pathlib import Path

from pydantic import ValidationError

from policies.evidence import Difference, Frozen, Score
from policies.figures import percent, points, signed
from tools.errors import RunError
from tools.files import write_json
from tools.models.adapter import SEAL
from tools.trials.plan import Plan
from tools.tuning.job import ADAPTER
from tools.tuning.recipe import Recipe

ENTRY, DELETED = "entry.json", "deleted"
NAME = re.compile(r"[0-9a-z][0-9a-z-]{0,63}")
OUT_OF_USE = "The adapter of the run {} was rolled back or deleted, so it is out of use."


def entry_name(run_id: str, adapter: str) -> str:
    """Name of the entry of an adapter folder of a run; both end in the start of its hash."""
    return f"{run_id}-{adapter.rpartition('-')[2]}"


class Entry(Frozen):
    """What is known of one adapter.

    Attributes:
        name: Unique in the registry; the run it is from and the start of its hash.
        created: When it was trained, ISO 8601 in UTC.
        model: Name of the base model in the settings.
        base: Hash of the base model's weights.
        seal: SHA-256 of the adapter's seal.
        data: Hash of the examples.
        data_name: Their file's name, for people only.
        run_id: The run it is from.
        recipe: How it was trained.
        steps: Optimiser steps done.
        seconds: Wall-clock seconds of the training.
        stopped: Whether the training was stopped early by the user.
        dev: Score on dev as it is served, or None where it was not measured.
        test: Score on the locked test, or None.
        difference: Against the best prompt on the same rows, or None.
        kept_abilities: Whether the check for forgetting passed, or None.
        shipped: Whether it passed its gate.
        rolled_back: Whether it was taken out of use.
        plan: How it is asked; None where that was not measured.
        task: The task in the words that it was trained with.
    """

    name: str
    created: str
    model: str
    base: str
    seal: str
    data: str
    data_name: str
    run_id: str
    recipe: Recipe
    steps: int
    seconds: float
    stopped: bool
    dev: Score | None = None
    test: Score | None = None
    difference: Difference | None = None
    kept_abilities: bool | None = None
    shipped: bool = False
    rolled_back: bool = False
    plan: Plan | None = None
    task: str = ""


class Registry:
    """The adapters under a home folder."""

    def __init__(self, home: Path) -> None:
        """Look in this home folder."""
        self.folder = home / "adapters"

    def add(self, adapter: Path, entry: Entry) -> None:
        """Keep an adapter and what is known of it; the same name replaces.

        Raises:
            RunError: The registry cannot be written.
        """
        folder = self._folder(entry.name)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            (folder / ENTRY).unlink(missing_ok=True)
            shutil.rmtree(folder / ADAPTER, ignore_errors=True)
            shutil.copytree(adapter, folder / ADAPTER)
            self._write(entry)
            (folder / DELETED).unlink(missing_ok=True)
        except OSError as error:
            raise RunError(f"The adapter cannot be kept: {error.strerror}.") from error

    def entries(self) -> list[Entry]:
        """All adapters with a readable entry, newest first; deleted ones have none."""
        found = []
        for file in self.folder.glob(f"*/{ENTRY}"):
            if (file.parent / DELETED).exists():  # its deletion was interrupted
                continue
            try:
                found.append(Entry.model_validate_json(file.read_bytes()))
            except (OSError, ValidationError):
                continue
        return sorted(found, key=lambda entry: (entry.created, entry.name), reverse=True)

    def get(self, name: str) -> Entry:
        """One entry.

        Raises:
            RunError: There is none of that name.
        """
        try:
            return Entry.model_validate_json((self._folder(name) / ENTRY).read_bytes())
        except ValidationError as error:
            raise RunError(f"The entry of adapter {name!r} is damaged; delete it.") from error
        except OSError:
            raise RunError(
                f"There is no adapter {name!r}; `tuneworthy adapters` lists them."
            ) from None

    def is_out_of_use(self, run_id: str, adapter: str) -> bool:
        """Whether the adapter in a run's folder of that name was rolled back or deleted."""
        name = entry_name(run_id, adapter)
        try:
            return (self._folder(name) / DELETED).exists() or self.get(name).rolled_back
        except RunError:  # never in it, or its entry is damaged
            return False

    def adapter(self, entry: Entry) -> Path:
        """Folder of an adapter that is kept here."""
        return self._folder(entry.name) / ADAPTER

    def update(self, name: str, **known: object) -> Entry:
        """Add what is known of an adapter."""
        entry = Entry.model_validate({**self.get(name).model_dump(), **known})
        self._write(entry)
        return entry

    def in_use(self, data: str, model: str) -> Entry | None:
        """The newest adapter for some examples and a base model that may be asked, or None."""
        fits = (e for e in self.entries() if (e.data, e.model) == (data, model))
        return next((e for e in fits if e.shipped and e.plan and not e.rolled_back), None)

    def roll_back(self, name: str) -> Entry | None:
        """Take an adapter out of use.

        Returns:
            The adapter that is served in its place, or None.

        Raises:
            RunError: There is none of that name.
        """
        entry = self.update(name, rolled_back=True)
        return self.in_use(entry.data, entry.model)

    def delete(self, name: str) -> None:
        """Delete an adapter; what stays says that it is out of use.

        Raises:
            RunError: There is none of that name, or it cannot be deleted.
        """
        folder = self._folder(name)
        if not folder.exists() or [file.name for file in folder.iterdir()] == [DELETED]:
            self.get(name)
        try:
            (folder / DELETED).touch()  # first: its run's own copy must not come back into use
            (folder / ENTRY).unlink(missing_ok=True)
            if (folder / ADAPTER).exists():
                shutil.rmtree(folder / ADAPTER)
        except OSError as error:
            raise RunError(f"The adapter {name!r} cannot be deleted: {error.strerror}.") from error

    def _write(self, entry: Entry) -> None:
        write_json(self._folder(entry.name) / ENTRY, entry.model_dump_json(indent=1))

    def _folder(self, name: str) -> Path:
        if not NAME.fullmatch(name):
            raise RunError(f"{name!r} is no name of an adapter; `tuneworthy adapters` lists them.")
        return self.folder / name


def seal_hash(adapter: Path) -> str:
    """SHA-256 of an adapter's seal: it stands for all its files and its base."""
    return hashlib.sha256((adapter / SEAL).read_bytes()).hexdigest()


def compare(first: Entry, second: Entry) -> list[tuple[str, str, str]]:
    """What differs between two adapters, as rows of (what, first, second)."""
    rows = zip(facts(first).items(), facts(second).values(), strict=True)
    return [(what, one, other) for (what, one), other in rows if one != other]


def facts(entry: Entry) -> dict[str, str]:
    """An entry for people, by what it says."""
    recipe = entry.recipe
    return {
        "created": entry.created,
        "base model": f"{entry.model} {entry.base[:8]}",
        "examples": f"{entry.data_name} {entry.data[:8]}",
        "learning rate": f"{recipe.learning_rate:g}",
        "epochs": str(recipe.epochs),
        "batch": str(recipe.batch_size),
        "rank": str(recipe.rank),
        "choice among labels": f"{recipe.choice:g}",
        "seed": str(recipe.seed),
        "steps": str(entry.steps),
        "seconds": f"{entry.seconds:.0f}",
        "stopped early": _yes(entry.stopped),
        "dev": _score(entry.dev),
        "locked": _score(entry.test),
        "against the prompt": _points(entry.difference),
        "kept abilities": _yes(entry.kept_abilities),
        "passed its gate": _yes(entry.shipped),
        "rolled back": _yes(entry.rolled_back),
    }


def _yes(value: bool | None) -> str:
    return "–" if value is None else "yes" if value else "no"


def _score(score: Score | None) -> str:
    if score is None:
        return "–"
    return f"{percent(score.score)} ({percent(score.low)} to {percent(score.high)})"


def _points(found: Difference | None) -> str:
    if found is None:
        return "–"
    return f"{points(found.value)} ({signed(found.low)} to {signed(found.high)})"
