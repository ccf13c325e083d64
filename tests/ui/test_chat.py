"""The conversation and the evidence as they are drawn from a state."""

import base64
import html
import re
from html.parser import HTMLParser
from typing import Any
from xml.etree import ElementTree

import pytest

from agent.followups import ANSWERS
from agent.state import Consent, Exchange
from agent.topics import TOPICS
from policies.brief import Brief
from policies.evidence import Difference
from policies.recommendation import Flip, Reason
from tests.assessments import labels
from tools.assessment import Assessment, PromptingPart
from tools.progress import Runner, Standing, Step
from ui.cards import outcome_card, plan_card, verdict_card
from ui.chat import heard, label_of, messages, refusal
from ui.controls import controls_of
from ui.evidence import evidence_panel
from ui.markup import shown
from ui.now import AGAIN, NEW, now
from ui.pictures import drawn_further, drawn_gap
from ui.scene import Scene

HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "![x](http://evil.example/x.png)",
    "[click](javascript:alert(1))",
    "\u202egnp.exe",
    "\x1b[31mred",
    "$$x$$ ${alert(1)} {{value}} `code`",
    "one\n\n<b>two</b>\n\n# three",
)
ALLOWED = set(
    "b bdi dd details div dl dt figcaption figure h2 h3 i img li ol p pre progress section small "
    "span strong summary table tbody td th thead tr ul".split()
)


