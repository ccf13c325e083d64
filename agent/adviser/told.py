"""Facts of the brief as an adviser states them, checked by the brief's own model."""

from typing import Any

from pydantic import Field, ValidationError

from policies.brief import Brief, Cadence
from policies.evidence import Frozen


class Told(Frozen):
    """What somebody states about the task; null for all that is not stated.

    Attributes:
        target: Share of right answers that is good enough.
        monthly_requests: Requests a month.
        latency_limit_ms: Longest time for an answer.
        monthly_budget: Most that may be paid a month.
        facts_change: How often the facts or labels behind the answers change.
        needs_outside_facts: Whether right answers need facts that the input lacks.
        may_leave_machine: Whether examples may be sent elsewhere.
        beyond_labels: Whether a label alone is not enough.
        replaces_base: Whether a tuned model is to replace the base model for everything.
    """

    target: float | None = Field(None, description="Share of right answers wanted, 0 to 1")
    monthly_requests: int | None = Field(None, description="Requests a month")
    latency_limit_ms: float | None = Field(None, description="Longest wait, in milliseconds")
    monthly_budget: float | None = Field(None, description="Most to be paid a month")
    facts_change: Cadence | None = Field(None, description="How often facts or labels change")
    needs_outside_facts: bool | None = Field(
        None, description="Whether right answers need facts that are not in the input"
    )
    may_leave_machine: bool | None = Field(
        None, description="Whether examples may be sent to another company"
    )
    beyond_labels: bool | None = Field(
        None, description="Whether they need more than a label, such as a reason with it"
    )
    replaces_base: bool | None = Field(
        None, description="Whether a tuned model shall replace the present one for all its tasks"
    )


def facts_told(arguments: str) -> dict[str, Any]:
    """The facts in a tool's arguments; none where one of them cannot be."""
    try:
        told = Told.model_validate_json(arguments).model_dump(exclude_none=True)
        Brief.model_validate(told)
    except ValidationError:
        return {}
    return told
