"""General ability before and after a tune: the same items, paired.

Each item is a question with one right and three wrong answers; the likeliest counts. Some are also
answered in the model's own words, and plain prose is read. All goes through the chat format that
serving uses. What counts for the policy is what the base model can do: the right answers of the
items that it clearly gets right, and the prose.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from policies.evidence import Frozen
from policies.figures import percent
from policies.policy import Policy
from tools.assessment import ForgettingPart, Ratio
from tools.measure.intervals import LEVEL, RESAMPLES, SEED, paired_difference
from tools.models.protocol import Chat, ItemScorer, LanguageModel, Limits, Message
from tools.progress import Watch

PROSE_PROMPT = "Write a short text about everyday life."
SHORT = "Answer in one to three words. "
SHORT_LIMITS = Limits(max_new_tokens=10)
SURE_LEAD = math.log(2)  # twice as likely as any other: a smaller lead may be luck
MOST_NATS = 50.0  # a word; keeps perplexities finite
ROUNDING = 1e-9  # 0.98 - 1 is a hair below -0.02
FORGETS_NOT = "It has not forgotten more than the policy allows."
FORGETS = "It may have forgotten more than the policy allows."
ALONE = (
    "The base model stays as it was, and the tuned one is used for this task alone, so nothing "
    "else can suffer from what it forgot."
)
REPLACING = (
    "The base model stays as it was, but the tuned one is to replace it for everything, so the "
    "limits are stricter: at most {:g} % of those answers lost, perplexities at most {:g} times "
    "what they were."
)
LOST = -1e6  # nats; the likelihood of a text from a model that gives no number


class Able(LanguageModel, ItemScorer, Protocol):
    """A model that writes and that says how likely given answers are."""


class Item(Frozen):
    """One general-ability item.

    Attributes:
        id: Unique.
        area: The ability it belongs to.
        prompt: What is asked.
        answer: The right answer.
        wrong: Three wrong ones.
        accept: What a short answer in the model's own words must contain, one of them; empty where
            the item is not asked that way. A format item's answer must be just that.
    """

    id: str
    area: str
    prompt: str
    answer: str
    wrong: tuple[str, ...]
    accept: tuple[str, ...] = ()

    @property
    def choices(self) -> tuple[str, ...]:
        """All answers, the right one first."""
        return (self.answer, *self.wrong)

    def accepts(self, reply: str) -> bool:
        """Whether a short answer is right."""
        if self.area == "format":
            return reply.strip().removesuffix(".") in self.accept
        return any(
            re.search(rf"(?<!\w){re.escape(right.casefold())}(?!\w)", reply.casefold())
            for right in self.accept
        )


@dataclass(frozen=True)
class Ability:
    """What one model made of the items and the prose.

    Attributes:
        leads: How much likelier the right answer was than the likeliest wrong one, nats, shape
            (items,).
        answers: Log-probability of each right answer, nats, shape (items,).
        short: Whether each item with a short answer was answered rightly in its own words.
        prose: Log-probability of each paragraph, nats, shape (paragraphs,).
    """

    leads: NDArray[np.float64]
    answers: NDArray[np.float64]
    short: NDArray[np.bool_]
    prose: NDArray[np.float64]


def general_items() -> list[Item]:
    """The project's general-ability items."""
    text = files("tools.tuning").joinpath("general_ability.jsonl").read_text(encoding="utf-8")
    return [Item.model_validate_json(line) for line in text.splitlines() if line.strip()]


def general_prose() -> list[str]:
    """Paragraphs of plain prose that no tune has seen."""
    text = files("tools.tuning").joinpath("general_text.txt").read_text(encoding="utf-8")
    return [" ".join(part.split()) for part in text.split("\n\n") if part.strip()]


def check_forgetting(
    base: Able, tuned: Able, policy: Policy, watch: Watch, replaces_base: bool = False
) -> ForgettingPart:
    """Compare general ability with the adapter off and on.

    Not having forgotten is shown, not assumed (non-inferiority): the 95 % intervals of the growth
    in perplexity of the prose, and of the right answers to what the base model clearly gets right
    (at least twice as likely as any wrong answer), have to stay inside the policy's factor. The
    share of those that the tuned model still gets right must not fall by more than the margin
    either; as it is measured on what the base got right, chance can only lower it, so its point
    counts. A model that is to replace the base for everything has stricter limits.
    """
    items, prose = general_items(), general_prose()
    asked = [item for item in items if item.accept]
    before = _measure(base, items, asked, prose, watch, "before")
    sure = before.leads >= SURE_LEAD
    known = [item for item, known in zip(items, sure, strict=True) if known]
    after = _measure(tuned, known, asked, prose, watch, "after")
    given = [["right"] * len(known), ["right" if lead > 0 else "wrong" for lead in after.leads]]
    kept = paired_difference("accuracy", given[0], *given)
    answers = perplexity_ratio(
        before.answers[sure], after.answers, _words_of([item.answer for item in known])
    )
    read = perplexity_ratio(before.prose, after.prose, _words_of(prose))
    part = ForgettingPart(
        items=len(known),
        base=1.0,
        tuned=float((after.leads > 0).mean()) if known else 0.0,
        difference=kept,
        perplexity_base=_perplexity(before.prose, prose),
        perplexity_tuned=_perplexity(after.prose, prose),
        passed=False,
        text="",
        asked=len(items),
        answers_ratio=answers,
        prose_ratio=read,
        short_items=len(asked),
        short_base=float(before.short.mean()),
        short_tuned=float(after.short.mean()),
    )
    return judged(part, policy, replaces_base)


