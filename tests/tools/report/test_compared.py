"""The options side by side: which ways have a column, and what stands in it."""

from typing import Any

import pytest
from lxml import html

from policies.evidence import Arm, Difference, Prices, Retrieval
from tests.assessments import ARMS, labels, score
from tools.assessment import Assessment, PlanRecord
from tools.report.build import FORMS, build_html, build_markdown, build_pdf
from tools.report.compared import comparison
from tools.report.contents import document_of
from tools.report.document import Paragraph, Table, words_of
from tools.settings import PriceSettings
from tools.trials.plan import Plan

TODAY = ARMS[2]
LOOKUP = Arm(
    name="1 nearest passage (Smol)",
    kind="prompt",
    model=ARMS[0].model,
    dev=score(0.81),
    prompt_tokens=390,
    p50_ms=520,
    timed=12,
    cost_per_1000=0.5,
    looks_up=True,
)
OTHER = Arm(
    name="instructions (<b>gpt</b>)",
    kind="prompt",
    model="<b>gpt</b>",
    dev=score(0.85),
    p50_ms=700,
    timed=12,
)
WORSE = OTHER.model_copy(update={"name": "8 examples (<b>gpt</b>)", "dev": score(0.7)})
DROPPED = OTHER.model_copy(update={"name": "early (<b>gpt</b>)", "dev": score(0.99, n=30)})
THIRD = OTHER.model_copy(update={"name": "instructions (third)", "model": "third"})
GAIN = Difference(value=0.1, low=0.05, high=0.15, p_value=0.001)
PLAN = PlanRecord(
    name="instructions",
    family="instructions",
    model="<b>gpt</b>",
    n=300,
    score=0.85,
    fate="",
    needs=("log-probabilities", "your examples at hand for every request"),
)


def retrieval(arm: str, without: str) -> Retrieval:
    return Retrieval(
        documents=3,
        passages=9,
        arm=arm,
        without=without,
        score=0.8,
        score_without=0.7,
        rows=30,
        gain=GAIN,
    )


def run(*more: Arm, leave: tuple[str, ...] = (), **changes: Any) -> Assessment:
    kept = tuple(arm for arm in ARMS if arm.kind not in leave)
    return labels(arms=kept + more, **changes)


def side_by_side(a: Assessment) -> dict[str, dict[str, str]]:
    """Each column's cells by the aspect they are about."""
    table = next(block for block in comparison(a).blocks if isinstance(block, Table))
    aspects = [words_of(row.cells[0].text) for row in table.rows]
    return {
        column.title: dict(
            zip(aspects, (words_of(row.cells[i].text) for row in table.rows), strict=True)
        )
        for i, column in enumerate(table.columns)
        if i
    }


LOOKED = {"retrieval": retrieval(LOOKUP.name, ARMS[0].name)}


@pytest.mark.parametrize(
    ("a", "titles"),
    [
        (run(), ["Today's answers", "Prompt", "Classifier", "Fine-tune, measured"]),
        (run(leave=("baseline",)), ["Prompt", "Classifier", "Fine-tune, measured"]),
        (
            run(LOOKUP, leave=("baseline",), **LOOKED),
            ["Prompt", "Looking facts up", "Classifier", "Fine-tune, measured"],
        ),
        (
            run(WORSE, OTHER, DROPPED, leave=("baseline", "tuned"), tuned=None),
            ["Prompt", "Prompt, other model", "Classifier", "Fine-tune, forecast"],
        ),
        (
            run(LOOKUP, OTHER, THIRD, **LOOKED),
            ["Today's answers", "Prompt", "Looking facts up", "Classifier", "Fine-tune, measured"],
        ),
    ],
)
def test_each_way_that_was_measured_has_a_column_and_five_at_most(
    a: Assessment, titles: list[str]
) -> None:
    assert list(side_by_side(a)) == titles


def test_today_s_answers_stand_with_their_score_and_without_what_no_file_tells() -> None:
    today = side_by_side(run())["Today's answers"]
    assert today["Quality"].startswith("81.7 %") and today["Quality"].endswith("on test")
    for aspect in ("Running cost", "Time for an answer", "Data it needs"):
        assert "not known here" in today[aspect]


def test_looking_facts_up_stands_with_its_own_figures() -> None:
    found = side_by_side(run(LOOKUP, **LOOKED))["Looking facts up"]
    assert found["Quality"].startswith("81 %") and found["Quality"].endswith("on dev")
    assert found["Time for an answer"] == "520 ms, 390 tokens sent"
    assert "document is changed" in found["Flexibility"]


