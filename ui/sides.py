"""The best prompt and the tuned model side by side: what they said, or what they have by now."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from agent.state import Exchange
from policies.evidence import Arm
from tools.assessment import Assessment
from tools.report import words
from ui.markup import LONG, join, shown

TITLES = {"prompt": "The best prompt", "tuned": "The tuned model"}
JUDGED = {
    "prompted": "You called the prompt's answer right.",
    "tuned": "You called the tuned model's answer right.",
    "both": "You called it right, both of them.",
    "neither": "You called it wrong.",
}
NO_ANSWER = "(no answer)"


@dataclass(frozen=True)
class Side:
    """One of the two.

    Attributes:
        title: Who answers, and how that was measured.
        answer: What was answered.
        facts: What that took.
    """

    title: str
    answer: str
    facts: str


def sides_of(exchange: Exchange, a: Assessment | None) -> list[Side]:
    """What the best prompt and, if there is one, the tuned model said."""
    arms, e = _arms(a), exchange
    sides = [
        Side(
            _title("prompt", arms),
            e.prompted,
            _facts(e.prompted_ms, e.prompted_tokens, e.prompted_written, arms.get("prompt"), a),
        )
    ]
    if e.tuned_tokens:
        facts = _facts(e.tuned_ms, e.tuned_tokens, e.tuned_written, arms.get("tuned"), a)
        sides.append(Side(_title("tuned", arms), e.tuned, facts))
    return sides


def side_by_side(exchange: Exchange, a: Assessment | None) -> Markup:
    """Both answers, with what each takes and how it measured."""
    columns = (
        _column(side.title, side.answer if side.answer.strip() else None, side.facts)
        for side in sides_of(exchange, a)
    )
    return _columns(columns) + join(
        Markup('<p class="why beside">{}</p>').format(shown(line, LONG)) for line in known(exchange)
    )


def being_written(answers: Sequence[str], at: int, a: Assessment | None) -> Markup:
    """Both answers as far as they are written.

    Args:
        answers: They, in their order.
        at: Which of them is being written.
        a: The assessment.
    """
    arms = _arms(a)
    state = {at: "writing …"}
    return _columns(
        _column(_title(kind, arms), answer, state.get(n, "written" if n < at else "comes next"))
        for n, (kind, answer) in enumerate(zip(TITLES, answers, strict=False))
    )


def known(exchange: Exchange) -> list[str]:
    """The right answer of a row, and what a person said of the two."""
    lines = []
    if exchange.row:
        lines.append(
            f"Row {exchange.row} of your file; nothing was trained on it. Right answer: "
            f"{exchange.expected}"
        )
    if exchange.judged:
        lines.append(f"{JUDGED[exchange.judged]} Kept in the review file.")
    return lines


def _columns(columns: Iterable[Markup]) -> Markup:
    return Markup('<div class="columns">{}</div>').format(join(columns))


def _column(title: str, answer: str | None, facts: str) -> Markup:
    text = Markup("<i>{}</i>").format(NO_ANSWER) if answer is None else shown(answer, LONG)
    return Markup('<section><h3>{}</h3><pre dir="auto">{}</pre><small>{}</small></section>').format(
        shown(title), text, shown(facts)
    )


def _arms(a: Assessment | None) -> dict[str, Arm]:
    """The arms that answer in the chat, as they were measured."""
    if a is None:
        return {}
    best = a.prompting.best.name if a.prompting.best else None
    return {arm.kind: arm for arm in a.arms if arm.name == best or arm.kind == "tuned"}


def _title(kind: str, arms: dict[str, Arm]) -> str:
    arm = arms.get(kind)
    return TITLES[kind] + (f" · {words.percent(arm.measured.score)} measured" if arm else "")


def _facts(ms: float, sent: int, written: int, arm: Arm | None, a: Assessment | None) -> str:
    facts = [f"{ms:,.0f} ms", f"{sent:,} tokens sent, {written:,} written"]
    if arm is not None and arm.cost_per_1000 is not None and a is not None:
        facts.append(f"{words.money(arm.cost_per_1000, a.economics.currency)} for 1,000 requests")
    return " · ".join(facts)
