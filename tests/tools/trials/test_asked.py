"""Optimisers and wordings that people ask for, on a real run with a tiny model."""

import csv
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from policies.brief import Brief
from tools.errors import ModelError, Stopped
from tools.intake.dataset import Dataset
from tools.intake.examples import Example
from tools.progress import Watch
from tools.runs import Run, create_run
from tools.trials.asked import try_wording
from tools.trials.ladder import ladder
from tools.trials.plan import Plan
from tools.trials.stage import ITEMS, TrialsReport, kept_errors, rendered, run_trials, task_of
from tools.trials.task import Task
from tools.trials.trial import Trial

BRIEF = Brief(input_column="text", answer_column="colour", task_type="labels")
SKILLS = {"care": 0.95, "worse": 0.2, "endless": 1.0, "help desk": 0.6, "": 0.5}


def coloured(tmp_path: Path, rows: int) -> Run:
    rng = random.Random(0)
    path = tmp_path / "colours.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["text", "colour"])
        for n in range(rows):
            words = " ".join("".join(rng.choices("abcdefghijklm", k=6)) for _ in range(4))
            writer.writerow([f"{n} {words}", ("red", "blue")[n % 2]])
    made = create_run(tmp_path / "home")
    made.take_examples(path)
    return made


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return coloured(tmp_path_factory.mktemp("colours"), 120)


@pytest.fixture(scope="module")
def dataset(run: Run) -> Dataset:
    return run.dataset(BRIEF)


@pytest.fixture(scope="module")
def model(Pupil: Any) -> Any:
    return Pupil(dict(SKILLS), abilities=frozenset(), too_long="endless")


@pytest.fixture(scope="module")
def found(run: Run, dataset: Dataset, model: Any) -> TrialsReport:
    return run_trials(run, dataset, BRIEF, [model], Watch())


def asked(run: Run, dataset: Dataset, model: Any, found: TrialsReport, words: str) -> Any:
    return try_wording(run, dataset, BRIEF, found, words, [model], Watch())


def test_what_an_optimiser_proposes_is_raced_after_the_ladder(
    run: Run, dataset: Dataset, model: Any
) -> None:
    seen: list[tuple[int, str]] = []

    def optimiser(trials: Sequence[Trial], task: Task, pupil: Any, watch: Watch) -> list[Plan]:
        seen.append((len(trials), pupil.name))
        return [Plan(name=f"proposal {len(seen)}", family="f", own="With care.")]

    found = run_trials(run, dataset, BRIEF, [model], Watch(), [optimiser, optimiser])
    assert seen[0][0] >= 20 and seen[1] == (seen[0][0] + 1, "pupil")
    assert found.winner is not None and found.winner.plan.name == "proposal 1"
    names = [plan.name for plan in found.plans]
    assert "bare instruction" in names and "proposal 2" in names
    left_out = [plan.name for plan in found.plans if not plan.n]
    assert len(left_out) == len(set(left_out))


def test_a_stop_in_an_optimiser_ends_the_trials(run: Run, dataset: Dataset, model: Any) -> None:
    pressed: list[bool] = []

    def optimiser(trials: Sequence[Trial], task: Task, pupil: Any, watch: Watch) -> list[Plan]:
        pressed.append(True)
        return []

    watch = Watch(should_stop=lambda: bool(pressed))
    found = run_trials(run, dataset, BRIEF, [model], watch, [optimiser, optimiser])
    assert found.stopped and len(pressed) == 1
    assert found.winner is not None


