import json
import re
import shutil
from pathlib import Path

import pytest

from policies.brief import Brief
from tools.errors import RunError
from tools.intake.documents import read_documents
from tools.intake.read import shown_name
from tools.occupation import LOCK, occupy
from tools.runs import ARTEFACTS, MANIFEST, OUTCOMES, Run, create_run, list_runs, open_run

CSV = "text,label\n" + "".join(
    f"{kind} message number {n} about {kind},{kind}\n" for n in range(12) for kind in ("a", "b")
)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    file = tmp_path / "my examples.csv"
    file.write_text(CSV)
    return file


def test_a_run_is_found_again_by_id_and_by_folder(home: Path, data: Path) -> None:
    run = create_run(home, seed=3)
    run.take_examples(data)
    assert re.fullmatch(r"\d{8}-\d{6}-[0-9a-f]{4}", run.info.run_id)
    assert run.folder == home / "runs" / run.info.run_id
    for reference in (run.info.run_id, str(run.folder)):
        again = open_run(home, reference)
        assert again.info == run.info and again.folder == run.folder
    assert (run.info.seed, run.info.data_name) == (3, shown_name(data))
    assert run.examples_file.read_text() == CSV
    assert not list(run.folder.glob("*.tmp"))


def test_a_run_elsewhere_is_found_by_id_too(home: Path, tmp_path: Path) -> None:
    run = create_run(home, out=tmp_path / "out")
    assert open_run(home, run.info.run_id).folder == tmp_path / "out"
    assert [found.info for found in list_runs(home)] == [run.info]


def test_a_folder_used_again_loses_its_old_outcome(home: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    first = create_run(home, out=out)
    for name in (*OUTCOMES, "notes.txt"):
        (out / name).write_text("old")
    second = create_run(home, out=out)
    assert sorted(file.name for file in out.iterdir()) == [LOCK, "notes.txt", MANIFEST]
    assert open_run(home, str(out)).info == second.info != first.info


def test_a_folder_with_files_of_somebody_else_is_refused(home: Path, tmp_path: Path) -> None:
    out = tmp_path / "project"
    (out / "exports").mkdir(parents=True)
    (out / "exports" / "q3.xlsx").write_text("mine")
    with pytest.raises(RunError, match="already has exports, which is not of a run"):
        create_run(home, out=out)
    assert [file.name for file in out.rglob("*")] == ["exports", "q3.xlsx"]


def test_examples_that_lie_where_the_run_is_to_be_stay_as_they_are(
    home: Path, tmp_path: Path
) -> None:
    mine = tmp_path / "examples.csv"
    mine.write_text(CSV)
    for _ in range(2):
        run = create_run(home, out=tmp_path)
        run.take_examples(mine)
        assert run.examples_file.read_text() == CSV and run.examples_file != mine
    run.delete()
    assert [file for file in tmp_path.iterdir() if file.is_file()] == [mine]


def test_with_a_run_goes_what_is_kept_of_those_it_took_the_place_of(home: Path, data: Path) -> None:
    out = data.parent / "out"
    runs = []
    for _ in range(3):
        run = create_run(home, out=out)
        run.take_examples(data)
        run.store(run.dataset(Brief())).put("key", "a row's answer")
        (home / "adapters" / f"{run.info.run_id}-12345678").mkdir(parents=True)
        runs.append(run)
    assert runs[-1].ids == tuple(run.info.run_id for run in reversed(runs))
    runs[-1].delete()
    left = [path for path in home.rglob("*") if path.is_file()]
    assert not left and not any((home / "adapters").iterdir())


def test_an_earlier_run_of_a_folder_used_again_is_not_taken_for_the_later(
    home: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    first, second = create_run(home, out=out), create_run(home, out=out)
    with pytest.raises(RunError, match=f"a later run, {second.info.run_id}"):
        open_run(home, first.info.run_id)
    assert [run.info for run in list_runs(home)] == [second.info]


def test_a_folder_in_which_a_process_works_is_left_alone(home: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    first = create_run(home, out=out)
    (out / "assessment.json").write_text("old")
    with occupy(out), pytest.raises(RunError, match="Another process is at work"):
        create_run(home, out=out)
    assert (out / "assessment.json").exists() and open_run(home, str(out)).info == first.info


def test_examples_can_come_from_the_runs_own_folder(home: Path, data: Path) -> None:
    out = data.parent / "out"
    create_run(home, out=out).take_examples(data)
    again = create_run(home, out=out)
    again.take_examples(out / "examples.csv")
    assert again.examples_file.read_text() == CSV


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("a.CSV", "examples.csv"),
        ("a.xlsx", "examples.xlsx"),
        ("a.jsonl", "examples.jsonl"),
        ("a.exe", "examples.csv"),
        ("..csv", "examples.csv"),
        ("😀 = x.tsv", "examples.tsv"),
    ],
)
def test_examples_have_a_name_of_the_runs_own(
    name: str, kept: str, home: Path, tmp_path: Path
) -> None:
    (tmp_path / name).write_text(CSV)
    run = create_run(home)
    run.take_examples(tmp_path / name, shown="shown.csv")
    assert run.examples_file == run.folder / kept and run.examples_file.exists()
    assert open_run(home, run.info.run_id).info.data_name == "shown.csv"


def test_examples_that_are_not_there_are_said(home: Path, tmp_path: Path) -> None:
    with pytest.raises(RunError, match=r"There is no file .none\.csv"):
        create_run(home).take_examples(tmp_path / "none.csv")
    with pytest.raises(RunError, match="There is no file"):
        create_run(home).take_examples(tmp_path)


def test_a_folder_that_cannot_be_written_is_said(home: Path, data: Path) -> None:
    with pytest.raises(RunError, match="cannot be written"):
        create_run(home, out=data)
    with pytest.raises(RunError, match="cannot be written"):
        create_run(home, out=data / "below")


@pytest.mark.parametrize(
    "reference", ["20260101-000000-abcd", "nonsense", "", "../../etc", "/", "x\0y", "ü" * 5000]
)
def test_an_unknown_run_is_said(reference: str, home: Path) -> None:
    with pytest.raises(RunError, match="There is no run"):
        open_run(home, reference)


@pytest.mark.parametrize(
    ("later", "told"), [(False, "was moved or deleted; name its new folder"), (True, "a later run")]
)
def test_a_run_that_was_moved_is_found_once_its_new_folder_is_named(
    later: bool, told: str, home: Path, tmp_path: Path
) -> None:
    run, there = create_run(home, out=tmp_path / "out"), tmp_path / "there"
    shutil.copytree(run.folder, tmp_path / "copy")
    assert open_run(home, str(tmp_path / "copy")).info == run.info
    assert open_run(home, run.info.run_id).folder == run.folder, "a copy is not the run"
    run.folder.rename(there)
    if later:
        create_run(home, out=tmp_path / "out")
    with pytest.raises(RunError, match=told):
        open_run(home, run.info.run_id)
    assert open_run(home, str(there)).folder == there
    assert open_run(home, run.info.run_id).folder == there
    assert there in [found.folder for found in list_runs(home)]


def _damage(run: Run, content: bytes) -> None:
    (run.folder / MANIFEST).write_bytes(content)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"{", "made by another version"),
        (b"\xff\xfe\x00", "made by another version"),
        (b"[]", "made by another version"),
        (b'{"run_id": "x", "created": "y", "seed": 0, "new": 1}', "made by another version"),
        (
            b'{"run_id": "x", "created": "y", "seed": 0, "schema_version": 99}',
            "made by version 99",
        ),
    ],
)
def test_a_run_that_cannot_be_read_is_refused_and_left_out(
    content: bytes, words: str, home: Path
) -> None:
    good, bad = create_run(home), create_run(home)
    _damage(bad, content)
    with pytest.raises(RunError, match=words):
        open_run(home, bad.info.run_id)
    assert [run.info for run in list_runs(home)] == [good.info]


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b'{"folder": 3}', b"\xff"])
def test_a_damaged_pointer_is_refused_and_left_out(content: bytes, home: Path) -> None:
    good = create_run(home)
    (home / "runs" / "20260101-000000-abcd.json").write_bytes(content)
    with pytest.raises(RunError):
        open_run(home, "20260101-000000-abcd")
    assert [run.info for run in list_runs(home)] == [good.info]


