"""Questions after the verdict: each only where another answer to it would change the verdict.

The two sides of that turn are the buttons, so that one click answers. Who is on the side where the
verdict stays need name no figure, and none is made up.
"""

import math
import re

from agent.questions import Option, Question, Topic, Unclear, Update, changed
from agent.state import State
from agent.utterances import is_unknown, read_cadence, read_milliseconds, read_volume, read_yes_no
from agent.utterances.figures import COUNT, NUMBER, in_digits, plain_of
from agent.utterances.multiples import factor_told
from agent.utterances.replies import opening_reply
from agent.utterances.rhythms import read_rate
from agent.utterances.shares import lower_share
from agent.utterances.volumes import read_volume_aside
from policies.brief import RETRAININGS
from policies.recommendation import Flip
from tools.report.words import VERDICT_TITLES, flip_sentence, just_beyond, just_beyond_rhythm
from tools.runs import Run

VOLUME, LATENCY, CADENCE = "monthly_requests", "latency_limit_ms", "retrainings_per_month"
RARELY_MORE = 10_000_000  # requests a month; so many are read back, "20 CR" may be no crores
STAYS = "Then the answer stays as it is."
_LESS = re.compile(
    r"\b(?:(?:fewer|less)(?: often)?|lower|below|under|no(?:t)? more than|at most|up to"
    r"|not (?:so |that |very )?(?:many|much|often)|rarer|seldom"
    r"|nowhere near|not (?:nearly|even close)|far from)\b"
    r"|\b(?:only|just) (?:once|one time)\b(?! (?:an?|per|every|each|in)\b)|\bnever again\b"
)
_MORE = re.compile(r"\b(?:more|over|above|at least|(?<!as )often)\b")
# "Not more" and "no fewer" say the opposite of their last word.
_TURNED = ((r"\b(?:not?|never) more\b(?! than)", "fewer"), (r"\bnot? (?:less|fewer)\b", "at least"))
_CARELESS = re.compile(
    r"\bno problem (?:if|when|with)\b"
    r"|\bno (?:limits?|hurry|rush|object|issue|concern|constraints?|requirements?)\b"
    r"|\bas long as it (?:takes|needs|wants)\b|\b(?:have|has|got|plenty of|enough) time\b"
    r"|\b(?:any time|takes? (?:(?:its|the|all the) )?time)\b|\b(?:irrelevant|unimportant)\b"
    r"|\b(?:do not|does not|not|never|\w+n't) (?:(?:really|that|so|very|too|an?|at all|be) )*"
    r"(?:car(?:e|ing)|mind|matter|bothered|fussed|important|critical|urgent|crucial|relevant"
    r"|time[- ](?:critical|sensitive)|picky|concern|problem|issue|factor|needed|necessary)\b"
)
_UNHURRIED = re.compile(
    r"\b(?:longer|slow(?:er|ly)?|over ?night|nightly|at night|batch(?:es|ed)?|offline|tomorrow|tmrw"
    r"|later|whenever|eventually|hours|days|next (?:day|morning|week)"
    r"|(?:by|before|until|till|at|within|same|end of|up to|in)(?: (?:the|an?|next|end of))*"
    r" (?:\w+ )?(?:day|shift|week|evening|morning|night|hour|month"
    r"|(?:mon|tues|wednes|thurs|fri)day))\b"
)
_AT_ONCE = re.compile(
    r"\b(?:instant\w*|immediate\w*|straight ?away|right away|at once|live|real[ -]?time|asap"
    r"|wait(?:s|ing)?|on the (?:phone|line)|as (?:fast|quick\w*|soon) as|quick\w*|fast|prompt\w*"
    r"|no delay|on the spot|snappy)\b"
)
UPPER_END = "Of a range I take the upper end, and here that changes the answer."
_REPLY = re.compile(r"^(?:no|nope)[,.;!]+\s*")
_DENIED = re.compile(r"\b(?:not|no|never|cannot|too|\w+n't)\b")
_TIME_UNIT = re.compile(r"\b(?:(?:milli)?seconds?|secs?|minutes?|mins?|ms)\b")
_UNCOUNTED = re.compile(
    r"\b(?:var(?:y|ies)|depends?|fluctuates?|changes? a lot|up and down)\b"
    r"|\b(?:nobody|no one|never|\w+n't)\b.{0,20}\b(?:counted|counts?|measured?|track(?:ed|s)?)\b"
)