def test_where_documents_won_the_prompt_without_them_is_the_other_way() -> None:
    best = labels().prompting.best
    assert best is not None
    won = best.model_copy(
        update={
            "name": LOOKUP.name,
            "plan": Plan(name="1 nearest passage", family="x", passages="nearest", passage_count=1),
        }
    )
    a = run(
        LOOKUP,
        prompting=labels().prompting.model_copy(update={"best": won}),
        retrieval=retrieval(LOOKUP.name, ARMS[0].name),
    )
    found = side_by_side(a)
    assert found["Prompt with your documents"]["Quality"].startswith("81 %")
    assert found["Prompt with your documents"]["Data it needs"] == (
        "sends passages of your documents along"
    )
    assert found["Prompt alone"]["Quality"].startswith("86.7 %")


def test_another_model_stands_with_its_best_prompt_on_all_rows_and_what_it_needs() -> None:
    prompting = labels().prompting
    a = run(
        WORSE,
        DROPPED,
        OTHER,
        prompting=prompting.model_copy(update={"plans": (*prompting.plans, PLAN)}),
    )
    found = side_by_side(a)["Prompt, other model"]
    assert found["What it is"] == OTHER.name and found["Quality"].startswith("85 %")
    assert found["Data it needs"] == (
        "needs log-probabilities and your examples at hand for every request"
    )


def test_models_without_a_column_are_named_as_being_elsewhere() -> None:
    told = [words_of(b.text) for b in comparison(run(LOOKUP, OTHER, **LOOKED)).blocks[-1:]]  # type: ignore[union-attr]
    assert "further models stand under “What was tried”" in told[0]


@pytest.mark.parametrize("form", FORMS)
def test_five_columns_can_be_drawn_and_a_model_s_name_is_text(form: str) -> None:
    a = run(OTHER, LOOKUP, leave=("baseline",), **LOOKED)
    if form == "pdf":
        assert build_pdf(a).startswith(b"%PDF")
    elif form == "html":
        drawn = html.document_fromstring(build_html(a))
        assert not [b for b in drawn.iter("b") if b.text == "gpt"]
    else:
        assert "<b>gpt" not in build_markdown(a)


@pytest.mark.parametrize(
    ("rows", "told"),
    [(9, "5 of 9 rows are right by it alone"), (300, "(+22.2 to +88.9): 5 of 300 rows are")],
)
def test_the_rivals_are_compared_on_the_locked_rows_that_there_are(rows: int, told: str) -> None:
    lead = Difference(value=5 / 9, low=2 / 9, high=8 / 9, p_value=0.0625, fixed=5)
    rival = ARMS[3].model_copy(update={"test": score(0.87, n=rows)})
    a = run(rival, leave=("classifier",), classifier_lead=lead)
    assert any(
        told in words_of(block.text)
        for block in comparison(a).blocks
        if isinstance(block, Paragraph)
    )


DEFAULTS: dict[str, float | str] = PriceSettings().model_dump()
ASSUMED = "Days and EUR are default assumptions; change them in the settings."
TOLD = "Days and EUR rest on your settings; what is not set there is a default assumption."


@pytest.mark.parametrize(
    ("changes", "said", "closing"),
    [
        ({}, ASSUMED, "the examples it was given and its own default prices."),
        ({"settings": DEFAULTS}, ASSUMED, "the examples it was given and its own default prices."),
        ({"settings": {**DEFAULTS, "person_day": 650}}, TOLD, "examples and prices it was given."),
        ({"settings": DEFAULTS, "prices": Prices(tokens=0.2)}, TOLD, "examples and prices it was"),
        ({"arms": {}}, "forecasts reckoned from them.", "from the examples it was given. No"),
    ],
)
def test_prices_that_nobody_told_are_called_assumptions(
    changes: dict[str, Any], said: str, closing: str
) -> None:
    a = labels(economics=labels().economics.model_copy(update=changes))
    first = comparison(a).blocks[0]
    assert isinstance(first, Paragraph)
    assert words_of(first.text).endswith(said)
    assert closing in document_of(a).closing


@pytest.mark.parametrize(("ceiling", "told"), [(1.0, True), (0.9, False)])
def test_more_examples_promise_nothing_that_wrong_labels_put_out_of_reach(
    ceiling: float, told: bool
) -> None:
    a = labels(tuned=None, outcome=None)
    assert a.forecast is not None and a.forecast.more_data and a.forecast.high > 0.9
    data = a.data.model_copy(update={"label_ceiling": ceiling})
    text = build_markdown(a.model_copy(update={"data": data}))
    assert (a.forecast.more_data in text) == told
