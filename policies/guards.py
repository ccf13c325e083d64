"""Whether the evidence is enough to act on: enough test rows, and nothing that they may hide."""

from dataclasses import dataclass

from policies.evidence import MOST_TEST_ROWS, Evidence
from policies.figures import apart_by
from policies.finding import Finding
from policies.policy import Policy
from policies.recommendation import Verdict
from policies.regret import cheapest_within_margin, more_examples, regret
from policies.rules import ADVISED, PAYS_BACK, Rule

LEAST_TOLD = 0.0005  # of a risk: less is rounded to no tenth of a point
TOO_FEW = "too_few_test_rows"
UNSETTLED = "evidence_settles_it"


@dataclass(frozen=True)
class Guard:
    """A rule that watches over the others.

    Attributes:
        rule: Its name, and the verdict where it is met.
        finding: What it saw.
        missing: How many more examples would settle it, where they would.
    """

    rule: Rule
    finding: Finding
    missing: int | None = None

    @classmethod
    def saw(
        cls,
        name: str,
        met: bool | None,
        text: str,
        missing: int | None = None,
        verdict: Verdict = "not_enough_evidence",
    ) -> "Guard":
        """A guard that saw this."""
        finding = Finding(met, text)
        return cls(Rule(name, verdict, lambda evidence, policy: finding), finding, missing)


def too_few_rows(provisional: Rule, evidence: Evidence, policy: Policy) -> Guard:
    """Whether so few rows were held out that nothing can be told from them, faults included.

    The number of missing rows is the last one that is asked for: enough for the test, and enough
    to tell the answers apart if they score on them as they do now.
    """
    test, least = evidence.task.test, policy.least_test_rows
    if test >= least:
        return Guard.saw(
            TOO_FEW, False, f"{test:,} rows were held out; the policy asks for {least}."
        )
    rows = evidence.task.rows
    for_test = max(10, -(-(least - test) * rows // max(1, test) // 10) * 10)
    missing = max(for_test, more_examples(provisional.verdict, evidence, policy) or 0)
    text = (
        f"Only {test} rows could be held out; under {least} no score, and no count of faults, is "
        f"sure enough to act on. At least {missing:,} more examples are needed before any "
        "answer can be given."
    )
    return Guard.saw(TOO_FEW, True, text, missing)


def unsettled(provisional: Rule, evidence: Evidence, policy: Policy) -> Guard:
    """Whether the rows are too few to tell actions apart whose difference would matter.

    Where more rows would not tell either, the cheapest action whose regret is within the margin of
    the least is advised; that is the provisional one wherever money speaks for it.
    """
    if evidence.task.test < policy.least_test_rows:
        return Guard.saw(UNSETTLED, None, "There are too few test rows to weigh answers by.")
    verdict = provisional.verdict
    if verdict not in ADVISED:
        return Guard.saw(UNSETTLED, None, "No rule below advises anything that could be weighed.")
    risk = regret(verdict, evidence)
    points = apart_by(risk) if risk >= LEAST_TOLD else "under 0.1 points"
    lost = (
        f"pass over a way that on average ends {points} above the target"
        if verdict == "larger_model"
        else f"on average end {points} further from the target than the best other way"
    )
    text = (
        f"If the scores are off by what their intervals allow, {ADVISED[verdict]} would {lost}; up "
        f"to {100 * policy.margin:g} is accepted."
    )
    if risk <= policy.margin:
        return Guard.saw(UNSETTLED, False, text)
    further = more_examples(verdict, evidence, policy)
    if further is not None:
        text += f" About {further:,} more examples would settle it."
        return Guard.saw(UNSETTLED, True, text, further)
    text += " " + _why_rows_do_not_tell(verdict, evidence, policy)
    cheaper = cheapest_within_margin(verdict, evidence, policy, provisional.name in PAYS_BACK)
    if cheaper == verdict:
        return Guard.saw(UNSETTLED, False, text)
    text += (
        f" The cheapest answer that costs no more than {100 * policy.margin:g} points beyond the "
        f"least that any would is advised: {ADVISED[cheaper]} "
        f"({100 * regret(cheaper, evidence):.1f} points)."
    )
    return Guard.saw(UNSETTLED, True, text, verdict=cheaper)


def _why_rows_do_not_tell(verdict: Verdict, evidence: Evidence, policy: Policy) -> str:
    """Why no number of rows that could be had brings the regret down to the margin."""
    with_most = regret(verdict, evidence, MOST_TEST_ROWS / evidence.task.test)
    if evidence.task.test < MOST_TEST_ROWS and with_most <= policy.margin:
        return (
            f"More than {policy.most_more_examples:,} further examples would be needed to tell: "
            "practically equal."
        )
    if evidence.forecast is not None:
        return "More rows would not tell: it is the forecast that is unsure, not the test."
    return f"More rows would not tell: no more than {MOST_TEST_ROWS} are held out."
