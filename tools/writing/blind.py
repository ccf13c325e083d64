"""Blind pairs: two texts for one input, in an order that tells nothing, judged one by one."""

import random
from collections.abc import Mapping, Sequence
from typing import Literal

from scipy.stats import binomtest
from statsmodels.stats.proportion import proportion_confint

from policies.evidence import Frozen
from tools.assessment import Preference
from tools.intake.examples import Example
from tools.report.words import percent, span
from tools.runs import Run

MOST_PAIRS = 20
PAIRS, PREFERENCES = "blind-pairs", "preferences"  # artefacts of a run

Choice = Literal["left", "right", "same"]


class Pair(Frozen):
    """Two texts for one input of dev, as they are shown.

    Attributes:
        row: Row of the file.
        input: Its input.
        left: The text shown first.
        right: The text shown second.
        swapped: Whether the first is the other side's.
    """

    row: int
    input: str
    left: str
    right: str
    swapped: bool


def make_pairs(
    rows: Sequence[Example], one: Mapping[int, str], other: Mapping[int, str], seed: int
) -> list[Pair]:
    """Up to twenty pairs of different texts; rows and order follow from the seed.

    Args:
        rows: Dev rows.
        one: Texts of one side, by row.
        other: Texts of the other side.
        seed: Seed of the run.
    """
    chance = random.Random(seed)
    usable = [
        row
        for row in rows
        if one.get(row.row, "").strip()
        and other.get(row.row, "").strip()
        and one[row.row].split() != other[row.row].split()
    ]
    drawn = chance.sample(usable, min(MOST_PAIRS, len(usable)))
    pairs = []
    for row in drawn:
        swapped = chance.random() < 0.5
        left, right = one[row.row], other[row.row]
        left, right = (right, left) if swapped else (left, right)
        pairs.append(Pair(row=row.row, input=row.input, left=left, right=right, swapped=swapped))
    return pairs


def preference_of(
    one: str, other: str, pairs: Sequence[Pair], choices: Sequence[Choice]
) -> Preference:
    """What the judgements say: Wilson's interval and the sign test, without the undecided pairs."""
    first: list[Choice] = ["right" if pair.swapped else "left" for pair in pairs]
    decided = [
        (c == side) for c, side in zip(choices, first[: len(choices)], strict=True) if c != "same"
    ]
    wins, n = sum(decided), len(decided)
    low, high = proportion_confint(wins, n, method="wilson") if n else (0.0, 1.0)
    return Preference(
        one=one,
        other=other,
        wins=wins,
        losses=n - wins,
        ties=len(choices) - n,
        share=wins / n if n else 0.5,
        low=max(0.0, float(low)),
        high=min(1.0, float(high)),
        p_value=float(binomtest(wins, n).pvalue) if n else 1.0,
    )


def in_words(found: Preference) -> str:
    """The result in plain words."""
    judged = found.wins + found.losses + found.ties
    by = f" that “{found.judge}” judged in both orders" if found.judge else ""
    if not found.wins + found.losses:
        return f"In {judged} blind pairs{by} no difference was seen between the two."
    sure = (
        "so the difference is no luck"
        if found.p_value < 0.05
        else "so it may well be luck; more pairs would tell"
    )
    undecided = f", {found.ties} undecided" if found.ties else ""
    return (
        f"Of {judged} blind pairs{by}, “{found.one}” was called better in {found.wins} and "
        f"“{found.other}” in {found.losses}{undecided}: {percent(found.share)} of the decided "
        f"pairs ({span(found.low, found.high)}), {sure}."
    )


def keep_pairs(run: Run, pairs: Sequence[Pair]) -> None:
    """Keep the pairs that are being judged."""
    run.save(PAIRS, [pair.model_dump() for pair in pairs])


def kept_pairs(run: Run) -> list[Pair]:
    """The pairs that are being judged."""
    return [Pair.model_validate(pair) for pair in run.load(PAIRS)]


def keep_preference(
    run: Run, found: Preference, pairs: Sequence[Pair], choices: Sequence[Choice]
) -> None:
    """Keep a result with every judgement behind it; an earlier one of the same two is replaced."""
    same = (found.one, found.other, found.judge)
    kept = [p for p in kept_preferences(run) if (p.one, p.other, p.judge) != same]
    run.save(PREFERENCES, [each.model_dump() for each in (*kept, found)])
    for pair, choice in zip(pairs, choices, strict=False):
        better = {"same": "", "left": found.one, "right": found.other}[choice]
        if pair.swapped and better:
            better = found.other if choice == "left" else found.one
        review = {"blind": [found.one, found.other], "row": pair.row, "better": better}
        run.append("reviews", review | ({"judge": found.judge} if found.judge else {}))


def kept_preferences(run: Run) -> tuple[Preference, ...]:
    """The results of blind comparisons in this run."""
    if not (run.folder / f"{PREFERENCES}.json").exists():
        return ()
    return tuple(Preference.model_validate(each) for each in run.load(PREFERENCES))
