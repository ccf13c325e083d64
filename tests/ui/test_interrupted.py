"""`tuneworthy assess` as a process: killed in mid-trials and started again, and two at a time."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.ui.answering import serving
from tools.assessment import load

KINDS = ("Rome", "Bonn", "Oslo")
ROWS = [(f"from number {n} to {KINDS[n % 3]} by train", KINDS[n % 3]) for n in range(64)]
CONCURRENCY = 4
LONGEST_WAIT = 300.0


class Counting:
    """Answers slowly and mostly right, and counts what it was asked and has answered."""

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()
        self.address, self.seconds = "", 0.02
        self._guard = threading.Lock()

    def __call__(self, request: dict[str, Any]) -> str:
        with self._guard:
            self.asked[json.dumps(request, sort_keys=True)] += 1
        time.sleep(self.seconds)
        last = str(request["messages"][-1]["content"])
        return next((kind for kind in KINDS if kind in last.rpartition("from")[2]), "none")


@pytest.fixture
def endpoint() -> Iterator[Counting]:
    counting = Counting()
    with ExitStack() as open_:
        counting.address = open_.enter_context(serving(counting))
        yield counting


@pytest.fixture
def command(tmp_path: Path, tiny_models: dict[str, Path], endpoint: Counting) -> list[str]:
    data = tmp_path / "data.csv"
    data.write_text("text,label\n" + "".join(f"{text},{label}\n" for text, label in ROWS))
    options = ["--model", "far", "--allow-send", "far", "--tune-model", "tiny", "--target", "0.9"]
    out = ["--out", str(tmp_path / "out")]
    return [sys.executable, "-m", "ui.cli", "assess", str(data), *options, *out]


@pytest.fixture
def env(tiny_models: dict[str, Path], endpoint: Counting, home: Path) -> dict[str, str]:
    far = {"base_url": endpoint.address, "model": "m", "concurrency": CONCURRENCY}
    return {
        **os.environ,
        "TUNEWORTHY_MODELS": json.dumps({"tiny": {"folder": str(tiny_models["llama"])}}),
        "TUNEWORTHY_ENDPOINTS": json.dumps({"far": far}),
    }


def test_killed_in_mid_trials_it_goes_on_and_asks_nothing_twice(
    command: list[str], env: dict[str, str], endpoint: Counting, tmp_path: Path
) -> None:
    with subprocess.Popen(command, env=env, stderr=subprocess.DEVNULL) as killed:
        _until(lambda: sum(endpoint.asked.values()) >= 100)
        killed.send_signal(signal.SIGKILL)
    before = endpoint.asked.copy()
    run_id = json.loads((tmp_path / "out" / "run.json").read_text())["run_id"]
    again = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert again.returncode == 0, again.stderr
    assert f"Going on with the run {run_id}, which was interrupted." in again.stderr
    repeated = {body for body, times in endpoint.asked.items() if times > 1}
    assert len(repeated) <= CONCURRENCY  # those that were under way at the kill
    assert all(endpoint.asked[body] == 2 and body in before for body in repeated)
    assert len(endpoint.asked) > len(before) + 20
    found = load(tmp_path / "out")
    assert found.run_id == run_id and not found.partial

    asked = endpoint.asked.copy()
    other = [*command[:-1], str(tmp_path / "other")]  # a new run of the same order
    new = subprocess.run(other, env=env, capture_output=True, text=True, check=False)
    assert new.returncode == 0, new.stderr
    assert "Going on" not in new.stderr and endpoint.asked == asked
    assert load(tmp_path / "other").prompting.best == found.prompting.best


@pytest.fixture
def _interruptible() -> Iterator[None]:
    """Ctrl-C as in a terminal: what a shell runs in the background is started to ignore it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("_interruptible")
def test_a_second_process_is_told_and_harms_nothing(
    command: list[str], env: dict[str, str], endpoint: Counting, tmp_path: Path
) -> None:
    endpoint.seconds = 1.0  # so that the first is still at work
    with subprocess.Popen(command, env=env, stderr=subprocess.PIPE, text=True) as first:
        _until(lambda: sum(endpoint.asked.values()) >= 10)
        for options in ([], ["--seed", "7"]):  # the same order, and another in the same folder
            second = subprocess.run(
                [*command, *options], env=env, capture_output=True, text=True, check=False
            )
            assert second.returncode == 2
            assert len(second.stderr.strip().splitlines()) <= 2
            assert "Another process is at work on the run" in second.stderr
        asked = sum(endpoint.asked.values())
        first.send_signal(signal.SIGINT)
        _, said = first.communicate(timeout=LONGEST_WAIT)
        assert sum(endpoint.asked.values()) <= asked + 4 * CONCURRENCY  # it ends at once
    assert first.returncode == 130
    assert "Traceback" not in said and "the same command goes on from there" in said
    assert max(endpoint.asked.values()) == 1


def _until(true: Any) -> None:
    ended = time.monotonic() + LONGEST_WAIT
    while not true():
        assert time.monotonic() < ended
        time.sleep(0.02)
