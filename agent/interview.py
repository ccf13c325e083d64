"""The interview: one question at a time, with everything said beside the answer taken in as well.

"Go back", "start over", "why do you ask?", "skip" and "change the target to 85 %" work at any
question. Several facts in one message are taken together and read back for a yes.
"""

import re
from collections.abc import Callable

from agent.adviser.asking import Adviser
from agent.adviser.reading import read_with_adviser
from agent.adviser.wording import in_terms_of
from agent.elsewhere import set_aside
from agent.explanations import meant
from agent.facts_topic import rounded_rhythm
from agent.late_topics import LATE_TOPICS, turn_of
from agent.questions import Question, Topic, Unclear, Update
from agent.read_back import FIELD_OF, READ_BACK, READERS, described, with_facts
from agent.state import State
from agent.topics import TOPICS
from agent.utterances import (
    read_command,
    read_correction,
)
from agent.utterances.choices import tells_labels_change
from agent.utterances.commands import read_reopened
from agent.utterances.corrections import asks_about_figures, is_what_if
from agent.utterances.facts import FactField, Value, beside_facts, read_facts, without_facts
from agent.utterances.intents import read_intent
from agent.utterances.prompts import is_instruction, is_withheld
from agent.utterances.puzzled import is_puzzled, tells_puzzlement
from agent.utterances.questioning import is_put_as_question, read_asked
from agent.utterances.replies import has_no_target, is_unknown, read_consent
from agent.utterances.shares import read_errors_among
from policies.brief import Brief
from tools.runs import Run

LONGEST_ANSWER = 20_000
LONGEST_REQUEST = 120  # a pasted prompt may hold "the target is …"; a request to us is short
ASKED: dict[str, tuple[FactField, ...]] = {  # what an adviser may read in an answer
    "target": ("target",),
    "volume": ("monthly_requests",),
    "latency": ("latency_limit_ms",),
    "facts": ("needs_outside_facts", "facts_change"),
}
AGAIN = "Here it is again."
PLAIN_TOPICS = ("prompt", "examples", "columns")  # where figures are no facts of the brief
SAID_ANYWHERE: tuple[FactField, ...] = ("may_leave_machine", "latency_limit_ms", "facts_change")
WORDED = ("target", "facts")  # what they mean depends on the task


def next_topic(state: State) -> Topic | None:
    """The first topic that is still open; None when all is known."""
    if state.get("noticed"):
        return READ_BACK
    answered = state.get("answered", ())
    return next((topic for topic in TOPICS if topic.name not in answered), None)


def late_topic(state: State) -> Topic | None:
    """A question that has come to matter: its quantity is unknown and would flip the verdict."""
    if state.get("noticed"):
        return READ_BACK
    return next(
        (
            topic
            for quantity, topic in LATE_TOPICS.items()
            if turn_of(state, quantity)
            and getattr(state["brief"], quantity) is None
            and topic.name not in state.get("answered", ())
        ),
        None,
    )


def question_of(topic: Topic, state: State) -> Question:
    """The question as it is put now, with what the last answer led to."""
    question = topic.ask(state)
    worded = state.get("worded", {}).get(_words_key(topic, state), "")
    said = {
        "why": f"{worded} {question.why}".strip(),
        "problem": state.get("problem", ""),
        "note": state.get("note", ""),
    }
    return question.model_copy(update=said)


def worded_next(state: State, adviser_of: Callable[[State], Adviser | None]) -> Update:
    """What the next question means for the task, where there is an adviser with words for it.

    Made when the question before it was answered: a node starts again from its top when its own
    question is, and would ask a second time.
    """
    topic, worded = next_topic(state), state.get("worded", {})
    if topic is None or topic.name not in WORDED or _words_key(topic, state) in worded:
        return {}
    text = in_terms_of(topic.ask(state), _task(state), adviser_of(state))
    return {"worded": {**worded, _words_key(topic, state): text}}


def read_answer(topic: Topic, state: State, answer: object, run: Run) -> Update:
    """What an answer changes in the state.

    Raises:
        Unclear: The answer cannot be used.
    """
    text = str(answer).strip()
    if len(text) > LONGEST_ANSWER:
        raise Unclear(f"That is {len(text):,} characters; please keep it under 20,000.")
    question = topic.ask(state)
    if is_puzzled(text, question.text) and not _asks_a_term(text):
        return {"note": question.meaning}
    asked = read_request(question.why, state, text)
    if asked is not None:
        return {**asked, **_replied_before(topic, state, asked, text, run)}
    try:
        return _read_unless_asked(topic, state, text, run)
    except Unclear:
        if tells_puzzlement(text):
            raise Unclear(question.meaning) from None
        raise


