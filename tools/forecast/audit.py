"""The label audit: which rows probably carry a wrong label, by confident learning.

Every row is judged by two classifiers that never saw it (five folds), one on words and one on the
model's reading of the text; one that hardly agrees with the labels has no say. The confident joint
of given and likely labels estimates how many labels are wrong (Northcutt, Jiang and Chuang,
"Confident learning", 2021, 1911.00068); the rows where the classifiers are surest of another label
are listed. Written with scikit-learn's `cross_val_predict` alone.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
from joblib import Memory
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import cohen_kappa_score
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from policies.evidence import Frozen
from tools.assessment import Suspect
from tools.forecast.classifier import word_pipeline
from tools.forecast.probe import Probe, States
from tools.intake.dataset import Dataset
from tools.runs import Run

NAME = "label_audit"
FOLDS = 5
LEAST_ROWS = 80  # of fewer, clean ones look wrong by chance (docs/log.md)
# Of a classifier, or of both, and the given labels; below it, wrong labels and hard rows cannot be
# told apart (docs/log.md).
LEAST_KAPPA = 0.45
LEAST_MARGIN = 0.1  # quantile of the margins of agreeing rows that a suspect has to reach

Shares = NDArray[np.float64]


class Audit(Frozen):
    """What the audit counted.

    Attributes:
        suspects: Rows whose label is probably wrong.
        sure: Those of them for which the classifiers are surer of the other label than they are
            of the given one in half of the rows where they agree with it.
        agreement: Share of the rows on which the classifiers agree with the given label.
        reliable: Whether there are enough rows, and they agree often enough beyond chance (Cohen's
            kappa), to judge labels at all; else nothing is listed.
    """

    suspects: int
    sure: int
    agreement: float
    reliable: bool


def audit_labels(run: Run, dataset: Dataset, probe: Probe) -> Audit:
    """Look for wrong labels in all rows, the locked test part included, and keep the list.

    No plan, classifier or tune is chosen by what is found in test; the read is logged all the same.

    Args:
        run: The run; the list is kept in its folder.
        dataset: The examples, a task with labels.
        probe: The fitted probe: its model, layer and strength.
    """
    locked = run.locked_test(dataset).read("label audit", "look for wrong labels")
    parts = {"train": dataset.parts.train, "dev": dataset.parts.dev, "test": locked}
    rows = [(part, example) for part, examples in parts.items() for example in examples]
    states = np.concatenate(
        [
            probe.model.hidden([example.input for example in examples]).values[probe.layer]
            for examples in parts.values()
        ]
    )
    counts = Counter(example.answer for _, example in rows)
    # A label with fewer rows than folds cannot be judged.
    judged = [i for i, (_, example) in enumerate(rows) if counts[example.answer] >= FOLDS]
    answers = np.array([rows[i][1].answer for i in judged])
    if len(set(answers)) < 2:
        return Audit(suspects=0, sure=0, agreement=0.0, reliable=False)
    texts = [rows[i][1].input for i in judged]
    kept = Memory(run.store(dataset).folder / "audit", verbose=0).cache(out_of_fold)
    shares = kept(texts, states[judged], answers, probe.strength)  # the same for another target
    found, sure, agreement = find_suspects(shares, answers)
    labels = np.unique(answers)
    reliable = len(answers) >= LEAST_ROWS and _agreement(shares, answers) >= LEAST_KAPPA
    suspects = [
        Suspect(
            row=rows[judged[i]][1].row,
            part=rows[judged[i]][0],
            input=texts[i],
            given=str(answers[i]),
            suggested=str(labels[shares[i].argmax()]),
            confidence=float(shares[i].max()),
        )
        for i in (found if reliable else [])
    ]
    run.save(NAME, [suspect.model_dump(mode="json") for suspect in suspects])
    return Audit(
        suspects=len(suspects),
        sure=sure if reliable else 0,
        agreement=agreement,
        reliable=reliable,
    )


def kept_suspects(run: Run) -> tuple[Suspect, ...]:
    """The rows to fix as the audit kept them, the surest first."""
    if not (run.folder / f"{NAME}.json").exists():
        return ()
    kept: list[dict[str, Any]] = run.load(NAME)
    return tuple(Suspect.model_validate(suspect) for suspect in kept)


def out_of_fold(
    texts: Sequence[str], states: States, answers: NDArray[np.str_], strength: float
) -> Shares:
    """Probability of each label for each row, from classifiers that did not see it.

    Args:
        texts: The inputs.
        states: Hidden states of the inputs, shape (rows, width).
        answers: The given labels; each occurs at least `FOLDS` times.
        strength: Inverse regularisation strength of the classifier on states.

    Returns:
        Mean of the classifiers that agree with the labels often enough to judge them, or of both if
        neither does; shape (rows, labels), labels in sorted order.
    """
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=0)
    head = make_pipeline(StandardScaler(), LogisticRegression(C=strength, max_iter=200, tol=0.01))
    words: Shares = cross_val_predict(
        word_pipeline(), list(texts), answers, cv=folds, method="predict_proba"
    )
    read: Shares = cross_val_predict(head, states, answers, cv=folds, method="predict_proba")
    telling = [shares for shares in (words, read) if _agreement(shares, answers) >= LEAST_KAPPA]
    mean: Shares = np.mean(telling or [words, read], axis=0)
    return mean


def _agreement(shares: Shares, answers: NDArray[np.str_]) -> float:
    """Agreement of the likeliest labels with the given ones beyond chance, Cohen's kappa."""
    return float(cohen_kappa_score(answers, np.unique(answers)[shares.argmax(1)]))


def find_suspects(shares: Shares, answers: NDArray[np.str_]) -> tuple[list[int], int, float]:
    """The rows whose label is probably wrong.

    Args:
        shares: Probability of each label for each row, shape (rows, labels).
        answers: The given labels, shape (rows,).

    Returns:
        Indices of the rows, the surest first; how many of the first are sure; and the share of
        rows on which the likeliest label is the given one.
    """
    given, top = np.unique(answers, return_inverse=True)[1], shares.argmax(1)
    margin = shares.max(1) - shares[np.arange(len(given)), given]
    ordered = np.sort(shares, axis=1)
    lead = (ordered[:, -1] - ordered[:, -2])[top == given]
    agreement = float(np.mean(top == given))
    if not len(lead):
        return [], 0, agreement
    wrong = round(_wrong_share(shares, given) * len(given))
    least, sure = np.quantile(lead, LEAST_MARGIN), np.median(lead)
    first = np.argsort(-margin, kind="stable")[:wrong]
    found = [int(i) for i in first if top[i] != given[i] and margin[i] >= least]
    return found, int(sum(margin[i] >= sure for i in found)), agreement


def _wrong_share(shares: Shares, given: NDArray[np.intp]) -> float:
    """Estimated share of wrong labels: off-diagonal mass of the calibrated confident joint."""
    labels = shares.shape[1]
    typical = np.array([shares[given == label, label].mean() for label in range(labels)])
    confident = shares >= typical
    likely = np.where(confident, shares, -1.0).argmax(1)
    counted = confident.any(1)
    joint = np.zeros((labels, labels))
    np.add.at(joint, (given[counted], likely[counted]), 1)
    joint[np.diag_indices(labels)] = np.maximum(1, joint.diagonal())  # no row is left empty
    right = joint.diagonal() / joint.sum(1) * np.bincount(given, minlength=labels)
    return float(1 - right.sum() / len(given))