def judged(part: ForgettingPart, policy: Policy, replaces_base: bool) -> ForgettingPart:
    """What was measured, by the limits for this task alone or for all that the base does."""
    answers, read = part.answers_ratio, part.prose_ratio
    if answers is None or read is None:  # an earlier version measured too little for the stricter
        return part.model_copy(update={"passed": part.passed and not replaces_base})
    margin, factor = policy.forgetting_margin, policy.forgetting_perplexity
    if replaces_base:
        margin, factor = policy.replacing_margin, policy.replacing_perplexity
    kept = part.difference.value >= -margin - ROUNDING
    passed = kept and answers.high <= factor and read.high <= factor
    limits = REPLACING.format(100 * margin, factor) if replaces_base else ALONE
    text = f"{_words(part)} {FORGETS_NOT if passed else FORGETS} {limits}"
    return part.model_copy(update={"passed": passed, "text": text})


def perplexity_ratio(
    before: NDArray[np.float64], after: NDArray[np.float64], words: NDArray[np.int_]
) -> Ratio:
    """By which factor the perplexity a word grew, with a paired bootstrap interval over texts.

    Args:
        before: Log-probability of each text before, nats, shape (texts,).
        after: The same after.
        words: Words of each text.
    """
    change = before - after
    if len(change) < 2:  # one text or none says nothing
        return Ratio(value=1.0, low=0.0, high=math.exp(MOST_NATS))
    value = float(_growth(change, words))
    if np.ptp(change / words) < 1e-12:  # all alike: nothing to resample
        return Ratio(value=value, low=value, high=value)
    found = stats.bootstrap(
        (change, words),
        _growth,
        paired=True,
        vectorized=True,
        confidence_level=LEVEL,
        n_resamples=RESAMPLES,
        method="percentile",
        rng=np.random.default_rng(SEED),
    ).confidence_interval
    return Ratio(value=value, low=float(found.low), high=float(found.high))


def _growth(change: NDArray[np.float64], words: NDArray[np.int_], axis: int = -1) -> Any:
    return np.exp(np.minimum(MOST_NATS, change.sum(axis) / words.sum(axis)))


def _perplexity(values: NDArray[np.float64], texts: Sequence[str]) -> float:
    return math.exp(min(MOST_NATS, -float(values.sum()) / int(_words_of(texts).sum())))


def _words_of(texts: Sequence[str]) -> NDArray[np.int_]:
    return np.array([len(text.split()) for text in texts], dtype=np.int_)


def _measure(
    model: Able,
    items: Sequence[Item],
    asked: Sequence[Item],
    prose: Sequence[str],
    watch: Watch,
    when: str,
) -> Ability:
    title = f"General ability {when} the tune"
    total = len(items) + len(prose) + len(asked)

    def likelihoods(texts: Sequence[tuple[str, Sequence[str]]], done: int) -> list[Any]:
        found: list[tuple[float, ...]] = [()] * len(texts)
        scored = model.score_each([_chat(text) for text, _ in texts], [own for _, own in texts])
        for index, each in watch.track("verify", title, scored, total, done):
            found[index] = each.values
        return found

    values = likelihoods([(item.prompt, item.choices) for item in items], 0)
    read = likelihoods([(PROSE_PROMPT, (paragraph,)) for paragraph in prose], len(items))
    replies = model.complete([_chat(SHORT + item.prompt) for item in asked], SHORT_LIMITS)
    short = [False] * len(asked)
    for index, reply in watch.track("verify", title, replies, total, len(items) + len(prose)):
        short[index] = asked[index].accepts(reply.text)
    return Ability(
        leads=np.nan_to_num([each[0] - max(each[1:]) for each in values], nan=LOST),
        answers=np.nan_to_num([each[0] for each in values], nan=LOST, neginf=LOST),
        short=np.array(short),
        prose=np.nan_to_num([each[0] for each in read], nan=LOST, neginf=LOST),
    )


def _chat(prompt: str) -> Chat:
    return (Message(role="user", content=prompt),)


def _words(part: ForgettingPart) -> str:
    return (
        f"Of {part.items} general questions that the model could answer before ({part.asked} were "
        f"asked), it still answers {round(part.tuned * part.items)}; in its own words it was right "
        f"in {percent(part.short_base)} of {part.short_items} before and "
        f"{percent(part.short_tuned)} after; "
        f"its surprise at plain prose (perplexity a word) went from {part.perplexity_base:.0f} to "
        f"{part.perplexity_tuned:.0f}."
    )
