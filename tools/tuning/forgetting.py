"""General ability before and after a tune: the same items, paired.

Each item is a question with one right and three wrong answers; the likeliest counts. Beside it the
perplexity per word of plain prose. Both are read through the chat format that serving uses.
"""

import math
from collections.abc import Sequence
from importlib.resources import files

from policies.evidence import Frozen
from policies.policy import Policy
from tools.assessment import ForgettingPart
from tools.measure.intervals import paired_difference
from tools.models.protocol import Message, Scorer
from tools.progress import Watch

PROSE_PROMPT = "Write a short text about everyday life."


class Item(Frozen):
    """One general-ability item; the first choice is the right one."""

    id: str
    area: str
    prompt: str
    choices: tuple[str, ...]


def general_items() -> list[Item]:
    """The project's general-ability items."""
    text = files("tools.tuning").joinpath("general_ability.jsonl").read_text(encoding="utf-8")
    return [Item.model_validate_json(line) for line in text.splitlines() if line.strip()]


def general_prose() -> list[str]:
    """Paragraphs of plain prose that no tune has seen."""
    text = files("tools.tuning").joinpath("general_text.txt").read_text(encoding="utf-8")
    return [" ".join(part.split()) for part in text.split("\n\n") if part.strip()]


def check_forgetting(base: Scorer, tuned: Scorer, policy: Policy, watch: Watch) -> ForgettingPart:
    """Compare general ability with the adapter off and on.

    Passed means: accuracy fell by no more than the policy's margin and perplexity grew by no more
    than its factor.
    """
    items, prose = general_items(), general_prose()
    before = _choices(base, items, watch, "before")
    after = _choices(tuned, items, watch, "after")
    right = [item.choices[0] for item in items]
    difference = paired_difference("accuracy", right, before, after)
    perplexity_base, perplexity_tuned = _perplexity(base, prose), _perplexity(tuned, prose)
    passed = (
        difference.value >= -policy.forgetting_margin
        and perplexity_tuned <= policy.forgetting_perplexity * perplexity_base
    )
    share = {name: sum(g == r for g, r in zip(given, right, strict=True)) / len(items)
             for name, given in (("base", before), ("tuned", after))}  # fmt: skip
    return ForgettingPart(
        items=len(items),
        base=share["base"],
        tuned=share["tuned"],
        difference=difference,
        perplexity_base=perplexity_base,
        perplexity_tuned=perplexity_tuned,
        passed=passed,
        text=_words(passed, share["base"], share["tuned"], perplexity_base, perplexity_tuned),
    )


def _choices(model: Scorer, items: Sequence[Item], watch: Watch, when: str) -> list[str | None]:
    chosen: list[str | None] = []
    title = f"General ability {when} the tune"
    for item in watch.track("verify", title, iter(items), len(items)):
        chat = (Message(role="user", content=item.prompt),)
        (_, found), *_ = model.score([chat], item.choices)
        chosen.append(item.choices[found.values.index(max(found.values))])
    return chosen


def _perplexity(model: Scorer, prose: Sequence[str]) -> float:
    """Perplexity per word over paragraphs, each as the answer to one fixed request."""
    chat = (Message(role="user", content=PROSE_PROMPT),)
    total, words = 0.0, 0
    for paragraph in prose:
        (_, found), *_ = model.score([chat], [paragraph])
        total += found.values[0]
        words += len(paragraph.split())
    return math.exp(min(50.0, -total / words))


def _words(passed: bool, base: float, tuned: float, before: float, after: float) -> str:
    text = (
        f"On general questions the model was right in {base:.0%} before and {tuned:.0%} after; the "
        f"surprise at plain prose (perplexity a word) went from {before:.0f} to {after:.0f}."
    )
    if passed:
        return text + " It has not forgotten more than the policy allows."
    return text + (
        " It has forgotten general abilities: use the adapter for this task alone, where that does "
        "no harm, since the base model stays as it was."
    )
