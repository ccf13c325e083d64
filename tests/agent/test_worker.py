"""Conversations with the real graph and the embedded model on a small file."""

import csv
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from agent.repeats import repeat_with_target
from agent.state import Options
from agent.view import View
from agent.worker import Worker
from policies.brief import Brief
from tools.assessment import load
from tools.errors import RunError
from tools.intake.samples import SAMPLES
from tools.occupation import occupy
from tools.runs import create_run
from tools.settings import load_settings

ROWS = 48
LONGEST_WAIT = 240.0


@pytest.fixture
def worker(home: Path, embedded_folder: Path) -> Iterator[Worker]:
    (home / "models").mkdir(parents=True)
    (home / "models" / embedded_folder.name).symlink_to(embedded_folder)
    with closing(Worker(load_settings())) as made:
        yield made


def _wait(worker: Worker, run_id: str, until: Callable[[View], bool]) -> View:
    ended = time.monotonic() + LONGEST_WAIT
    while time.monotonic() < ended:
        view = worker.view(run_id)
        assert not view.error, view.error
        if until(view):
            return view
        time.sleep(0.05)
    raise AssertionError(f"nothing happened in {LONGEST_WAIT} s: {worker.view(run_id).step}")


def _asks(name: str) -> Callable[[View], bool]:
    def asked(view: View) -> bool:
        waiting = view.waiting or {}
        return not view.busy and name in (waiting.get("name"), waiting.get("kind"))

    return asked


def _small_file(path: Path) -> Path:
    with SAMPLES[0].path.open(encoding="utf-8", newline="") as stream:
        rows = [row for row in csv.reader(stream) if row[1] in ("topic", "product fault",
                                                               "delivery status")]  # fmt: skip
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(rows[: ROWS + 1])
    return path


def _interview(worker: Worker, tmp_path: Path) -> str:
    run_id = worker.begin(Options())
    worker.start(run_id)
    answers = {
        "task": "sort mail",
        "examples": "uploaded",
        "columns": "yes",
        "prompt": "no",
        "target": "80%",
        "facts": "no",
    }
    for name, answer in answers.items():
        view = _wait(worker, run_id, _asks(name))
        if name == "examples":
            worker.run(run_id).take_examples(_small_file(tmp_path / "small.csv"))
        assert worker.answer(run_id, view.interrupt, answer)
    _wait(worker, run_id, _asks("consent"))
    return run_id


def test_one_answer_counts_once(worker: Worker) -> None:
    run_id = worker.begin(Options())
    worker.start(run_id)
    view = _wait(worker, run_id, _asks("task"))
    assert worker.answer(run_id, view.interrupt, "sort mail")
    assert not worker.answer(run_id, view.interrupt, "sort mail")  # the second click
    view = _wait(worker, run_id, _asks("examples"))
    assert view.state["brief"].task == "sort mail"
    assert not worker.answer(run_id, "an old id", "sample:support")


def test_a_restart_shows_the_same_question(worker: Worker) -> None:
    run_id = worker.begin(Options())
    worker.start(run_id)
    before = _wait(worker, run_id, _asks("task"))
    with closing(Worker(load_settings())) as other:
        after = other.view(run_id)
        assert (after.waiting, after.interrupt) == (before.waiting, before.interrupt)
        assert not after.busy


def test_an_unclear_answer_is_asked_again(worker: Worker) -> None:
    run_id = worker.begin(Options())
    worker.start(run_id)
    view = _wait(worker, run_id, _asks("task"))
    worker.answer(run_id, view.interrupt, "sort mail")
    view = _wait(worker, run_id, _asks("examples"))
    worker.answer(run_id, view.interrupt, "../../etc/passwd")
    view = _wait(worker, run_id, lambda v: _asks("examples")(v) and bool(v.waiting["problem"]))  # type: ignore[index]
    assert "Add a file" in view.waiting["problem"]  # type: ignore[index]


def test_a_run_is_repeated_with_another_target(worker: Worker, tmp_path: Path) -> None:
    run_id = _interview(worker, tmp_path)
    (worker.run(run_id).folder / "test_reads.jsonl").write_text('{"arm": "a", "purpose": "b"}\n')
    again = repeat_with_target(worker, run_id, 0.6)
    worker.resume(again)
    view = _wait(worker, again, _asks("consent"))
    assert (view.state["brief"].target, view.state["brief"].task) == (0.6, "sort mail")
    assert worker.view(run_id).state["brief"].target == 0.8
    run = worker.run(again)
    assert run.info.data_name == worker.run(run_id).info.data_name
    assert run.locked_test(run.dataset(view.state["brief"])).reads() == 1


def test_a_repeated_text_run_keeps_the_target_that_was_named(
    worker: Worker, tmp_path: Path
) -> None:
    letters = [f"Dear customer {n}, your parcel {7 * n} has left us today." for n in range(40)]
    file = tmp_path / "letters.csv"
    file.write_text(
        "about,letter\n" + "".join(f'parcel {n},"{t}"\n' for n, t in enumerate(letters))
    )
    run = create_run(worker.settings.home)
    run.take_examples(file)
    untold = Options(interactive=False, target_told=False)  # as the command line has it
    run_id = worker.begin(untold, Brief(input_column="about", answer_column="letter"), run)
    again = repeat_with_target(worker, run_id, 0.7)
    worker.resume(again)
    assert _wait(worker, again, _asks("consent")).state["brief"].target == 0.7


