"""The ways of working of a run as people name them, and a line on each."""

import re
from collections.abc import Iterator

from policies.evidence import Arm, ArmKind
from policies.limits import TUNED
from policies.recommendation import Verdict
from tools.assessment import Assessment
from tools.report import words

CELL = 160  # most characters of a name
PLAIN_NAMES = {  # of the best prompt; "your prompt", said to us, is the one that we found
    *("a", "best", "better", "found", "prompt", "prompting", "winning", "your"),
}
TEAMS = {"my", "mine", "our", "ours", "own", "current", "existing"}  # prompt, as the team says it
# A model as it came, which answers by the best prompt.
UNTUNED = {"normal", "plain", "base", "original", "standard", "untrained", "untuned"}
KINDS: dict[str, ArmKind] = {
    r"\bclas+i?f\w*": "classifier",
    r"\b(?:fine-?)?tun(?:e|ed|ing)\b|\btrained\b|\bft\b|\bq?lora\b|\badapter\b": "tuned",
    r"\bbaselines?\b": "baseline",
}
# Kinds of prompts as the field calls them, and whether those send examples along.
SHOTS: dict[str, bool] = {r"\bfew[ -]?shots?\b": True, r"\bzero[ -]?shots?\b": False}
# Who answers today: a team's people, or another system of theirs.
_TODAY = re.compile(
    r".*\btoday\b.*|(?:(?:what|how|the|my|our|own|present|current|existing|human|best) )*"
    r"(?:people|staff|team|agents?|humans?|clerks?|colleagues?|employees?|workers?|operators?"
    r"|consultants?)(?: (?:do|did|does|get|got|reach|score|answer|are|is)\w*)?(?: now| so far)?"
)
BY_PEOPLE = (
    "To compare, put what your people (or your present system) answered into a column of its own "
    "and begin a new question with that file."
)
BY_YOURS = "“Try this wording: …” has yours measured on the same rows."
TRY_IT = "(To have this very text answered by the models, put it in quotes.)"
# Whole words, so that an average is no RAG, and objects: a team trains its staff as well.
_MODEL = r"(?:(?:an?|the|our|my|your|own|new|small\w*|language)\W+)*(?:models?|llm|one|it|own)?"
NAMED: tuple[tuple[str, Verdict], ...] = (
    (r"\b(?:costs?|cheap\w*)\b", "fine_tune_for_cost"),
    (r"\bq?lora\b|\badapters?\b|\bft\b", "fine_tune"),
    (rf"\b(?:fine[ -]?)?tun(?:e|ed|ing)\b|\btrain(?:ing|ed)?\W*{_MODEL}\W*$", "fine_tune"),
    (r"\bclas+i?f\w*", "use_classifier"),
    (r"\b(?:retriev\w+|rag)\b|\blook(?:ing)?\b.*\bups?\b|\blook-?ups?\b", "use_retrieval"),
    (r"\b(?:larger|bigger|stronger|smarter|newer)\b", "larger_model"),
    (r"\b(?:other|another|different|better) (?:language )?(?:models?|llms?)\b", "larger_model"),
    (r"\b(?:gpt|claude|gemini|llama|mistral)", "larger_model"),
    (r"\bkeep\w*\b", "keep_prompt"),
    (r"\bprompt\w*", "adopt_prompt"),
    (r"\b(?:labels?|data)\b", "fix_data"),
)


def arm_named(a: Assessment, text: str) -> Arm | None:
    """The arm that holds all words of a text; a word for a kind means the best of that kind."""
    said = _said_words(text)
    if not said:
        return None
    if _is_today(text):
        return next((arm for arm in a.arms if arm.name.casefold().startswith("today")), None)
    if _is_teams(said):
        return _own_prompt(a)
    untuned = bool(UNTUNED & set(said)) and set(said) <= UNTUNED | {"model", "one"}
    if untuned or (any("prompt" in word for word in said) and not set(said) - PLAIN_NAMES):
        best = a.prompting.best
        return next((arm for arm in a.arms if best and arm.name == best.name), None)
    by_shots = _best_by_shots(a, " ".join(said))
    if by_shots is not None:
        return by_shots
    named = None if len(said) == 1 else _shortest_holding(a, said)
    wanted = next((kind for word, kind in KINDS.items() if re.search(word, " ".join(said))), None)
    rivals = [arm for arm in a.arms if arm.kind == wanted]
    best_of_kind = max(rivals, key=lambda arm: (arm.test is not None, arm.dev.score), default=None)
    return named or best_of_kind or _shortest_holding(a, said)


def verdict_named(text: str) -> Verdict | None:
    """The verdict that would be this way of working, or None."""
    said = text.casefold()
    return next((verdict for wording, verdict in NAMED if re.search(wording, said)), None)


def known_ways(a: Assessment) -> str:
    """The ways of working that can be asked about."""
    names = ", ".join(f"“{name}”" for name in rivals_of(a))
    return f"Among others I measured these: {names}. {TRY_IT}"


