"""A run: one assessment from brief to report, with its folder."""

import json
import re
import secrets
import shutil
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from policies.brief import Brief
from policies.evidence import Frozen
from tools.errors import RunError
from tools.files import write_json
from tools.intake.dataset import Dataset, load_dataset
from tools.intake.documents import Passage
from tools.intake.read import ENDINGS, shown_name
from tools.intake.split import LockedTest
from tools.models.adapter import SEAL
from tools.models.store import CallStore
from tools.occupation import LOCK, occupy
from tools.tuning.job import ADAPTER

MANIFEST = "run.json"
SCHEMA_VERSION = 1
RUN_ID = re.compile(r"[0-9]{8}-[0-9]{6}-[0-9a-f]{4}")
OWN_ADAPTER = re.compile(rf"{ADAPTER}-[0-9a-f]{{8}}")  # with the start of its seal's hash
LONGEST_NAME = 60
USERS = "runs"  # beside kept answers: the runs that share them
DOCUMENTS = "documents"
TEST_READS = "test_reads.jsonl"
FIXES = "fix_these_rows.xlsx"
EXPORTS = ("exports", "exports-without-examples")
# All that stages may keep: a list, since a run can lie in a folder where somebody else's files are.
ARTEFACTS = (
    "items",
    "mistakes",
    "errors",
    "classifier-mistakes",
    "tuned-items",
    "tuned-mistakes",
    "dev_answers",
    *(f"test-{of}" for of in ("prompt", "tuned")),
    *(f"test-scores-{of}" for of in ("prompt", "classifier", "tuned")),
    "label_audit",
    DOCUMENTS,
    "retrieval",
    "writing",
    "blind-pairs",
    "preferences",
    "weighing",
    "kept-messages",
)
OUTCOMES = (
    "assessment.json",
    *(f"report{end}.{form}" for end in ("", "-without-examples") for form in ("html", "pdf", "md")),
    TEST_READS,
    "reviews.jsonl",
    FIXES,
    *(f"{name}.json" for name in ARTEFACTS),
)


class RunInfo(Frozen):
    """The manifest of a run.

    Attributes:
        run_id: Unique id, also the id of its conversation.
        created: When it was made, ISO 8601 in UTC.
        seed: Seed of everything random, apart from the split.
        data_name: The examples' name as uploaded, for people only; empty before there are any.
        data_file: The run's own copy of them.
        name: What people call the run; empty for the examples' name.
        corrects: Id of the run whose examples were corrected for this one, or "".
        order: Fingerprint of what the command line asked for, or ""; see `agent.orders`.
        replaces: Ids of earlier runs in this folder: what is kept of them elsewhere goes with it.
        schema_version: Version of the run's layout.
    """

    run_id: str
    created: str
    seed: int
    data_name: str = ""
    data_file: str = ""
    name: str = ""
    corrects: str = ""
    order: str = ""
    replaces: tuple[str, ...] = ()
    schema_version: int = SCHEMA_VERSION


class Pointer(Frozen):
    """Where a run lies whose folder is not in the home folder."""

    folder: Path


