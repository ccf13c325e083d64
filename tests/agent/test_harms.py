"""What is said of mistakes that cost more than others."""

import csv
from pathlib import Path
from typing import Any

import pytest

from agent.conversation import answer_message
from agent.harms import HURT_MOST, harm_options, told, weighing
from agent.state import Exchange, State
from agent.workbench import Workbench
from policies.brief import Brief
from policies.evidence import Arm, DataFacts
from policies.recommendation import Outcome
from tests.assessments import labels, prompting, score
from tools.assessment import FILE_NAME, Assessment, ErrorCell
from tools.measure.harms import Harm
from tools.report.weighed import UNCHANGED
from tools.runs import open_run
from tools.trials.mistakes import kept_weighing
from tools.trials.stage import ITEMS

EXPECTED = ["fraud"] * 12 + ["other"] * 48
ANSWERS: dict[str, list[str | None]] = {
    "prompt": ["other"] * 4 + ["fraud"] * 8 + ["other"] * 48,
    "classifier": ["fraud"] * 24 + ["other"] * 36,
}
MISSED = [Harm(right="fraud", times=10)]


def _arm(name: str, kind: Any) -> Arm:
    return Arm(name=name, kind=kind, model="none", dev=score(0.9))


def _assessment(**changes: Any) -> Assessment:
    best = prompting().best
    assert best is not None
    parts: dict[str, Any] = {
        "verdict": "adopt_prompt",
        "outcome": None,
        "tuned": None,
        "prompting": prompting().model_copy(
            update={"best": best.model_copy(update={"name": "prompt"})}
        ),
        "arms": (_arm("prompt", "prompt"), _arm("classifier", "classifier")),
    }
    return labels(**{**parts, **changes})


def _told(a: Assessment, expected: list[str], answers: Any, harms: list[Harm]) -> str:
    found = weighing(a, expected, answers, harms)
    assert found is not None
    return told(found)


@pytest.mark.parametrize(
    ("a", "harms", "heard"),
    [
        (
            _assessment(),
            MISSED,
            ("order is another: “prompt”, “cl", "“classifier” is better than “prompt”, w"),
        ),
        (_assessment(), [Harm(given="fraud", times=2)], ("alike, the order is the same", "stays")),
        (_assessment(verdict="use_classifier"), MISSED, ("“classifier”, which the answer is ab",)),
        (_assessment(verdict="fix_data"), MISSED, ("is better than “prompt” by as much as 46.7",)),
        (
            _assessment(outcome=Outcome(use="classifier", text="t")),
            MISSED,
            ("“classifier”, which the answer is about, stays the best",),
        ),
    ],
)
def test_another_arm_may_be_better_and_the_verdict_stays(
    a: Assessment, harms: list[Harm], heard: tuple[str, ...]
) -> None:
    text = _told(a, EXPECTED, ANSWERS, harms)
    assert text.endswith(UNCHANGED)
    for part in heard:
        assert part in text


def test_each_arm_is_told_with_its_plain_score_beside() -> None:
    lines = _told(_assessment(), EXPECTED, ANSWERS, MISSED).splitlines()
    assert lines[0].startswith("Suppose a missed “fraud” counts 10 times. On 60 dev rows")
    assert lines[1] == "• classifier: 80 % right; 12 mistakes, counting as 12"
    assert lines[2] == "• prompt: 93.3 % right; 4 mistakes, counting as 40"


def test_few_rows_of_a_label_are_said() -> None:
    text = _told(_assessment(), ["fraud", "other"], {"prompt": ["fraud", "fraud"]}, MISSED)
    assert "Only 1 of these rows are “fraud”" in text


def test_without_kept_answers_it_says_so() -> None:
    assert weighing(_assessment(), EXPECTED, {}, MISSED) is None


@pytest.fixture
def measured(state: State, bench: Workbench, tmp_path: Path) -> State:
    """A conversation on a small file, whose prompt called every fifth fraud something else."""
    run = open_run(bench.settings.home, state["run"])
    with (tmp_path / "mail.csv").open("w", encoding="utf-8", newline="") as stream:
        rows = [(f"{word} number {n}", word) for n in range(40) for word in ("fraud", "other")]
        csv.writer(stream).writerows([("text", "label"), *rows])
    run.take_examples(tmp_path / "mail.csv")
    brief = Brief(input_column="text", answer_column="label")
    dev = run.dataset(brief).parts.dev
    items = [
        {"plan": "prompt", "model": "m", "row": row.row, "given": "other" if n < 3 else row.answer}
        for n, row in enumerate(dev)
    ]
    run.save(ITEMS, items)
    arms = (
        _arm("prompt (m)", "prompt"),
        _arm("majority answer", "baseline"),
        _arm("classifier on the words", "classifier"),
        _arm("gone", "tuned"),
    )
    a = _assessment(brief=brief, arms=arms)
    (run.folder / FILE_NAME).write_text(a.model_dump_json(), encoding="utf-8")
    return {**state, "brief": brief, "data": DataFacts(label_counts={"fraud": 40, "other": 40})}


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        ("missing a fraud is 10 times worse", "Suppose a missed “fraud” counts 10 times."),
        ("missing a fraud is much worse", "how many times worse"),
        ("missing a burglary is 3 times worse", "The labels are “fraud”, “other”"),
        (HURT_MOST, "how many times worse"),
    ],
)
def test_in_the_talk_nothing_but_words_comes_of_it(
    said: str, heard: str, measured: State, bench: Workbench
) -> None:
    went = answer_message(measured, said, bench)
    weighed = "Suppose" in heard
    assert went.goto == ("report" if weighed else "converse")
    assert list(went.update) == ["exchanges"]  # type: ignore[arg-type]
    text = went.update["exchanges"][-1].text  # type: ignore[index, call-overload]
    assert heard in text
    kept = kept_weighing(bench.run(measured))
    assert (kept is not None) is weighed, "the last one is printed in the report"
    if weighed:
        assert "• prompt (m): " in text and "• majority answer: 50 % right" in text
        assert "• classifier on the words: 100 % right" in text and "gone" not in text
        answers = bench.run(measured).load("dev_answers")
        assert list(answers) == ["classifier on the words"], "it is fitted once"


CONFUSED = (
    ErrorCell(right="fraud", given="fraud", count=40),
    ErrorCell(right="other", given="fraud", count=2),
    ErrorCell(right="fraud", given="other", count=5),
    ErrorCell(right="fraud", given="", count=3),
    ErrorCell(right="a [link](x)", given="other", count=9),  # no reader could tell it
)


def _confused(*cells: ErrorCell) -> Assessment:
    return _assessment(prompting=_assessment().prompting.model_copy(update={"errors": cells}))


def test_the_most_frequent_confusions_are_offered_once_they_are_asked_for() -> None:
    state: State = {"data": DataFacts(label_counts={"fraud": 40, "other": 40})}
    a = _confused(*CONFUSED)
    assert [option.value for option in harm_options(state, a)] == [HURT_MOST]
    asked: State = {**state, "exchanges": (Exchange(message=HURT_MOST, text="…"),)}
    assert [option.value for option in harm_options(asked, a)] == [
        "Taking “fraud” for “other” is 5 times worse",
        "Missing “fraud” is 5 times worse",
    ]


def test_nothing_is_offered_where_mistakes_cannot_be_ranked() -> None:
    state: State = {"data": DataFacts(label_counts={"fraud": 40, "other": 40})}
    assert harm_options(state, _confused(*CONFUSED[:2])) == ()
    assert harm_options({"data": DataFacts()}, _confused(*CONFUSED)) == ()
    assert harm_options(state, None) == ()
