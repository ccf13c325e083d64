"""Questions about a finished run, answered from its evidence."""

from typing import Any

import pytest

from agent.adviser.quoting import quotes_only
from agent.followups import answer_question
from agent.hosting import where_it_can_run
from agent.utterances.intents import Intent
from policies.evidence import Difference, Prices
from policies.recommendation import Flip, Outcome
from tests.assessments import labels, minimal
from tools.assessment import ErrorCell, Mistake, MistakesPart

CASES = [
    (Intent("why"), ("stops at 86.7", "The forecast of 91 % is above the target", "decided")),
    (Intent("why"), ("answers 91.7 % of the test", "Before the fine-tune", "is ahead")),
    (Intent("brought"), ("24 better", "9 worse", "its forecast was 91 %", "answers 91.7 %")),
    (Intent("short"), ("Fine-tune? Yes.", "91.7 %")),
    (Intent("simply"), ("You asked for 90 %", "The best prompt reached 86.7 %", "In these words")),
    (Intent("label"), ("the worst first", "returns: 40 of 61 right (65.6 %)", "billing: 60 of 60")),
    (Intent("label", ("Returns",)), ("returns: 40 of 61", "21 mistakes", "F1 79.2 %")),
    (Intent("label", ("lamps",)), ("I know no label “lamps”", "“returns”")),
    (Intent("compare", ("few shot", "lora")), ("Row by row the tuned model is ahead", "86.7 %")),
    (Intent("compare", ("retrieval", "fine-tuning")), ("was not measured in this run", "91.7 %")),
    (Intent("compare", ("today",)), ("81.7 %", "91.7 %")),
    (Intent("year"), ("At 50,000 requests".lower(), "252 EUR", "156 EUR (120 EUR once and 3 EUR")),
    (Intent("even"), ("28,000 requests", "within 18 months", "At your 50,000")),
    (Intent("price"), ("your operator's settings", "If the target fell")),
    (Intent("price", ("what if the price of the model halves?",)), (
        "the best prompt: 0.21 EUR for 1,000 requests, 10.50 EUR",
        "the fine-tuned model: 0.03 EUR for 1,000 requests, 1.50 EUR a month in place of 3 EUR",
    )),
    (Intent("price", ("if machines cost twice as much",)), ("the ordinary classifier: 0.002 EUR",)),
    (Intent("price", ("what if wages double?",)), ("your operator's settings",)),
    (Intent("difference", ("rag", "fine tuning")), (
        "Retrieval: Looking up", "Fine-tune: Further training", "In this run:", "was not measured",
    )),
    (Intent("difference", ("dev", "test")), ("Dev: The examples", "• 300 rows of your file.")),
    (Intent("difference", ("the tuned model", "our prompt")), ("is ahead of “Your prompt”",)),
    (Intent("meaning", ("fine-tune",)), ("learns this one task", "Fine-tuned SmolLM2: 91.7 %")),
    (Intent("meaning", ("target",)), ("In this run: it is 90 %.",)),
    (Intent("tell"), (
        "a language model should be fine-tuned (trained further on our examples)",
        "the fine-tuned model reached 91.7 % on 300 test rows", "90 % were asked for",
    )),
    (Intent("worth"), (
        "Yes, by what was measured", "+5 points (+2 to +8)", "3 EUR a month at 50,000 requests",
        "and 120 EUR once", "21 EUR a month", "within 18 months from about 28,000",
    )),
    (Intent("law"), ("I cannot say", "data protection officer", "on a machine of your own")),
    (Intent("relabel", ("two offices",)), ("stays usable", "new names", "trained again")),
    (Intent("retrain"), ("Yes: ", "“What if we retrain monthly?”", "took 18 minutes")),
    (Intent("stands"), (
        "What holds is the answer of now: use the fine-tuned model", "only a forecast", "91.7 %",
    )),
    (Intent("handover"), ("the report", "the tuned model: `tuneworthy export", "support_messages")),
    (Intent("fallback"), ("Yes. The prompt stays", "“prompt” and “tuned”", "roll-back")),
    (Intent("again"), ("“New question” at the top", "Which rows should I fix?")),
    (Intent("cheaper"), ("has to be measured", "SmolLM2-135M-Instruct")),
    (Intent("judged"), ("the label in your file", "right answers")),
    (Intent("by_hand"), ("• returns: 40 of 61 right", "100 live answers")),
    (Intent("tongues"), ("was not measured", "on 300 test rows", "new question")),
    (Intent("more"), ("for certainty: 300 rows", "within 88–95 %", "90 % lies in that range")),
    (Intent("sure"), ("about 2,000 rows would have 500 for the test in place of 300",)),
    (Intent("mistakes"), ("Most often: “returns” taken for “billing”, 21 times",)),
    (Intent("compare", ("it", "my agents")), ("is ahead of “today's answers” by 10 points",)),
    (Intent("why_not", ("a normal search or rules with keywords",)), (
        "not measured in this run", "the ordinary classifier", "87 %",
    )),
    (Intent("prompt"), ("“{input}” is where the text goes", "“{examples}” is where", "the report")),
    (Intent("interval"), ("86.7 % on 300 locked rows", "within 82–91 %")),
    (Intent("luck"), ("24 of 300 rows", "p-value of that difference is 0.014")),
    (Intent("split"), ("600 to learn from", "300 locked away", "opened once", "same part")),
    (Intent("risks"), ("About 8 of 100", "look wrong", "unlearned")),
    (Intent("models"), ("SmolLM2-135M-Instruct", "Apache 2.0", "was tuned")),
    (Intent("weights"), ("adapters/1", "tuneworthy export")),
    (Intent("settings"), ("Rank: 16", "Learning rate: 0.0002")),
    (Intent("curve"), ("80 % from 150 examples", "separate fine-tunes")),
    (Intent("needed", ("90%",)), ("None: “Fine-tuned SmolLM2” reached 91.7 %",)),
    (Intent("more", ("500",)), ("With 500 more examples", "about 92.8 %", "rough guess")),
    (Intent("more", ("10%",)), ("With 120 more examples",)),
    (Intent("try"), ("the tuned model answers it", "Try one of my examples")),
    (Intent("language"), ("English only",)),
    (Intent("later"), ("nothing is started",)),
    (Intent("why_not", ("a classifier",)), ("An ordinary classifier is not", "What decided: ")),
    (Intent("why_not", ("fine-tune",)), ("That is the answer: use the fine-tuned model", "91.7 %")),
    (Intent("why_not", ("your prompt",)), ("The best prompt is not the answer",)),
    (Intent("why_not", ("a banana",)), ("I do not know", "Word classifier", "in quotes")),
    (Intent("mistakes"), ("on dev", "Two labels fit: 21 times", "Right answer: returns")),
    (Intent("prompt"), ("Nearest 8 examples", "You sort messages to a shop", "{input}")),
    (Intent("compare", ("the prompt", "the classifier")), ("86.7 %", "87 %", "overlap")),
    (Intent("compare", ("my prompt", "tuned")), ("39.3 %", "91.7 %", "do not overlap")),
    (Intent("compare", ("mine", "the classifier")), ("39.3 %", "87 %", "do not overlap")),
    (Intent("compare", ("your prompt", "the classifier")), ("86.7 %", "87 %", "not tell them")),
    (Intent("compare", ("today", "the prompt")), ("81.7 %", "86.7 %", "today's answers")),
    (Intent("why_not", ("train the staff",)), ("do not know that way",)),
    (Intent("why_not", ("an average",)), ("do not know that way",)),
    (Intent("why_not", ("train our own model",)), ("the answer: use the fine-tuned model",)),
    (Intent("why_not", ("rag",)), ("Looking facts up (RAG) is not the answer", "calls for it")),
    (Intent("cost", ("1 million requests?",)), ("At 1,000,000 requests", "420 EUR a month")),
    (Intent("cost", ("10 times the volume",)), ("At 500,000 requests", "210 EUR a month")),
    (Intent("compare", ("dev", "test?")), ("Dev: The examples", "Test: Examples locked")),
    (Intent("data"), ("usable rows", "label that is probably wrong")),
    (Intent("privacy"), ("these models were asked",)),
    (Intent("compare", ("tuned", "fine-tuned")), ("one and the same",)),
    (Intent("compare", ("tuned", "a parrot")), ("do not know “a parrot”",)),
    (Intent("cost"), ("At 50,000 requests", "21 EUR a month", "28,000", "A computer hour")),
    (Intent("sure"), ("between +2 points and +8 points", "300 rows", "If the target fell")),
    (Intent("sure"), ("its forecast was 91 %", "measured were 91.7 %")),
    (Intent("why_not"), ("That is the answer: use the fine-tuned model",)),
    (Intent("why_not", ("use gpt-4",)), ("A larger model", "To have it measured")),
    (Intent("compare", ("a", "b")), ("do not know “a”",)),
    (Intent("tried"), ("ways to prompt", "Word classifier: 87 % on 300 locked rows")),
    (Intent("changes"), ("If the target fell", "a new department is added")),
    (Intent("fixes"), ("label", "fix_these_rows.xlsx")),
    (Intent("more"), ("a new department is added",)),
    (Intent("speed"), ("ms a request", "Word classifier", "one in twenty")),
    (Intent("overfit"), ("86.7 % on the locked rows", "Word classifier", "locked away")),
    (Intent("time"), ("In this run the prompts took",)),
    (Intent("meaning", ("dev",)), ("Dev: The examples on which",)),
    (Intent("hosting"), ("It can run on a machine of your own", "tuneworthy serve")),
    (Intent("live"), ("Fine-tune? Yes.", "What comes first", "1. ")),
    (Intent("tune_cost"), ("The fine-tune comes to 120 EUR once", "2 person-days")),
    (Intent("flips"), ("24 better than the best prompt and 9 worse", "never shown")),
    (Intent("rewording"), ("try this wording: …",)),
    (Intent("target", ("90%",)), ("90 % is the target", "decides again")),
    (Intent("target", ("87 %",)), ("87 % is what “Word classifier” reached",)),
    (Intent("target", ("12%",)), ("answers 91.7 % of the test",)),
    (Intent("why", ("costs",)), ("answers 91.7 %", "At 50,000 requests a month")),
    (Intent("split", ("our",)), ("Yes, on rows of your own file", "600 to learn from")),
    (Intent("changes", ("fine-tuning",)), ("That is the answer already",)),
    (Intent("changes", ("a classifier",)), ("fell to 4,000",)),
    (Intent("changes", ("rag",)), ("I found nothing that would change", "If the target fell")),
    (Intent("compare", ("rag", "ft")), ("Looking facts up (RAG) was not measured", "91.7 %")),
    (Intent("compare", ("gpt-4",)), ("“gpt-4” was not measured", "ask your operator", "91.7 %")),
    (Intent("compare", ("the trained model", "normal one")), ("91.7 %", "86.7 %")),
    (Intent("help"), ("why not a fine-tune?", "try this wording")),
    (Intent("next"), ("1. ", "3. ", "a new department is added")),
]  # fmt: skip