def turn_of(state: State, quantity: str) -> Flip | None:
    """Where an untold quantity would change the verdict, or None."""
    flips = state["recommendation"].flips_unknown if "recommendation" in state else ()
    turn = next((flip for flip in flips if flip.quantity == quantity), None)
    if turn is not None and quantity == CADENCE and turn.threshold > RETRAININGS["daily"]:
        return None  # nobody trains that often
    return turn


MEANINGS = {
    VOLUME: "A request is one case that the model answers, such as one e-mail. Count those of a "
    "usual month; roughly is enough: 200 on each working day are about 4,300 a month.",
    LATENCY: "It is the time from a request to its answer; 1,000 ms are one second. Where "
    "somebody waits for it, as in a chat, that may be “2 seconds”; where nobody does, say that it "
    "may take longer.",
    CADENCE: "A trained model knows only what was so when it was trained. If new products come "
    "twice a year and it has to know them, say “twice a year”; if nothing changes, say “never”. "
    "The machine trains, and no person has to: somebody adds the new examples and starts it.",
}


def _ask(state: State, quantity: str, name: str, text: str, sides: tuple[str, str]) -> Question:
    """A question with the turn as its reason and the two sides of it as buttons."""
    turn = turn_of(state, quantity)
    why = "It matters where costs or waiting decide."
    if turn:
        so_far = VERDICT_TITLES[state["recommendation"].verdict]
        why = (
            f"So far the answer is: {so_far[0].lower()}{so_far[1:]}. {flip_sentence(turn, '')} "
            "Until you say, the answer so far stands."
        )
    return Question(
        name=name,
        text=text,
        why=why,
        meaning=MEANINGS[quantity],
        options=(
            Option(label=sides[0], value="yes"),
            Option(label=sides[1], value="no"),
            Option(label="Don't know", value="don't know"),
        ),
    )


def _side(text: str, turn: Flip | None) -> bool | None:
    """On which side of the turn a reply without a figure is: True where the verdict is another.

    A yes or no has to open the reply: “overnight is fine” is no yes to “within 850 ms?”.
    """
    if turn is None or re.search(r"\d", text):
        return None
    plain = plain_of(text)
    for wording, meant in _TURNED:
        plain = re.sub(wording, meant, plain)
    less, more = bool(_LESS.search(plain)), bool(_MORE.search(_LESS.sub(" ", plain)))
    if less == more:
        agreed = read_yes_no(text)
        return agreed if agreed == opening_reply(text) else None
    return less if turn.quantity == LATENCY else more  # a limit bars on its lower side


def _may_take_long(text: str) -> bool | None:
    """Whether a reply says that an answer has time; None where it is denied: 'not overnight'."""
    plain = _REPLY.sub("", plain_of(text))
    if _CARELESS.search(plain):
        return True
    if not _UNHURRIED.search(plain):
        return False
    return None if _DENIED.search(plain) else True


def _told(
    state: State, quantity: str, figure: float | None, side: bool | None, text: str, lacking: str
) -> Update:
    """The brief with a reply's figure; without one it says whether the answer stays.

    Raises:
        Unclear: There is no figure, it is on no side of the turn, and “don't know” is not meant.
    """
    unknown = is_unknown(text) or bool(_UNCOUNTED.search(plain_of(text)))
    if figure is None and side is None and not unknown:
        raise Unclear(f"{lacking} Or choose one of the answers offered.")
    stays = {"note": STAYS} if figure is None and side is False else {}
    return {**changed(state, **{quantity: figure}), **stays}


def _ask_volume(state: State) -> Question:
    turn = turn_of(state, VOLUME)
    more = f"{just_beyond(turn)} or more" if turn else "Many"
    text = "About how many requests a month will there be?"
    return _ask(state, VOLUME, "volume", text, (more, "Fewer"))


