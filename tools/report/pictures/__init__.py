"""The pictures of an assessment, the same on the page and in every form of the report."""

from tools.report.pictures.canvas import Picture
from tools.report.pictures.costs import cost_picture
from tools.report.pictures.errors import errors_picture
from tools.report.pictures.scores import exhaustion_picture, gap_picture, trials_picture
from tools.report.pictures.tunes import (
    flips_picture,
    forgetting_picture,
    learning_picture,
    loss_picture,
)

__all__ = [
    "Picture",
    "cost_picture",
    "errors_picture",
    "exhaustion_picture",
    "flips_picture",
    "forgetting_picture",
    "gap_picture",
    "learning_picture",
    "loss_picture",
    "trials_picture",
]