@pytest.mark.parametrize(("intent", "expected"), CASES)
def test_answers_hold_the_figures_of_the_run(intent: Intent, expected: tuple[str, ...]) -> None:
    answer = answer_question(intent, labels())
    for text in expected:
        assert text in answer


BACK = {
    "outcome": Outcome(use="prompt", text="Use the prompt: it reaches 86.7 % on the locked rows."),
    "tuned": labels().tuned.model_copy(update={"shipped": False, "text": "That may be luck."}),  # type: ignore[union-attr]
}


@pytest.mark.parametrize(
    ("intent", "first"),
    [
        (Intent("why"), "Use the prompt: it reaches 86.7 %"),
        (Intent("short"), "Fine-tune? No. Use the prompt"),
        (Intent("why_not"), "“Fine-tune a model” is not the answer any more. Use the prompt"),
        (Intent("why_not", ("prompt",)), "That is the answer: use the prompt"),
    ],
)
def test_after_a_tune_that_is_not_used_the_answer_is_what_was_measured(
    intent: Intent, first: str
) -> None:
    assert answer_question(intent, labels(**BACK)).startswith(first)


UNTUNED = {"outcome": None, "tuned": None, "arms": labels().arms[:-1]}


@pytest.mark.parametrize(
    ("intent", "expected"),
    [
        (Intent("sure"), ("Fairly sure", "forecast at 91 %", "it was not measured")),
        (Intent("why_not"), ("That is the answer: fine-tune a model",)),
        (Intent("why_not", ("prompt",)), ("The best prompt is not", "86.7 %", "target is 90 %")),
        (Intent("needed", ("90%",)), ("Perhaps none", "forecast at 91 %")),
        (Intent("needed", ("93%",)), ("About 600 more examples", "rough guess")),
        (Intent("needed", ("99%",)), ("cannot be told",)),
        (Intent("brought"), ("No model was tuned", "stops at 86.7 %", "it was not measured")),
        (Intent("weights"), ("none to download",)),
        (Intent("settings"), ("no settings of a training",)),
        (Intent("interval"), ("A fine-tune, forecast: 91 %",)),
        (Intent("luck"), ("Nearest 4 examples", "p-value 0.4")),
        (Intent("cost"), ("A fine-tune is not in this list.",)),
        (Intent("flips"), ("No model was tuned",)),
        (Intent("overfit"), ("86.7 % on the locked rows",)),
        (Intent("meaning", ("fine-tune",)), ("In this run: a fine-tune is forecast at 91 %",)),
        (Intent("tell"), ("a fine-tune would probably reach 91 %", "90 % were asked for")),
        (
            Intent("worth"),
            ("Probably: a fine-tune is forecast at 91 %", "21 EUR a month", "28,000"),
        ),
        (Intent("stands"), ("fine-tune a model", "nothing has replaced it")),
        (Intent("handover"), ("the plan of the fine-tune: it is not made yet",)),
        (Intent("more"), ("for certainty: 300 rows", "the target of 90 % lies in that range")),
    ],
)
def test_before_a_tune_it_is_forecast(intent: Intent, expected: tuple[str, ...]) -> None:
    answer = answer_question(intent, labels(**UNTUNED))
    for text in expected:
        assert text in answer


