"""A real QLoRA job on the embedded model: minutes, hence slow."""

import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tools.errors import TuneError
from tools.models.local import LocalModel
from tools.models.protocol import Chat, Limits, Message
from tools.progress import Step, Watch
from tools.tuning.job import (
    ADAPTER,
    DONE,
    FAILED,
    PROGRESS,
    STOP,
    TRAIN,
    Job,
    TrainingResult,
    read_progress,
    write_job,
)
from tools.tuning.launch import run_training
from tools.tuning.recipe import Recipe

pytestmark = [
    pytest.mark.slow,
    # peft 0.21 asks transformers 5.24 by the old name
    pytest.mark.filterwarnings("ignore:.is_gradient_checkpointing. is deprecated:FutureWarning"),
]
LIMITS = Limits(6)
COLOURS = {"sky": "blue", "blood": "red", "grass": "green"}
PATIENCE = 120.0  # seconds to wait for a process


def row(n: int) -> tuple[Chat, str]:
    thing = list(COLOURS)[n % 3]
    text = f"{thing} number {n}\u2028"  # a line end to some, not to JSON lines
    system = Message(role="system", content="Name the colour.")
    return (system, Message(role="user", content=text)), f"it is {COLOURS[thing]}"


def lay_out(folder: Path, model: Path, **changes: Any) -> Path:
    recipe = Recipe(learning_rate=2e-3, epochs=2, batch_size=8, max_length=64)
    long = ((Message(role="user", content="long " * 80),), "red")
    write_job(
        folder,
        Job(model_folder=str(model), recipe=recipe.model_copy(update=changes)),
        [*map(row, range(24)), long],
        [row(n) for n in range(24, 30)],
    )
    return folder


def wait_for(happened: Callable[[], bool], process: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + PATIENCE
    while not happened():
        assert process.poll() is None and time.monotonic() < end
        time.sleep(0.05)


@pytest.fixture(scope="module")
def finished(
    embedded_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, TrainingResult, list[Step]]:
    """A job that was killed after its first epoch, started again, and then finished."""
    folder = lay_out(tmp_path_factory.mktemp("job"), embedded_folder)
    process = subprocess.Popen([sys.executable, "-m", "tools.tuning.train", str(folder)])
    wait_for(lambda: any(folder.glob("checkpoints/checkpoint-3/trainer_state.json")), process)
    wait_for(lambda: read_progress(folder)[-1].step > 3, process)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert not (folder / DONE).exists() and not (folder / ADAPTER).exists()
    steps: list[Step] = []
    return folder, run_training(folder, "Tuning", Watch(listen=steps.append)), steps


def test_a_killed_training_goes_on_from_its_checkpoint(
    finished: tuple[Path, TrainingResult, list[Step]],
) -> None:
    folder, result, _ = finished
    assert "resuming" in (folder / "training.log").read_text()
    assert (result.steps, result.stopped, result.dropped) == (6, False, 1)
    progress = read_progress(folder)
    assert [s.step for s in progress if s.loss is not None] == [1, 2, 3, 4, 5, 6]
    assert [s.step for s in progress if s.dev_loss is not None] == [3, 6]
    raw = (folder / PROGRESS).read_text()
    assert raw.count('"step":1,') == 1 and raw.count('"step":4,') == 2
    assert not (folder / "checkpoints").exists() and not (folder / FAILED).exists()


def test_the_loss_falls(finished: tuple[Path, TrainingResult, list[Step]]) -> None:
    folder, result, steps = finished
    losses = [step.loss for step in read_progress(folder) if step.loss is not None]
    assert losses[-1] < losses[0] / 2
    dev = [step.dev_loss for step in read_progress(folder) if step.dev_loss is not None]
    assert result.dev_loss == pytest.approx(min(dev))
    assert any(step.title.startswith("Tuning: step ") for step in steps)


def test_the_adapter_is_safetensors_and_changes_what_is_served(
    finished: tuple[Path, TrainingResult, list[Step]], embedded_folder: Path
) -> None:
    folder, _, _ = finished
    kinds = {file.suffix for file in (folder / ADAPTER).iterdir()}
    assert ".safetensors" in kinds and not kinds & {".bin", ".pt", ".pkl"}
    asked = [row(n)[0] for n in range(30, 36)]
    tuned = LocalModel(embedded_folder, "tuned", folder / ADAPTER)
    base = LocalModel(embedded_folder, "embedded")
    answers = {index: reply.text for index, reply in tuned.complete(asked, LIMITS)}
    before = {index: reply.text for index, reply in base.complete(asked, LIMITS)}
    assert answers != before and tuned.fingerprint != base.fingerprint
    right = [answers[n] == row(30 + n)[1] for n in range(6)]
    assert sum(right) >= 4, answers


def test_a_stop_keeps_the_best_so_far(embedded_folder: Path, tmp_path: Path) -> None:
    folder = lay_out(tmp_path / "job", embedded_folder, epochs=50)
    started = {"yes": False}

    def listen(step: Step) -> None:
        started["yes"] = started["yes"] or ": step " in step.title

    watch = Watch(listen=listen, should_stop=lambda: started["yes"])
    result = run_training(folder, "Tuning", watch)
    assert result.stopped and 1 <= result.steps < 20
    assert (folder / ADAPTER / "adapter_model.safetensors").exists()
    assert result.dev_loss is not None and (folder / STOP).exists()


def test_a_loss_that_is_no_number_ends_the_training_with_the_reason(
    embedded_folder: Path, tmp_path: Path
) -> None:
    folder = lay_out(tmp_path / "job", embedded_folder, learning_rate=1e30)
    with pytest.raises(TuneError, match="no longer a number"):
        run_training(folder, "Tuning", Watch())
    assert not (folder / DONE).exists()


def test_gradients_are_the_same_before_and_after_an_evaluation(embedded_folder: Path) -> None:
    """On some processors bitsandbytes trains wrongly after any forward pass in eval mode."""
    import bitsandbytes as bnb
    import torch
    from peft import LoraConfig, get_peft_model

    from tools.tuning.train import load_quantised

    model = load_quantised(str(embedded_folder))
    layers = [m for m in model.modules() if isinstance(m, bnb.nn.Linear4bit)]
    assert len(layers) == 30 * 7
    assert not any(layer.support_avx512bf16_for_cpu for layer in layers)
    torch.manual_seed(0)
    model = get_peft_model(model, LoraConfig(r=4, target_modules="all-linear"))
    ids = torch.arange(10, 42)[None]

    def gradients() -> list[torch.Tensor]:
        model.train()
        model.zero_grad()
        model(input_ids=ids, labels=ids).loss.backward()
        return [p.grad.clone() for p in model.parameters() if p.requires_grad]

    before = gradients()
    model.eval()
    with torch.inference_mode():
        model(input_ids=ids)
    after = gradients()
    assert any(gradient.abs().sum() > 0 for gradient in before)
    assert all(torch.equal(one, other) for one, other in zip(before, after, strict=True))


def test_rows_are_read_whole(embedded_folder: Path, tmp_path: Path) -> None:
    from transformers import AutoTokenizer

    from tools.tuning.train import read_rows

    folder = lay_out(tmp_path / "job", embedded_folder)
    tokenizer = AutoTokenizer.from_pretrained(embedded_folder)
    rows, dropped = read_rows(folder / TRAIN, tokenizer, 64)
    assert (len(rows), dropped) == (24, 1)
    assert rows[0]["prompt"][1]["content"].endswith("\u2028")
    shutil.rmtree(folder)
