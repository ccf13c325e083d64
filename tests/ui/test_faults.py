"""`tuneworthy assess` on an endpoint in trouble: an honest answer or one sentence, and soon."""

import csv
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from tests.ui.answering import USAGE, Fault, completion, serving
from tools.assessment import Assessment, load
from tools.models import endpoint
from ui.cli import app

KEY = "sk-very-secret-123"
WORDS = ("old", "new", "red", "green", "small", "large", "good", "bad", "round", "flat", "dear")
THINGS = {"lamp": "light", "candle": "light", "cheese": "food", "apple": "food"}
ROWS = [(f"{word} {thing}", kind) for word in WORDS for thing, kind in THINGS.items()]
LONGEST = 240.0  # seconds, for all trials of a fault on a busy machine
Answer = Callable[[dict[str, Any]], str | Fault]


def _fault(status: int, body: str = "", **headers: str) -> Fault:
    text = body or json.dumps({"error": {"message": f"no, {KEY}"}})
    told = {name.replace("_", "-"): value for name, value in headers.items()}
    return status, {"Content-Type": "application/json", **told}, text


def _right(request: dict[str, Any]) -> str:
    last = str(request["messages"][-1]["content"]).rpartition("Input:")[2]
    return next(kind for thing, kind in THINGS.items() if thing in last)


def _sent(body: dict[str, Any]) -> Fault:
    return 200, {"Content-Type": "application/json"}, json.dumps(body)


def _completed(**changes: Any) -> Answer:
    """The right answer, in a completion that is odd in some way."""
    return lambda request: _sent(completion(_right(request), **changes))


def _ending(finish: str | None, text: str | None) -> Answer:
    """Ever the same answer, that ends in some way."""
    message = {"role": "assistant", "content": text}
    choice = {"index": 0, "finish_reason": finish, "message": message}
    return lambda _: _sent(completion("", choices=[choice]))


def _hang(request: dict[str, Any]) -> str:
    time.sleep(1.0)
    return "light"


class _EveryThird:
    """A fault instead of every third answer."""

    def __init__(self, fault: Fault) -> None:
        self.fault, self.calls = fault, 0

    def __call__(self, request: dict[str, Any]) -> str | Fault:
        self.calls += 1
        return _right(request) if self.calls % 3 else self.fault


HTML = (200, {"Content-Type": "text/html"}, "<html><body>Welcome</body></html>")

# What the endpoint does, and what the one sentence says.
REFUSALS: dict[str, tuple[Answer, str]] = {
    "401": (lambda _: _fault(401), "does not accept the key"),
    "403": (lambda _: _fault(403), "may not use this model"),
    "404, a wrong model name": (lambda _: _fault(404), "knows no model 'm'"),
    "400": (lambda _: _fault(400), "HTTP 400"),
    "429 for ever": (lambda _: _fault(429), "HTTP 429"),
    "429 with Retry-After for ever": (lambda _: _fault(429, retry_after_ms="1"), "HTTP 429"),
    "429, no credit": (
        lambda _: _fault(429, json.dumps({"error": {"message": "", "code": "insufficient_quota"}})),
        "no credit left",
    ),
    "500 for ever": (lambda _: _fault(500), "HTTP 500"),
    "a hang for ever": (_hang, "does not answer in time"),
    "a page instead of an answer": (lambda _: HTML, "no chat completion"),
    "JSON that is cut": (lambda _: _fault(200, '{"choices": [{"mess'), "no chat completion"),
    "no choices": (_completed(choices=[]), "no chat completion"),
}

# What the endpoint does, and the best score that is then measured.
ODDITIES: dict[str, tuple[Answer, float]] = {
    "null usage": (_completed(usage=None), 1.0),
    "usage of nulls": (_completed(usage=dict.fromkeys(USAGE)), 1.0),
    "another model's name": (_completed(model="somebody-else"), 1.0),
    "no reason for the ending": (_ending(None, "light"), 0.5),
    "empty answers": (_ending("stop", ""), 0.0),
    "null answers": (_ending("stop", None), 0.0),
    "answers that are cut": (_ending("length", "lig"), 0.0),
    "500 for every third": (_EveryThird(_fault(500, retry_after_ms="1")), 1.0),
}


@pytest.fixture
def assess(
    tmp_path: Path, tiny_models: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Result]:
    data = tmp_path / "data.csv"
    with data.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([("text", "label"), *ROWS])

    def assessed(answer: Answer, *options: str) -> Result:
        with serving(answer) as address:
            far = {"base_url": address, "model": "m", "api_key": KEY, "timeout_seconds": 0.5}
            tiny = {"tiny": {"folder": str(tiny_models["llama"])}}
            monkeypatch.setenv("TUNEWORTHY_ENDPOINTS", json.dumps({"far": far}))
            monkeypatch.setenv("TUNEWORTHY_MODELS", json.dumps(tiny))
            monkeypatch.setattr(endpoint, "RETRIES", 1)
            out = ["--out", str(tmp_path / "out"), "--tune-model", "tiny", "--allow-send", "far"]
            started = time.monotonic()
            result = CliRunner().invoke(app, ["assess", str(data), *out, *options])
            assert time.monotonic() - started < LONGEST
        assert KEY not in result.output and "Traceback" not in result.output
        return result

    return assessed


def _sentence(result: Result) -> str:
    """The last line on stderr, after the progress."""
    return result.stderr.strip().splitlines()[-1]


@pytest.mark.parametrize("fault", REFUSALS)
def test_an_endpoint_that_cannot_be_used_ends_in_one_sentence(
    fault: str, assess: Callable[..., Result], tmp_path: Path
) -> None:
    answer, words = REFUSALS[fault]
    result = assess(answer, "--model", "far")
    assert result.exit_code == 2, result.output
    assert _sentence(result).startswith("The endpoint 'far'") and words in _sentence(result)
    assert not (tmp_path / "out" / "assessment.json").exists()


@pytest.mark.parametrize("oddity", ODDITIES)
def test_odd_answers_end_in_a_verdict_from_what_came(
    oddity: str, assess: Callable[..., Result], tmp_path: Path
) -> None:
    answer, best = ODDITIES[oddity]
    result = assess(answer, "--model", "far")
    assert result.exit_code == 0, result.output
    found = load(tmp_path / "out")
    scores = [arm.dev.score for arm in found.arms if arm.kind == "prompt"]
    assert max(scores) == pytest.approx(best, abs=0.1), scores
    lost = [arm for arm in found.arms if "got no answer from the endpoint" in arm.note]
    assert bool(lost) == (oddity == "500 for every third")
    told = [note for note in found.notes if "gave no valid answer with any plan" in note]
    assert bool(told) == (best == 0)


def test_beside_another_model_it_is_said_that_the_endpoint_was_not_measured(
    assess: Callable[..., Result], tmp_path: Path
) -> None:
    result = assess(lambda _: _fault(401), "--model", "far", "--model", "tiny")
    assert result.exit_code == 0, result.output
    found: Assessment = load(tmp_path / "out")
    assert found.partial
    (note,) = found.notes
    assert note.startswith("far was not measured. The endpoint 'far' cannot be used")
    assert {arm.model for arm in found.arms if arm.kind == "prompt"} == {"tiny"}
    assert "far was not measured" in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