def test_a_prompt_on_an_endpoint_stays_there() -> None:
    told = where_it_can_run(labels(), [labels().arms[0].model])
    assert told.startswith("Not all of it") and "tuneworthy serve" in told


def test_today_is_no_sign_of_overfitting() -> None:
    assert "today" not in answer_question(Intent("overfit"), labels())


@pytest.mark.parametrize("intent", [intent for intent, _ in CASES])
def test_an_unfinished_run_is_answered_too(intent: Intent) -> None:
    assert answer_question(intent, minimal()).strip()


def test_the_mistakes_shown_are_those_of_the_answer() -> None:
    example = {"input": "where is it", "expected": "returns", "given": "billing"}
    kind = Mistake(kind="“returns” taken for “billing”", count=4, examples=(example,))
    found = MistakesPart(name="Word classifier", kinds=(kind,))
    answers = [
        answer_question(
            Intent("mistakes"), labels(verdict=verdict, outcome=None, classifier_mistakes=found)
        )
        for verdict in ("use_classifier", "adopt_prompt")
    ]
    assert (
        "What “Word classifier” got wrong" in answers[0] and "taken for “billing”: 4" in answers[0]
    )
    assert "Word classifier" not in answers[1] and "Two labels fit: 21 times" in answers[1]
    tuned = labels(tuned_mistakes=found.model_copy(update={"name": "Tuned"}))
    assert "What “Tuned” got wrong" in answer_question(Intent("mistakes"), tuned)
    back = tuned.model_copy(update={"outcome": Outcome(use="prompt", text="Use the prompt.")})
    assert "Two labels fit: 21 times" in answer_question(Intent("mistakes"), back)


