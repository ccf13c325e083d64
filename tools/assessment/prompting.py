"""What an assessment says of the prompts: plans, finalists, mistakes, the winner."""

from policies.evidence import Difference, Score
from tools.assessment.mistakes import ErrorCell, Mistake
from tools.assessment.part import Part
from tools.trials.plan import PER_INPUT, Plan


class RacePoint(Part):
    """The score of a plan at one round of the race, on its first `n` dev rows."""

    n: int
    score: float


class PlanRecord(Part):
    """One prompt plan as it was tried, or why it was not.

    Attributes:
        name: The plan.
        family: What kind of plan it is.
        model: The model it ran on.
        n: Dev rows that it was scored on; 0 if it was not tried.
        score: Score on them.
        fate: What became of it.
        needs: What it needs wherever it is to run.
        runs_on: Configured models on which it can be deployed.
        window_p95: Share of the context window that the prompt takes, 95th percentile.
        window_longest: The same for the longest row.
        race: Its score at the end of each round that it took part in.
    """

    name: str
    family: str
    model: str
    n: int
    score: float
    fate: str
    needs: tuple[str, ...] = ()
    runs_on: tuple[str, ...] = ()
    window_p95: float = 0.0
    window_longest: float = 0.0
    race: tuple[RacePoint, ...] = ()


class Finalist(Part):
    """A plan that ran on all of dev, against the winner on the same rows.

    Attributes:
        name: The plan, as an arm.
        behind: How many points the winner is ahead, paired, with its interval.
        p_holm: p-value of that difference, corrected for several comparisons (Holm 1979).
    """

    name: str
    behind: Difference
    p_holm: float


class ExhaustionPart(Part):
    """Whether prompting measurably ended; see `tools.trials.exhaustion`.

    Attributes:
        exhausted: Whether it did.
        text: Why, in words.
        curve: Score of the best plan so far, corrected for luck, by the number of plans tried.
        curve_low: Where a tenth of the resamples lies below; earlier runs lack it.
        curve_high: Where a tenth of them lies above.
        late_gain: What the last third of the plans gained, 0-1.
        late_low: As `curve_low`, of that gain.
        late_high: As `curve_high`, of that gain.
        corrected: The last value of the curve.
    """

    exhausted: bool
    text: str
    curve: tuple[float, ...] = ()
    curve_low: tuple[float, ...] = ()
    curve_high: tuple[float, ...] = ()
    late_gain: float = 0.0
    late_low: float = 0.0
    late_high: float = 0.0
    corrected: float | None = None


class LookedUp(Part):
    """A dev row that passages of the team's documents put right.

    Attributes:
        row: Row number in the uploaded file.
        input: Its input.
        expected: Its right answer.
        without: What the best prompt without passages answered.
        given: What the best prompt with passages answered.
        document: The document of the nearest passage.
        passage: That passage.
    """

    row: int
    input: str
    expected: str
    without: str
    given: str
    document: str
    passage: str


class BestPrompt(Part):
    """The winning plan: as data, as a template, as one rendered example, and as an open chat.

    `chat` has the gap "{input}"; examples that are chosen anew for each input are not in it.
    """

    name: str
    template: str
    rendered: list[dict[str, str]]
    dev: Score
    test: Score | None
    plan: Plan | None = None  # earlier runs lack it, and the chat
    chat: tuple[dict[str, str], ...] = ()

    @property
    def holds_examples(self) -> bool:
        """Whether the template itself may show examples of the team's, or words out of them."""
        if self.plan is None or self.plan.described:
            return True
        rewritten = self.plan.own is not None and self.plan.family not in ("yours", "suggested")
        return rewritten or (self.sends_examples and self.plan.shots not in PER_INPUT)

    @property
    def sends_examples(self) -> bool:
        """Whether examples of the team's go along with a request."""
        return self.plan is None or self.plan.shot_count > 0


class PromptingPart(Part):
    """What prompting reached."""

    model: str
    plans_tried: int
    exhausted: bool
    stop_reason: str
    best: BestPrompt | None
    plans: tuple[PlanRecord, ...] = ()
    exhaustion: ExhaustionPart | None = None
    finalists: tuple[Finalist, ...] = ()
    mistakes: tuple[Mistake, ...] = ()
    errors: tuple[ErrorCell, ...] = ()
