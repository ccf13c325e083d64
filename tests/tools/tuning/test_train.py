"""Real QLoRA jobs: their life on a tiny model, what they teach on the embedded one."""

import contextlib
import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tools.errors import TuneError
from tools.models.adapter import check_adapter
from tools.models.local import LocalModel
from tools.models.protocol import Chat, Limits, Message
from tools.progress import Step, Watch
from tools.tuning.checkpoints import MANIFEST, newest_complete
from tools.tuning.job import (
    ADAPTER,
    DONE,
    FAILED,
    PROGRESS,
    RECIPE,
    STOP,
    TRAIN,
    Job,
    Scoring,
    TrainingResult,
    read_progress,
    write_job,
)
from tools.tuning.launch import run_training
from tools.tuning.recipe import Recipe

LIMITS = Limits(6)
COLOURS = {"sky": "blue", "blood": "red", "grass": "green"}
ANSWERS = tuple(f"it is {colour}" for colour in COLOURS.values())
SCORING = Scoring(type="labels", metric="accuracy", labels=ANSWERS, answer_tokens=6)
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
        Job(model_folder=str(model), recipe=recipe.model_copy(update=changes), scoring=SCORING),
        [*map(row, range(24)), long],
        [row(n) for n in range(24, 30)],
    )
    return folder


def begin(folder: Path) -> "subprocess.Popen[bytes]":
    return subprocess.Popen([sys.executable, "-m", "tools.tuning.train", str(folder)])


