"""What a message asks about the run, or supposes of it, or whether it is a text for the models."""

import re
from collections.abc import Mapping
from functools import lru_cache

from agent.adviser.answers import answer_with_tools, is_about_the_run
from agent.comparing import compares_ways
from agent.explanations import Receivers, models_asked, where_it_went
from agent.followups import answer_question
from agent.hosting import STAYS, where_it_can_run
from agent.law import about_the_law
from agent.optimisers import receivers
from agent.per_label import names_a_label
from agent.state import State
from agent.supposed_figures import figures_supposed
from agent.supposing import answer_what_if, decided_anew
from agent.utterances import read_command
from agent.utterances.addressed import words_of_ours
from agent.utterances.alike import Alike, Questions
from agent.utterances.corrections import (
    is_what_if,
    moves_a_price,
    only_supposes,
    unknown_multiplied,
)
from agent.utterances.demands import read_bare_volume, read_supposed
from agent.utterances.facts import read_facts
from agent.utterances.intents import (
    Intent,
    asks_for_right_answers,
    question_beside,
    read_intent,
    two_intents,
)
from agent.utterances.patterns import IntentName
from agent.utterances.replies import read_consent
from agent.utterances.steps import taken_for_points
from agent.ways import arm_named, verdict_named
from agent.workbench import Workbench
from tools.assessment import Assessment, load
from tools.errors import UserError
from tools.progress import Step

NOTHING_CHANGED = "Nothing is changed by this; to change it, write “change …” instead."
NOTHING_WAITS = "Nothing waits for a yes here."
# Questions whose patterns a team's own texts often fit: "compare your rate with the market's".
TAKEN_TOO_WIDELY: frozenset[IntentName] = frozenset(
    {"compare", "cost", "time", "privacy", "difference"}
)
_FURTHER = re.compile(r"\b(?:more|another|further|additional|extra|label\w+)\b", re.IGNORECASE)
_THANKS = re.compile(r"(?!no\b).*\b(?:thanks|thank|cheers|thx|ta)\b", re.IGNORECASE)  # "ok cheers"
AT_A_VOLUME: frozenset[IntentName] = frozenset({"cost", "year"})
TO_TUNE = (
    "“Fine-tune anyway” (or the message “fine-tune it”) shows the plan of a fine-tune, and a yes "
    "to that plan starts it."
)
RIGHT_NOT_KEPT = (
    "I keep only mistakes to be shown, not the answers that were right; “show me the mistakes” "
    "lists those, and “Try one of my examples” has a row of yours answered."
)
NOT_STARTED = "All right: nothing is started."
NEVER_TOLD = {
    "target": "Please name the target itself, for instance “what if the target were 95 %?”.",
    "monthly_requests": "You told me no volume yet; write for instance “20,000 requests a month”.",
    "latency_limit_ms": (
        "How long answers take is measured (“how fast is it?”), and you set no limit to change. To "
        "suppose one, write “what if the limit were 2 seconds?”."
    ),
    "monthly_budget": (
        "You told me no budget yet; to suppose one, write “what if the budget were 500 a month?”."
    ),
    "retrainings_per_month": "You told me no retrainings yet; write “what if we retrain weekly?”.",
}


def about_the_run(state: State, text: str, change: Mapping[str, object], bench: Workbench) -> str:
    """The answer to what is asked about the run.

    Args:
        state: The state.
        text: The message.
        change: The answers of the brief that it changes or supposes, as far as they were read.
        bench: What answers are made with.

    Returns:
        The answer; "" if it is no question that is known.
    """
    volume = read_bare_volume(text)
    if volume:
        return answer_question(Intent("cost", (volume,)), _assessment(state, bench))
    both = two_intents(text)
    if both:
        a = _assessment(state, bench)
        return "\n\n".join(_told(each, text, state, a, bench) for each in both)
    return _about_one(state, text, change, bench)


def _about_one(state: State, text: str, change: Mapping[str, object], bench: Workbench) -> str:
    """The answer to one question about the run, or ""."""
    told, policy = _supposed(text, change), bench.policy_of(state)
    intent = read_intent(text)
    if moves_a_price(text) and is_what_if(text):  # prices are no answer of the team
        intent = Intent("price", (text,))
    if told:
        read_as = taken_for_points(text) if "target" in told else ""
        supposed = answer_what_if(state, told, policy)
        then = decided_anew(_assessment(state, bench), state, told, policy)
        figures = figures_supposed(then, told)
        answer = "\n".join(filter(None, [supposed, *figures, read_as, NOTHING_CHANGED]))
        if intent is None or intent.name != "cost":
            return "\n\n".join(filter(None, [answer, asked_beside(state, text, told, bench)]))
        return f"{answer_question(intent, _assessment(state, bench))}\n{answer}"
    thanks = intent is not None and intent.name == "thanks" and _THANKS.search(text)
    reply = "" if thanks else _to_a_reply(state, text)
    if reply:
        return reply
    a = _assessment(state, bench)
    if intent and not _names_what_is_known(a, intent):
        intent = None  # "is 92 vs 95 a real difference?"
    like = _like(text, state, bench) if intent is None or intent.name in TAKEN_TOO_WIDELY else None
    if intent and not (like and like.is_theirs):
        return _told(intent, text, state, a, bench)
    adviser = bench.adviser(state) if is_about_the_run(text) else None
    if adviser is not None:
        said = answer_with_tools(
            text, a, lambda facts: answer_what_if(state, facts, policy), adviser
        )
        if said:
            return said
    if like and like.meant:
        found = _told(like.meant.intent, text, state, a, bench)
        return f"I take that to be about {like.meant.about}.\n{found}"
    return ""