class _Tags(HTMLParser):
    """Collects what a browser would make of a piece of HTML."""

    def __init__(self, content: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.feed(content)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.text += data


def _assert_harmless(content: str) -> None:
    found = _Tags(content)
    assert found.tags <= ALLOWED
    assert not [name for name, _ in found.attributes if name.startswith("on") or name == "href"]
    sources = [value or "" for name, value in found.attributes if name == "src"]
    for source in sources:
        kind, _, data = source.partition(",")
        assert kind == "data:image/svg+xml;base64"
        ElementTree.fromstring(base64.b64decode(data))  # or a browser shows no picture at all
    assert "\n" not in content, "Markdown would read on after a blank line"


def _text(message: dict[str, Any]) -> str:
    return html.unescape(re.sub("<[^>]*>", " ", message["content"]))


def _question(**changes: Any) -> dict[str, Any]:
    question = TOPICS[1].ask({}).model_copy(update=changes)
    return {"kind": "question", **question.model_dump()}


@pytest.mark.parametrize("text", HOSTILE)
def test_text_from_outside_is_shown_and_not_read(text: str) -> None:
    content = str(shown(text))
    assert not _Tags(content).tags
    assert "\n" not in content and "\u202e" not in content and "\x1b" not in content
    kept = _Tags(content).text
    assert re.sub(r"[^a-z]", "", text) in re.sub(r"[^a-z]", "", kept)


@pytest.mark.parametrize("text", HOSTILE)
def test_no_part_of_the_page_reads_what_data_or_models_say(fakes: Any, text: str) -> None:
    state = fakes.judged(
        brief=fakes.interviewed()["brief"].model_copy(
            update={"task": text, "prompt": text, "input_column": text, "answer_column": text}
        ),
        exchanges=(Exchange(message=text, prompted=text, tuned=text, tuned_tokens=3),),
        notes=(text,),
        approval=Consent(plan_hash="a", yes=True),
    )
    state["look"] = state["look"].model_copy(update={"input_column": text})
    state["data"] = state["data"].model_copy(update={"label_counts": {text: 3}, "notes": (text,)})
    state["trials"] = state["trials"].model_copy(update={"plans": (fakes.plan_record(text),)})
    a = fakes.assessment(
        headline=text,
        confidence=text,
        arms=(fakes.arm(text),),
        outcome=fakes.outcome.model_copy(update={"text": text}),
        tuned=fakes.tuned,
    )
    step = Step(stage="trials", title=text, done=1, total=3)
    pictures = drawn_gap(a), drawn_further(a)
    kept = {"kept": (text,), "taken": text, "asides": (Exchange(message=text, text=text),)}
    view = fakes.view(state, busy=True, step=step, **kept)
    scene = Scene(view, text, a, *pictures, said=text)
    drawn = messages(scene)
    for message in drawn:
        _assert_harmless(message["content"])
    _assert_harmless(str(evidence_panel(scene)))
    _assert_harmless(str(verdict_card(a, drawn_gap(a))))
    _assert_harmless(str(plan_card(fakes.work_plan(steps=(text,), data_goes=text))))
    _assert_harmless(refusal(text)[0]["content"])


def test_the_interview_shows_the_open_question_with_its_reason_and_buttons(fakes: Any) -> None:
    state = fakes.interviewed(answered=("task",))
    view = fakes.view(state, waiting=_question(), interrupt="abc")
    _, asked, told, question = messages(Scene(view))
    assert "What should the model do" in _text(asked) and asked["role"] == "assistant"
    assert told["role"] == "user" and "Sort mail." in _text(told)
    assert "Please add your examples" in _text(question)
    assert "measured on them" in _text(question)
    assert question["options"][0]["value"] == "abc sample:support"


def test_an_answer_that_was_not_understood_says_why(fakes: Any) -> None:
    waiting = _question(problem="I need a number.")
    question = messages(Scene(fakes.view(fakes.interviewed(), waiting=waiting)))[-1]
    assert 'class="problem">I need a number.' in question["content"]


def test_what_an_answer_did_beside_is_said_above_the_question(fakes: Any) -> None:
    waiting = _question(note="Changed: the target is 85 %.")
    question = messages(Scene(fakes.view(fakes.interviewed(), waiting=waiting)))[-1]
    assert 'class="notice">Changed: the target is 85' in question["content"]
    plan = {"kind": "consent", **fakes.work_plan().model_dump(), "problem": "Yes or no?"}
    asked = messages(Scene(fakes.view(fakes.interviewed(), waiting=plan)))[-1]
    assert 'class="problem">Yes or no?' in asked["content"]


def test_past_answers_are_shown_in_words(fakes: Any) -> None:
    state = fakes.interviewed()
    state["brief"] = state["brief"].model_copy(update={"monthly_requests": 50_000})
    told = [_text(m).strip() for m in heard(Scene(fakes.view(state), "“mail.csv”"))]
    assert told[2::2] == [
        "Sort mail.",
        "“mail.csv”",
        "Input “message”, right answer “topic”",
        "No prompt yet",
        "90\u00a0%",
        "No, it is all in the input",
        "50,000 a month",
    ]


def test_facts_told_before_they_are_asked_for_are_shown_as_answers(fakes: Any) -> None:
    state: Any = {
        "brief": Brief(task="Sort mail.", target=0.8, monthly_requests=50_000),
        "answered": ("task", "target", "volume"),
    }
    drawn = [_text(m) for m in heard(Scene(fakes.view(state)))]
    assert "80\u00a0%" in drawn[4] and "50,000 a month" in drawn[6]
    unsure = {**state, "noticed": ("target",)}  # still to be confirmed
    assert "80\u00a0%" not in " ".join(map(_text, heard(Scene(fakes.view(unsure)))))


def test_a_plan_is_shown_with_time_cost_and_where_the_data_goes(fakes: Any) -> None:
    waiting = {"kind": "consent", **fakes.work_plan().model_dump()}
    asked = messages(Scene(fakes.view(fakes.interviewed(), waiting=waiting, interrupt="i")))[-1]
    text = _text(asked)
    assert "about 2 minutes" in text and "nothing but time" in text and "nowhere" in text
    assert [option["value"] for option in asked["options"]] == ["i yes", "i no"]


@pytest.mark.parametrize(
    ("verdict", "words"),
    [
        ("adopt_prompt", "I do not advise a fine-tune"),
        ("use_classifier", "I do not advise a fine-tune"),
        ("fine_tune", "A fine-tune is what I advise"),
        ("fine_tune_for_cost", "A fine-tune is what I advise"),
    ],
)
def test_the_second_yes_says_whether_a_tune_is_advised(
    fakes: Any, verdict: str, words: str
) -> None:
    advice = fakes.advice.model_copy(update={"verdict": verdict})
    waiting = {"kind": "consent", **fakes.work_plan(title="Fine-tune").model_dump()}
    view = fakes.view(fakes.judged(recommendation=advice), waiting=waiting)
    asked = messages(Scene(view, "f", fakes.assessment(verdict=verdict)))[-1]
    assert words in _text(asked)
    assert label_of(view, "yes") == "Yes, fine-tune"


def test_work_is_a_pending_step_with_what_is_left(fakes: Any) -> None:
    step = Step(stage="trials", title="8 nearest", done=12, total=45, seconds_left=21)
    view = fakes.view(fakes.interviewed(), busy=True, step=step, waiting=_question())
    working = messages(Scene(view))[-1]
    assert _text(working).split("8 nearest")[0].strip() == "Trying prompts"
    assert "12 of 45, about 20 seconds left" in _text(working)
    assert "options" not in working, "nothing can be answered while there is work"


@pytest.mark.parametrize(
    ("told", "minutes", "words"),
    [
        ({}, None, "just a moment"),
        ({"seconds_left": 31.0}, None, "about 30 seconds"),
        ({"lasts": "until the other one ends"}, None, "until the other one ends"),
        ({}, 4.2, "About 4 minutes left in all"),
    ],
)
def test_a_single_piece_of_work_says_how_long_it_lasts(
    told: Any, minutes: float | None, words: str, fakes: Any
) -> None:
    step = Step(stage="tune", title="Waiting", done=0, total=1, **told)
    view = fakes.view(fakes.interviewed(), busy=True, step=step, minutes_left=minutes)
    text = _text(messages(Scene(view))[-1])
    assert words in text and ("left in all" in text) is (minutes is not None)


def test_a_provisional_answer_stands_below_the_work_until_it_stops(fakes: Any) -> None:
    runner = Runner(name="<b>8 nearest</b>", kind="prompt", score=fakes.score)
    standing = Standing(runners=(runner,) * 9, target=0.9, text="A tie.", leader="8 leads.")
    step = Step(stage="trials", title="8 nearest", done=12, total=45, standing=standing)
    scene = Scene(fakes.view(fakes.interviewed(), busy=True, step=step))
    *_, working, provisional = messages(scene)
    assert "Provisional answer: still measuring" in _text(provisional)
    assert _text(provisional).index("A tie.") < _text(provisional).index("8 leads.")
    assert _text(provisional).count("<b>8 nearest</b>") == 3
    assert "Trying prompts" in _text(working)
    assert str(evidence_panel(scene)).count("&lt;b&gt;8 nearest") == 9
    stopping = Scene(fakes.view(fakes.interviewed(), busy=True, step=step, stopping=True))
    assert "Provisional" not in "".join(map(_text, messages(stopping)))


def test_stopping_says_so(fakes: Any) -> None:
    view = fakes.view(fakes.interviewed(), busy=True, stopping=True)
    assert "Stopping" in _text(messages(Scene(view))[-1])


def test_work_of_another_process_is_shown_and_cannot_be_stopped_here(fakes: Any) -> None:
    scene = Scene(fakes.view(fakes.interviewed(), busy=True, elsewhere=True))
    assert "Another process works on this question" in _text(messages(scene)[-1])
    assert not controls_of(scene)["stop"] and not controls_of(scene)["typing"]
    here = Scene(fakes.view(fakes.interviewed(), busy=True))
    assert controls_of(here)["stop"]


def test_one_may_write_while_work_goes_on(fakes: Any) -> None:
    agreed = fakes.interviewed(consent=Consent(plan_hash="a", yes=True))
    said = {"kept": ("change the target",), "asides": (Exchange(message="dev?", text="Dev: …"),)}
    scene = Scene(fakes.view(agreed, busy=True, **said))
    controls = controls_of(scene)
    assert controls["typing"] and controls["sending"] and controls["stop"]
    drawn = [_text(message) for message in messages(scene)]
    assert drawn[-5:-1] == [
        " dev? ",
        " Dev: … ",
        " change the target ",
        " I take that up as soon as this work ends. To have it sooner, press “Stop”: what was "
        "found by then is kept. ",
    ]
    later = Scene(fakes.view(agreed, waiting=_question(), **said))
    assert "when you have answered this" in _text(messages(later)[-2])


@pytest.mark.parametrize(
    ("changes", "waiting"),
    [
        ({}, None),  # nobody has said yes yet: the file is being read
        ({"consent": Consent(plan_hash="a", yes=True)}, _question()),  # an answer is being read
    ],
)
def test_short_work_takes_no_message(changes: Any, waiting: Any, fakes: Any) -> None:
    scene = Scene(fakes.view(fakes.interviewed(**changes), busy=True, waiting=waiting))
    assert not controls_of(scene)["typing"] and not controls_of(scene)["sending"]


@pytest.mark.parametrize("kind", ["message", "consent"])
def test_start_over_offers_another_question(kind: str, fakes: Any) -> None:
    waiting = {"kind": kind, **fakes.work_plan().model_dump()}
    for said, offered in (("start over", True), ("go back", True), ("why?", False)):
        state = fakes.judged(exchanges=(Exchange(message=said, text="…"),))
        view = fakes.view(state, waiting=waiting, interrupt="i")
        asked = messages(Scene(view, assessment=fakes.assessment()))[-1]
        assert (f"i {NEW}" in [option["value"] for option in asked["options"]]) is offered


def test_a_fault_can_be_tried_again(fakes: Any) -> None:
    failed = messages(Scene(fakes.view(fakes.interviewed(), error="The disk is full.")))[-1]
    assert "The disk is full." in _text(failed)
    assert failed["options"] == [{"label": "Try again", "value": f" {AGAIN}"}]


def test_what_cannot_be_opened_is_refused_in_words() -> None:
    (message,) = refusal("The run x was made by another version of Tuneworthy.")
    assert "another version" in _text(message)
    assert message["options"][0]["value"] == f" {NEW}"


def test_the_verdict_comes_with_figures_reasons_and_what_would_change_it(fakes: Any) -> None:
    card = _text({"content": str(verdict_card(fakes.assessment()))})
    for words in (
        "Use the best prompt",
        "High: nothing likely would change it.",
        "87\u00a0%",
        "91\u00a0%",
        "no price known",
        "What to do next",
        "If the target rose to 95\u00a0%",
        "Ask again when there are 180 rows.",
    ):
        assert words in card
    assert card.index("It meets the target.") < card.index("No row contradicts.")
    assert "The last resort" not in card


def test_the_reasons_are_padded_with_faults_of_the_data_only_where_no_other_rule_is_left(
    fakes: Any,
) -> None:
    outcomes = {
        "contradictory_labels": "not_met",
        "probable_label_errors": "not_applicable",
        "tune_pays_back": "not_applicable",
        "prompt_is_enough": "decided",
        "nothing_reaches_the_target": "not_met",
    }
    reasons = tuple(Reason(rule=r, outcome=o, text=f"On {r}.") for r, o in outcomes.items())  # type: ignore[arg-type]
    card = verdict_card(fakes.assessment(reasons=reasons))
    told = re.findall(r"On (\w+)\.", card)
    assert told == ["prompt_is_enough", "nothing_reaches_the_target", "tune_pays_back"]


NOTHING_TRIED = PromptingPart(
    model="none", plans_tried=0, exhausted=False, stop_reason="", best=None
)
PROMPT = "  Sort <b>mail</b>, at least 90 % of it.\n\n{examples}\nMail: {input}\nTopic:"


def test_the_prompt_can_be_copied_from_the_card_and_from_a_reply_as_it_is(fakes: Any) -> None:
    best = fakes.assessment().prompting.best.model_copy(update={"template": PROMPT})
    a = fakes.assessment()
    a = a.model_copy(update={"prompting": a.prompting.model_copy(update={"best": best})})
    shown_me = Exchange(message="show me the prompt", text=ANSWERS["prompt"](a, ()))
    *_, reply = heard(Scene(fakes.view(fakes.judged(exchanges=(shown_me,))), assessment=a))
    for content in (str(verdict_card(a)), str(reply["content"])):
        _assert_harmless(content)
        (block,) = re.findall('<pre class="copy" dir="auto">(.*?)</pre>', content)
        assert html.unescape(block) == PROMPT
    assert "“8 nearest examples”:" in _text(reply)
    assert "<pre" not in verdict_card(a.model_copy(update={"prompting": NOTHING_TRIED}))


def test_the_verdict_leaves_out_what_a_tune_measured(fakes: Any) -> None:
    a = fakes.assessment(outcome=fakes.outcome, tuned=fakes.tuned)
    assert "Use the best prompt" in verdict_card(a) and "forecast" in verdict_card(a)
    assert "Use the fine-tuned model" in outcome_card(a) and "passed its test" in outcome_card(a)
    assert not outcome_card(fakes.assessment())


def test_after_the_verdict_each_stage_is_a_closed_step(fakes: Any) -> None:
    state = fakes.judged(approval=Consent(plan_hash="b", yes=False))
    drawn = messages(Scene(fakes.view(state), "f", fakes.assessment()))
    steps = [m["content"] for m in drawn if '<details class="step">' in m["content"]]
    assert len(steps) == 3 and "Tried 2 ways to prompt, best 87" in steps[0]


def test_both_models_answer_side_by_side(fakes: Any) -> None:
    both = Exchange(
        message="hi", prompted="billing", prompted_ms=412, prompted_tokens=274, tuned="delivery",
        tuned_ms=95, tuned_tokens=35,
    )  # fmt: skip
    prompt_only = Exchange(message="hi", prompted="billing", prompted_tokens=274)
    words_only = Exchange(message="why?", text="Because.")
    state = fakes.judged(exchanges=(both, prompt_only, words_only))
    first, second, third = [
        m for m in messages(Scene(fakes.view(state))) if m["role"] == "assistant"
    ][-3:]
    assert first["content"].count("<section>") == 2
    assert "95 ms · 35 tokens sent" in _text(first) and "412 ms · 274 tokens" in _text(first)
    assert second["content"].count("<section>") == 1
    assert _text(third).strip() == "Because."


def _asked(fakes: Any, a: Assessment | None = None, **changes: Any) -> tuple[str, list[str]]:
    """What is asked once a message was answered, and the buttons below."""
    state = fakes.judged(tune=object(), exchanges=(Exchange(message="hi", prompted="billing"),))
    view = fakes.view(state, waiting={"kind": "message"}, interrupt="i")
    (question,) = now(Scene(view, assessment=a, **changes))
    return _text(question), [option["label"] for option in question["options"]]


@pytest.mark.parametrize(
    ("rolled_back", "question", "button"),
    [
        (False, "Which answer is right?", "👍 Both"),
        (True, "Is this answer right?", "👍 Right"),
    ],
)
def test_a_tuned_model_that_was_rolled_back_is_judged_no_more(
    rolled_back: bool, question: str, button: str, fakes: Any
) -> None:
    told, buttons = _asked(fakes, rolled_back=rolled_back)
    assert question in told and button in buttons


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (0.05, "the tuned model is ahead of the best prompt by 5 points (+2 to +8)."),
        (-0.03, "the best prompt is ahead of the tuned model by 3 points (0 to +6)."),
        (0.0, "the tuned model is as good as the best prompt."),
    ],
)
def test_what_a_tune_brought_is_told_from_the_better_side(
    value: float, told: str, fakes: Any
) -> None:
    d = Difference(value=value, low=value - 0.03, high=value + 0.03, p_value=0.1)
    a = fakes.assessment(tuned=fakes.tuned.model_copy(update={"difference": d}))
    assert told in _asked(fakes, a)[0].replace("\u00a0", " ")


