from collections.abc import Callable
from pathlib import Path
from typing import Any

from tools.forecast.classifier import word_classifier
from tools.forecast.stage import mistakes_on
from tools.runs import create_run
from tools.trials.mistakes import keep_mistakes, kept_mistakes
from tools.trials.task import Task


def test_what_a_classifier_gets_wrong_on_dev_is_kept(
    home: Path, coloured: Any, task_of: Callable[..., Task]
) -> None:
    run, task = create_run(home), task_of(coloured(red=9, blue=9))
    assert kept_mistakes(run, "classifier") is None
    best = word_classifier(task)
    keep_mistakes(run, "classifier", mistakes_on(coloured(red=3, blue=2, grey=1), task, best))
    found = kept_mistakes(run, "classifier")
    assert found is not None and kept_mistakes(run, "tuned") is None
    assert found.name == best.name
    ((kind, count),) = [(each.kind, each.count) for each in found.kinds]
    assert kind.startswith("“grey” taken for ") and count == 1
    assert found.kinds[0].examples[0]["input"] == "grey thing 6"
    assert {(cell.right, cell.given): cell.count for cell in found.cells} == {
        ("red", "red"): 3,
        ("blue", "blue"): 2,
        ("grey", found.kinds[0].examples[0]["given"]): 1,
    }
