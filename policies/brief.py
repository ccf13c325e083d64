"""What the team told us about its task."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

TaskType = Literal["labels", "fields", "number", "text"]
Metric = Literal["accuracy", "macro_f1", "field_f1", "numeric_match", "chrf"]
Cadence = Literal["never", "yearly", "monthly", "weekly", "daily"]


# Retrainings a month where the facts or labels change so often.
RETRAININGS: dict[Cadence, float] = {
    "never": 0.0,
    "yearly": 1 / 12,
    "monthly": 1.0,
    "weekly": 52 / 12,
    "daily": 365 / 12,
}


class Brief(BaseModel):
    """The answers of the interview; every field has a default, so a brief may be partial.

    Attributes:
        task: The task in the team's own words.
        input_column: Column that holds what the model is given.
        answer_column: Column that holds the right answer.
        current_column: Column with the answers the team gets today, if it has one.
        task_type: Kind of answer; None lets the profile decide.
        prompt: The prompt the team uses today; None if it has none.
        target: The score that is good enough, 0 to 1.
        monthly_requests: Requests a month; None if unknown.
        latency_limit_ms: Longest acceptable time for an answer, in milliseconds.
        monthly_budget: Most the team would pay a month, in the operator's currency.
        facts_change: How often the facts or labels behind the answers change.
        retrainings_per_month: How often a tuned model or a classifier would be trained anew; None
            for as often as the facts change.
        needs_outside_facts: Whether a right answer needs facts that the input lacks.
        beyond_labels: Whether the team states a need that a classifier cannot meet.
        may_leave_machine: Whether examples may be sent to an endpoint elsewhere.
        replaces_base: Whether a tuned model is to replace the base model for everything, not for
            this task alone.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    task: str = ""
    input_column: str | None = None
    answer_column: str | None = None
    current_column: str | None = None
    task_type: TaskType | None = None
    prompt: str | None = None
    target: float = Field(default=0.9, gt=0, le=1)
    monthly_requests: int | None = Field(default=None, ge=0)
    latency_limit_ms: float | None = Field(default=None, gt=0)
    monthly_budget: float | None = Field(default=None, ge=0)
    facts_change: Cadence = "never"
    retrainings_per_month: float | None = Field(default=None, ge=0)
    needs_outside_facts: bool = False
    beyond_labels: bool = False
    may_leave_machine: bool = False
    replaces_base: bool = False

    @property
    def retrainings(self) -> float:
        """Retrainings a month that costs are reckoned with."""
        told = self.retrainings_per_month
        return RETRAININGS[self.facts_change] if told is None else told
