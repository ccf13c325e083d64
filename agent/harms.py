"""“Missing a fraud report is 10 times worse”: the same answers, weighed by what mistakes cost."""

from collections.abc import Sequence
from typing import NamedTuple

from agent.questions import Option
from agent.state import State
from agent.utterances.harms import read_harms, says_half
from agent.workbench import Workbench
from policies.regret import ACTION
from tools.answers import Answers, answers_on_dev
from tools.assessment import Assessment, ErrorCell, WeighedWay, Weighing, load
from tools.measure.harms import Harm, saving, weigh
from tools.measure.harms import Weighed as Ranked
from tools.progress import Step
from tools.report import words
from tools.report.advised import best_classifier
from tools.report.weighed import UNCHANGED, line_of
from tools.trials.mistakes import keep_weighing

MOST, FIRST, CELL = 8, 3, 60
FEW = 10  # rows of a label, below which its weight says little
WORSE = 5  # times, in the buttons: others can be written
HURT_MOST = "Which mistakes hurt most?"
NOT_KEPT = "The single answers of this run were not kept, so its mistakes cannot be weighed."


class Weighed(NamedTuple):
    """What is said to a message about costs of mistakes; whether the report has news by it."""

    text: str
    is_kept: bool = False


def answer_harms(state: State, text: str, bench: Workbench) -> Weighed | None:
    """The ways of working under these costs, if a message states some; None if it does not.

    The last weighing is kept with the run, for its report.
    """
    labels = _labels(state)
    harms = read_harms(text, labels)
    if harms:
        title, lasts = "Weighing mistakes", "up to half a minute the first time, then a moment"
        bench.watch().listen(Step(stage="converse", title=title, done=0, total=1, lasts=lasts))
        run, dataset = bench.run(state), bench.dataset(state)
        a = load(run.folder)
        answers = answers_on_dev(run, dataset, a, bench.catalogue)
        found = weighing(a, [row.answer for row in dataset.parts.dev], answers, harms)
        if found is None:
            return Weighed(NOT_KEPT)
        keep_weighing(run, found)
        return Weighed(told(found), is_kept=True)
    asked = text.casefold().rstrip("?! ") == HURT_MOST.casefold().rstrip("?")
    return Weighed(how_to_say(labels)) if labels and (asked or says_half(text)) else None


def harm_options(state: State, a: Assessment | None) -> tuple[Option, ...]:
    """The way to tell which mistakes hurt most, and once asked for, the most frequent ones.

    It is offered where mistakes of two kinds or more were made: one kind alone ranks nothing.
    """
    labels, confused = _labels(state), _confusions(a)
    if not labels or len(confused) < 2:
        return ()
    exchanges = state.get("exchanges", ())
    if not exchanges or exchanges[-1].message != HURT_MOST:
        return (Option(label=HURT_MOST, value=HURT_MOST),)
    said = [_sentence(cell) for cell in confused[:FIRST]]
    readable = [text for text in dict.fromkeys(said) if read_harms(text, labels)]
    return tuple(Option(label=text, value=text) for text in readable)


def _labels(state: State) -> tuple[str, ...]:
    return tuple(state["data"].label_counts) if "data" in state else ()


def _confusions(a: Assessment | None) -> list[ErrorCell]:
    """Which label was taken for which by what the answer is about, the most frequent first."""
    if a is None or a.task.type != "labels" or a.mistakes is None:
        return []
    wrong = [cell for cell in a.mistakes.cells if cell.right != cell.given]
    return sorted(wrong, key=lambda cell: -cell.count)


def _sentence(cell: ErrorCell) -> str:
    """A confusion as a message that weighs it."""
    right, given = words.plain(cell.right, CELL), words.plain(cell.given, CELL)
    mistake = f"Taking “{right}” for “{given}”" if cell.given else f"Missing “{right}”"
    return f"{mistake} is {WORSE} times worse"


