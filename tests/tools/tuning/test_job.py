import json
from pathlib import Path

import pytest

from tools.models.protocol import Message
from tools.tuning.job import (
    DEV,
    JOB,
    PROGRESS,
    REPLAY,
    TRAIN,
    Job,
    Scoring,
    TrainingStep,
    read_progress,
    write_job,
    write_json,
)
from tools.tuning.recipe import choose_recipe

SCORING = Scoring(type="labels", metric="accuracy", labels=("red", "blue"))
CHAT = (
    Message(role="system", content="Sort."),
    Message(role="user", content="two\nlines, “ä” 😀 \u2028 end"),
)


def line(step: int, loss: float | None = None, dev_loss: float | None = None) -> str:
    return TrainingStep(
        step=step, steps=9, epoch=0.5, loss=loss, dev_loss=dev_loss
    ).model_dump_json()


def test_a_job_is_laid_out_for_another_process(tmp_path: Path) -> None:
    folder = tmp_path / "tunes" / "one"
    job = Job(model_folder="/models/small", recipe=choose_recipe(1, 2, 3), scoring=SCORING)
    write_job(folder, job, [(CHAT, "red"), (CHAT, "blue")], [(CHAT, "red")])
    assert Job.model_validate_json((folder / JOB).read_text()) == job
    rows = [json.loads(row) for row in (folder / TRAIN).read_bytes().split(b"\n")[:-1]]
    assert rows[0] == {
        "prompt": [{"role": m.role, "content": m.content} for m in CHAT],
        "completion": [{"role": "assistant", "content": "red"}],
    }
    assert [row["completion"][0]["content"] for row in rows] == ["red", "blue"]
    assert len((folder / DEV).read_bytes().split(b"\n")) == 2
    assert sorted(file.name for file in folder.iterdir()) == sorted([JOB, TRAIN, DEV, REPLAY])


def test_a_file_is_whole_or_as_it_was(tmp_path: Path) -> None:
    file = tmp_path / "run.json"
    write_json(file, '{"a": "ä"}')
    with pytest.raises(UnicodeEncodeError):
        write_json(file, '{"a": "half \ud83d"}')
    assert json.loads(file.read_text(encoding="utf-8")) == {"a": "ä"}
    write_json(file, "{}")
    assert [entry.name for entry in tmp_path.glob("*.json")] == ["run.json"]
    assert file.read_text() == "{}"


@pytest.mark.parametrize(
    ("content", "steps"),
    [
        (None, []),
        ("", []),
        (f"{line(1, 2.0)}\n", [(1, 2.0, None)]),
        (f"{line(1, 2.0)}\n{line(1, None, 1.5)}\n", [(1, 2.0, None), (1, None, 1.5)]),
        (f"{line(1, 2.0)}\n{line(2, 1.0)[:20]}", [(1, 2.0, None)]),  # cut in mid-line
        (f"{line(1, 2.0)}\n{line(2, 1.0)}", [(1, 2.0, None)]),  # not yet ended
        (  # cut in mid-line, then resumed: the new line was written on behind
            f"{line(1, 2.0)}\n{line(2, 1.0)[:20]}{line(2, 1.1)}\n{line(3, 0.9)}\n",
            [(1, 2.0, None), (3, 0.9, None)],
        ),
        (  # resumed from a checkpoint: steps since then come twice
            "\n".join([line(1, 2.0), line(2, 1.5), line(3, 1.0), line(2, 1.4), line(3, 0.8), ""]),
            [(1, 2.0, None), (2, 1.4, None), (3, 0.8, None)],
        ),
        (  # the last step is that of the training that goes on
            "\n".join([line(1, 2.0), line(2, 1.5), line(3, 1.0), line(2, 1.4), ""]),
            [(1, 2.0, None), (2, 1.4, None)],
        ),
        (
            "\n".join([line(1, 2.0), line(2, 1.5), line(2, None, 1.2), line(2, 1.4), ""]),
            [(1, 2.0, None), (2, None, 1.2), (2, 1.4, None)],
        ),
        (  # resumed twice
            "\n".join([line(1, 2.0), line(2, 1.5), line(1, 1.9), line(2, 1.4), line(2, 1.3), ""]),
            [(1, 1.9, None), (2, 1.3, None)],
        ),
        (f"\0\0\0\n\n{line(1, 2.0)}\n", [(1, 2.0, None)]),
    ],
)
def test_progress_is_read_while_it_is_written(
    content: str | None, steps: list[tuple[int, float | None, float | None]], tmp_path: Path
) -> None:
    if content is not None:
        (tmp_path / PROGRESS).write_text(content)
    found = [(step.step, step.loss, step.dev_loss) for step in read_progress(tmp_path)]
    assert found == steps


def test_progress_cut_within_a_letter_is_read(tmp_path: Path) -> None:
    (tmp_path / PROGRESS).write_bytes(f"{line(1, 2.0)}\n".encode() + b"\xe2\x80")
    assert [step.step for step in read_progress(tmp_path)] == [1]
