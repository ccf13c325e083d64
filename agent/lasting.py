"""What changed labels or facts do to the answer, and training again."""

from tools.assessment import Assessment
from tools.report import words
from tools.report.rhythms import rhythm

LEARNERS = ("classifier", "tuned")


def if_labels_change(a: Assessment, subjects: tuple[str, ...]) -> str:
    """What stays of a run where labels are merged, split, renamed or added."""
    return "\n".join(
        [
            "Most of it stays usable, but it has to be measured again.",
            "• Prompt: the new names are written into it, and its solved examples get them too.",
            "• Classifier or tuned model: it learned the old labels, so it is trained again on "
            f"examples with the new ones{_price_of_retraining(a)}.",
            "• The score: it was measured with the old labels. Labels merged into one cannot be "
            "mixed up any more; a label split or added wants examples of its own.",
            "Change the labels in your file and begin a new question with it: that shows what the "
            "answer is then.",
        ]
    )


def when_to_retrain(a: Assessment, subjects: tuple[str, ...]) -> str:
    """Whether and how often a tuned model or classifier is trained again, and what that costs."""
    first = (
        "Yes: what a tuned model or a classifier has learned stays as it was, so it is trained "
        "again when labels or rules change. A prompt is only edited."
    )
    a_month = a.brief.retrainings
    often = (
        f"Reckoned with in this run: {rhythm(a_month)}."
        if a_month > 0
        else "How often is yours to say: by what you told, facts and labels do not change, so no "
        "retraining is reckoned with. “What if we retrain monthly?” shows what it would change."
    )
    took = a.seconds.tune
    lines = [first, often]
    price = _price_of_retraining(a)
    cost = f"What each time costs:{price}." if price else ""
    lines.append(cost or "What each time costs is not known in this run.")
    if took:
        lines.append(f"The training itself took {max(1, round(took / 60))} minutes here.")
    return "\n".join(lines)


def _price_of_retraining(a: Assessment) -> str:
    """What training again costs each time, in brackets; "" where that is not known."""
    money = a.economics
    kinds = {arm.name: arm.kind for arm in a.arms}
    told = [
        f"{words.plain(name, 80) if name != 'tuned' else 'a fine-tune'} "
        f"{words.money(cost.retraining, money.currency)}"
        for name, cost in money.arms.items()
        if cost.retraining and kinds.get(name, "tuned") in LEARNERS
    ]
    return f" ({'; '.join(told)})" if told else ""
