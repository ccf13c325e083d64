import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest

from tools.errors import ModelError, Stopped
from tools.intake.examples import Example
from tools.progress import Step, Watch
from tools.trials.answering import Answer, run_plan
from tools.trials.plan import OWN, Plan
from tools.trials.race import FIRST_ROWS, RaceResult, race
from tools.trials.retrieval import best_trial
from tools.trials.task import Task
from tools.trials.trial import Trial, ranked

DEV = 60
MakeTask = Callable[..., Task]
Rows = Callable[[int], list[Example]]


def plans(*wordings: str) -> list[Plan]:
    return [Plan(name=wording, family="own", own=wording) for wording in wordings]


def reasons(result: RaceResult) -> list[tuple[str, str]]:
    return [(plan.name, reason) for plan, reason in result.left_out]


def fates(trials: Sequence[Trial]) -> dict[str, tuple[int, str]]:
    return {trial.plan.name: (len(trial.answers), trial.fate) for trial in trials}


@pytest.fixture
def task(made_task: MakeTask) -> Task:
    return made_task()


def test_a_plan_clearly_behind_leaves_after_the_first_rows(
    Pupil: Any, rows: Rows, task: Task
) -> None:
    pupil = Pupil({"hopeless": 0.1, "good": 0.9, "fair": 0.8})
    trials, result = race(plans("hopeless", "good", "fair"), task, pupil, rows(DEV), Watch())
    assert fates(trials) == {
        "hopeless": (FIRST_ROWS, "dropped after 30 rows: clearly behind"),
        "good": (DEV, "ran on all of dev"),
        "fair": (DEV, "ran on all of dev"),
    }
    assert [t.plan.name for t in ranked(trials, task)] == ["good", "fair", "hopeless"]
    assert pupil.asked == {"hopeless": FIRST_ROWS, "good": DEV, "fair": DEV}
    assert not result.stopped and result.left_out == ()
    assert result.stop_reason == "3 plans were tried; 2 ran on all 60 dev rows."


def test_every_score_is_told_as_soon_as_it_is_known(Pupil: Any, rows: Rows, task: Task) -> None:
    told: list[tuple[str, int]] = []
    watch = Watch(scored=lambda arm: told.append((arm.name, arm.dev.n)))
    race(plans("hopeless", "good"), task, Pupil({"hopeless": 0.1, "good": 0.9}), rows(DEV), watch)
    hopeless, good = (f"{name} ({Pupil.name})" for name in ("hopeless", "good"))
    assert told == [(hopeless, FIRST_ROWS), (good, FIRST_ROWS), (good, DEV)]


def test_only_a_few_of_many_alike_go_on(Pupil: Any, rows: Rows, task: Task) -> None:
    names = [f"plan-{letter}" for letter in "abcdefghijkl"]
    pupil = Pupil(dict.fromkeys(names, 0.8))
    trials, _ = race(plans(*names), task, pupil, rows(150), Watch())
    assert sorted(len(trial.answers) for trial in trials) == [30] * 9 + [60] * 1 + [150] * 2
    spent = sum(pupil.asked.values())
    assert spent <= 12 * 150 / 2
    assert {t.fate for t in trials if len(t.answers) == 60} == {
        "dropped after 60 rows: not among the best 2"
    }


@pytest.mark.parametrize("skills", [[0.8] * 25, [0.3 + 0.02 * n for n in range(25)]])
def test_a_race_on_enough_rows_costs_at_most_a_third_of_the_grid(
    skills: list[float], Pupil: Any, rows: Rows, task: Task
) -> None:
    names = [f"plan-{letter}" for letter in "abcdefghijklmnopqrstuvwxy"]
    pupil = Pupil(dict(zip(names, skills, strict=True)))
    race(plans(*names), task, pupil, rows(120), Watch())
    assert sum(pupil.asked.values()) <= len(names) * 120 / 3


def test_the_team_s_own_prompt_goes_on_unless_it_is_clearly_beaten(
    Pupil: Any, rows: Rows, task: Task
) -> None:
    names = [f"plan-{letter}" for letter in "abcdef"]
    own, bad = (Plan(name=name, family=OWN, own=name) for name in ("own", "bad"))
    pupil = Pupil({**dict.fromkeys(names, 0.83), "own": 0.8, "bad": 0.1})
    trials, _ = race([own, bad, *plans(*names)], task, pupil, rows(150), Watch())
    assert fates(trials)["own"] == (150, "ran on all of dev")
    assert fates(trials)["bad"] == (30, "dropped after 30 rows: clearly behind")


def test_a_race_goes_on_with_further_plans(Pupil: Any, rows: Rows, task: Task) -> None:
    pupil = Pupil({"good": 0.9, "fair": 0.88, "better": 1.0})
    trials, _ = race(plans("good", "fair"), task, pupil, rows(150), Watch())
    trials, _ = race(plans("better"), task, pupil, rows(150), Watch(), trials)
    assert pupil.asked == {"good": 150, "fair": 150, "better": 150}
    assert ranked(trials, task)[0].plan.name == "better"


