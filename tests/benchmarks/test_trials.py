"""The benchmark runs and says what it is asked for; its figures are no matter of tests."""

import re
from pathlib import Path

import pytest

from benchmarks.trials import main
from benchmarks.workload import unique_tokens
from tools.models import numbers


def test_it_prints_ratios_and_that_all_ways_agree(
    tiny_models: dict[str, Path],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # In bf16 rounding decides between answers of a model that never learned anything.
    monkeypatch.setattr(numbers, "number_format", lambda: ("float32", "fp32: a test"))
    main(
        model=tiny_models["llama"],
        quick=True,
        items=4,
        labels=9,
        shots=2,
        plain_items=2,
        lm_eval_items=0,
        scaling_items="3",
        scaling_labels="4,9",
        scaling_shots="0,2",
    )
    said = capsys.readouterr().out
    assert len(re.findall(r"ratio to ours +\d", said)) == 3 + 3 + 2 + 2
    assert len(re.findall(r"agreement: 100%", said)) == 3 + 3 + 1 + 1
    assert max(map(float, re.findall(r"at most ([\d.]+) nats", said))) < 0.001
    sent, unique = (
        int(text.replace(",", ""))
        for text in re.findall(r"([\d,]+) tokens sent, ([\d,]+) unique", said)[0]
    )
    assert 0 < unique < sent
    assert len(re.findall(r"^ +3 +[49] +[02] \|", said, re.MULTILINE)) == 4


def test_unique_tokens_are_the_nodes_of_the_prefix_tree() -> None:
    prompts = [[1, 2, 3], [1, 2, 4]]
    # 1, 2, 3 and 4 once each; after either prompt 7, 8 and 9 once each.
    assert unique_tokens(prompts, [[[7, 8], [7, 9]]] * 2) == 4 + 2 * 3
    # The same prompt twice is read once.
    assert unique_tokens([[1, 2], [1, 2]], [[[7]]] * 2) == 3