def test_whether_the_examples_were_enough_hangs_on_the_range() -> None:
    task = labels().task
    for target, heard in ((0.8, "all of it above"), (0.99, "all of it below")):
        a = labels(task=task.model_copy(update={"target": target}))
        assert f"{heard} the target" in answer_question(Intent("more"), a)
    full = labels(task=task.model_copy(update={"rows": 4000, "test": 500}))
    assert "would hardly make it surer: 500" in answer_question(Intent("sure"), full)
    assert answer_question(Intent("more"), minimal()).startswith("Not yet enough: at least 240")


def test_training_again_is_told_with_its_rhythm_and_its_price() -> None:
    a = labels()
    arms = a.economics.arms
    cost = arms["Fine-tuned SmolLM2"].model_copy(update={"retraining": 75.0})
    money = a.economics.model_copy(update={"arms": {**arms, "Fine-tuned SmolLM2": cost}})
    brief = a.brief.model_copy(update={"facts_change": "monthly"})
    answer = answer_question(Intent("retrain"), labels(economics=money, brief=brief))
    assert "Reckoned with in this run: every month." in answer
    assert "What each time costs: (Fine-tuned SmolLM2 75 EUR)" in answer


def test_a_price_at_which_the_answer_turns_is_told() -> None:
    flip = Flip(
        quantity="price_per_million_tokens", current=2.0, threshold=1.2, verdict="adopt_prompt"
    )
    a = labels(outcome=None, tuned=None, flips=(flip,))
    turned = answer_question(Intent("price", ("if the price per token halves",)), a)
    assert turned.startswith("That would change the answer. If the price per million tokens fell")
    stays = answer_question(Intent("price", ("if the price per token falls by 10 %",)), a)
    assert stays.startswith("The answer stays the same")
    unknown = answer_question(Intent("price", ("if the price per token halves",)), labels())
    assert unknown.startswith("Whether that changes the answer was not looked for")