def test_a_better_wording_becomes_the_winner(
    run: Run, dataset: Dataset, model: Any, found: TrialsReport
) -> None:
    assert found.winner is not None
    tried = asked(run, dataset, model, found, "Sort with care.")
    rows = len(dataset.parts.dev)
    assert tried.wins
    assert tried.text.startswith("That wording scores 9") and f"on {rows} rows" in tried.text
    winner = tried.report.winner
    assert winner.plan.own == "Sort with care." and winner.arm == "your wording 1 (pupil)"
    assert winner.plan.shots == found.winner.plan.shots  # in the surroundings of the best plan
    assert tried.report.arms[-1].name == winner.arm
    assert tried.report.arms[:-1] == found.arms
    assert tried.report.rendered != found.rendered
    before, after = found.exhaustion, tried.report.exhaustion
    assert not after.exhausted and "ended: a wording tried later won" in after.text
    assert after.curve[:-1] == before.curve and after.curve[-1] == after.corrected > 0.8
    assert after.late_low > 0 and after.untried == before.untried
    assert tried.report.stop_reason == f"{found.stop_reason} A wording that was tried later won."


def test_a_late_plan_that_wins_shows_that_prompting_had_not_ended(
    run: Run, dataset: Dataset, model: Any, found: TrialsReport
) -> None:
    def optimiser(trials: Sequence[Trial], task: Task, pupil: Any, watch: Watch) -> list[Plan]:
        return [Plan(name="proposal", family="f", own="With care.")]

    assert found.exhausted
    late = run_trials(run, dataset, BRIEF, [model], Watch(), [optimiser])
    assert late.winner is not None and late.winner.plan.name == "proposal"
    assert not late.exhausted and "still improving" in late.exhaustion.text


def test_what_was_not_tried_is_told_with_its_kind_and_the_reason(found: TrialsReport) -> None:
    untried = [plan for plan in found.plans if not plan.n]
    scored = next(plan for plan in untried if plan.name == "labels scored, no examples")
    assert scored.family == "scored labels" and scored.needs == ("log-probabilities",)
    assert scored.fate == "not tried: pupil lacks: log-probabilities"
    lacking = sum("lacks: log-probabilities" in plan.fate for plan in untried)
    assert found.exhaustion.untried["no log-probabilities"] == lacking >= 8
    assert f"no log-probabilities ({lacking})" in found.exhaustion.text
    assert f"{len(untried)} further plans were not tried here: " in found.exhaustion.text


def test_what_a_stop_kept_from_being_tried_is_listed(
    run: Run, dataset: Dataset, Pupil: Any
) -> None:
    pupil = Pupil(dict(SKILLS), abilities=frozenset())
    watch = Watch(should_stop=lambda: sum(pupil.asked.values()) > 100)
    found = run_trials(run, dataset, BRIEF, [pupil], watch)
    fates = {plan.name: plan.fate for plan in found.plans if not plan.n}
    last = ladder(task_of(dataset, BRIEF), frozenset())[-1]
    assert fates[last.name] == "not tried: Stopped as you asked."
    assert fates["labels scored, no examples"] == "not tried: pupil lacks: log-probabilities"
    assert "Stopped as you asked (" in found.exhaustion.text


def test_a_plan_that_does_not_fit_with_every_row_cannot_win(Pupil: Any, tmp_path: Path) -> None:
    run = coloured(tmp_path, 160)
    dataset = run.dataset(BRIEF)
    last = dataset.parts.dev[-1].input
    skills = {"care": 0.8, "Answer with exactly": 1.0, "": 0.3}
    pupil = Pupil(skills, abilities=frozenset(), overflow=("Answer with exactly", last))
    found = run_trials(run, dataset, BRIEF, [pupil], Watch())
    best = max(found.arms, key=lambda arm: arm.dev.score)
    assert best.dev.n == 30 and best.dev.score == 1.0 and not best.deployable
    assert found.winner is not None and found.best is not None
    assert found.best.deployable and found.best.dev.n == len(dataset.parts.dev)
    record = next(plan for plan in found.plans if f"{plan.name} (pupil)" == best.name)
    assert record.runs_on == () and record.fate.endswith("it cannot run on all")


def test_where_no_plan_fits_there_is_no_winner(run: Run, dataset: Dataset, Pupil: Any) -> None:
    pupil = Pupil({"": 0.8}, abilities=frozenset(), is_local=False, window=1)
    found = run_trials(run, dataset, BRIEF, [pupil], Watch())
    assert found.winner is None and found.best is None and len(found.arms) > 20
    assert not any(arm.deployable for arm in found.arms) and not found.exhausted