def asked_beside(state: State, text: str, change: Mapping[str, object], bench: Workbench) -> str:
    """The answer to a question that stands beside a change, as things are after it; "" if none."""
    _, intent = question_beside(text)
    if intent is None:
        return ""
    a = decided_anew(_assessment(state, bench), state, change, bench.policy_of(state))
    return _told(intent, "", state, a, bench)


def _names_what_is_known(a: Assessment, intent: Intent) -> bool:
    """Whether what a question names is something of this run."""
    if intent.name in ("compare", "difference"):
        return compares_ways(a, intent)
    if intent.name == "why_not" and intent.subjects:
        named = " ".join(intent.subjects)
        return verdict_named(named) is not None or arm_named(a, named) is not None
    return intent.name != "label" or all(names_a_label(a, name) for name in intent.subjects)


def _to_a_reply(state: State, text: str) -> str:
    """What is said to a yes, a no or a “go back” where nothing waits for one; "" to all else.

    Right answers are asked for in the words for mistakes, and would be answered with those.
    """
    agreed = read_consent(text)
    if agreed:
        return NOTHING_WAITS if "tuned" in state else f"{NOTHING_WAITS} {TO_TUNE}"
    if agreed is False:
        return NOT_STARTED
    if asks_for_right_answers(text):
        return RIGHT_NOT_KEPT
    never_told = unknown_multiplied(text, state["brief"])
    if never_told in NEVER_TOLD:
        return NEVER_TOLD[never_told]
    if read_command(text) in ("back", "restart"):
        return "This run is kept as it is. “New question” at the top begins another one."
    return ""


def _like(text: str, state: State, bench: Workbench) -> Alike:
    """What a message is like: a question about the run, or a text of the team's."""
    try:
        inputs = tuple(example.input for example in bench.dataset(state).parts.train)
    except UserError:  # the file is gone; its report can still be asked about
        inputs = ()
    # The first one on these examples takes seconds: what tells questions from them is fitted.
    title, lasts = "Reading the question", "some seconds the first time, then a moment"
    bench.watch().listen(Step(stage="converse", title=title, done=0, total=1, lasts=lasts))
    return _questions(inputs).read(text)


_questions = lru_cache(maxsize=4)(Questions)  # of the runs that are open


def _told(intent: Intent, text: str, state: State, a: Assessment, bench: Workbench) -> str:
    """The answer to a question about the run."""
    if intent.name == "privacy":
        return where_it_went(a, _receivers(state, a, bench))
    if intent.name == "law":
        to = _receivers(state, a, bench)
        return about_the_law(where_it_can_run(a, to.endpoints), where_it_went(a, to))
    if intent.name == "hosting":
        to = _receivers(state, a, bench)
        can, went = where_it_can_run(a, to.endpoints), where_it_went(a, to)
        return "\n".join([can, went, STAYS])
    if intent.name in AT_A_VOLUME and not intent.subjects:
        volume = read_facts(text).get("monthly_requests")
        intent = Intent(intent.name, (f"{volume} a month",) if volume else ())
    if intent.name == "more" and _FURTHER.search(text):
        intent = Intent(intent.name, intent.subjects or (text,))  # its number, if it has one
    return answer_question(intent, a)


def _assessment(state: State, bench: Workbench) -> Assessment:
    return load(bench.run(state).folder)


def _supposed(text: str, change: Mapping[str, object]) -> Mapping[str, object]:
    """What a what-if supposes, which may be several facts."""
    return change or (read_supposed(text) if is_what_if(text) else {})


def _receivers(state: State, a: Assessment, bench: Workbench) -> Receivers:
    """Who got something of the run, or was allowed to; a later no takes nothing back."""
    catalogue, options, in_house = bench.catalogue, state["options"], bench.keeps_in_house(state)
    called = models_asked(a) | set(state["trials"].unmeasured)
    allowed = set() if in_house else {*options.models, *options.allow_send}
    endpoints = {name for name in called | allowed if catalogue.is_endpoint(name)}
    readers = set() if in_house else set(receivers(options, catalogue))
    readers |= {each.judge for each in a.preferences if each.judge}
    adviser = bench.adviser(state)
    return Receivers(
        tuple(sorted(endpoints)),
        tuple(sorted(readers)),
        adviser.name if adviser is not None else "",
    )


def _is_ours_alone(text: str, state: State, bench: Workbench) -> bool:
    """Whether a message holds a word of this product that no example of the team holds."""
    ours = words_of_ours(text)
    examples = bench.dataset(state).examples if ours else ()
    return any(all(word not in each.input.casefold() for each in examples) for word in ours)


def is_surely_theirs(text: str, state: State, bench: Workbench) -> bool:
    """Whether a message is so like the team's texts that no wording in it is for us."""
    return _like(text, state, bench).is_theirs


def is_theirs(text: str, state: State, bench: Workbench) -> bool:
    """Whether a message that asks nothing about the run is a text for the models.

    One with a word of ours that no example holds has to be so more surely.
    """
    like = _like(text, state, bench)
    if only_supposes(text) or _is_ours_alone(text, state, bench):
        return like.is_theirs
    return like.may_be_theirs


def guesses_of(text: str, state: State, bench: Workbench) -> tuple[str, ...]:
    """What a message may ask about the run, as plain questions, the likeliest first."""
    return tuple(each.question for each in _like(text, state, bench).guesses)