@pytest.mark.parametrize("passed", [True, False])
def test_beside_the_talk_stand_the_answer_the_difference_and_what_was_forgotten(
    fakes: Any, passed: bool
) -> None:
    forgetting = fakes.tuned.forgetting.model_copy(update={"passed": passed})
    tuned = fakes.tuned.model_copy(update={"forgetting": forgetting})
    a = fakes.assessment(outcome=fakes.outcome, tuned=tuned)
    panel = str(evidence_panel(Scene(fakes.view(fakes.judged()), "f", a)))
    standing = _text(
        {"content": panel.partition('class="standing">')[2].partition("</section>")[0]}
    )
    assert "Use the fine-tuned model" in standing and "5 points (+2 to +8)" in standing
    assert "general questions that it could before" in standing
    assert ("more than the policy allows" in standing) != passed
    untuned = evidence_panel(Scene(fakes.view(fakes.judged()), "f", fakes.assessment()))
    assert "Use the best prompt.</p></section>" in untuned


@pytest.mark.parametrize("judging", [False, True])
def test_what_a_tune_brought_stays_by_the_try_out(fakes: Any, judging: bool) -> None:
    exchanges = (Exchange(message="hi", prompted="billing"),) if judging else ()
    view = fakes.view(fakes.judged(exchanges=exchanges), waiting={"kind": "message"})
    a = fakes.assessment(outcome=fakes.outcome, tuned=fakes.tuned)
    (question,) = now(Scene(view, assessment=a))
    assert "Use the fine-tuned model. On 300 locked rows" in " ".join(_text(question).split())
    assert ("measured narrow" in question["content"]) != judging
    assert "measured" not in next(now(Scene(view, assessment=fakes.assessment())))["content"]


