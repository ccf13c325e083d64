"""A tune as the graph runs it, on a tiny model."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from policies.policy import load_policy
from tools.errors import ModelError, Stopped
from tools.progress import Step, Watch
from tools.runs import create_run
from tools.serving.arms import ask
from tools.trials.changed import TUNED_ITEMS
from tools.trials.mistakes import kept_mistakes
from tools.tuning.tune import WAITING, run_tune
from tools.tuning.verify import verify
from tools.tuning.workplace import Workplace

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("exact")]


def test_a_stopped_tune_keeps_its_adapter_and_goes_on_when_started_again(place: Workplace) -> None:
    seen: list[Step] = []

    def listen(step: Step) -> None:
        if ": step " in step.title:
            seen.append(step)

    with pytest.raises(Stopped, match=r"^Stopped after \d+ steps.*start the tune again to go on"):
        run_tune(place, load_policy(), Watch(listen=listen, should_stop=lambda: bool(seen)))
    (kept,) = place.registry.entries()
    assert kept.stopped and kept.dev is None and not kept.shipped
    (first,) = place.run.folder.glob("adapter-*")
    assert (place.registry.folder / kept.name / "adapter").is_dir()

    found = run_tune(place, load_policy(), Watch())
    assert not found.result.stopped and found.result.steps > kept.steps
    (adapter,) = place.run.folder.glob("adapter-*")
    assert adapter.name == found.adapter != first.name
    newest = place.registry.get(found.entry)
    assert newest.dev == found.dev and newest.data == place.dataset.hash
    assert newest.recipe.reasons and (newest.run_id, newest.model) == (
        place.run.info.run_id,
        "tiny",
    )

    wrong = kept_mistakes(place.run, "tuned")
    assert wrong is not None and wrong.name == found.model
    assert sum(cell.count for cell in wrong.cells) == found.dev.n
    right = sum(cell.count for cell in wrong.cells if cell.right == cell.given)
    assert right / found.dev.n == pytest.approx(found.dev.score)

    answers = place.run.load(TUNED_ITEMS)
    assert [item["row"] for item in answers] == [row.row for row in place.dataset.parts.dev]
    assert sum(item["score"] for item in answers) / found.dev.n == pytest.approx(found.dev.score)

    # The proof goes into the registry; the base's general ability is measured once for all runs.
    place.run.save("test-prompt", ["buy"] * place.dataset.task.test)
    part, arm = verify(place, found, "fine_tune", True, load_policy(), Watch())
    proven = place.registry.get(found.entry)
    assert (proven.test, proven.difference) == (part.test, part.difference)
    assert (proven.kept_abilities, proven.shipped) == (part.forgetting.passed, part.shipped)
    assert not part.shipped and "15 locked rows are too few" in part.text
    assert arm.kind == "tuned" and (part.adapter, part.forgetting.asked) == (adapter.name, 314)
    assert (place.run.home / "cache" / "general" / "calls.sqlite").exists()

    # What is served is what was proven, row by row.
    served = place.catalogue.load("tiny", place.run.folder / found.adapter)
    rows = place.dataset.parts.test
    asked = [ask(found.plan, place.task, served, row.input).given for row in rows]
    assert asked == place.run.load("test-tuned")

    # Again is free, and what was changed by hand is refused.
    again = run_tune(place, load_policy(), Watch())
    assert (
        again == found.model_copy(update={"result": again.result}) and again.result == found.result
    )
    (adapter / "adapter_config.json").write_text("{}")
    with pytest.raises(ModelError, match="was changed after its training"):
        place.tuned(adapter)


@pytest.mark.parametrize("first_is_stopped", [False, True])
def test_two_runs_on_the_same_examples_tune_one_after_the_other(
    first_is_stopped: bool, place: Workplace
) -> None:
    first, second = place.run.info.run_id, create_run(place.run.home)
    second.take_examples(place.run.examples_file)
    later = replace(place, run=second, dataset=second.dataset(place.brief))
    begun, told = threading.Event(), list[str]()

    def listen(step: Step) -> None:
        if ": step " in step.title:
            begun.set()

    def stop() -> bool:
        return first_is_stopped and WAITING in told

    with ThreadPoolExecutor(1) as pool:
        tune = pool.submit(run_tune, place, load_policy(), Watch(listen=listen, should_stop=stop))
        assert begun.wait(120)
        found = run_tune(later, load_policy(), Watch(listen=lambda step: told.append(step.title)))
        ended = tune.exception()
    assert WAITING in told
    assert isinstance(ended, Stopped) if first_is_stopped else ended is None
    assert not found.result.stopped
    (folder,) = (place.store.folder / "tunes").iterdir()
    log = (folder / "training.log").read_text()
    assert (log.count("; starting"), log.count("; resuming")) == (1, int(first_is_stopped))
    assert {entry.run_id for entry in place.registry.entries()} == {first, second.info.run_id}


def test_a_second_tune_that_is_stopped_takes_nothing_from_the_first(
    place: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half of the mistakes of a model that knows one of two labels only are in the other."""
    monkeypatch.setattr("tools.tuning.focus.LEAST_MISTAKES", 1)
    titles = list[str]()

    def listen(step: Step) -> None:
        titles.append(step.title)

    def stop() -> bool:
        return any(title.startswith("Tuning more on 1 of the labels: step") for title in titles)

    found = run_tune(place, load_policy(), Watch(listen=listen, should_stop=stop))
    assert not found.result.stopped and "focus" not in found.recipe.reasons
    (kept,) = place.registry.entries()
    assert kept.name == found.entry and kept.dev == found.dev
    assert stop()
