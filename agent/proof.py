"""How far scores can be trusted: the parts of the file, intervals, chance, risks."""

from collections.abc import Iterator

from agent.ways import rivals_of
from policies.evidence import Arm
from tools.assessment import Assessment
from tools.report import words
from tools.report.advised import advised_arm

READS = {0: "not opened", 1: "opened once", 2: "opened twice"}


def how_it_was_split(a: Assessment, subjects: tuple[str, ...]) -> str:
    """Which rows taught, which chose and which proved, and that none did two of it.

    Whoever asks whether it was tested on "our" rows is told yes first.
    """
    task = a.task
    if not task.rows:
        return "No examples were read in this run."
    reads = READS.get(a.test_reads, f"opened {a.test_reads} times")
    yes = "Yes, on rows of your own file that nothing was trained on or picked by."
    return "\n".join(
        [
            *([yes] if subjects and a.test_reads else []),
            f"Your {task.rows:,} rows were cut into three parts, none of which shares a row with "
            "another:",
            f"• {task.train:,} to learn from (train): examples in prompts, the classifier, a tune.",
            f"• {task.dev:,} to compare and choose by (dev).",
            f"• {task.test:,} locked away (test): {reads} to confirm what had been chosen. "
            "No training and no prompt has seen them.",
            "Rows that are equal or nearly so always go into the same part, so none of the locked "
            "rows has a twin among those that taught. The cut follows from the content of the rows "
            "alone, with each label in about the same share: nobody can pick an easy test.",
        ]
    )


def intervals(a: Assessment, subjects: tuple[str, ...]) -> str:
    """The score of each way that one chooses among, and within what it truly lies."""
    by_name = {arm.name: arm for arm in a.arms}
    told = [_with_interval(by_name[name]) for name in rivals_of(a)]
    if a.forecast is not None and a.tuned is None:
        f = a.forecast
        told.append(
            f"• A fine-tune, forecast: {words.percent(f.score)}; it would lie within "
            f"{words.span(f.low, f.high)}, {words.odds(f.level)}"
        )
    if not told:
        return "No score was measured in this run, so there is no interval."
    narrower = "More test examples make an interval narrower."
    return "\n".join(
        ["The true score lies within an interval, since rows are few:", *told, narrower]
    )


def significance(a: Assessment, subjects: tuple[str, ...]) -> str:
    """The differences that were taken row by row, with what chance alone would bring about."""
    told = []
    if a.tuned is not None:
        who, whom = "the tuned model", "the best prompt"
        told.append(words.ahead(who, whom, a.tuned.difference, a.tuned.test.n))
        told.append(f"The p-value of that difference is {a.tuned.difference.p_value:.2g}.")
    if a.classifier_lead is not None:
        lead = a.classifier_lead
        told.append(words.ahead("the classifier", "the best prompt", lead, a.task.test or None))
        told.append(f"The p-value of that difference is {lead.p_value:.2g}.")
    return "\n".join(told) if told else _without_pairs(a)


def does_it_overfit(a: Assessment, subjects: tuple[str, ...]) -> str:
    """How each way did on dev and on locked rows; a baseline was neither made nor picked."""
    told = [
        f"• {arm.name}: {words.percent(arm.dev.score)} on dev, "
        f"{words.percent(arm.test.score)} on the locked rows "
        f"({words.span(arm.test.low, arm.test.high)}, {words.odds(arm.test.level)})"
        for arm in a.arms
        if arm.test is not None and arm.kind != "baseline"
    ]
    if not told:
        return "No locked rows were read in this run, so nothing was checked on new ones."
    return "\n".join(
        [
            "Overfitting shows where something does well on the rows with which it was made or "
            "picked (dev) and clearly worse on others. So some rows are locked away and read once, "
            "at the end:",
            *told,
            "Rows of other times, customers or languages may still differ: measure on new ones now "
            "and then.",
        ]
    )


def in_other_languages(a: Assessment, subjects: tuple[str, ...]) -> str:
    """What is known of texts in another language than the file's: nothing, and how to know."""
    rows = f", on {a.task.test:,} test rows" if a.task.test else ""
    return "\n".join(
        [
            f"That was not measured: only the language of your file was tested{rows}, and a score "
            "in one language tells little about another.",
            "To know, put rows in that language, with their right answers, into the file and begin "
            "a new question with it; about a hundred show a first tendency.",
            "“Try this text: …” shows the answer to a single one now.",
        ]
    )


def risks(a: Assessment, subjects: tuple[str, ...]) -> str:
    """What may go wrong with the answer, as far as the run can tell."""
    found = [*_risks_of_answers(a), *_risks_of_data(a)]
    always = (
        "• Messages may change: rows of other times or customers were not measured. Let a person "
        "judge some live answers, and keep a way back."
    )
    return "\n".join(["What may go wrong, by what was measured:", *found, always])


def _risks_of_answers(a: Assessment) -> Iterator[str]:
    chosen = next((arm for arm in a.arms if arm.name == advised_arm(a)), None)
    if chosen is not None:
        at = chosen.measured
        if a.task.metric == "accuracy":
            wrong = round(100 * (1 - at.score))
            yield f"• About {wrong} of 100 answers of “{chosen.name}” are wrong."
        least = words.percent(at.low)
        yield f"• Measured on {at.n:,} rows, its true score may be as low as {least}."
    elif a.forecast is not None:
        least = words.percent(a.forecast.low)
        yield f"• The fine-tune is a forecast: it may come out at {least} only."
    if a.tuned is not None:
        yield f"• What the tune may have unlearned: {a.tuned.forgetting.text}"


def _risks_of_data(a: Assessment) -> Iterator[str]:
    doubted = a.data.label_errors or len(a.suspects)
    if doubted:
        yield f"• {doubted:,} of your labels look wrong; what learns from them learns mistakes."
    if a.data.contradictions:
        yield f"• {a.data.contradictions:,} rows contradict another row with the same input."
    yield from (f"• {note}" for note in a.data.notes)


def _with_interval(arm: Arm) -> str:
    at = arm.measured
    part = "locked" if arm.test else "dev"
    return (
        f"• {arm.name}: {words.percent(at.score)} on {at.n} {part} rows; the true score lies "
        f"within {words.span(at.low, at.high)}, {words.odds(at.level)}"
    )


def _without_pairs(a: Assessment) -> str:
    """Where no two ways were set against each other row by row."""
    close = [
        f"• {each.name}: behind the winner by {words.gain(each.behind).removeprefix('+')}; "
        f"p-value {each.p_holm:.2g}, corrected for several comparisons"
        for each in a.prompting.finalists
    ]
    if not close:
        return f"No two ways were compared row by row in this run.\n{intervals(a, ())}"
    return "\n".join(["The best prompts on the same dev rows:", *close])