def absent_way(name: str) -> str:
    """What to say of something that a team may have and this run has not; "" for other things."""
    if _is_today(name):
        return f"There are no answers of today in this file, so they were not measured. {BY_PEOPLE}"
    if _is_teams(_said_words(name)):
        return f"This run has no prompt of your own, so none was measured. {BY_YOURS}"
    return ""


def rivals_of(a: Assessment) -> list[str]:
    """The best arm of each kind, today's way and what was tuned: those that one chooses among."""
    best = a.prompting.best.name if a.prompting.best else None
    today = (arm.name for arm in a.arms if arm.name.startswith(("today", "your prompt")))
    named = (arm_named(a, kind) for kind in ("classifier", "tuned", "baseline"))
    kept = [best, *(arm.name for arm in named if arm), *today]
    return list(dict.fromkeys(name for name in kept if name))


def described_way(a: Assessment, arm: Arm) -> str:
    """A line on a way: its score, its times, what it sends and costs."""
    part = "locked" if arm.test else "dev"
    facts = [
        f"{words.percent(arm.measured.score)} ({words.span(arm.measured.low, arm.measured.high)}) "
        f"on {arm.measured.n} {part} rows",
        *waits_of(arm),
        *([f"{arm.prompt_tokens:,.0f} tokens sent"] if arm.prompt_tokens else []),
    ]
    if arm.cost_per_1000:
        facts.append(f"{words.money(arm.cost_per_1000, a.economics.currency)} for 1,000 requests")
    return f"• {arm.name}: {', '.join(facts)}"


def called(a: Assessment, name: str) -> str:
    """What a way is called in plain words: plans have names that say nothing to most people."""
    arm = next((arm for arm in a.arms if arm.name == name), None)
    if name == TUNED or (arm is not None and arm.kind == "tuned"):
        return "a fine-tune" if arm is None else "the fine-tuned model"
    if arm is not None and arm.kind == "classifier":
        return "the ordinary classifier"
    if a.prompting.best is not None and name == a.prompting.best.name:
        return "the best prompt"
    if name in a.own_prompts:
        return "your own prompt"
    return words.plain(name, CELL)


def waits_of(arm: Arm) -> Iterator[str]:
    """How long its answers take, usually and at worst; nothing where that was not timed."""
    if arm.waits_ms is not None:
        usual, slow = arm.waits_ms
        yield f"{_milliseconds(usual)} a request"
        yield f"one in twenty takes {_milliseconds(slow)} or more"


def intervals_overlap(one: Arm, other: Arm) -> bool:
    """Whether the intervals of both scores overlap."""
    return one.measured.low <= other.measured.high and other.measured.low <= one.measured.high


def are_the_rivals(a: Assessment, one: Arm, other: Arm) -> bool:
    """Whether it is about the best prompt and the classifier that was read on the locked rows."""
    best = a.prompting.best.name if a.prompting.best else ""
    rival = next((arm.name for arm in a.arms if arm.kind == "classifier" and arm.test), "")
    return {one.name, other.name} == {best, rival}


def _is_today(name: str) -> bool:
    return bool(_TODAY.fullmatch(name.casefold().strip(" ?.!“”")))


def _is_teams(said: list[str]) -> bool:
    """Whether it names the team's own prompt: "mine", "our prompt"; "your prompt" is ours."""
    return bool(TEAMS & set(said)) and set(said) <= TEAMS | {"prompt", "prompts", "wording", "one"}


def _said_words(text: str) -> list[str]:
    return text.casefold().replace("the ", " ").strip(" “”\"'.?").split()


def _best_by_shots(a: Assessment, said: str) -> Arm | None:
    """The best prompt that sends examples along, or sends none: "few shot", "zero shot"."""
    wanted = next((shown for shots, shown in SHOTS.items() if re.search(shots, said)), None)
    of_ours = [arm for arm in a.arms if arm.kind == "prompt" and arm.name not in a.own_prompts]
    found = [arm for arm in of_ours if ("example" in arm.name.casefold()) is wanted]
    return max(found, key=lambda arm: (arm.test is not None, arm.dev.score), default=None)


def _own_prompt(a: Assessment) -> Arm | None:
    """The team's own prompt as it is; its repaired versions have longer names."""
    own = [arm for arm in a.arms if re.match(r"your prompt(?!,)", arm.name.casefold())]
    return max(own, key=lambda arm: (arm.dev.n, arm.dev.score), default=None)


def _shortest_holding(a: Assessment, said: list[str]) -> Arm | None:
    """The arm with the shortest name of which every word is a part; single letters name nothing."""
    if max(map(len, said)) < 2:
        return None
    exact = [arm for arm in a.arms if all(word in arm.name.casefold() for word in said)]
    return min(exact, key=lambda arm: len(arm.name), default=None)


def _milliseconds(time: float) -> str:
    return f"{time:,.0f} ms" if time >= 0.5 else "less than 1 ms"
