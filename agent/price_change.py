"""What another price would change: the running costs, and whether the answer hangs on it."""

import re
from collections.abc import Iterator

from agent.explanations import what_would_change
from agent.utterances.figures import plain_of
from agent.utterances.multiples import factor_told, share_told
from agent.ways import called, rivals_of
from policies.limits import TUNED
from policies.recommendation import Flip
from tools.assessment import Assessment
from tools.report import words
from tools.report.advised import advised_arm

SETTINGS = (
    "Prices are your operator's settings; with another price there, assess again: what was "
    "measured is kept."
)
# What is no running price: its share of the costs is not told apart in a run.
_WORK = re.compile(r"\b(?:wages?|salar\w+|person\w*|labell?ing|labels?|staff|developers?|effort)\b")
_TOKENS = re.compile(
    r"\b(?:tokens?|api|openai|anthropic|google|azure|mistral|providers?|chatgpt|gpt\S*|claude"
    r"|gemini)\b"
)
_MACHINE = re.compile(r"\b(?:machines?|gpus?|servers?|computers?|hardware|hours?)\b")
_MODEL = re.compile(r"\b(?:models?|llms?|prompts?)\b")
_PRICED = ("price_per_million_tokens", "machine_price_per_hour")


def price_moves(a: Assessment, subjects: tuple[str, ...]) -> str:
    """What another price would bring.

    Args:
        a: The assessment.
        subjects: The question; where it tells by how much running prices change, costs are
            reckoned with that.
    """
    plain = plain_of(" ".join(subjects))
    factor = None if _WORK.search(plain) else factor_told(plain) or share_told(plain)
    if factor is None or factor <= 0 or not a.economics.arms:
        return "\n".join([SETTINGS, _hangs_on_prices(a), _otherwise(a)])
    lines = [f"• {line}" for line in _repriced(a, factor, _untouched(a, plain))]
    if not lines:
        return f"No running cost of this run hangs on that price. {SETTINGS}"
    return "\n".join([_turned(a, factor), "Running costs would be:", *lines, SETTINGS])


def _repriced(a: Assessment, factor: float, untouched: set[str]) -> Iterator[str]:
    """The running cost of each way with its price multiplied; what is due once stays."""
    money = a.economics
    for name in dict.fromkeys((advised_arm(a), *rivals_of(a), TUNED)):
        cost = money.arms.get(name)
        if cost is None or not cost.per_1000 or name in untouched:
            continue
        each = words.money(cost.per_1000 * factor, money.currency)
        told = f"{called(a, name)}: {each} for 1,000 requests"
        if money.monthly_requests is not None:
            retraining = cost.retraining * money.retrainings_per_month
            month = (cost.per_month - retraining) * factor + retraining
            then = words.bill(month, money.currency)
            told += f", {then} a month in place of {words.bill(cost.per_month, money.currency)}"
        yield told


def _untouched(a: Assessment, plain: str) -> set[str]:
    """The ways whose cost does not hang on the price that is named, as far as that is known."""
    named = {TUNED, *(arm.name for arm in a.arms)}
    prices, best = a.economics.prices, a.prompting.best
    model = next((arm.model for arm in a.arms if best and arm.name == best.name), "")
    by_tokens = {arm.name for arm in a.arms if arm.model == model}
    if prices is not None and _TOKENS.search(plain):
        return named - by_tokens if prices.tokens else named
    if prices is not None and prices.tokens and _MACHINE.search(plain):
        return by_tokens
    without = {arm.name for arm in a.arms if arm.model == "none"}
    return without if _MODEL.search(plain) or _TOKENS.search(plain) else set()


def _turned(a: Assessment, factor: float) -> str:
    """Whether the answer turns at such a price."""
    turned = [flip for flip in a.open_flips if _reached(flip, factor)]
    if turned:
        told = words.flip_sentence(turned[0], a.economics.currency)
        return f"That would change the answer. {told}"
    looked_for = a.economics.prices is not None or any(f.quantity in _PRICED for f in a.all_flips)
    if not looked_for:
        return "Whether that changes the answer was not looked for in this run."
    return "The answer stays the same: no running price that far off changes it by itself."


def _reached(flip: Flip, factor: float) -> bool:
    if flip.quantity not in _PRICED or flip.current is None:
        return False
    then = flip.current * factor
    rises = flip.threshold > flip.current
    return then >= flip.threshold if rises else then <= flip.threshold


def _hangs_on_prices(a: Assessment) -> str:
    told = [flip for flip in a.all_flips if "price" in flip.quantity or "cost" in flip.quantity]
    if not told:
        return "No price that was tried, moved within reason, changes the answer by itself."
    return "\n".join(words.flip_sentence(flip, a.economics.currency) for flip in told)


def _otherwise(a: Assessment) -> str:
    return f"What else would change it:\n{what_would_change(a, ())}"