def _read_unless_asked(topic: Topic, state: State, text: str, run: Run) -> Update:
    """Explain a question that asks something back; what is told beside it is read back.

    An answer that is itself put as a question is read back too: '90?'. A task or a prompt may be a
    question, and its figures are none of ours.

    Raises:
        Unclear: Nothing but a question was asked, or what is told beside it cannot be used.
    """
    asked = read_asked(text) if topic.name in FIELD_OF or topic is READ_BACK else None
    if asked is None:
        update = _read(topic, state, text, run)
        left_to_us = is_unknown(text) or has_no_target(text)
        doubted = is_put_as_question(text) and not left_to_us
        return _unsure(topic, update) if doubted else update
    meaning = topic.ask(state).meaning
    if not asked.told and _holds_a_figure(topic, text):
        return {"note": meaning}
    if not asked.told or is_unknown(asked.told):
        raise Unclear(meaning)
    try:
        update = _read(topic, state, asked.told, run)
    except Unclear:
        raise Unclear(meaning) from None
    return {**_unsure(topic, update), "note": meaning}


def _holds_a_figure(topic: Topic, text: str) -> bool:
    """Whether what is asked about is a figure of this question, and nothing else of the run."""
    read = READERS.get(FIELD_OF.get(topic.name, ""))
    return read is not None and read(text) is not None and read_intent(text) is None


def _unsure(topic: Topic, update: Update) -> Update:
    """The update, with the answer to be read back."""
    field, brief = FIELD_OF.get(topic.name), update.get("brief")
    is_answered = topic.name in update.get("answered", ())
    if field is None or not is_answered or getattr(brief, field, None) is None:
        return update
    return {**update, "noticed": tuple(dict.fromkeys((*update.get("noticed", ()), field)))}


def _asks_a_term(text: str) -> bool:
    """Whether it is asked what a word of the report means, which has an answer of its own."""
    asked = read_intent(text)
    return asked is not None and asked.name == "meaning"


def _read(topic: Topic, state: State, text: str, run: Run) -> Update:
    """Take an answer that is no request, with what is said beside it."""
    a_prompt = topic.name == "prompt" and (is_instruction(text) or is_withheld(text))
    if topic is READ_BACK or a_prompt:
        return _read_alone(topic, state, text, run)
    if topic.name in PLAIN_TOPICS or topic.name == "task":
        return _read_with_facts(topic, state, text, run)
    return _read_with_hint(topic, state, text, run)


def _read_with_hint(topic: Topic, state: State, text: str, run: Run) -> Update:
    """Take the answer without what counts elsewhere, and say where that counts.

    A target stands among clauses about money and mistakes, and is sought in all of them first.
    """
    rest, where = set_aside(text)
    if topic.name == "target" or not where:
        try:
            return _read_with_facts(topic, state, text, run)
        except Unclear as unclear:
            raise Unclear(f"{where} {unclear}".strip()) from unclear
    try:
        update = _read_with_facts(topic, state, rest, run) if rest else {}
    except Unclear as unclear:
        raise Unclear(f"{where} {unclear}") from unclear
    if not update:
        raise Unclear(f"{where} {topic.ask(state).text}")
    return {**update, "note": f"{where} {update.get('note', '')}".strip()}


def _replied_before(topic: Topic, state: State, asked: Update, text: str, run: Run) -> Update:
    """What a yes or no changes that stands before a changed answer: 'no. oh and the target is …'.

    It has to be a sentence of its own: the no of 'no, the target is 85' is about the target.
    """
    reply, ended, _ = re.split(r"([.;\n]|$)", text, maxsplit=1)
    if topic.name != "facts" or "brief" not in asked or not ended or read_consent(reply) is None:
        return {}
    return _read_alone(topic, {**state, **asked}, reply, run)  # type: ignore[typeddict-item]


def read_request(why: str, state: State, text: str) -> Update | None:
    """What a request to the interview itself changes: back, start over, why, a changed answer.

    Args:
        why: The reason of the open question.
        state: The state.
        text: What the person wrote.

    Returns:
        The update, or None if it is no request; "answered" is shorter in it if a question opens
        again.
    """
    if len(text) > LONGEST_REQUEST:
        return None
    command, answered = read_command(text), state.get("answered", ())
    asked = read_intent(text)
    if asked and asked.name == "meaning":
        return {"note": meant(asked.subjects)}
    if command == "back":
        note = "" if answered else "This is the first question."
        return {"answered": answered[:-1], "noticed": (), "note": note}
    if command == "restart":
        return {"answered": (), "noticed": (), "brief": Brief(), "note": "From the start, then."}
    if command == "why":
        return {"note": f"Why I ask: {why}"}
    if command == "repeat":
        return {"note": AGAIN}
    if command == "stop":
        return {"note": "Nothing is running. You may close the page and go on another time."}
    brief = state.get("brief", Brief())
    if is_what_if(text) or read_correction(text, brief) is None:
        return _reopened(text, answered)
    return _changed(state, read_stated(text, brief))


