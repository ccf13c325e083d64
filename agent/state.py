"""What a conversation remembers: small validated facts and references, never rows or keys."""

from typing import Literal, TypedDict

from agent.utterances.facts import FactField
from policies.brief import Brief
from policies.evidence import Arm, DataFacts, Evidence, Frozen, Score, TaskFacts
from policies.policy import Policy
from policies.recommendation import Outcome, Recommendation
from tools.assessment import Seconds, TunedPart
from tools.forecast.stage import ForecastReport
from tools.intake.dataset import FirstLook
from tools.trials.stage import TrialsReport
from tools.tuning.tune import TuneReport

SCHEMA_VERSION = 1
KEPT = 20  # exchanges that a conversation keeps
TunePolicy = Literal["ask", "never", "if-recommended", "always"]


class Options(Frozen):
    """How a run is to be done, as opposed to what the team told us.

    Attributes:
        interactive: Whether somebody is there to answer questions.
        models: Models to try prompts on.
        tune_model: The model that would be tuned.
        tune: When to tune: after asking, never, if the advice says so, or whatever it says.
        allow_send: Endpoints that may receive examples.
        budget_minutes: Time for the work before the verdict.
        target_told: Whether the brief's target was told; else that of a text task follows from
            today's answers.
    """

    interactive: bool = True
    models: tuple[str, ...] = ("embedded",)
    tune_model: str = "embedded"
    tune: TunePolicy = "ask"
    allow_send: tuple[str, ...] = ()
    budget_minutes: float = 30.0
    target_told: bool = True


class WorkPlan(Frozen):
    """What a yes would start: shown before it is given, and bound to it by its hash.

    Attributes:
        title: What is to be done.
        steps: The steps, in words.
        minutes: Estimated time.
        cost: Estimated cost, in words.
        data_goes: Where the examples go, in words.
        hash: Hash of all the above and of the data; a yes holds for this plan only.
    """

    title: str
    steps: tuple[str, ...]
    minutes: float
    cost: str
    data_goes: str
    hash: str


class Consent(Frozen):
    """An answer to a work plan.

    Attributes:
        plan_hash: Hash of the plan.
        yes: Whether it was a yes.
        minutes: What the plan estimates; 0 where that was not kept.
    """

    plan_hash: str
    yes: bool
    minutes: float = 0.0


class Exchange(Frozen):
    """One message after the verdict, with what came of it.

    Attributes:
        message: What the person wrote.
        text: An answer in words, or "".
        prompted: The best prompt's answer, or "".
        prompted_ms: Its milliseconds.
        prompted_tokens: Tokens it was sent.
        prompted_written: Tokens it wrote.
        tuned: The tuned model's answer, or "".
        tuned_ms: Its milliseconds.
        tuned_tokens: Tokens it was sent.
        tuned_written: Tokens it wrote.
        row: Row of the file that the message is, or 0 if somebody wrote it.
        expected: Its right answer, or "".
        judged: Which answer a person called right, or "".
        offered: Rows of the file to choose from.
        unclear: Whether the message was not understood.
        guesses: What it may have asked then.
    """

    message: str
    text: str = ""
    prompted: str = ""
    prompted_ms: float = 0.0
    prompted_tokens: int = 0
    prompted_written: int = 0
    tuned: str = ""
    tuned_ms: float = 0.0
    tuned_tokens: int = 0
    tuned_written: int = 0
    row: int = 0
    expected: str = ""
    judged: Literal["", "prompted", "tuned", "both", "neither"] = ""
    offered: tuple[int, ...] = ()
    unclear: bool = False
    guesses: tuple[str, ...] = ()


class Comparison(Frozen):
    """A blind comparison that is going on; its pairs are in the run's folder.

    Attributes:
        one: Whose texts are compared.
        other: With whose.
        choices: The judgements so far, in the order of the pairs.
        note: What was not understood, or "".
    """

    one: str
    other: str
    choices: tuple[Literal["left", "right", "same"], ...] = ()
    note: str = ""


class State(TypedDict, total=False):
    """The state of a conversation; values are replaced, never changed."""

    schema_version: int
    run: str
    options: Options
    brief: Brief
    answered: tuple[str, ...]
    problem: str
    note: str
    noticed: tuple[FactField, ...]
    worded: dict[str, str]
    asked_late: tuple[str, ...]
    look: FirstLook
    task: TaskFacts
    data: DataFacts
    consent: Consent
    policy: Policy
    trials: TrialsReport
    confirmed: Score | None
    confirmed_today: Score | None
    forecast: ForecastReport
    evidence: Evidence
    recommendation: Recommendation
    approval: Consent
    tune: TuneReport
    tuned: TunedPart
    tuned_arm: Arm
    outcome: Outcome
    partial: bool
    notes: tuple[str, ...]
    unfinished_tune: str
    seconds: Seconds
    exchanges: tuple[Exchange, ...]
    blind: Comparison
    today: Score | None


def minutes_agreed(state: State) -> float | None:
    """Estimated minutes of the plan that work is going on by, or None."""
    plan = state.get("approval") if "recommendation" in state else state.get("consent")
    if plan is None or not plan.yes or "tuned" in state or state.get("unfinished_tune"):
        return None
    return plan.minutes or None
