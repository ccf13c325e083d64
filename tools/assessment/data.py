"""What an assessment says of the task and its examples."""

from typing import Literal

from policies.brief import Metric, TaskType
from tools.assessment.part import Part


class TaskPart(Part):
    """The kind of task and the sizes of its parts."""

    type: TaskType
    metric: Metric
    target: float
    rows: int
    train: int
    dev: int
    test: int


class DataPart(Part):
    """What the profile found in the examples."""

    file: str
    duplicates: int
    near_duplicates: int
    contradictions: int
    label_counts: dict[str, int]
    majority: float
    ceiling: float
    dropped: int
    notes: tuple[str, ...]
    label_errors: int = 0
    sure_label_errors: int = 0
    label_ceiling: float = 1.0
    labels_unchecked: str = ""


class Suspect(Part):
    """A row whose label is probably wrong.

    Attributes:
        row: Row number in the uploaded file, counted from 1 without the header.
        part: The part of the split that it is in.
        input: Its input.
        given: The label in the file.
        suggested: The label that looks right.
        confidence: Probability of the suggested label, 0 to 1, by classifiers that did not see
            the row.
    """

    row: int
    part: Literal["train", "dev", "test"]
    input: str
    given: str
    suggested: str
    confidence: float
