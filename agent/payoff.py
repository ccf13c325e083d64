"""Whether the advised way is worth its money: what it gains, costs, and when it pays back."""

from agent.costs import NO_PRICES
from agent.reasons import what_it_brought
from agent.ways import called
from policies.limits import TUNED
from tools.assessment import Assessment
from tools.report import words
from tools.report.advised import advised_arm


def worth_the_money(a: Assessment, subjects: tuple[str, ...]) -> str:
    """Whether a tune that was made, or else what is advised, is worth its money."""
    if not a.economics.arms:
        return f"{NO_PRICES}\n{what_it_brought(a, ())}"
    return _of_the_tune(a) if a.tuned is not None else _of_the_advice(a)


def _of_the_tune(a: Assessment) -> str:
    assert a.tuned is not None
    use = a.outcome.use if a.outcome else "none"
    tuned = next((arm.name for arm in a.arms if arm.kind == "tuned"), TUNED)
    gain = f"it gains {words.gain(a.tuned.difference)} over the best prompt"
    word = "Yes" if use == "tuned" else "No"
    text = [] if a.outcome is None or use == "tuned" else [a.outcome.text]
    first = f"{word}, by what was measured: {gain}, for a target of {words.percent(a.task.target)}."
    return "\n".join([first, *text, *_bills(a, [tuned, _best(a)]), *_back(a)])


def _of_the_advice(a: Assessment) -> str:
    name = advised_arm(a)
    arm = next((arm for arm in a.arms if arm.name == name), None)
    if name == TUNED and a.forecast is not None:
        first = (
            f"Probably: a fine-tune is forecast at {words.percent(a.forecast.score)}, for a target "
            f"of {words.percent(a.task.target)}; it is not measured yet."
        )
        return "\n".join([first, *_bills(a, [TUNED, _best(a)]), *_back(a)])
    if arm is None:
        return f"That cannot be told: nothing that is advised was measured.\n{a.headline}"
    meets = "meets" if arm.measured.score >= a.task.target else "misses"
    first = (
        f"What it gives: {called(a, name)} reached {words.percent(arm.measured.score)}, which "
        f"{meets} the target of {words.percent(a.task.target)}."
    )
    return "\n".join([first, a.headline, *_bills(a, [name, TUNED]), *_back(a)])


def _bills(a: Assessment, names: list[str]) -> list[str]:
    """What ways cost a month and once, those that have a price."""
    money = a.economics
    lines = []
    for name in dict.fromkeys(names):
        is_tune = any(arm.name == name and arm.kind == "tuned" for arm in a.arms)
        cost = money.arms.get(name) or (money.arms.get(TUNED) if is_tune else None)
        if cost is None:
            continue
        running = f"{words.money(cost.per_1000, money.currency)} for 1,000 requests"
        if money.monthly_requests is not None:
            volume = f"at {money.monthly_requests:,} requests"
            running = f"{words.bill(cost.per_month, money.currency)} a month {volume}"
        once = f", and {words.money(cost.one_off, money.currency)} once" if cost.one_off else ""
        lines.append(f"• {called(a, name)}: {running}{once}")
    return lines


def _back(a: Assessment) -> list[str]:
    """From what volume a tune pays back."""
    money = a.economics
    if money.break_even_requests is None:
        return ["At no number of requests does a fine-tune pay back by its running cost alone."]
    yours = f"; you have {money.monthly_requests:,}" if money.monthly_requests is not None else ""
    within = f" within {money.horizon_months:g} months" if money.horizon_months else ""
    turn = words.about(money.break_even_requests)
    return [f"A fine-tune pays back{within} from about {turn} requests a month{yours}."]


def _best(a: Assessment) -> str:
    return a.prompting.best.name if a.prompting.best else ""
