import time
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from tools.errors import ModelError, Stopped
from tools.intake.examples import Example
from tools.progress import Step, Watch
from tools.trials.plan import Plan
from tools.trials.race import FIRST_ROWS, race
from tools.trials.task import Task
from tools.trials.trial import Trial, run_plan

DEV = 60
MakeTask = Callable[..., Task]
Rows = Callable[[int], list[Example]]


def plans(*wordings: str) -> list[Plan]:
    return [Plan(name=wording, family="own", own=wording) for wording in wordings]


def fates(trials: Sequence[Trial]) -> dict[str, tuple[int, str]]:
    return {trial.plan.name: (len(trial.answers), trial.fate) for trial in trials}


@pytest.fixture
def task(made_task: MakeTask) -> Task:
    return made_task()


def test_a_plan_clearly_behind_leaves_after_the_first_rows(
    Pupil: Any, rows: Rows, task: Task
) -> None:
    pupil = Pupil({"hopeless": 0.1, "good": 0.9, "fair": 0.8})
    heard: list[str] = []
    trials, result = race(
        plans("hopeless", "good", "fair"), task, pupil, rows(DEV), Watch(),
        lambda trial: heard.append(trial.plan.name),
    )  # fmt: skip
    assert fates(trials) == {
        "good": (DEV, "ran on all of dev"),
        "fair": (DEV, "ran on all of dev"),
        "hopeless": (FIRST_ROWS, "dropped after 30 rows: clearly behind"),
    }
    assert [trial.plan.name for trial in trials] == ["good", "fair", "hopeless"]
    assert pupil.asked == {"hopeless": FIRST_ROWS, "good": DEV, "fair": DEV}
    assert (result.exhausted, result.stopped) == (True, False)
    assert result.stop_reason == "All 3 plans were tried; 2 ran on all 60 dev rows."
    assert heard == ["hopeless", "good", "fair", "good", "fair"]


def test_answers_belong_to_their_rows_and_scores_to_the_answers(
    Pupil: Any, rows: Rows, task: Task
) -> None:
    (trial,), _ = race(plans("fair"), task, Pupil({"fair": 0.7}), rows(DEV), Watch())
    assert [answer.row for answer in trial.answers] == [e.row for e in trial.examples]
    assert list(trial.examples) == rows(DEV)
    right = sum(37 * n % 100 < 70 for n in range(1, DEV + 1))
    assert trial.score(task).score == pytest.approx(right / DEV)
    wrong = next(answer for answer in trial.answers if answer.given is None)
    assert (wrong.reply, wrong.finish) == ("not sure", "stop")
    arm = trial.arm(task)
    assert (arm.name, arm.kind, arm.model) == ("fair (pupil)", "prompt", "pupil")
    assert (arm.p50_ms, arm.completion_tokens, arm.dev.n) == (250, 1, DEV)


def test_of_equal_plans_the_shorter_prompt_comes_first(Pupil: Any, rows: Rows, task: Task) -> None:
    long, short = "good, at great length", "good"
    trials, _ = race(plans(long, short), task, Pupil({"good": 0.8}), rows(DEV), Watch())
    assert [trial.plan.name for trial in trials] == [short, long]


@pytest.mark.parametrize("dev", [2, 10, FIRST_ROWS])
def test_few_rows_are_run_once(dev: int, Pupil: Any, rows: Rows, task: Task) -> None:
    pupil = Pupil({"good": 0.8, "fair": 0.7})
    trials, result = race(plans("good", "fair"), task, pupil, rows(dev), Watch())
    assert pupil.asked == {"good": dev, "fair": dev}
    assert result.exhausted and [len(trial.answers) for trial in trials] == [dev, dev]


def test_a_plan_that_does_not_fit_is_left_out(Pupil: Any, rows: Rows, task: Task) -> None:
    pupil = Pupil({"good": 0.8, "long": 1.0}, too_long="long")
    trials, result = race(plans("long", "good"), task, pupil, rows(DEV), Watch())
    assert list(fates(trials)) == ["good"] and result.exhausted