def test_a_worse_wording_is_recorded_only(
    run: Run, dataset: Dataset, model: Any, found: TrialsReport
) -> None:
    tried = asked(run, dataset, model, found, "Do worse.")
    again = asked(run, dataset, model, tried.report, "Do worse.")
    assert not tried.wins and tried.report.winner == found.winner
    assert [p.name for p in again.report.plans[-2:]] == ["your wording 1", "your wording 2"]
    assert tried.report.plans[-1].n == len(dataset.parts.dev)


def test_a_wording_may_be_kept_from_winning(
    run: Run, dataset: Dataset, model: Any, found: TrialsReport
) -> None:
    tried = try_wording(run, dataset, BRIEF, found, "With care.", [model], Watch(), may_win=False)
    assert tried.wins and tried.report.winner == found.winner


def test_a_wording_of_a_plan_that_builds_on_another_is_tried_too(
    run: Run, dataset: Dataset, model: Any, found: TrialsReport
) -> None:
    assert found.winner is not None
    built = found.winner.plan.model_copy(update={"after": "step-by-step thinking"})
    winner = found.winner.model_copy(update={"plan": built})
    on_it = found.model_copy(update={"winner": winner})
    assert asked(run, dataset, model, on_it, "Sort with care.").wins


def test_what_wins_within_the_limits_is_what_the_rest_is_about(
    run: Run, dataset: Dataset, model: Any, found: TrialsReport
) -> None:
    others = [plan for plan in found.tried if found.winner and plan.arm != found.winner.arm]
    best = {arm.name: arm.dev.n for arm in found.arms}
    second = max(others, key=lambda plan: best[plan.arm])

    def within(report: TrialsReport) -> TrialsReport:
        return report.model_copy(update={"winner": second})

    limited = run_trials(run, dataset, BRIEF, [model], Watch(), within=within)
    assert limited.winner == second
    assert second.arm not in [each.name for each in limited.finalists]
    cells = kept_errors(run)
    score = next(arm.dev for arm in limited.arms if arm.name == second.arm)
    assert sum(cell.count for cell in cells) == score.n
    right = sum(cell.count for cell in cells if cell.right == cell.given)
    assert right / score.n == pytest.approx(score.score)


def test_a_wording_that_cannot_run_says_why(
    run: Run, dataset: Dataset, model: Any, found: TrialsReport
) -> None:
    with pytest.raises(ModelError, match="cannot be tried: it does not fit into pupil"):
        asked(run, dataset, model, found, "An endless wording.")
    with pytest.raises(Stopped):
        try_wording(run, dataset, BRIEF, found, "care", [model], Watch(should_stop=lambda: True))


def test_every_answer_on_dev_is_kept_with_its_score(
    run: Run, dataset: Dataset, found: TrialsReport
) -> None:
    records = {record.name: record for record in found.plans if record.n}
    items = run.load(ITEMS)
    for name, record in records.items():
        scores = [item["score"] for item in items if item["plan"] == name]
        assert len(scores) == record.n
        assert sum(scores) / len(scores) == pytest.approx(record.score)
        assert [point.n for point in record.race] == [n for n in (30, 60) if n < record.n] + [
            record.n
        ]
        assert record.race[-1].score == pytest.approx(record.score)
    rows = {example.row for example in dataset.parts.dev}
    assert {item["row"] for item in items} == rows
    cells = kept_errors(run)
    assert sum(cell.count for cell in cells) == len(rows)


def test_every_chat_that_a_plan_sends_for_a_row_is_shown(Pupil: Any, made_task: Any) -> None:
    row = Example(1, "to Rome", '{"city": "Rome", "day": 2}')
    task, plan = made_task("fields", train=[row]), Plan(name="keys", family="f", by_key=True)
    turns = rendered(Trial(plan, "pupil", [row]), task, Pupil({}))
    assert [turn.role for turn in turns] == ["system", "user"] * 2
    assert ["“city”" in turns[1].content, "“day”" in turns[3].content] == [True, True]
