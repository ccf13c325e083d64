"""Ways of working side by side."""

from agent.explanations import meant
from agent.reasons import WAY_NAMES, forecast_sentence, how_to_measure, reasons_about
from agent.utterances.intents import Intent, read_term
from agent.ways import (
    CELL,
    absent_way,
    are_the_rivals,
    arm_named,
    described_way,
    intervals_overlap,
    known_ways,
    rivals_of,
    verdict_named,
)
from policies.evidence import Arm
from tools.assessment import Assessment
from tools.report import words
from tools.report.advised import advised_arm

ITSELF = "it"


def compare(a: Assessment, subjects: tuple[str, ...]) -> str:
    """Two ways beside each other, with what tells them apart; one is set beside the answer."""
    told = subjects if len(subjects) > 1 else (*subjects, ITSELF)
    names = [advised_arm(a) if _is_itself(name) else name for name in told]
    arms = [arm_named(a, name) for name in names]
    if None not in arms:
        return _both([arm for arm in arms if arm is not None], a)
    strange = [name for name, arm in zip(names, arms, strict=True) if not arm]
    unmeasured = [_unmeasured(a, name) for name in strange]
    terms = [term for term in map(read_term, names) if term]
    if len(terms) == len(names) and not any(unmeasured):  # "the difference between dev and test"
        return "\n".join(meant((term,)) for term in terms)
    if not all(unmeasured):
        unknown = strange[unmeasured.index("")]
        return f"I do not know “{words.plain(unknown, CELL)}”. {known_ways(a)}"
    known = [described_way(a, arm) for arm in arms if arm is not None]
    return "\n".join([*unmeasured, *known])


def _is_itself(name: str) -> bool:
    """Whether "it" is compared, which is what the answer is about."""
    return name.strip(" ?.").casefold() in {
        *(ITSELF, "this", "that", "they", "model", "the model", "the answer", "your answer"),
    }


def _unmeasured(a: Assessment, name: str) -> str:
    """What is known of a way that was not measured: a forecast, or why it is not the answer."""
    absent, verdict = absent_way(name), verdict_named(name)
    if absent or verdict is None:
        return absent
    if verdict == "fine_tune" and a.forecast is not None:
        return forecast_sentence(a)
    said = words.plain(name.strip(" ?.“”"), CELL)
    way = f"“{said}”" if verdict == "larger_model" else WAY_NAMES[verdict]
    if verdict == a.verdict:
        return f"{way} is the answer, but was not measured in this run."
    first = f"{way} was not measured in this run."
    told = [how_to_measure(verdict)] if verdict == "larger_model" else reasons_about(a, verdict)
    return "\n".join([first, *filter(None, told)])


def _both(arms: list[Arm], a: Assessment) -> str:
    if len({arm.name for arm in arms}) < 2:
        return f"That is one and the same: {described_way(a, arms[0])}"
    one, other = arms
    text = _row_by_row(one, other, a) or _by_intervals(one, other)
    return "\n".join([text, described_way(a, one), described_way(a, other)])


def _row_by_row(one: Arm, other: Arm, a: Assessment) -> str:
    """The paired difference, where the run has it for these two; else ""."""
    rows = one.test.n if one.test else None
    if a.classifier_lead and are_the_rivals(a, one, other):
        return words.ahead("the classifier", "the prompt", a.classifier_lead, rows)
    best = a.prompting.best
    tuned = next((arm.name for arm in a.arms if arm.kind == "tuned"), "")
    if a.tuned and best and {one.name, other.name} == {best.name, tuned}:
        who, whom = "the tuned model", "the best prompt"
        return words.ahead(who, whom, a.tuned.difference, a.tuned.test.n)
    return ""


def _by_intervals(one: Arm, other: Arm) -> str:
    if one.measured.score < other.measured.score:
        one, other = other, one
    gap = words.points(one.measured.score - other.measured.score).removeprefix("+")
    close = (
        "overlap, so this alone does not tell them apart"
        if intervals_overlap(one, other)
        else "do not overlap"
    )
    text = f"“{one.name}” is ahead of “{other.name}” by {gap}; their intervals {close}."
    if (one.test is None) != (other.test is None):
        text += " One was measured on dev and the other on the locked rows."
    return text


def overview(a: Assessment, subjects: tuple[str, ...]) -> str:
    """The best of each kind side by side, and the forecast where nothing was tuned."""
    by_name = {arm.name: arm for arm in a.arms}
    lines = [described_way(a, by_name[name]) for name in rivals_of(a)]
    lines += [forecast_sentence(a)] if a.forecast is not None and a.tuned is None else []
    return "\n".join([f"The target is {words.percent(a.task.target)}.", *lines])


def compares_ways(a: Assessment, intent: Intent) -> bool:
    """Whether a comparison names a way of working of this run, or a word of ours."""
    named = [arm_named(a, name) or absent_way(name) for name in intent.subjects]
    return any(named) or any(verdict_named(n) or read_term(n) for n in intent.subjects)