def test_a_no_to_the_trials_offers_the_plan_again(fakes: Any) -> None:
    state = fakes.interviewed(consent=Consent(plan_hash="a", yes=False))
    view = fakes.view(state, waiting={"kind": "message"}, interrupt="i")
    last = messages(Scene(view))[-1]
    assert "Nothing was measured" in _text(last)
    assert last["options"] == [{"label": "Show the plan again", "value": "i show the plan"}]


def test_the_evidence_grows_with_the_state(fakes: Any) -> None:
    empty = evidence_panel(Scene(fakes.view({"answered": ()})))
    assert "will gather here" in empty
    profiled = evidence_panel(Scene(fakes.view(fakes.interviewed()), "mail.csv"))
    assert "90 rows in mail.csv" in profiled and "billing" in profiled and "45" in profiled
    a = fakes.assessment()
    full = evidence_panel(Scene(fakes.view(fakes.judged()), "mail.csv", a, drawn_gap(a)))
    assert "8 nearest examples" in full and "<img" in full and "decided the answer" in full


def test_the_panel_shows_each_picture_of_the_report_that_the_run_has_data_for(fakes: Any) -> None:
    without = {"tuned": None, "outcome": None, "economics": fakes.assessment().economics}
    tuned, plain = labels(), labels(**without)
    every = (
        "Every way of working",
        "Cost a month",
        "Score of each prompt",
        "Which label was taken",
        "What more examples bring",
        "Each test example, before",
        "General questions answered",
    )
    for a, hidden in ((tuned, ()), (plain, ("Cost a", "Each test", "General"))):
        scene = Scene(fakes.view(fakes.judged()), "f", a, drawn_gap(a), drawn_further(a))
        panel = str(evidence_panel(scene))
        _assert_harmless(panel)
        found = [panel.find(f">{caption}") for caption in every]
        assert all((at < 0) == c.startswith(hidden) for at, c in zip(found, every, strict=True))
        gap_and_cost = max(found[:2])
        assert gap_and_cost < panel.index("Prompts tried") < panel.index("More pictures")
    assert "More pictures" not in evidence_panel(Scene(fakes.view(fakes.judged()), "f", tuned))


