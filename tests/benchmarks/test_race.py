"""The comparison of the race with the full grid runs; its figures are no matter of tests."""

import re
from pathlib import Path

import pytest

from benchmarks import race
from tools.settings import LocalModelSettings, Settings


def test_it_says_what_the_race_spends_and_finds(
    tiny_models: dict[str, Path],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rows = [f"thing {n} in the {'red' if n % 2 else 'blue'} box,{n % 2}" for n in range(160)]
    file = tmp_path / "boxes.csv"
    file.write_text("text,label\n" + "\n".join(rows), encoding="utf-8")
    small = {"small": LocalModelSettings(folder=tiny_models["llama"])}
    monkeypatch.setattr(race, "load_settings", lambda: Settings(home=tmp_path, models=small))
    race.main([file], "small")
    said = capsys.readouterr().out
    share = re.search(r"(\d+)%", said)
    assert "boxes" in said and share is not None and 0 < int(share[1]) <= 100