def test_a_plan_that_does_not_fit_later_rows_says_so(Pupil: Any, rows: Rows, task: Task) -> None:
    pupil = Pupil({"good": 0.8}, too_long="55 of many")
    trials, _ = race(plans("good"), task, pupil, rows(DEV), Watch())
    assert fates(trials) == {
        "good": (FIRST_ROWS, "left out after 30 rows: it cannot run on all"),
    }


def test_if_no_plan_fits_nothing_was_exhausted(Pupil: Any, rows: Rows, task: Task) -> None:
    trials, result = race(plans("long"), task, Pupil({}, too_long="long"), rows(DEV), Watch())
    assert trials == [] and not result.exhausted and not result.stopped


def test_an_endpoint_that_refuses_ends_the_race(Pupil: Any, rows: Rows, task: Task) -> None:
    pupil = Pupil({"good": 0.8}, too_long="long", is_local=False)
    with pytest.raises(ModelError):
        race(plans("good", "long"), task, pupil, rows(DEV), Watch())


@pytest.mark.parametrize(
    ("after", "kept"),
    [
        (0, {}),
        (FIRST_ROWS + 5, {"good": (FIRST_ROWS, "cut short after 30 rows")}),
        (
            2 * FIRST_ROWS + 5,
            {
                "good": (FIRST_ROWS, "cut short after 30 rows"),
                "fair": (FIRST_ROWS, "cut short after 30 rows"),
            },
        ),
        (
            3 * FIRST_ROWS + 5,
            {
                "good": (DEV, "ran on all of dev"),
                "fair": (FIRST_ROWS, "cut short after 30 rows"),
            },
        ),
    ],
)
def test_a_stop_keeps_what_there_is(
    after: int, kept: dict[str, tuple[int, str]], Pupil: Any, rows: Rows, task: Task
) -> None:
    pupil = Pupil({"good": 0.9, "fair": 0.85})
    watch = Watch(should_stop=lambda: sum(pupil.asked.values()) > after)
    trials, result = race(plans("good", "fair"), task, pupil, rows(DEV), watch)
    assert fates(trials) == kept
    assert (result.exhausted, result.stopped) == (False, True)
    assert result.stop_reason == "Stopped as you asked."


def test_a_spent_budget_stops_the_race_too(Pupil: Any, rows: Rows, task: Task) -> None:
    watch = Watch(deadline=time.monotonic() - 1)
    trials, result = race(plans("good"), task, Pupil({"good": 0.9}), rows(DEV), watch)
    assert trials == [] and result.stop_reason == "The time budget is spent."


def test_scored_plans_take_the_likeliest_label(Pupil: Any, rows: Rows, task: Task) -> None:
    plan = Plan(name="scored", family="scored", own="good", decoding="scored", shots="nearest")
    steps: list[Step] = []
    pupil = Pupil({"good": 1.0})
    answers = run_plan(plan, task, pupil, rows(8), Watch(listen=steps.append), "trials")
    assert [answer.given for answer in answers] == [example.answer for example in rows(8)]
    assert {(a.finish, a.completion_tokens, a.seconds) for a in answers} == {("stop", 0, 0.5)}
    assert [step.done for step in steps] == list(range(9))
    assert steps[0].title == "scored on pupil"
    note = Trial(plan, "pupil", rows(8), answers).arm(task).note
    assert "log-probabilities" in note and "sends some of your examples" in note


def test_a_stop_inside_a_plan_is_raised(Pupil: Any, rows: Rows, task: Task) -> None:
    with pytest.raises(Stopped):
        run_plan(
            plans("good")[0], task, Pupil({"good": 1.0}), rows(8),
            Watch(should_stop=lambda: True), "trials",
        )  # fmt: skip
