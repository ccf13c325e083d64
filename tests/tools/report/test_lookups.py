from collections.abc import Callable

from policies.evidence import Difference, Retrieval
from tests.assessments import labels
from tools.assessment import Assessment, LookedUp
from tools.report.build import build_html, build_markdown

GAIN = Difference(value=0.6, low=0.36, high=0.8, p_value=0.001, fixed=16, broken=1)
FOUND = Retrieval(
    documents=12,
    passages=85,
    arm="1 nearest passage",
    without="16 fixed examples",
    score=0.84,
    score_without=0.24,
    rows=25,
    gain=GAIN,
)
HOSTILE = "<img src=x onerror=alert(1)>"
ROW = LookedUp(
    row=4,
    input="Where is C-8872?",
    expected="Brackley",
    without="Aldermoor",
    given="Brackley",
    document=f"{HOSTILE}.md",
    passage="C-8872 stands in Brackley.",
)
TITLE = "What your documents change"


def looked_up() -> Assessment:
    return labels(retrieval=FOUND, looked_up=(ROW,))


def both(a: Assessment, examples: bool = True) -> list[str]:
    forms: list[Callable[..., str]] = [build_html, build_markdown]
    return [form(a, examples).replace("\u00a0", " ") for form in forms]


def test_the_measured_gain_and_a_row_that_was_put_right_are_shown() -> None:
    for text in both(looked_up()):
        assert TITLE in text and "84 %" in text and "24 %" in text and "16 rows are better" in text
        assert "stands in Brackley" in text and "Where is C" in text
        assert HOSTILE not in text


def test_rows_are_left_out_where_examples_are() -> None:
    for text in both(looked_up(), examples=False):
        assert TITLE in text and "84 %" in text
        assert "stands in Brackley" not in text and "Where is C" not in text


def test_without_documents_nothing_is_said_of_them() -> None:
    for text in both(labels()):
        assert TITLE not in text


def test_one_row_is_one_row() -> None:
    one = FOUND.model_copy(update={"gain": GAIN.model_copy(update={"fixed": 1})})
    assert all("1 row is better with them" in text for text in both(labels(retrieval=one)))