def wait_for(happened: Callable[[], bool], process: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + PATIENCE
    while not happened():
        assert process.poll() is None and time.monotonic() < end
        time.sleep(0.05)


@pytest.fixture(scope="module")
def stopped(
    tiny: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, TrainingResult, TrainingResult]:
    """A job that was stopped after some steps, then killed, and then finished."""
    folder = lay_out(tmp_path_factory.mktemp("job"), tiny, epochs=40, frozen=0.5, choice=1.0)
    seen: list[Step] = []

    def listen(step: Step) -> None:
        if ": step " in step.title:
            seen.append(step)

    first = run_training(folder, "Tuning", Watch(listen=listen, should_stop=lambda: bool(seen)))
    kept = (folder / ADAPTER / "adapter_model.safetensors").read_bytes()
    (folder / STOP).unlink()
    (folder / DONE).unlink()
    process = begin(folder)
    wait_for(lambda: read_progress(folder)[-1].step > first.steps, process)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert (folder / ADAPTER / "adapter_model.safetensors").read_bytes() == kept
    # As a power loss leaves it: a newer checkpoint that was not written to its end.
    torn = folder / "checkpoints" / "checkpoint-9999"
    torn.mkdir()
    (torn / "trainer_state.json").write_text("{}")
    return folder, first, run_training(folder, "Tuning", Watch())


@pytest.mark.slow
def test_a_stop_keeps_the_best_so_far(
    stopped: tuple[Path, TrainingResult, TrainingResult],
) -> None:
    _, first, _ = stopped
    assert first.stopped and 1 <= first.steps < 120
    assert first.dev_loss is not None and 1 <= first.best_step <= first.steps


@pytest.mark.slow
def test_a_stopped_and_killed_training_goes_on_from_its_checkpoint(
    stopped: tuple[Path, TrainingResult, TrainingResult],
) -> None:
    folder, first, last = stopped
    assert (folder / "training.log").read_text().count("resuming") == 1
    assert not last.stopped and last.steps > first.steps and last.dropped == 1
    steps = [step.step for step in read_progress(folder) if step.loss is not None]
    assert steps == list(range(1, last.steps + 1))
    assert (folder / PROGRESS).read_text().count('"step":1,') == 1
    assert not (folder / "checkpoints").exists() and not (folder / FAILED).exists()


@pytest.mark.slow
def test_a_training_ends_with_the_process_that_follows_it(tiny: Path, tmp_path: Path) -> None:
    folder = lay_out(tmp_path / "job", tiny, epochs=400)
    code = (
        "import sys\nfrom pathlib import Path\nfrom tools.progress import Watch\n"
        "from tools.tuning.launch import run_training\n"
        "run_training(Path(sys.argv[1]), 'Tuning', Watch())\n"
    )
    follower = subprocess.Popen([sys.executable, "-c", code, str(folder)])
    wait_for(lambda: bool(read_progress(folder)), follower)
    assert len(processes_with(folder)) == 2
    follower.send_signal(signal.SIGKILL)
    follower.wait()
    end = time.monotonic() + 10
    while processes_with(folder) and time.monotonic() < end:
        time.sleep(0.05)
    assert not processes_with(folder) and not (folder / DONE).exists()


def processes_with(folder: Path) -> list[Path]:
    """Processes whose command line names the folder, as Linux lists them."""
    found = []
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            found += [file] if bytes(folder) in file.read_bytes() else []
    return found


@pytest.mark.slow
def test_an_adapter_tells_its_base_and_its_recipe(
    stopped: tuple[Path, TrainingResult, TrainingResult], tiny: Path
) -> None:
    folder, _, _ = stopped
    kinds = {file.suffix for file in (folder / ADAPTER).iterdir()}
    assert ".safetensors" in kinds and not kinds & {".bin", ".pt", ".pkl"}
    check_adapter(folder / ADAPTER, tiny)
    kept = Recipe.model_validate_json((folder / ADAPTER / RECIPE).read_bytes())
    assert kept.epochs == 40


@pytest.mark.slow
def test_the_epoch_with_the_best_score_is_kept_and_no_better_one_ends_it(
    stopped: tuple[Path, TrainingResult, TrainingResult],
) -> None:
    folder, _, last = stopped
    found = [step for step in read_progress(folder) if step.dev_score is not None]
    quality = {step.step: step.dev_score - step.dev_loss for step in found}
    assert last.best_step == max(quality, key=lambda step: quality[step])
    best = next(step for step in found if step.step == last.best_step)
    assert (last.dev_score, last.dev_loss) == (best.dev_score, best.dev_loss)
    assert last.steps == 120 or found[-1].step > last.best_step


def test_a_score_that_peaks_early_keeps_that_epoch_s_adapter(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from safetensors.torch import load_file

    from tools.tuning.judge import Judge, Judgement
    from tools.tuning.train import train

    script, seen = [0.9, 0.5, 0.4, 1.0], list[dict[str, Any]]()

    def judge(self: Judge, model: Any) -> Judgement:
        adapters = {name: p for name, p in model.named_parameters() if "lora_" in name}
        seen.append({name: p.detach().clone() for name, p in adapters.items()})
        return Judgement(script[len(seen) - 1], loss=0.1)

    monkeypatch.setattr(Judge, "judge", judge)
    folder = lay_out(tmp_path / "job", tiny, epochs=4)
    result = train(folder)
    assert (result.steps, result.best_step, result.dev_score) == (9, 3, 0.9), "two without a better"
    kept = load_file(folder / ADAPTER / "adapter_model.safetensors")

    def changed(epoch: dict[str, Any]) -> list[str]:
        named = {f"base_model.model.{n.replace('.default', '')}": p for n, p in epoch.items()}
        assert named.keys() == kept.keys()
        return [name for name, p in named.items() if not p.cpu().equal(kept[name])]

    first, *later = seen
    assert not changed(first) and all(changed(epoch) for epoch in later)


def test_a_training_asks_with_the_very_tokens_that_serving_sends(
    tiny_model_folder: Path, tmp_path: Path
) -> None:
    from datasets import Dataset

    from tools.tuning.job import chat_row
    from tools.tuning.trainer import IGNORED, load_quantised, make_trainer

    served, recipe = LocalModel(tiny_model_folder, "tiny"), Recipe(learning_rate=1e-3)
    rows = Dataset.from_list([chat_row(*row(n)) for n in range(6)])
    model = load_quantised(str(tiny_model_folder), recipe)
    trainer = make_trainer(model, None, served.tokenizer, rows, rows, recipe, tmp_path)
    for n, made in enumerate(trainer.train_dataset):
        pairs = zip(made["input_ids"], made["labels"], strict=True)
        assert [token for token, label in pairs if label == IGNORED] == served.tokens(row(n)[0])


@pytest.mark.slow
def test_a_training_that_is_not_judged_runs_to_its_end_and_keeps_the_last(
    tiny: Path, tmp_path: Path
) -> None:
    folder = lay_out(tmp_path / "job", tiny, judged=False)
    result = run_training(folder, "Pilot", Watch())
    assert (result.steps, result.best_step, result.dev_score) == (6, 6, None)
    assert all(step.loss is not None for step in read_progress(folder))
    check_adapter(folder / ADAPTER, tiny)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"learning_rate": 1e30}, "no longer a number"),
        ({"max_length": 4}, "Every example is too long"),
    ],
)
def test_a_training_that_cannot_go_on_ends_with_the_reason(
    tiny: Path, tmp_path: Path, changes: dict[str, Any], reason: str
) -> None:
    folder = lay_out(tmp_path / "job", tiny, **changes)
    with pytest.raises(TuneError, match=reason):
        run_training(folder, "Tuning", Watch())
    assert not (folder / DONE).exists() and not (folder / ADAPTER).exists()


