"""Every arm's texts beside the team's own, on the same rows; kept until a text changes."""

from pathlib import Path

import pytest

from policies.brief import Brief
from tools.intake.samples import SAMPLES
from tools.runs import Run, create_run
from tools.writing.stage import NEAREST, OWN, measure_writing

COPY = next(sample for sample in SAMPLES if sample.key == "copy")
ARM = "plain (embedded)"


@pytest.fixture
def run(tmp_path: Path) -> Run:
    made = create_run(tmp_path)
    made.take_examples(COPY.path)
    return made


def _answer(run: Run, text: str, rows: int) -> None:
    dev = run.dataset(Brief()).parts.dev[:rows]
    items = [
        {"plan": "plain", "model": "embedded", "row": row.row, "given": text or row.answer}
        for row in dev
    ]
    run.save("items", items)


def test_all_arms_are_measured_on_the_rows_of_the_best_prompt(run: Run) -> None:
    _answer(run, "The Zanzibar costs €1,234.", 20)
    found = measure_writing(run, run.dataset(Brief()), [ARM], ARM, {})
    assert found is not None and found.facts is not None
    assert [figures.arm for figures in found.figures] == [OWN, ARM, NEAREST]
    assert {figures.texts for figures in found.figures} == {20}
    own, prompt = found.of(OWN, "dev"), found.of(ARM, "dev")
    assert own and own.left_out and own.inventing and own.left_out.value < 0.1
    assert prompt and prompt.left_out and prompt.inventing and prompt.left_out.value > 0.9
    assert prompt.inventing.value == 1 and prompt.invented >= 20
    assert "your own answers" in found.text


def test_what_was_measured_is_kept_until_a_text_changes(run: Run) -> None:
    data = run.dataset(Brief())
    _answer(run, "Nothing.", 8)
    first = measure_writing(run, data, [ARM], ARM, {})
    before = (run.folder / "writing.json").stat().st_mtime_ns
    assert measure_writing(run, data, [ARM], ARM, {}) == first
    assert (run.folder / "writing.json").stat().st_mtime_ns == before
    _answer(run, "", 8)
    second = measure_writing(run, data, [ARM], ARM, {})
    assert second != first and second is not None
    assert second.of(ARM, "dev") == second.of(OWN, "dev").model_copy(update={"arm": ARM})  # type: ignore[union-attr]


def test_test_texts_are_measured_only_where_an_artefact_holds_them_all(run: Run) -> None:
    data = run.dataset(Brief())
    _answer(run, "", 8)
    run.save("test-prompt", ["Nothing."] * len(data.parts.test))
    run.save("test-tuned", ["Nothing."])  # of another split
    found = measure_writing(run, data, [ARM], ARM, {ARM: "test-prompt", "tuned": "test-tuned"})
    assert found is not None
    assert [f.arm for f in found.figures if f.part == "test"] == [OWN, ARM]
    assert not (run.folder / "test_reads.jsonl").exists()


def test_other_tasks_have_no_such_figures(tmp_path: Path) -> None:
    run = create_run(tmp_path)
    run.take_examples(SAMPLES[0].path)
    assert measure_writing(run, run.dataset(Brief()), [], None, {}) is None