def test_words_of_the_panel_are_explained_at_its_foot(fakes: Any) -> None:
    profiled = str(evidence_panel(Scene(fakes.view(fakes.interviewed()), "mail.csv")))
    _, foot = profiled.split("<summary>Words used here</summary>")
    assert "<dt>Dev</dt>" in foot and "<dt>Test</dt>" in foot and "<dt>Forecast</dt>" not in foot
    a = fakes.assessment()
    judged = str(evidence_panel(Scene(fakes.view(fakes.judged()), "f", a, drawn_gap(a))))
    assert "right answers; bars are intervals" in judged and "<dt>Interval</dt>" in judged
    assert "Words used here" not in evidence_panel(Scene(fakes.view({"answered": ()})))


@pytest.mark.parametrize(("plans", "folded"), [(6, 0), (9, 3)])
def test_of_many_plans_the_further_ones_are_folded_away(
    fakes: Any, plans: int, folded: int
) -> None:
    state = fakes.judged()
    named = tuple(fakes.plan_record(f"plan {n}", score=1 - n / 10) for n in range(plans))
    state["trials"] = state["trials"].model_copy(update={"plans": named})
    open_, _, more = str(evidence_panel(Scene(fakes.view(state)))).partition("<summary>")
    assert open_.count("<bdi>plan ") == plans - folded and more.count("<bdi>plan ") == folded
    assert more.startswith(f"{folded} more<") == bool(folded)


