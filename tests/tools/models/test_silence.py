import pytest

from tools.models import silence
from tools.models.silence import Silence

AT_ONCE = 4


def calls_made(quiet: Silence, seconds: float = 0.0, most: int = 1000) -> int:
    """Calls without an answer until no more should be made."""
    return next((n for n in range(1, most) if quiet.goes_on(seconds)), most)


@pytest.mark.parametrize(
    ("answered", "seconds", "calls"),
    [
        (False, 0.0, 2 * AT_ONCE + 1),  # a page in place of an answer, at once
        (False, 240.0, 1),  # a first call that hangs through all tries
        (True, 0.0, 8 * AT_ONCE + 1),  # a burst that is asked to wait ends nothing
        (True, 240.0, AT_ONCE + 1),
    ],
)
def test_how_many_calls_go_into_a_silence(answered: bool, seconds: float, calls: int) -> None:
    quiet = Silence(AT_ONCE)
    if answered:
        quiet.broken()
    assert calls_made(quiet, seconds) == calls


def test_an_answer_begins_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(silence, "PATIENCE", 0.0)
    quiet = Silence(AT_ONCE)
    quiet.broken()
    for _ in range(3):
        assert calls_made(quiet, 1.0, most=AT_ONCE) == AT_ONCE  # still asked
        quiet.broken()
