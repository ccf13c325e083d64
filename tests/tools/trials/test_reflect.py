"""Reflection with a reflector that is told what to write, and a model whose skill is in words."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from tools.errors import ModelError
from tools.intake.examples import Example
from tools.models.protocol import Reply
from tools.progress import Watch
from tools.trials.plan import Plan
from tools.trials.practice import Budget, hold_back
from tools.trials.proposed import LONGEST
from tools.trials.race import race
from tools.trials.reflect import Reflector, read_proposal, reflected_plans, reflector_of
from tools.trials.task import Task
from tools.trials.trial import Trial, ranked

MakeTask = Callable[..., Task]
Rows = Callable[[int], list[Example]]
BETTER = "Name the colour with care."
SKILLS = {"care": 0.95, "plainly": 0.5, "worse": 0.1, "Sort each": 0.3}


def written(text: str, finish: Any = "stop") -> Reply:
    return Reply(text=text, prompt_tokens=9, completion_tokens=9, seconds=0.1, finish=finish)


class Teller:
    """A reflector that writes what it is told, the last thing over and over."""

    def __init__(self, *texts: str | Reply) -> None:
        self.replies = [written(t) if isinstance(t, str) else t for t in texts]
        self.prompts: list[str] = []

    def __call__(self, prompt: str) -> Reply:
        self.prompts.append(prompt)
        return self.replies[min(len(self.prompts), len(self.replies)) - 1]


def fenced(words: str) -> str:
    return f"Here it is:\n```\n{words}\n```"


@pytest.fixture
def task(made_task: MakeTask, rows: Rows) -> Task:
    return made_task(train=rows(80))


@pytest.fixture
def dev(rows: Rows) -> list[Example]:
    return [Example(e.row, e.input.replace("many", "dev"), e.answer) for e in rows(140)[80:]]


@pytest.fixture
def pupil(Pupil: Any) -> Any:
    return Pupil(dict(SKILLS))


@pytest.fixture
def trials(task: Task, dev: list[Example], pupil: Any) -> list[Trial]:
    plans = [
        Plan(name="mine", family="yours", own="Say it plainly.", contract=True),
        Plan(name="other", family="yours", own="Say it worse."),
    ]
    return race(plans, task, pupil, dev, Watch())[0]


def found(
    teller: Reflector, trials: Sequence[Trial], task: Task, pupil: Any, **more: Any
) -> list[Plan]:
    return reflected_plans(trials, task, pupil, teller, more.pop("watch", Watch()), **more)


def test_a_better_wording_is_found_and_wins_the_race(
    trials: list[Trial], task: Task, pupil: Any, dev: list[Example]
) -> None:
    plans = found(Teller(fenced(BETTER)), trials, task, pupil)
    assert [(p.own, p.name, p.family) for p in plans] == [
        (BETTER, "mine, reworded 1", "reflected (GEPA)")
    ]
    assert plans[0].contract  # all else is as in the leading plan
    raced, _ = race(plans, task, pupil, dev, Watch(), trials)
    assert ranked(raced, task)[0].plan == plans[0]
    assert {"mine", "other"} <= {trial.plan.name for trial in raced}


def test_the_built_in_words_can_be_bettered_too(task: Task, dev: list[Example], pupil: Any) -> None:
    plan = Plan(name="bare", family="instruction")
    raced, _ = race([plan], task, pupil, dev, Watch())
    teller = Teller(fenced(BETTER))
    assert [p.own for p in found(teller, raced, task, pupil)] == [BETTER]
    assert "Sort each message into its category." in teller.prompts[0]


def test_a_worse_wording_is_not_proposed(trials: list[Trial], task: Task, pupil: Any) -> None:
    assert found(Teller(fenced("Say it worse, please.")), trials, task, pupil) == []


def test_words_that_help_only_where_they_were_made_for_are_not_proposed(
    trials: list[Trial], task: Task, Pupil: Any
) -> None:
    known = {example.input: example.answer for example in hold_back(task, 40).rows[:16]}

    class Narrow(Pupil):  # type: ignore[misc]
        def _colour(self, chat: Any, otherwise: str) -> str:
            if "narrow" in chat[0].content:
                return known.get(chat[-1].content, otherwise)
            return str(super()._colour(chat, otherwise))

    assert found(Teller(fenced("Be narrow.")), trials, task, Narrow(dict(SKILLS))) == []


def test_the_reflector_sees_train_rows_only_and_what_went_wrong(
    trials: list[Trial], task: Task, pupil: Any
) -> None:
    teller = Teller("no fence")
    found(teller, trials, task, pupil)
    assert teller.prompts
    for prompt in teller.prompts:
        assert "of many" in prompt and "of dev" not in prompt
        assert prompt.count("# Example ") <= 4
    assert "no valid answer. The right answer is: " in teller.prompts[0]


def test_practice_rows_are_never_their_own_examples(task: Task) -> None:
    practice = hold_back(task, 30)
    assert len(practice.rows) == 30
    assert not set(practice.rows) & set(practice.task.train)
    assert set(practice.rows) | set(practice.task.train) == set(task.train)
    assert practice.task.labels == task.labels
    assert len(hold_back(task, 1000).rows) == 40  # half of them at most


JUNK = {
    "unfenced": BETTER,
    "half a fence": f"```\n{BETTER}",
    "empty": "```\n```",
    "too long": fenced("care " * LONGEST),
    "cut off": written(fenced(BETTER), "length"),
    "no answer": written("", "error"),
    "unfilled": fenced(f"{BETTER} {{{{input}}}}"),
    "unfilled, single": fenced(f"{BETTER} {{message}}"),
    "template": fenced(f"{BETTER} <side_info>"),
    "to be filled in": fenced(f"{BETTER} [insert the categories]"),
}


@pytest.mark.parametrize("kind", JUNK)
def test_junk_is_rejected(kind: str, trials: list[Trial], task: Task, pupil: Any) -> None:
    junk = JUNK[kind]
    assert read_proposal(junk if isinstance(junk, Reply) else written(junk)) is None
    before = pupil.asked.get("care", 0)
    assert found(Teller(junk), trials, task, pupil) == []
    assert pupil.asked.get("care", 0) == before  # it was not even tried


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (fenced(BETTER), BETTER),
        (f"```text\n{BETTER}\n```", BETTER),
        (fenced('Reply with {"colour": "red"}.'), 'Reply with {"colour": "red"}.'),
    ],
)
def test_a_whole_instruction_between_fences_is_read(text: str, words: str) -> None:
    assert read_proposal(written(text)) == words


@pytest.mark.parametrize("most", [0, 59, 60, 100, 150])
def test_the_budget_of_answers_is_kept(
    most: int, trials: list[Trial], task: Task, pupil: Any
) -> None:
    before = sum(pupil.asked.values())
    found(Teller(fenced(BETTER)), trials, task, pupil, budget=Budget(answers=most))
    spent = sum(pupil.asked.values()) - before
    assert spent <= most
    assert (spent > 0) == (most >= 60)  # less is not enough for a single round


def test_the_budget_of_reflections_is_kept(trials: list[Trial], task: Task, pupil: Any) -> None:
    teller = Teller("no fence")
    found(teller, trials, task, pupil, budget=Budget(answers=10_000, reflections=3))
    assert len(teller.prompts) == 3


def test_a_stop_keeps_what_was_found(trials: list[Trial], task: Task, pupil: Any) -> None:
    teller = Teller(fenced(BETTER), fenced("With care, slowly."))
    watch = Watch(should_stop=lambda: len(teller.prompts) >= 2)
    plans = found(teller, trials, task, pupil, watch=watch, budget=Budget(answers=10_000))
    assert [plan.own for plan in plans] == [BETTER]
    assert len(teller.prompts) == 2
    again, result = race(plans, task, pupil, [], watch, trials)
    assert result.stopped and again == trials  # whoever goes on meets the stop


def test_a_stop_while_a_wording_is_tried_ends_it(
    trials: list[Trial], task: Task, pupil: Any
) -> None:
    before = sum(pupil.asked.values())
    watch = Watch(should_stop=lambda: sum(pupil.asked.values()) > before + 10)
    assert found(Teller(fenced(BETTER)), trials, task, pupil, watch=watch) == []
    assert sum(pupil.asked.values()) - before < 60


def test_a_reflector_that_refuses_ends_the_search_only(
    trials: list[Trial], task: Task, pupil: Any
) -> None:
    calls = []

    def refuse(prompt: str) -> Reply:
        calls.append(prompt)
        raise ModelError("The endpoint 'big' cannot be used: it does not accept the key.")

    assert found(refuse, trials, task, pupil) == []
    assert len(calls) == 1


def test_a_wording_that_does_not_fit_scores_nothing(
    trials: list[Trial], task: Task, pupil: Any
) -> None:
    pupil.too_long = "endless"
    assert found(Teller(fenced("With endless care.")), trials, task, pupil) == []


def test_too_few_rows_or_no_plan_propose_nothing(
    trials: list[Trial], made_task: MakeTask, rows: Rows, task: Task, pupil: Any
) -> None:
    teller = Teller(fenced(BETTER))
    assert found(teller, trials, made_task(train=rows(4)), pupil) == []
    assert found(teller, [], task, pupil) == []
    with_place = Plan(name="p", family="yours", own="Say it plainly: {input}")
    assert (
        found(
            teller, [Trial(with_place, "pupil", trials[0].examples, trials[0].answers)], task, pupil
        )
        == []
    )
    assert teller.prompts == []


def test_a_model_reflects_with_another_seed_each_time(Pupil: Any) -> None:
    seen = []

    class Writer(Pupil):  # type: ignore[misc]
        def complete(self, chats: Any, limits: Any) -> Any:
            seen.append((chats[0][0].content, limits.temperature > 0, limits.seed))
            return iter([(0, written(fenced(BETTER)))])

    reflect = reflector_of(Writer({}))
    assert read_proposal(reflect("one")) == read_proposal(reflect("two")) == BETTER
    assert seen == [("one", True, 0), ("two", True, 1)]