def test_the_panel_survives_a_run_without_a_plan(fakes: Any) -> None:
    state = fakes.judged()
    state["trials"] = state["trials"].model_copy(update={"plans": (), "winner": None})
    view = fakes.view(state, waiting={"kind": "message"})
    assert "Prompts tried" not in evidence_panel(Scene(view))
    assert "nothing can answer" in _text(messages(Scene(view))[-1])


def test_the_card_says_what_an_unknown_volume_would_change(fakes: Any) -> None:
    flip = Flip(
        quantity="monthly_requests", current=None, threshold=40_000, verdict="fine_tune_for_cost"
    )
    card = verdict_card(fakes.assessment(flips_unknown=(flip,)))
    assert " were 40,000 or more, the answer would become" in card.replace("\u00a0", " ")


def test_answers_are_shown_as_they_are_written(fakes: Any) -> None:
    step = Step(stage="converse", title="t", done=0, total=2, answers=("<b>bil", ""))
    view = fakes.view(fakes.judged(), busy=True, waiting={"kind": "message"}, step=step)
    last = messages(Scene(view, assessment=fakes.assessment()))[-1]
    assert "&lt;b&gt;bil" in last["content"] and last["content"].count("<section>") == 2
    text = _text(last)
    assert "The best prompt · 87" in text and "writing" in text and "comes next" in text