def how_to_say(labels: Sequence[str]) -> str:
    """How a mistake is weighed, with the labels that can be named."""
    known = ", ".join(f"“{words.plain(label, CELL)}”" for label in labels[:MOST])
    more = " and others" if len(labels) > MOST else ""
    first = words.plain(labels[0], CELL)
    return (
        "Please say which label, and how many times worse than another mistake, for example: "
        f"“missing {first} is 10 times worse” or “a false {first} is twice as bad”. The labels "
        f"are {known}{more}."
    )


def weighing(
    a: Assessment, expected: Sequence[str], answers: Answers, harms: Sequence[Harm]
) -> Weighing | None:
    """The ways of working by these costs, and whether another one is better then.

    Args:
        a: The assessment.
        expected: The right answers of the dev rows.
        answers: What each arm answered to them.
        harms: Which mistakes count otherwise.

    Returns:
        The weighing, or None where no answers were kept.
    """
    ranking = weigh(expected, answers, harms)
    if not ranking:
        return None
    return Weighing(
        supposed=" and ".join(map(_described, harms)),
        rows=len(expected),
        ways=tuple(WeighedWay(**each.model_dump(exclude={"rows"})) for each in ranking[:MOST]),
        notes=(*_rare(expected, harms), _compared(a, expected, answers, harms, ranking)),
    )


def told(found: Weighing) -> str:
    """A weighing in words."""
    first = (
        f"Suppose {found.supposed}. On {found.rows} dev rows (the locked ones are not opened for "
        "this):"
    )
    lines = [f"• {line_of(way, found.rows)}" for way in found.ways]
    return "\n".join([first, *lines, *found.notes, UNCHANGED])


def _compared(
    a: Assessment,
    expected: Sequence[str],
    answers: Answers,
    harms: Sequence[Harm],
    ranking: Sequence[Ranked],
) -> str:
    """Whether the best by these costs is another than the one that the answer is about."""
    plain = [each.name for each in sorted(ranking, key=lambda each: each.wrong)]
    by_cost = [each.name for each in ranking]
    if plain == by_cost:
        order = "Counting all mistakes alike, the order is the same."
    else:
        first = ", ".join(f"“{name}”" for name in plain[:FIRST])
        order = f"Counting all mistakes alike, the order is another: {first} come first."
    advised, best = _advised(a, answers), ranking[0]
    now = next(each for each in ranking if each.name == (advised or plain[0]))
    about = f"“{now.name}”" + (", which the answer is about," if advised else "")
    if best.weight == now.weight:
        return f"{order} {about} stays the best."
    value, low, high = saving(expected, answers[now.name], answers[best.name], harms)
    luck = "luck is an unlikely explanation" if low > 0 else "that may be luck"
    between = f"95 % interval {low:.1f} to {high:.1f}".replace("-", "−")
    return (
        f"{order} With these costs “{best.name}” is better than {about} by as much as {value:.1f} "
        f"mistakes in 100 requests ({between}): {luck}."
    )


def _advised(a: Assessment, answers: Answers) -> str | None:
    """The arm that the verdict or, after a tune, the outcome is about, if it answered."""
    use = a.outcome.use if a.outcome else ACTION.get(a.verdict)
    found = {
        "prompt": a.prompting.best,
        "classifier": best_classifier(a),
        "tuned": next((arm for arm in a.arms if arm.kind == "tuned"), None),
    }.get(use or "")
    return found.name if found and found.name in answers else None


def _described(harm: Harm) -> str:
    right, given = (words.plain(label or "", CELL) for label in (harm.right, harm.given))
    what = f"a missed “{right}”" if harm.right else f"a false “{given}”"
    if harm.right and harm.given:
        what = f"“{right}” taken for “{given}”"
    return f"{what} counts {harm.times:g} times"


def _rare(expected: Sequence[str], harms: Sequence[Harm]) -> list[str]:
    """A warning where a label that counts more has only a few rows."""
    named = dict.fromkeys(harm.right for harm in harms if harm.right)
    few = {label: rows for label in named if (rows := expected.count(label)) < FEW}
    return [
        f"Only {rows} of these rows are “{words.plain(label, CELL)}”, so take this as a hint."
        for label, rows in few.items()
    ]