def _read_volume(state: State, text: str, run: Run) -> Update:
    turn, volume = turn_of(state, VOLUME), read_volume(text)
    below = bool(_LESS.search(plain_of(text)))
    side = _side(text, turn)
    if volume is not None and below and turn and volume >= turn.threshold:
        side, volume = False, None  # "fewer than 40,000" names the turn and no figure of theirs
    if volume is None and side and turn:
        volume = math.ceil(turn.threshold)
    update = _told(state, VOLUME, volume, side, text, _why_no_volume(text))
    if volume and volume >= RARELY_MORE:
        return {**update, "noticed": (VOLUME,)}
    beside = read_volume_aside(text)
    if turn and volume and beside and volume < min(beside, turn.threshold):
        update["note"] = _beside_note(volume, beside, turn)
    if turn and volume and volume * lower_share(text) < turn.threshold <= volume:
        return {**update, "noticed": (VOLUME,), "note": UPPER_END}
    return update


def _beside_note(volume: int, beside: int, turn: Flip) -> str:
    """What a larger number beside the usual one would change: that of a peak, or a later one."""
    if turn.threshold <= beside:
        return (
            f"I take {volume:,} a month. With {beside:,} the answer would be another; if that is "
            f"to count, write “change the volume to {beside:,} a month”."
        )
    return f"I take {volume:,} a month; with {beside:,} the answer would be the same."


def _why_no_volume(text: str) -> str:
    """Why a message was not taken for a number of requests, and what to write instead."""
    figures = re.findall(NUMBER, in_digits(text, COUNT))
    if not figures:
        return "I found no number of requests. Please write one, such as “about 50k a month”."
    if len(figures) > 1 or factor_told(plain_of(text)):
        return (
            "That takes some reckoning, and I might get it wrong. Please write what comes out as "
            "one number of requests a month, such as “about 50k a month”."
        )
    return (
        "I cannot tell how many requests a month that makes. Please write the number with its "
        "period, such as “50k a month” or “200 on each working day”."
    )


def _ask_latency(state: State) -> Question:
    turn = turn_of(state, LATENCY)
    within = f"It must come within {just_beyond(turn)} ms" if turn else "It must come at once"
    text = "How long may one answer take at most?"
    return _ask(state, LATENCY, "latency", text, (within, "It may take longer"))


def _read_latency(state: State, text: str, run: Run) -> Update:
    turn, limit = turn_of(state, LATENCY), read_milliseconds(text)
    has_time = _may_take_long(text)
    side = False if has_time else _side(text, turn)
    if has_time is None or _TIME_UNIT.search(plain_of(text)):
        side = None  # 'a minute or two' and 'not overnight' are on no side for certain
    if limit is None and side and turn:
        limit = turn.threshold
    return _told(state, LATENCY, limit, side, text, _why_no_limit(text, turn))


def _why_no_limit(text: str, turn: Flip | None) -> str:
    """Why a message was not taken for a longest time, and what to write instead."""
    if turn and _AT_ONCE.search(plain_of(text)):
        return (
            f"Somebody waits for it, then. Is more than {just_beyond(turn)} ms already too long? "
            "Please say so, or write the longest time, such as “2 seconds”."
        )
    return "I found no time with its unit. Please write the longest, such as “2 seconds”."


def _ask_cadence(state: State) -> Question:
    turn = turn_of(state, CADENCE)
    often = f"{just_beyond_rhythm(turn).capitalize()} or more often" if turn else "Often"
    text = "How often would it have to learn anew, because topics, products or rules change?"
    return _ask(state, CADENCE, "cadence", text, (often, "Less often"))


def _read_cadence(state: State, text: str, run: Run) -> Update:
    turn, cadence = turn_of(state, CADENCE), read_cadence(text)
    side, told = _side(text, turn), read_rate(text)
    often = told if told is not None else RETRAININGS[cadence] if cadence else None
    if often is None and side and turn:
        often = turn.threshold
    lacking = "I cannot tell how often that is. Please write it, such as “monthly”."
    return _told(state, CADENCE, often, side, text, lacking)


# By the quantity whose turn makes the question matter; one at a time, in this order.
LATE_TOPICS = {
    VOLUME: Topic("volume", _ask_volume, _read_volume),
    LATENCY: Topic("latency", _ask_latency, _read_latency),
    CADENCE: Topic("cadence", _ask_cadence, _read_cadence),
}