def test_the_unrounded_base_is_loaded_only_where_it_is_needed(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import tools.tuning.train as training

    loads: list[str] = []
    load = training.load_weights

    def loading(folder: Path, name: str) -> Any:
        loads.append(name)
        return load(folder, name)

    monkeypatch.setattr(training, "load_weights", loading)
    training.train(lay_out(tmp_path / "plain", tiny, epochs=1, judged=False))
    assert not loads
    training.train(lay_out(tmp_path / "parts", tiny, epochs=1, judged=False, parts=2))
    assert loads == ["base"]


def test_a_full_disk_is_said(tiny: Path, tmp_path: Path) -> None:
    """No file may grow above a size that the adapter needs: safetensors' own error says so."""
    folder = lay_out(tmp_path / "job", tiny)
    code = (
        "import resource, sys; sys.argv = ['train', sys.argv[1]]\n"
        "from tools.tuning.train import main\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))\n"
        "sys.exit(main())"
    )
    ended = subprocess.run([sys.executable, "-c", code, str(folder)], check=False)
    assert ended.returncode == 1
    assert json.loads((folder / FAILED).read_text())["reason"].startswith("The disk is full; free")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux counts what is mapped")
@pytest.mark.parametrize("megabytes", [1, 500])
def test_a_lack_of_memory_is_said(
    tiny: Path, tmp_path: Path, megabytes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process is refused memory before it loads the model, or in its midst."""
    folder = lay_out(tmp_path / "job", tiny)
    with pytest.raises(TuneError, match="too little memory for this tune"):
        run_training(folder, "Tuning", Watch(), most_bytes=megabytes * 2**20)
    assert not (folder / ADAPTER).exists()


def test_a_checkpoint_counts_only_as_a_whole(tmp_path: Path) -> None:
    assert newest_complete(tmp_path / "none") is None
    for step, content in ((3, "whole"), (12, "whole"), (100, "torn")):
        folder = tmp_path / f"checkpoint-{step}"
        folder.mkdir()
        (folder / "optimizer.pt").write_text(content)
        (folder / MANIFEST).write_text(json.dumps({"optimizer.pt": 5}))
    assert newest_complete(tmp_path) == tmp_path / "checkpoint-12"
    (tmp_path / "checkpoint-12" / MANIFEST).unlink()
    assert newest_complete(tmp_path) == tmp_path / "checkpoint-3"
    (tmp_path / "checkpoint-3" / "optimizer.pt").unlink()
    assert newest_complete(tmp_path) is None


@pytest.fixture(scope="module")
def taught(
    embedded_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Path, TrainingResult, list[Step]]]:
    """A job on the embedded model."""
    out = tmp_path_factory.mktemp("taught")
    folder = lay_out(out, embedded_folder, frozen=0.5, parts=2, choice=1.0)  # as labels are learned
    steps: list[Step] = []
    yield folder, run_training(folder, "Tuning", Watch(listen=steps.append)), steps


@pytest.mark.slow
def test_the_loss_falls(taught: tuple[Path, TrainingResult, list[Step]]) -> None:
    folder, result, steps = taught
    losses = [step.loss for step in read_progress(folder) if step.loss is not None]
    assert losses[-1] < losses[0] / 2
    assert result.dev_loss is not None and result.dev_loss < losses[0] / 2
    assert any(step.title.startswith("Tuning: step ") for step in steps)


@pytest.mark.slow
def test_the_adapter_changes_what_is_served(
    taught: tuple[Path, TrainingResult, list[Step]], embedded_folder: Path
) -> None:
    folder, result, _ = taught
    asked = [row(n)[0] for n in range(24, 36)]
    tuned = LocalModel(embedded_folder, "tuned", folder / ADAPTER)
    base = LocalModel(embedded_folder, "embedded")
    answers = {index: reply.text for index, reply in tuned.complete(asked, LIMITS)}
    before = {index: reply.text for index, reply in base.complete(asked, LIMITS)}
    assert answers != before and tuned.fingerprint != base.fingerprint
    right = [answers[n] == row(24 + n)[1] for n in range(12)]
    assert sum(right[6:]) >= 4, answers
    assert result.dev_score is not None and sum(right[:6]) / 6 >= result.dev_score - 0.2


@pytest.mark.slow
def test_gradients_are_the_same_before_and_after_an_evaluation(embedded_folder: Path) -> None:
    """On some processors bitsandbytes trains wrongly after any forward pass in eval mode."""
    import bitsandbytes as bnb
    import torch
    from peft import LoraConfig, get_peft_model

    from tools.tuning.trainer import load_quantised

    model = load_quantised(str(embedded_folder), Recipe(learning_rate=1.0))
    layers = [m for m in model.modules() if isinstance(m, bnb.nn.Linear4bit)]
    assert len(layers) == 30 * 7
    assert not any(layer.support_avx512bf16_for_cpu for layer in layers)
    torch.manual_seed(0)
    model = get_peft_model(model, LoraConfig(r=4, target_modules="all-linear"))
    ids = torch.arange(10, 42, device=model.device)[None]

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


def test_rows_are_read_whole(tiny: Path, tmp_path: Path) -> None:
    from transformers import AutoTokenizer

    from tools.tuning.train import read_rows

    folder = lay_out(tmp_path / "job", tiny)
    tokenizer = AutoTokenizer.from_pretrained(tiny)
    rows, dropped = read_rows(folder / TRAIN, tokenizer, 64)
    assert (len(rows), dropped) == (24, 1)
    assert rows[0]["prompt"][1]["content"].endswith("\u2028")