@pytest.mark.parametrize(("skill", "tried"), [(0.1, False), (0.9, True)])
def test_a_costly_plan_is_tried_only_if_its_like_is_not_clearly_behind(
    skill: float, tried: bool, Pupil: Any, rows: Rows, task: Task
) -> None:
    pupil = Pupil({"good": 0.9, "thinking": skill, "vote": 0.9})
    costly = Plan(name="vote", family="own", own="vote", after="thinking")
    trials, result = race([*plans("good", "thinking"), costly], task, pupil, rows(40), Watch())
    assert ("vote" in fates(trials)) == tried
    reason = ("vote", "costly, and “thinking” was clearly behind")
    assert reasons(result) == ([] if tried else [reason])


@pytest.mark.parametrize(("skill", "tried"), [(0.05, False), (0.2, True)])
def test_a_vote_needs_answers_that_are_right_often_enough(
    skill: float, tried: bool, Pupil: Any, rows: Rows, task: Task
) -> None:
    pupil = Pupil({"thinking": skill, "vote": 0.9})
    vote = Plan(name="vote", family="own", own="vote", votes=3, after="thinking")
    trials, result = race([*plans("thinking"), vote], task, pupil, rows(40), Watch())
    assert ("vote" in fates(trials)) == tried
    reason = "costly, and “thinking” was right on 3 % of the rows: too few for a vote"
    assert reasons(result) == ([] if tried else [("vote", reason)])


def test_a_plan_that_the_model_cannot_run_is_left_out_with_the_reason(
    Pupil: Any, rows: Rows, task: Task
) -> None:
    plan = Plan(name="scored", family="own", own="good", decoding="scored")
    pupil = Pupil({"good": 0.9}, abilities=frozenset())
    trials, result = race([plan], task, pupil, rows(40), Watch())
    assert trials == [] and reasons(result) == [("scored", "pupil lacks: log-probabilities")]


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
    assert arm.waits_ms is None  # shares of batches: nobody waits so long
    trial.alone = True
    assert trial.arm(task).waits_ms == (250, 250) and trial.arm(task).timed == DEV


@pytest.mark.parametrize(("cut", "note"), [(3, ""), (12, "12 of 60 answers were cut off")])
def test_it_is_told_where_answers_were_cut_off(cut: int, note: str, rows: Rows, task: Task) -> None:
    ends = ["length"] * cut + ["stop"] * (60 - cut)
    answers = [Answer(n, "red", "red", end, 9, 1, 0.1) for n, end in enumerate(ends)]
    assert Trial(Plan(name="p", family="f"), "pupil", rows(60), answers).arm(task).note == note


def test_of_equal_plans_the_shorter_prompt_comes_first(Pupil: Any, rows: Rows, task: Task) -> None:
    long, short = "good, at great length", "good"
    trials, _ = race(plans(long, short), task, Pupil({"good": 0.8}), rows(DEV), Watch())
    assert [trial.plan.name for trial in ranked(trials, task)] == [short, long]


@pytest.mark.parametrize("dev", [2, 10, FIRST_ROWS])
def test_few_rows_are_run_once(dev: int, Pupil: Any, rows: Rows, task: Task) -> None:
    pupil = Pupil({"good": 0.8, "fair": 0.7})
    trials, result = race(plans("good", "fair"), task, pupil, rows(dev), Watch())
    assert pupil.asked == {"good": dev, "fair": dev}
    assert not result.stopped and [len(trial.answers) for trial in trials] == [dev, dev]


def test_a_plan_that_does_not_fit_is_left_out(Pupil: Any, rows: Rows, task: Task) -> None:
    pupil = Pupil({"good": 0.8, "long": 1.0}, too_long="long")
    trials, result = race(plans("long", "good"), task, pupil, rows(DEV), Watch())
    assert list(fates(trials)) == ["good"]
    assert reasons(result) == [("long", "it does not fit into pupil")]


def test_a_plan_that_does_not_fit_later_rows_says_so(Pupil: Any, rows: Rows, task: Task) -> None:
    pupil = Pupil({"good": 0.8}, too_long="55 of many")
    trials, _ = race(plans("good"), task, pupil, rows(DEV), Watch())
    assert fates(trials) == {
        "good": (FIRST_ROWS, "left out after 30 rows: it cannot run on all"),
    }


