"""What passages of the team's documents change, measured on dev row by row."""

from collections.abc import Sequence

from policies.evidence import Retrieval
from tools.assessment import LookedUp
from tools.measure.intervals import paired_difference
from tools.measure.metrics import item_scores, overall
from tools.models.protocol import LanguageModel
from tools.trials.task import Task
from tools.trials.trial import Trial, arm_name, ranked

FIXED_BY = 0.5  # points of 0 to 1 that a row must gain to count as fixed


def best_trial(trials: Sequence[Trial], task: Task, target: float = 1.0) -> Trial | None:
    """The best trial; one that looks things up only where that is needed, and clearly better.

    Documents have to be kept, searched and sent with every request: of two that cannot be told
    apart, the one without them wins, and so does one without them that reaches the target. A plan
    that does not fit into its model cannot win.
    """
    order = _fitting(trials, task)
    best = next(iter(order), None)
    plain = next((trial for trial in order if not trial.plan.looks_up), None)
    if best is None or plain is None or not best.plan.looks_up:
        return best
    if overall(task.metric, plain.expected, plain.given) >= target:
        return plain
    return best if measure_retrieval([best, plain], task).gain.low > 0 else plain  # type: ignore[union-attr]


def measure_retrieval(trials: Sequence[Trial], task: Task) -> Retrieval | None:
    """The best plan with passages against the best without, on the rows that both answered.

    Returns:
        None where there is not one of each.
    """
    pair = _pair(trials, task)
    if pair is None:
        return None
    found, plain = pair
    n = min(len(found.answers), len(plain.answers))
    expected = found.expected[:n]
    return Retrieval(
        documents=len({passage.document for passage in task.passages}),
        passages=len(task.passages),
        arm=arm_name(found.plan, found.model),
        without=arm_name(plain.plan, plain.model),
        score=overall(task.metric, expected, found.given[:n]),
        score_without=overall(task.metric, expected, plain.given[:n]),
        rows=n,
        gain=paired_difference(task.metric, expected, plain.given[:n], found.given[:n]),
    )


def fixed_rows(
    trials: Sequence[Trial], task: Task, models: Sequence[LanguageModel]
) -> tuple[LookedUp, ...]:
    """The dev rows that passages put right, each with the passage that is nearest to it."""
    pair = _pair(trials, task)
    if pair is None:
        return ()
    found, plain = pair
    n = min(len(found.answers), len(plain.answers))
    expected = found.expected[:n]
    gained = item_scores(task.metric, expected, found.given[:n]) - item_scores(
        task.metric, expected, plain.given[:n]
    )
    model = next((each for each in models if each.name == found.model), None)
    rows = []
    for at in range(n):
        if gained[at] < FIXED_BY:
            continue
        example = found.examples[at]
        nearest = found.plan.looked_up(task, example.input, model)[0]
        rows.append(
            LookedUp(
                row=example.row,
                input=example.input,
                expected=example.answer,
                without=plain.answers[at].reply,
                given=found.answers[at].reply,
                document=nearest.document,
                passage=nearest.text,
            )
        )
    return tuple(rows)


def _pair(trials: Sequence[Trial], task: Task) -> tuple[Trial, Trial] | None:
    order = _fitting(trials, task)
    found = next((trial for trial in order if trial.plan.looks_up), None)
    plain = next((trial for trial in order if not trial.plan.looks_up), None)
    return (found, plain) if found and plain else None


def _fitting(trials: Sequence[Trial], task: Task) -> list[Trial]:
    return ranked([trial for trial in trials if trial.fits], task)
