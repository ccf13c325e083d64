"""What stands on the first page of the report beside the answer."""

import pytest

from tests.assessments import ARMS, labels, minimal
from tools.assessment import Assessment
from tools.report.contents import document_of
from tools.report.document import KeyFigures, Paragraph, words_of


def prompted(*models: str) -> Assessment:
    """A run whose prompts ran on these models, beside arms of other kinds."""
    others = tuple(arm for arm in ARMS if arm.kind != "prompt")
    prompts = (ARMS[0].model_copy(update={"name": m, "model": m}) for m in models)
    return labels(arms=(*others, *prompts))


@pytest.mark.parametrize(
    ("a", "told"),
    [
        (prompted("embedded"), True),
        (prompted("embedded", "gpt"), False),
        (prompted("gpt"), False),
        (prompted(), False),
        (minimal(), False),
    ],
)
def test_the_first_page_says_that_no_model_of_the_team_s_own_was_measured(
    a: Assessment, told: bool
) -> None:
    blocks = document_of(a).answer
    figures = next(i for i, block in enumerate(blocks) if isinstance(block, KeyFigures))
    before = [words_of(b.text) for b in blocks[:figures] if isinstance(b, Paragraph)]
    said = [text for text in before if "built-in model (“embedded”)" in text]
    assert len(said) == told
    assert all("A model of your own was not measured" in text for text in said)