def read_at_plan(why: str, state: State, text: str) -> Update | None:
    """What a message at a plan changes that is neither a yes nor a no; None if nothing.

    Args:
        why: Why the plan waits.
        state: The state.
        text: What the person wrote.
    """
    asked = read_request(why, state, text)
    if asked is not None:
        return asked
    changes = read_stated(text, state.get("brief", Brief()))
    return _changed(state, changes) if changes else None


def read_stated(text: str, brief: Brief) -> dict[str, Value]:
    """All answers that a message changes, a stated fact beside them included; none if supposed."""
    if is_what_if(text) or asks_about_figures(text):
        return {}
    changes: dict[str, Value] = {str(field): value for field, value in read_facts(text).items()}
    correction = read_correction(text, brief)
    return changes | ({correction.field: correction.value} if correction else {})


def _changed(state: State, changes: dict[str, Value]) -> Update:
    return {**with_facts(state, changes), "note": f"Changed: {described(changes)}."}


def _reopened(text: str, answered: tuple[str, ...]) -> Update | None:
    """A question asked again; another file has other columns."""
    again = read_reopened(text)
    if again not in answered:
        return None
    open_again = (again, "columns") if again == "examples" else (again,)
    kept = tuple(name for name in answered if name not in open_again)
    return {"answered": kept, "noticed": (), "note": AGAIN}


def understood(state: State, topic: Topic, text: str, adviser: Adviser | None) -> Update:
    """What an adviser makes of an answer that is unclear to us, to be read back for a yes.

    Returns:
        The update; empty where it is not understood either, or rows or a prompt are asked for.
    """
    if topic.name in ASKED and read_asked(text) is not None:
        return {}  # a question tells nothing
    asked = state.get("noticed", ()) if topic is READ_BACK else ASKED.get(topic.name, ())
    facts = read_with_adviser(topic.ask(state).text, text, asked, adviser) if asked else {}
    noticed = tuple(dict.fromkeys((*state.get("noticed", ()), *facts)))
    return {**with_facts(state, facts), "noticed": noticed} if facts else {}


def _task(state: State) -> str:
    return state.get("brief", Brief()).task


def _words_key(topic: Topic, state: State) -> str:
    """Under which a question's words are kept: another description of the task has others."""
    return f"{topic.name}: {_task(state)}"


def _answered(state: State, topic: Topic) -> Update:
    answered = state.get("answered", ())
    if topic is READ_BACK or topic.name in answered:
        return {}
    return {"answered": (*answered, topic.name)}


def _read_alone(topic: Topic, state: State, text: str, run: Run) -> Update:
    """Take the answer; what it changes may open another question."""
    update = topic.read(state, text, run)
    after: State = {**state, **update}  # type: ignore[typeddict-item]
    return {**update, **_answered(after, topic)}


def _read_with_facts(topic: Topic, state: State, text: str, run: Run) -> Update:
    """Take the answer, and every other fact in the message; those are read back."""
    own = FIELD_OF.get(topic.name)
    facts = {field: value for field, value in read_facts(text).items() if field != own}
    if topic.name in PLAIN_TOPICS:
        facts = {field: value for field, value in facts.items() if field in SAID_ANYWHERE}
    if topic.name == "facts" and not tells_labels_change(text):
        facts.pop("facts_change", None)  # a part of the answer, if it says that it matters
    if not facts:
        update = _read_alone(topic, state, text, run)
        return {**_doubted(state, update), **update}
    noticed: Update = {**with_facts(state, facts), "noticed": tuple(facts)}
    rounded = rounded_rhythm(text, facts["facts_change"]) if "facts_change" in facts else ""
    noticed |= {"note": rounded} if rounded else {}
    after: State = {**state, **noticed}  # type: ignore[typeddict-item]
    rest = without_facts(text, own)
    if topic.name == "facts":  # how often facts change is part of the answer; a volume is none
        rest = beside_facts(text, ("needs_outside_facts", "facts_change"))
    if topic.name == "task" and (rest or is_instruction(text)):  # they are part of the answer
        rest = text
    if topic.name == "target" and read_errors_among(text) is not None:
        rest = text  # the number of cases is what the errors are a share of
    if not rest:  # nothing else was said, so the question stays open
        return noticed
    try:
        update = _read_alone(topic, after, rest, run)
    except Unclear:
        return noticed
    doubted = _doubted(after, update).get("noticed", ())
    read_back = dict.fromkeys((*facts, *update.get("noticed", ()), *doubted))
    return {**noticed, **update, "noticed": tuple(read_back)}


def _doubted(state: State, update: Update) -> Update:
    """A target below half, or of all, is misread more often than meant, so it is read back.

    Texts score low.
    """
    text = "look" in state and state["look"].task_type == "text"
    before = state.get("brief", Brief()).target
    told = update.get("brief", Brief()).target
    misread = (told <= 0.5 and not text) or told == 1
    return {"noticed": ("target",)} if misread and told != before else {}
