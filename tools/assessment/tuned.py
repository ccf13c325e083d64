"""What an assessment says of the fine-tune."""

from policies.evidence import Cost, Difference, Score
from tools.assessment.part import Part
from tools.trials.plan import Plan


class Ratio(Part):
    """A paired ratio, after to before, with its 95 % interval."""

    value: float
    low: float
    high: float


class ForgettingPart(Part):
    """General ability before and after the tune, paired.

    Attributes:
        items: General questions that the base model clearly gets right; the others say nothing.
        base: Share of them that it gets right: all.
        tuned: Share of them that the tuned model still gets right.
        difference: The change on them.
        perplexity_base: Perplexity a word of held-out prose before.
        perplexity_tuned: The same after.
        passed: Whether it kept what it could do, inside the policy's margins.
        text: The finding in words.
        asked: General questions in all.
        answers_ratio: Growth of the perplexity a word of the items' right answers.
        prose_ratio: Growth of the perplexity a word of the prose.
        short_items: Questions also answered in the model's own words.
        short_base: Share of these that the base model answers rightly.
        short_tuned: The same for the tuned model.
    """

    items: int
    base: float
    tuned: float
    difference: Difference
    perplexity_base: float
    perplexity_tuned: float
    passed: bool
    text: str
    asked: int = 0
    answers_ratio: Ratio | None = None
    prose_ratio: Ratio | None = None
    short_items: int = 0
    short_base: float = 0.0
    short_tuned: float = 0.0


class FlipCounts(Part):
    """Test rows before and after the tune: the best prompt's answers against the tuned model's.

    Attributes:
        fixed: Rows with a better answer after the tune.
        broken: Rows with a worse one.
        kept_right: Rows that are as good as they were, and fully right.
        kept_wrong: Rows that are as good as they were, and not fully right.
    """

    fixed: int
    broken: int
    kept_right: int
    kept_wrong: int


class ChangedRow(Part):
    """A dev row that the tuned model answers better or worse than the best prompt.

    Attributes:
        row: Row number in the uploaded file.
        input: Its input.
        expected: Its right answer.
        prompted: What the best prompt answered; None where that was no valid answer.
        tuned: What the tuned model answered, likewise.
        before: Score of the prompt's answer, 0 to 1.
        after: Score of the tuned model's.
    """

    row: int
    input: str
    expected: str
    prompted: str | None
    tuned: str | None
    before: float
    after: float

    @property
    def is_fixed(self) -> bool:
        """Whether the answer is better after the tune."""
        return self.after > self.before


class TunedPart(Part):
    """The tune as it turned out.

    Attributes:
        model: Name of the tuned model.
        test: Its score on the locked test.
        difference: Against the best prompt on the same rows.
        difference_same_model: The same where that prompt ran on the model that was tuned.
        forgetting: General ability before and after.
        shipped: Whether it passed its gate.
        adapter: Folder of the adapter, relative to the run's.
        text: The finding in words.
        recipe: How it was trained and why, by setting.
        loss: The losses, training and dev, a point a step.
        base: Name of the model that was tuned.
        plan: How it is asked.
        flips: What became of each test row.
        peak_megabytes: Most main memory that the training took; None where it was not told.
        peak_gpu_megabytes: Most memory that it took on the GPU; None on a CPU.
        dropped: Training rows that were left out because they are too long.
        used: Other fine-tunes that its locked rows had judged before.
        slow_ms: What a slow request takes, as it was timed alone; 0 where it was not.
        cost: What it costs by the times measured; None where that is not known.
    """

    model: str
    test: Score
    difference: Difference
    difference_same_model: Difference | None
    forgetting: ForgettingPart
    shipped: bool
    adapter: str
    text: str
    recipe: dict[str, str]
    loss: tuple[dict[str, float], ...] = ()
    base: str = ""
    plan: Plan | None = None
    flips: FlipCounts | None = None
    peak_megabytes: float | None = None
    peak_gpu_megabytes: float | None = None
    dropped: int = 0
    used: int = 0
    slow_ms: float = 0.0
    cost: Cost | None = None