def test_runs_are_listed_newest_first(home: Path) -> None:
    assert list_runs(home) == []
    runs = [create_run(home) for _ in range(3)]
    ids = [run.info.run_id for run in runs]
    assert [run.info.run_id for run in list_runs(home)] == sorted(ids, reverse=True)


def test_artefacts_are_kept_as_json(home: Path) -> None:
    run = create_run(home)
    run.save("items", ["ä", None, {"n": 1}])
    assert open_run(home, run.info.run_id).load("items") == ["ä", None, {"n": 1}]
    (run.folder / "items.json").write_text("[1,")
    for name in ("items", "nothing"):
        with pytest.raises(RunError, match=rf"{run.info.run_id} lacks a readable {name}\.json"):
            run.load(name)


def test_what_a_deletion_would_not_find_is_not_kept(home: Path) -> None:
    run = create_run(home)
    with pytest.raises(ValueError, match="answers is not among the artefacts"):
        run.save("answers", [])
    assert not (run.folder / "answers.json").exists()


def test_a_data_set_is_read_once_for_each_choice_of_columns(home: Path, data: Path) -> None:
    run = create_run(home)
    run.take_examples(data)
    brief = Brief(input_column="text", answer_column="label")
    dataset = run.dataset(brief)
    assert dataset.task.rows == 24
    assert run.dataset(brief.model_copy(update={"target": 0.5})) is dataset
    assert run.dataset(brief.model_copy(update={"task_type": "text"})).type == "text"
    data.write_text(CSV + "c message one,c\n")
    run.take_examples(data)
    assert run.dataset(brief).task.rows == 25


