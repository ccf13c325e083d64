"""Questions after the verdict: each only where another answer to it would change the verdict.

The two sides of that turn are the buttons, so that one click answers. Who is on the side where the
verdict stays need name no figure, and none is made up.
"""

import math
import re

from agent.questions import Option, Question, Topic, Unclear, Update, changed
from agent.state import State
from agent.utterances import is_unknown, read_cadence, read_milliseconds, read_volume, read_yes_no
from agent.utterances.figures import MEASURE, in_digits, plain_of
from policies.brief import RETRAININGS
from policies.recommendation import Flip
from tools.report.words import flip_sentence, just_beyond
from tools.runs import Run

VOLUME, LATENCY, CADENCE = "monthly_requests", "latency_limit_ms", "retrainings_per_month"
STAYS = "Then the answer stays as it is."
WEEKS = 52 / 12  # in a month
_LESS = re.compile(
    r"\b(?:fewer|less|lower|below|under|no(?:t)? more than|at most|up to"
    r"|not (?:so |that |very )?(?:many|much|often)|rarer|seldom)\b"
)
_MORE = re.compile(r"\b(?:more|over|above|at least|often)\b")
_NO_LIMIT = re.compile(
    r"\b(?:longer|slower|no (?:limit|hurry|rush)|any time|takes? (?:its )?time)\b"
)
_PER = {"week": WEEKS, "month": 1.0, "quarter": 1 / 3, "year": 1 / 12}
_TIMES = re.compile(
    r"\b(\d+)(?: ?(?:times|x))?,? (?:a|per|each|every|in a) (week|month|quarter|year)\b"
)
_EVERY = re.compile(
    r"\b(?:every|each|once (?:in |every )?)(?: ?(?:a )?(\d+|other|second))?"
    r" ?(week|month|quarter|year)s?\b"
)


def turn_of(state: State, quantity: str) -> Flip | None:
    """Where an untold quantity would change the verdict, or None."""
    flips = state["recommendation"].flips_unknown if "recommendation" in state else ()
    turn = next((flip for flip in flips if flip.quantity == quantity), None)
    if turn is not None and quantity == CADENCE and turn.threshold > RETRAININGS["daily"]:
        return None  # nobody trains that often
    return turn


def _ask(state: State, quantity: str, name: str, text: str, sides: tuple[str, str]) -> Question:
    """A question with the turn as its reason and the two sides of it as buttons."""
    turn = turn_of(state, quantity)
    why = "It matters where costs or waiting decide."
    if turn:
        why = f"{flip_sentence(turn, '')} As long as nobody says, I take it that it is not so."
    return Question(
        name=name,
        text=text,
        why=why,
        options=(
            Option(label=sides[0], value="yes"),
            Option(label=sides[1], value="no"),
            Option(label="Don't know", value="don't know"),
        ),
    )


def _side(text: str, turn: Flip | None) -> bool | None:
    """On which side of the turn a reply without a figure is: True where the verdict is another."""
    if turn is None or re.search(r"\d", text):
        return None
    plain = plain_of(text)
    less, more = bool(_LESS.search(plain)), bool(_MORE.search(plain))
    if not (less or more):
        return read_yes_no(text)
    return less if turn.quantity == LATENCY else not less  # a limit bars on its lower side


def _told(
    state: State, quantity: str, figure: float | None, side: bool | None, text: str, wanted: str
) -> Update:
    """The brief with a reply's figure; without one it says whether the answer stays.

    Raises:
        Unclear: There is no figure, it is on no side of the turn, and “don't know” is not meant.
    """
    if figure is None and side is None and not is_unknown(text):
        raise Unclear(f"I need {wanted}, or a yes or no.")
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
    wanted = "a number of requests, such as “about 50k a month”"
    return _told(state, VOLUME, volume, side, text, wanted)


def _ask_latency(state: State) -> Question:
    turn = turn_of(state, LATENCY)
    within = f"It must come within {just_beyond(turn)} ms" if turn else "It must come at once"
    text = "How long may one answer take at most?"
    return _ask(state, LATENCY, "latency", text, (within, "It may take longer"))


def _read_latency(state: State, text: str, run: Run) -> Update:
    turn, limit = turn_of(state, LATENCY), read_milliseconds(text)
    side = False if _NO_LIMIT.search(plain_of(text)) else _side(text, turn)
    if limit is None and side and turn:
        limit = turn.threshold
    return _told(state, LATENCY, limit, side, text, "a time, such as “2 seconds” or “500 ms”")


def _ask_cadence(state: State) -> Question:
    turn = turn_of(state, CADENCE)
    often = f"{_rhythm(turn.threshold)} or more often" if turn else "Often"
    text = "How often would it have to learn anew, because topics, products or rules change?"
    return _ask(state, CADENCE, "cadence", text, (often, "Less often"))


def _rhythm(a_month: float) -> str:
    """A number of times a month as people say it, never rarer than that."""
    if a_month > 1:
        return f"{math.ceil(a_month)} times a month"
    weeks = max(1, math.floor(WEEKS / a_month))
    return "Every week" if weeks == 1 else f"Every {weeks} weeks"


def _rate(plain: str) -> float | None:
    """Times a month as they are told: '4 times a year', 'every 6 months'."""
    if times := _TIMES.search(plain):
        return float(times[1]) * _PER[times[2]]
    if every := _EVERY.search(plain):
        each = {"other": 2.0, "second": 2.0}.get(every[1] or "1") or float(every[1] or 1)
        return _PER[every[2]] / each if each else None
    return None


def _read_cadence(state: State, text: str, run: Run) -> Update:
    turn, cadence = turn_of(state, CADENCE), read_cadence(text)
    side, told = _side(text, turn), _rate(in_digits(plain_of(text), MEASURE))
    often = told if told is not None else RETRAININGS[cadence] if cadence else None
    if often is None and side and turn:
        often = turn.threshold
    wanted = "a rhythm, such as “monthly” or “5 times a month”"
    return _told(state, CADENCE, often, side, text, wanted)


# By the quantity whose turn makes the question matter; one at a time, in this order.
LATE_TOPICS = {
    VOLUME: Topic("volume", _ask_volume, _read_volume),
    LATENCY: Topic("latency", _ask_latency, _read_latency),
    CADENCE: Topic("cadence", _ask_cadence, _read_cadence),
}