@pytest.mark.parametrize(
    ("prices", "said", "heard"),
    [
        (Prices(machine_hour=1.2), "if the price per token halves", "hangs on that price"),
        (Prices(machine_hour=1.2), "if machines cost twice as much", "best prompt: 0.84 EUR"),
        (Prices(tokens=0.5), "if the price per token halves", "best prompt: 0.21 EUR"),
        (Prices(tokens=0.5), "if machines cost twice as much", "classifier: 0.002 EUR"),
    ],
)
def test_a_price_touches_what_is_paid_by_it(prices: Prices, said: str, heard: str) -> None:
    money = labels().economics.model_copy(update={"prices": prices})
    answer = answer_question(Intent("price", (said,)), labels(economics=money))
    assert heard in answer
    assert ("best prompt" in answer) is ("best prompt" in heard)


def test_what_is_passed_on_names_no_plan_and_no_rule() -> None:
    for a in (labels(), labels(**UNTUNED), labels(**UNTUNED | {"verdict": "adopt_prompt"})):
        told = answer_question(Intent("tell"), a)
        assert "Nearest 8" not in told and "(decided" not in told and "locked" not in told
        assert told.count(". ") <= 1 + told.count("91.7 %.")


def test_wrong_fields_are_counted_as_fields_and_right_ones_are_not() -> None:
    cells = (
        ErrorCell(right="city", given="right", count=30),
        ErrorCell(right="city", given="wrong", count=4),
        ErrorCell(right="people", given="missing", count=2),
    )
    kind = Mistake(kind="“city” is wrong", count=4, examples=())
    found = MistakesPart(name="Shortest prompt", kinds=(kind,), cells=cells)
    a = labels(tuned_mistakes=found)
    of_fields = a.model_copy(update={"task": a.task.model_copy(update={"type": "fields"})})
    assert "on dev, 6 of 36 fields" in answer_question(Intent("mistakes"), of_fields)


def test_labelling_more_rows_is_priced_where_the_settings_say_how() -> None:
    money = labels().economics.model_copy(
        update={"settings": {"label_minutes": 0.5}, "prices": Prices(label=0.25)}
    )
    answer = answer_question(Intent("more", ("480",)), labels(economics=money))
    assert "about 4 hours at 0.5 minutes a row and costs 120 EUR" in answer
    assert "Labelling" not in answer_question(Intent("more", ("480",)), labels())


def test_a_tune_that_is_only_forecast_can_be_compared() -> None:
    a = labels(tuned=None, arms=labels().arms[:-1])
    answer = answer_question(Intent("compare", ("the prompt", "the fine-tune")), a)
    assert "86.7 %" in answer and "forecast at 91 %" in answer


def test_prompt_and_classifier_are_compared_row_by_row() -> None:
    lead = Difference(value=0.025, low=-0.04, high=0.09, p_value=0.15, fixed=9, broken=3)
    asked = Intent("compare", ("the prompt", "the classifier"))
    assert "Row by row the classifier is ahead of the prompt by 2.5 points" in answer_question(
        asked, labels(classifier_lead=lead)
    )
    assert "Row by row" not in answer_question(asked, labels())


@pytest.mark.parametrize(
    ("named", "heard"),
    [("today", "no answers of today"), ("our prompt", "no prompt of your own")],
)
def test_what_the_run_has_not_is_no_baseline(named: str, heard: str) -> None:
    bare = [arm for arm in labels().arms if not arm.name.startswith(("today", "Your"))]
    answer = answer_question(
        Intent("compare", (named, "the prompt")), labels(arms=(*bare,), tuned=None)
    )
    assert heard in answer and "86.7 %" in answer and "Most frequent" not in answer


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("The best prompt reaches 86.7 %, the forecast is 91 %.", True),
        ("It costs 21 EUR at 50,000 requests.", True),
        ("About 87 % were right.", True),
        ("No figure at all.", True),
        ("The best prompt reaches 93.4 %.", False),
        ("It was right in seventy-three percent.", False),
        ("That saves 12,345 EUR.", False),
    ],
)
def test_words_that_quote_another_figure_are_told_apart(text: str, shown: bool) -> None:
    evidence: Any = labels().model_dump_json(include={"arms", "forecast", "economics"})
    assert quotes_only(text, evidence) is shown