def test_while_another_process_works_on_a_run_this_one_only_looks(worker: Worker) -> None:
    run_id = worker.begin(Options())
    worker.start(run_id)
    view = _wait(worker, run_id, _asks("task"))
    with occupy(worker.run(run_id).folder):
        seen = worker.view(run_id)
        assert seen.busy and seen.elsewhere and not seen.stopping
        assert seen.waiting == view.waiting
        assert not worker.answer(run_id, view.interrupt, "sort mail")
        assert not worker.resume(run_id) and not worker.start(run_id)
        for refused in (
            lambda: list(worker.step_through(run_id)),
            lambda: worker.revise(run_id, {"problem": "?"}, after="__start__"),
            lambda: worker.delete(run_id),
        ):
            with pytest.raises(RunError, match="Another process is at work"):
                refused()
    assert not worker.view(run_id).busy
    assert worker.answer(run_id, view.interrupt, "sort mail")


def test_a_run_without_examples_cannot_be_repeated(worker: Worker) -> None:
    run_id = worker.begin(Options())
    with pytest.raises(RunError, match="no examples yet"):
        repeat_with_target(worker, run_id, 0.6)


def test_a_deleted_run_is_gone_with_its_conversation(worker: Worker, tmp_path: Path) -> None:
    run_id = _interview(worker, tmp_path)
    folder = worker.run(run_id).folder
    worker.delete(run_id)
    assert not folder.exists()
    with pytest.raises(RunError, match="no conversation"):
        worker.view(run_id)
    assert not worker.graph.get_state({"configurable": {"thread_id": run_id}}).values


def test_requests_work_when_the_plan_is_shown(worker: Worker, tmp_path: Path) -> None:
    run_id = _interview(worker, tmp_path)
    said = {
        "hm": ("problem", "yes or no"),
        "skip": ("problem", "no way past this"),
        "why?": ("note", "without your yes"),
        "change the target to 70%": ("note", "70"),
    }
    for answer, (kind, words) in said.items():
        worker.answer(run_id, worker.view(run_id).interrupt, answer)
        view = _wait(worker, run_id, _asks("consent"))
        assert words in view.waiting[kind]  # type: ignore[index]
    assert view.state["brief"].target == 0.7
    worker.answer(run_id, view.interrupt, "go back")
    _wait(worker, run_id, _asks("facts"))


@pytest.mark.slow
def test_stop_and_an_honest_answer_from_what_exists(worker: Worker, tmp_path: Path) -> None:
    run_id = _interview(worker, tmp_path)
    view = worker.view(run_id)
    worker.answer(run_id, view.interrupt, "yes")
    _wait(worker, run_id, lambda v: v.step is not None and v.step.stage == "trials")
    worker.stop(run_id)
    view = _wait(worker, run_id, _asks("message"))
    assert view.state["partial"]
    found = load(worker.run(run_id).folder)
    assert found.partial
    assert "Stopped" in found.prompting.stop_reason


SAY_YES = """
import sys, time
from agent.worker import Worker
from tools.occupation import occupy
from tools.settings import load_settings
worker = Worker(load_settings())
worker.answer(sys.argv[1], worker.view(sys.argv[1]).interrupt, "yes")
time.sleep(600)
"""


@pytest.mark.slow
def test_a_kill_in_mid_trial_goes_on_and_pays_nothing_twice(worker: Worker, tmp_path: Path) -> None:
    run_id = _interview(worker, tmp_path)
    run = worker.run(run_id)
    calls = run.store(run.dataset(worker.view(run_id).state["brief"])).folder / "calls.sqlite"
    with subprocess.Popen([sys.executable, "-c", SAY_YES, run_id]) as process:
        _until(lambda: len(_kept(calls)) >= 30)
        process.kill()
    before = _kept(calls)
    view = worker.view(run_id)
    assert not view.busy
    assert view.waiting is None
    assert worker.resume(run_id)
    assert not worker.resume(run_id)  # a second tab
    _until(lambda: len(_kept(calls)) > len(before) + 20)
    worker.stop(run_id)
    _wait(worker, run_id, _asks("message"))
    after = _kept(calls)
    assert {key: after[key] for key in before} == before  # a repeated call would be a new row


def _kept(calls: Path) -> dict[str, int]:
    """Row number of each kept call; storing one anew would change its number."""
    with closing(sqlite3.connect(calls)) as connection:
        return dict(connection.execute("SELECT key, rowid FROM calls"))


def _until(true: Callable[[], bool]) -> None:
    ended = time.monotonic() + LONGEST_WAIT
    while not true():
        assert time.monotonic() < ended
        time.sleep(0.1)


@pytest.mark.slow
def test_no_means_nothing_runs_and_later_yes_still_works(worker: Worker, tmp_path: Path) -> None:
    run_id = _interview(worker, tmp_path)
    worker.answer(run_id, worker.view(run_id).interrupt, "no")
    view = _wait(worker, run_id, _asks("message"))
    assert "trials" not in view.state
    worker.answer(run_id, view.interrupt, "let us go on")
    _wait(worker, run_id, _asks("consent"))