def test_where_the_best_do_not_fit_later_rows_others_take_their_places(
    Pupil: Any, rows: Rows, task: Task
) -> None:
    skills = {"long-a": 0.9, "long-b": 0.9, "long-c": 0.9, "short": 0.85, "brief": 0.8, "tiny": 0.8}
    pupil = Pupil(skills, overflow=("long", "45 of many"))
    trials, _ = race(plans(*skills), task, pupil, rows(150), Watch())
    for name in ("long-a", "long-b", "long-c"):
        assert fates(trials)[name] == (30, "left out after 30 rows: it cannot run on all")
    assert fates(trials)["short"] == (150, "ran on all of dev")
    assert fates(trials)["tiny"] != (30, "dropped after 30 rows: not among the best 3")
    fits = {trial.plan.name: trial.arm(task).deployable for trial in trials}
    assert fits == {name: "long" not in name for name in skills}
    assert ranked(trials, task)[0].plan.name == "short"


def test_where_none_of_the_last_fits_a_dropped_plan_runs_on_all(
    Pupil: Any, rows: Rows, task: Task
) -> None:
    skills = {"long-a": 0.9, "long-b": 0.9, "long-c": 0.9, "short": 0.85}
    pupil = Pupil(skills, overflow=("long", "145 of many"))
    trials, _ = race(plans(*skills), task, pupil, rows(150), Watch())
    assert fates(trials)["long-a"] == (60, "left out after 60 rows: it cannot run on all")
    assert fates(trials)["short"] == (150, "ran on all of dev")
    assert best_trial(trials, task) is next(t for t in trials if t.plan.name == "short")


@pytest.mark.parametrize(("window", "deployable"), [(170, False), (200, True)])
def test_at_an_endpoint_prompt_and_answer_have_to_fit_into_its_window(
    window: int, deployable: bool, Pupil: Any, rows: Rows, task: Task
) -> None:
    pupil = Pupil({"good": 0.9, "fair": 0.8}, is_local=False, window=window)
    long = "good, at the great length of many words"
    trials, _ = race(plans(long, "fair"), task, pupil, rows(DEV), Watch())
    arm = trials[0].arm(task)
    assert arm.deployable == deployable == trials[0].fits
    told = "left out after 30 rows: prompt and answer may take "
    assert trials[0].fate.startswith(told) != deployable
    assert ("does not fit into pupil with every row" in arm.note) != deployable
    assert ranked(trials, task)[0].plan.name == (long if deployable else "fair")


def test_if_no_plan_fits_none_is_scored(Pupil: Any, rows: Rows, task: Task) -> None:
    trials, result = race(plans("long"), task, Pupil({}, too_long="long"), rows(DEV), Watch())
    assert trials == [] and not result.stopped


def test_an_endpoint_that_refuses_ends_the_race(Pupil: Any, rows: Rows, task: Task) -> None:
    pupil = Pupil({"good": 0.8}, too_long="long", is_local=False)
    with pytest.raises(ModelError):
        race(plans("good", "long"), task, pupil, rows(DEV), Watch())


@pytest.mark.parametrize(
    ("after", "kept"),
    [
        (0, {}),
        (FIRST_ROWS + 5, {"good": (FIRST_ROWS, "")}),
        (
            2 * FIRST_ROWS + 5,
            {
                "good": (FIRST_ROWS, ""),
                "fair": (FIRST_ROWS, ""),
            },
        ),
        (
            3 * FIRST_ROWS + 5,
            {
                "good": (DEV, "ran on all of dev"),
                "fair": (FIRST_ROWS, ""),
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
    assert result.stopped
    assert result.stop_reason == "Stopped as you asked."
    unreached = [name for name in ("good", "fair") if name not in kept]
    assert reasons(result) == [(name, result.stop_reason) for name in unreached]


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


@pytest.mark.parametrize(("skill", "goes_on"), [(0.8, False), (0.82, True)])
def test_a_clearly_longer_prompt_has_to_be_better(
    skill: float, goes_on: bool, Pupil: Any, rows: Rows, task: Task
) -> None:
    long = "wordy " * 20
    pupil = Pupil({"brief": 0.8, "wordy": skill})
    trials, _ = race(plans("brief", long), task, pupil, rows(150), Watch())
    reason = "dropped after 60 rows: no better than a shorter prompt"
    assert fates(trials)[long] == ((150, "ran on all of dev") if goes_on else (60, reason))
    assert pupil.asked["brief"] == 150


def test_without_counted_tokens_no_prompt_is_longer(Pupil: Any, rows: Rows, task: Task) -> None:
    pupil = Pupil({"good": 0.9, "fair": 0.8})
    trials, _ = race(plans("good", "fair"), task, pupil, rows(150), Watch())
    for trial in trials:
        trial.answers = [replace(answer, prompt_tokens=0) for answer in trial.answers[:60]]
        trial.examples, trial.fate = trial.examples[:60], ""
    again, _ = race([], task, pupil, rows(150), Watch(), trials)
    assert fates(again)["good"] == (150, "ran on all of dev")
