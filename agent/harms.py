"""“Missing a fraud report is 10 times worse”: the same answers, weighed by what mistakes cost."""

from collections.abc import Sequence

from agent.state import State
from agent.utterances.harms import read_harms, says_half
from agent.workbench import Workbench
from policies.regret import ACTION
from tools.answers import Answers, answers_on_dev
from tools.assessment import Assessment, load
from tools.measure.harms import Harm, Weighed, saving, weigh
from tools.progress import Step
from tools.report import words
from tools.report.answer import best_classifier

MOST, FIRST, CELL = 8, 3, 60
FEW = 10  # rows of a label, below which its weight says little
UNCHANGED = "The verdict is not changed by this: it rests on the plain score."


def answer_harms(state: State, text: str, bench: Workbench) -> str:
    """The ways of working under these costs, if a message states some; "" if it does not."""
    labels = tuple(state["data"].label_counts) if "data" in state else ()
    harms = read_harms(text, labels)
    if harms:
        bench.watch().listen(Step(stage="converse", title="Weighing mistakes", done=0, total=1))
        a, dataset = load(bench.run(state).folder), bench.dataset(state)
        answers = answers_on_dev(bench.run(state), dataset, a, bench.catalogue)
        return told(a, [row.answer for row in dataset.parts.dev], answers, harms)
    return how_to_say(labels) if labels and says_half(text) else ""


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


def told(a: Assessment, expected: Sequence[str], answers: Answers, harms: Sequence[Harm]) -> str:
    """The ways of working by these costs, and whether another one is better then.

    Args:
        a: The assessment.
        expected: The right answers of the dev rows.
        answers: What each arm answered to them.
        harms: Which mistakes count otherwise.
    """
    ranking = weigh(expected, answers, harms)
    if not ranking:
        return "The single answers of this run were not kept, so its mistakes cannot be weighed."
    lines = [
        f"Suppose {' and '.join(map(_described, harms))}. On {len(expected)} dev rows (the locked "
        "ones are not opened for this):",
        *(_line(each) for each in ranking[:MOST]),
        *_rare(expected, harms),
        _compared(a, expected, answers, harms, ranking),
        UNCHANGED,
    ]
    return "\n".join(lines)


def _compared(
    a: Assessment,
    expected: Sequence[str],
    answers: Answers,
    harms: Sequence[Harm],
    ranking: Sequence[Weighed],
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


def _line(each: Weighed) -> str:
    mistakes = f"{each.wrong} mistake{'s' if each.wrong != 1 else ''}"
    return (
        f"• {each.name}: {words.percent(each.share)} right; {mistakes}, counting as {each.weight:g}"
    )


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