def test_runs_on_the_same_examples_share_their_answers(home: Path, data: Path) -> None:
    one, other = create_run(home), create_run(home)
    for run in (one, other):
        run.take_examples(data)
    brief = Brief()
    one.store(one.dataset(brief)).put("key", "answer")
    assert other.store(other.dataset(brief)).get("key") == "answer"
    assert one.store(one.dataset(brief)) is one.store(one.dataset(brief))
    data.write_text(CSV.replace("about", "on"))
    other.take_examples(data)
    assert other.store(other.dataset(brief)).get("key") is None


def test_reads_of_the_test_part_are_logged_in_the_run(home: Path, data: Path) -> None:
    run = create_run(home)
    run.take_examples(data)
    test = run.locked_test(run.dataset(Brief()))
    test.read("plan", "confirm")
    assert run.locked_test(run.dataset(Brief())).reads() == 1
    entry = json.loads((run.folder / "test_reads.jsonl").read_text())
    assert (entry["arm"], entry["purpose"]) == ("plan", "confirm")


def test_a_run_can_be_called_something_else(home: Path, data: Path) -> None:
    run = create_run(home)
    run.take_examples(data)
    run.rename("  Spring\n mails ")
    assert open_run(home, run.info.run_id).info.name == "Spring mails"
    with pytest.raises(RunError, match="60 characters"):
        run.rename("x" * 61)
    run.rename("")
    assert open_run(home, run.info.run_id).info.name == ""


def test_a_deleted_run_leaves_nothing(home: Path, data: Path) -> None:
    one, other = create_run(home), create_run(home)
    for run in (one, other):
        run.take_examples(data)
        run.store(run.dataset(Brief())).put("key", "a row's answer")
    one.save("mistakes", [])
    one.delete()
    assert not one.folder.exists()
    assert other.store(other.dataset(Brief())).get("key") == "a row's answer"
    assert [run.info for run in list_runs(home)] == [other.info]
    other.delete()
    assert not list((home / "runs").iterdir()) and not list((home / "cache").iterdir())


def test_deleting_a_run_elsewhere_spares_what_is_not_its_own(home: Path, data: Path) -> None:
    out = data.parent / "out"
    run = create_run(home, out=out)
    run.take_examples(data)
    for name in ARTEFACTS:
        run.save(name, [])
    (out / "adapter-12345678").mkdir()
    (out / "adapter-12345678" / "seal.json").touch()
    kept = home / "adapters" / f"{run.info.run_id}-12345678"
    kept.mkdir(parents=True)
    theirs = ["examples.xlsx", "notes.txt", "test-plan.json"]
    for name in theirs:
        (out / name).write_text("mine")
    run.delete()
    assert sorted(file.name for file in out.iterdir()) == theirs
    assert data.exists() and not list((home / "runs").iterdir())
    assert not kept.exists()


@pytest.mark.parametrize(
    ("name", "sealed", "goes"),
    [
        ("adapter-12345678", True, True),
        ("adapter-1234abcd", True, True),
        ("adapter-1234abcd", False, False),
        ("adapter-cable", True, False),
        ("adapter-123456789", True, False),
        ("adapter-1234ABCD", True, False),
        ("adapter-", True, False),
    ],
)
@pytest.mark.parametrize("way", ["deleted", "begun anew"])
def test_only_a_runs_own_adapters_go_with_it(
    name: str, sealed: bool, goes: bool, way: str, home: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    run = create_run(home, out=out)
    (out / name).mkdir()
    (out / name / "adapter_config.json").write_text("{}")
    if sealed:
        (out / name / "seal.json").write_text("{}")
    if way == "deleted":
        run.delete()
    else:
        create_run(home, out=out)
    assert (out / name / "adapter_config.json").exists() is not goes


def test_documents_are_kept_as_passages_and_go_with_the_run(
    home: Path, data: Path, tmp_path: Path
) -> None:
    folder, out = tmp_path / "docs", tmp_path / "out"
    folder.mkdir()
    (folder / "a.md").write_text("# Shop\n\nOpen daily.")
    run = create_run(home, out=out)
    run.take_examples(data)
    brief = Brief()
    assert run.dataset(brief).passages == ()
    (passage,) = passages = read_documents(folder)
    run.take_documents(passages)
    assert (passage.document, passage.text) == ("a.md", "Shop\nOpen daily.")
    assert run.dataset(brief).passages == open_run(home, str(out)).dataset(brief).passages
    assert run.dataset(brief).passages == (passage,)
    assert create_run(home, out=out).folder == out and not (out / "documents.json").exists()


@pytest.mark.parametrize("ending", [".ndjson", ".JSONL", ".xlsm", ".tab", ".tsv"])
def test_examples_keep_their_ending(home: Path, tmp_path: Path, ending: str) -> None:
    file = tmp_path / f"examples{ending}"
    file.write_text("{}")
    run = create_run(home)
    run.take_examples(file)
    assert run.info.data_file == f"examples{ending.lower()}"