@dataclass
class Run:
    """A run's folder and what is kept in it."""

    folder: Path
    info: RunInfo
    home: Path
    _datasets: dict[str, Dataset] = field(default_factory=dict)
    _stores: dict[str, CallStore] = field(default_factory=dict)

    @property
    def examples_file(self) -> Path:
        """The run's own copy of the examples."""
        return self.folder / self.info.data_file

    @property
    def _is_elsewhere(self) -> bool:
        """Whether it lies in a folder that somebody named."""
        return self.folder.parent != self.home / "runs"

    def take_examples(self, data: Path, shown: str | None = None) -> None:
        """Copy the examples into the run's folder, under a name of the run's own.

        Args:
            data: The file.
            shown: Its name for people, if not the file's own.

        Raises:
            RunError: The file cannot be read or the folder not written.
        """
        if not data.is_file():
            raise RunError(f"There is no file {shown_name(data)}.")
        suffix = data.suffix.lower() if data.suffix.lower() in ENDINGS else ".csv"
        name, before = f"examples{suffix}", self.info.data_file
        if self._is_elsewhere and name != before and (self.folder / name).exists():
            name = f"run-{name}"  # that one is somebody else's
        try:
            if data.resolve() != (self.folder / name).resolve():  # a run may start from its copy
                shutil.copyfile(data, self.folder / name)
            if before and before != name:
                (self.folder / before).unlink(missing_ok=True)
            self._note(data_name=shown or shown_name(data), data_file=name)
        except OSError as error:
            raise RunError(f"The examples cannot be copied: {error.strerror}.") from error
        self._datasets.clear()

    def take_documents(self, passages: Sequence[Passage]) -> None:
        """Keep the passages of the team's documents in the run's folder.

        Raises:
            RunError: The run's folder cannot be written.
        """
        try:
            self.save(DOCUMENTS, [passage.model_dump() for passage in passages])
        except OSError as error:
            raise RunError(f"The documents cannot be kept: {error.strerror}.") from error
        self._datasets.clear()

    def correct(self, earlier: str) -> None:
        """Note that the examples are those of an earlier run, corrected."""
        self._note(corrects=earlier)

    def begun_for(self, order: str) -> None:
        """Note the fingerprint of the order that the run was begun for, once it has begun."""
        self._note(order=order)

    def _note(self, **told: str) -> None:
        self.info = self.info.model_copy(update=told)
        write_json(self.folder / MANIFEST, self.info.model_dump_json(indent=1))

    def rename(self, name: str) -> None:
        """Call the run something else; an empty name goes back to that of its examples.

        Raises:
            RunError: The name is too long, or the folder cannot be written.
        """
        name = " ".join(name.split())
        if len(name) > LONGEST_NAME:
            raise RunError(f"A name may have {LONGEST_NAME} characters; this one has {len(name)}.")
        try:
            self._note(name=name)
        except OSError as error:
            raise RunError(f"The run cannot be renamed: {error.strerror}.") from error

    @property
    def ids(self) -> tuple[str, ...]:
        """Its id, and those of the runs that it has taken the place of."""
        return self.info.run_id, *self.info.replaces

    def delete(self) -> None:
        """Delete the run for good: its files, its adapters, and answers that no other run shares.

        In a folder that somebody else named (`--out`) only the run's own files go.

        Raises:
            RunError: A file cannot be deleted.
        """
        try:
            for run_id in self.ids:
                for kept in (self.home / "cache").glob(f"*/{USERS}/{run_id}"):
                    kept.unlink()
                    if not any(kept.parent.iterdir()):
                        shutil.rmtree(kept.parent.parent)
                for adapter in (self.home / "adapters").glob(f"{run_id}-*"):
                    shutil.rmtree(adapter)
            if not self._is_elsewhere:
                shutil.rmtree(self.folder)
                return
            for name in (MANIFEST, LOCK, *filter(None, [self.info.data_file])):
                (self.folder / name).unlink(missing_ok=True)
            _clear(self.folder)
            for run_id in self.ids:
                (self.home / "runs" / f"{run_id}.json").unlink(missing_ok=True)
        except OSError as error:
            raise RunError(f"Not all files could be deleted: {error.strerror}.") from error

    def dataset(self, brief: Brief) -> Dataset:
        """The examples as the brief reads them; read once per choice of columns and type."""
        fields = {"input_column", "answer_column", "current_column", "task_type"}
        key = brief.model_dump_json(include=fields)
        if key not in self._datasets:
            found = load_dataset(self.examples_file, brief, self.info.data_name)
            self._datasets[key] = replace(found, passages=self._passages())
        return self._datasets[key]

    def _passages(self) -> tuple[Passage, ...]:
        if not (self.folder / f"{DOCUMENTS}.json").exists():
            return ()
        kept: list[dict[str, str]] = self.load(DOCUMENTS)
        return tuple(Passage.model_validate(passage) for passage in kept)

    def store(self, dataset: Dataset) -> CallStore:
        """Where answers about these very examples are kept, shared by all runs on them."""
        if dataset.hash not in self._stores:
            folder = self.home / "cache" / dataset.hash[:16]
            self._stores[dataset.hash] = CallStore(folder / "calls.sqlite")
            (folder / USERS).mkdir(exist_ok=True)
            (folder / USERS / self.info.run_id).touch()
        return self._stores[dataset.hash]

    def locked_test(self, dataset: Dataset) -> LockedTest:
        """The test part; every read of it is logged in the run's folder."""
        return LockedTest(dataset.parts.test, self.folder / TEST_READS)

    def save(self, name: str, content: Any) -> None:
        """Keep a JSON artefact in the run's folder.

        Raises:
            ValueError: It is not among the `ARTEFACTS`, so deleting the run would leave it there.
        """
        if name not in ARTEFACTS:
            raise ValueError(f"{name} is not among the artefacts of a run.")
        write_json(self.folder / f"{name}.json", json.dumps(content, ensure_ascii=False, indent=1))

    def append(self, name: str, record: Any) -> None:
        """Add a record to a JSON Lines artefact in the run's folder."""
        with (self.folder / f"{name}.jsonl").open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(record, ensure_ascii=False) + "\n")

    def load(self, name: str) -> Any:
        """Read an artefact back.

        Raises:
            RunError: It is missing or damaged.
        """
        try:
            return json.loads((self.folder / f"{name}.json").read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise RunError(
                f"The run {self.info.run_id} lacks a readable {name}.json; assess it again."
            ) from error


def create_run(home: Path, seed: int = 0, out: Path | None = None) -> Run:
    """Make a run; its examples come with `Run.take_examples`.

    Args:
        home: The home folder.
        seed: Seed of the run.
        out: Folder of the run; by default one in the home folder. Outcomes of an earlier run in
            it are removed; whatever was computed for the same examples is kept elsewhere.

    Raises:
        RunError: The folder cannot be written, has files of somebody else that a run would write
            over, or another process works on the run in it.
    """
    now = datetime.now(UTC)
    run_id = f"{now:%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"
    folder = (out or home / "runs" / run_id).absolute()
    info = RunInfo(run_id=run_id, created=now.isoformat(timespec="seconds"), seed=seed)
    earlier = _earlier(folder)
    if earlier is not None:
        replaces = (earlier.run_id, *earlier.replaces)
        told = {"replaces": replaces, "data_file": earlier.data_file}
        info = info.model_copy(update=told)
    elif theirs := [name for name in (MANIFEST, *OUTCOMES, *EXPORTS) if (folder / name).exists()]:
        raise RunError(
            f"The folder already has {theirs[0]}, which is not of a run of this version; name "
            "another one with --out."
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with occupy(folder):
            if earlier is not None:
                _clear(folder)
            write_json(folder / MANIFEST, info.model_dump_json(indent=1))
        if out is not None:
            (home / "runs").mkdir(parents=True, exist_ok=True)
            write_json(home / "runs" / f"{run_id}.json", Pointer(folder=folder).model_dump_json())
    except OSError as error:
        raise RunError(f"The run's folder cannot be written: {error.strerror}.") from error
    return Run(folder, info, home)


def _earlier(folder: Path) -> RunInfo | None:
    """The run that lies in a folder, if one does that this version can read."""
    try:
        found = RunInfo.model_validate_json((folder / MANIFEST).read_bytes())
    except (OSError, ValueError):
        return None
    return found if found.schema_version == SCHEMA_VERSION else None


def _clear(folder: Path) -> None:
    """Remove all that a run has written into its folder, but for its manifest and examples."""
    for name in OUTCOMES:
        (folder / name).unlink(missing_ok=True)
    clear_adapters(folder)
    for made in map(folder.joinpath, EXPORTS):
        shutil.rmtree(made, ignore_errors=True)


def clear_adapters(folder: Path) -> None:
    """Remove the adapters that a run keeps in its folder, and no folder that has a like name."""
    for made in folder.glob(f"{ADAPTER}-*"):
        if OWN_ADAPTER.fullmatch(made.name) and (made / SEAL).is_file():
            shutil.rmtree(made, ignore_errors=True)


def open_run(home: Path, reference: str) -> Run:
    """Open a run by its id or its folder.

    Raises:
        RunError: There is no such run, or this version cannot read it.
    """
    try:
        folder = _folder_of(home, reference)
        info = RunInfo.model_validate_json((folder / MANIFEST).read_bytes())
    except ValidationError:
        raise RunError(f"The run {reference!r} was made by another version.") from None
    except (OSError, ValueError):  # ValueError: no path at all
        if _pointer(home, reference) is not None:
            told = f"The folder of the run {reference!r} was moved or deleted; name its new folder."
            raise RunError(told) from None
        raise RunError(f"There is no run {reference!r}; `tuneworthy runs` lists them.") from None
    if info.schema_version != SCHEMA_VERSION:
        raise RunError(f"The run {reference!r} was made by version {info.schema_version}.")
    if RUN_ID.fullmatch(reference) and info.run_id != reference:
        raise RunError(f"The folder of the run {reference!r} holds a later run, {info.run_id}.")
    if not RUN_ID.fullmatch(reference):
        _follow(home, folder.absolute(), info.run_id)
    return Run(folder, info, home)


def list_runs(home: Path) -> list[Run]:
    """All runs that can be opened, newest first."""
    found = []
    for entry in sorted((home / "runs").glob("*"), reverse=True):
        try:
            found.append(open_run(home, entry.stem if entry.is_file() else entry.name))
        except RunError:
            continue
    return found


def _folder_of(home: Path, reference: str) -> Path:
    if pointer := _pointer(home, reference):
        return Pointer.model_validate_json(pointer.read_bytes()).folder
    return home / "runs" / reference if RUN_ID.fullmatch(reference) else Path(reference)


def _pointer(home: Path, reference: str) -> Path | None:
    """The file that says where a run lies, if the reference is an id and it lies elsewhere."""
    path = home / "runs" / f"{reference}.json"
    return path if RUN_ID.fullmatch(reference) and path.exists() else None


def _follow(home: Path, folder: Path, run_id: str) -> None:
    """Note where a run lies whose folder was moved; of a copy nothing is noted."""
    pointer = _pointer(home, run_id)
    if pointer is None:
        return
    try:
        open_run(home, run_id)
    except RunError:
        with suppress(OSError):  # it can be read all the same
            write_json(pointer, Pointer(folder=folder).model_dump_json())