@pytest.mark.parametrize("talks", [True, False])
def test_a_closed_run_can_be_asked_about_or_repeated(fakes: Any, talks: bool) -> None:
    a = fakes.assessment() if talks else None
    last = messages(Scene(fakes.view(fakes.judged(), done=True), assessment=a))[-1]
    assert "closed" in last["content"]
    labels = [option["label"] for option in last.get("options", ())]
    assert labels == (["Ask about this run", "Repeat with another target"] if talks else [])


@pytest.mark.parametrize("text", HOSTILE)
def test_a_blind_pair_shows_two_texts_and_not_who_wrote_them(text: str, fakes: Any) -> None:
    waiting = {
        "kind": "pair", "number": 2, "total": 20, "input": text, "left": text, "right": "other",
        "note": "",
    }  # fmt: skip
    view = fakes.view(fakes.interviewed(), waiting=waiting, interrupt="i")
    asked = messages(Scene(view))[-1]
    tags = _Tags(str(asked["content"]))
    assert tags.tags <= ALLOWED and "Pair 2 of 20" in tags.text and "other" in tags.text
    values = [option["value"] for option in asked["options"]]
    assert values == [f"i blind: {side}" for side in ("left", "right", "same", "stop")]


def test_a_run_that_asked_nothing_offers_a_new_question(fakes: Any) -> None:
    view = fakes.view(fakes.judged(answered=()), done=True)
    assert controls_of(Scene(view, assessment=fakes.assessment()))["begun"]
    assert not controls_of(Scene(view))["begun"]
