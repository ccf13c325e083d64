"""The training process: QLoRA by trl on one job folder, read from top to bottom.

Run as `python -m tools.tuning.train FOLDER`. It resumes from its last checkpoint, stops within a
step when a file named `stop` appears, and writes `done.json` or `failed.json` last. With
`followed` behind it, it ends as soon as its standard input does; a number behind that is the memory
that it may take, in bytes.
"""

import gc
import json
import os
import shutil
import sys
import threading
import time
from pathlib import Path
from typing import Any

import torch
from datasets import Dataset
from transformers import AutoTokenizer, EarlyStoppingCallback, set_seed

from tools.files import write_json
from tools.models.adapter import seal_adapter
from tools.models.local import LocalModel, load_weights
from tools.models.numbers import compute_dtype
from tools.models.protocol import Message
from tools.tuning import job as files
from tools.tuning.allowance import keep_within
from tools.tuning.checkpoints import newest_complete
from tools.tuning.endings import DISK, NothingFits, reason_of
from tools.tuning.job import Job, TrainingResult
from tools.tuning.judge import Judge
from tools.tuning.recipe import Recipe
from tools.tuning.replay import Replay
from tools.tuning.trainer import CHECKPOINTS, Reporter, load_quantised, make_trainer

ALONE = 75  # exit code of a training that nobody follows any more


def say(text: str) -> None:
    """Write a line for the job's log."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def read_rows(path: Path, tokenizer: Any, max_length: int) -> tuple[Dataset, int]:
    """Rows of a job file that fit the length, and how many did not."""
    with path.open(encoding="utf-8") as lines:  # splitlines would cut at U+2028 in a row as well
        rows = [json.loads(line) for line in lines]
    kept = [
        row
        for row in rows
        if len(tokenizer.apply_chat_template(row["prompt"] + row["completion"], return_dict=False))
        <= max_length
    ]
    return Dataset.from_list(kept), len(rows) - len(kept)


def read_replay(folder: Path, base: LocalModel, recipe: Recipe) -> Replay:
    """What the unrounded base model says along the job's replay rows."""
    with (folder / files.REPLAY).open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    pairs = [
        (tuple(map(Message.model_validate, row["prompt"])), row["completion"][0]["content"])
        for row in rows
    ]
    return Replay(base, pairs, recipe.seed, recipe.replay_beginnings)


def train(folder: Path) -> TrainingResult:
    """Train the job's adapter and write it to the folder.

    Raises:
        NotANumber: The loss is no longer a number.
        NothingFits: Every row is too long.
    """
    started = time.perf_counter()
    job = Job.model_validate_json((folder / files.JOB).read_text(encoding="utf-8"))
    recipe = job.recipe
    for name, reason in recipe.reasons.items():
        say(f"{name}: {reason}")
    say(f"number format {compute_dtype()[1]}")
    set_seed(recipe.seed)

    tokenizer: Any = AutoTokenizer.from_pretrained(job.model_folder)
    rows, dropped = read_rows(folder / files.TRAIN, tokenizer, recipe.max_length)
    dev, _ = read_rows(folder / files.DEV, tokenizer, recipe.max_length)
    if not len(rows) or (recipe.judged and not len(dev)):
        raise NothingFits
    base, replay = None, None  # large models need it for neither, and have no room for it
    if recipe.replay or recipe.parts > 1:
        base, _ = load_weights(Path(job.model_folder), "base")
    if recipe.replay:
        engine = LocalModel.around(base, tokenizer, Path(job.model_folder))
        replay = read_replay(folder, engine, recipe)
        del engine
    if recipe.parts == 1:
        base = None
        gc.collect()
    checkpoints = folder / CHECKPOINTS
    trainer = make_trainer(
        load_quantised(job.model_folder, recipe), base, tokenizer, rows, dev, recipe, checkpoints
    )
    say(f"memory: {trainer.keeping.reason}")
    trainer.add_callback(Reporter(folder))
    if recipe.judged:
        trainer.add_callback(EarlyStoppingCallback(recipe.patience))
        trainer.judge = Judge(tokenizer, Path(job.model_folder), list(dev), job.scoring)
    trainer.replay = replay
    del base

    saved = newest_complete(checkpoints)
    say(f"{len(rows)} rows, {dropped} too long; {'resuming' if saved else 'starting'}")
    trainer.train(resume_from_checkpoint=str(saved) if saved else None)

    draft = folder / (files.ADAPTER + ".tmp")
    shutil.rmtree(draft, ignore_errors=True)
    trainer.model.save_pretrained(draft, safe_serialization=True)
    (draft / "README.md").unlink(missing_ok=True)  # peft's card says nothing; an export has ours
    write_json(draft / files.RECIPE, recipe.model_dump_json(indent=1))
    seal_adapter(draft, Path(job.model_folder), recipe.parts)
    shutil.rmtree(folder / files.ADAPTER, ignore_errors=True)
    draft.rename(folder / files.ADAPTER)
    stopped = (folder / files.STOP).exists() and trainer.state.global_step < trainer.state.max_steps
    if not stopped:
        shutil.rmtree(checkpoints, ignore_errors=True)
    best, on_gpu = best_evaluation(trainer.state), trainer.model.device.type == "cuda"
    return TrainingResult(
        steps=trainer.state.global_step,
        seconds=time.perf_counter() - started,
        dev_loss=best.get("eval_loss"),
        peak_megabytes=peak_megabytes(),
        peak_gpu_megabytes=torch.cuda.max_memory_reserved() / 2**20 if on_gpu else None,
        stopped=stopped,
        dropped=dropped,
        dev_score=best.get("eval_score"),
        best_step=best.get("step", trainer.state.global_step),
    )


def peak_megabytes() -> float | None:
    """Most memory that this process has taken, or None where the system does not tell."""
    try:
        import resource  # not on Windows
    except ImportError:
        return None
    unit = 2**20 if sys.platform == "darwin" else 2**10  # bytes or kilobytes
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


def best_evaluation(state: Any) -> dict[str, Any]:
    """The evaluation that the kept adapter is from."""
    found = [line for line in state.log_history if "eval_quality" in line]
    return max(found, key=lambda line: line["eval_quality"], default={})


def end_with_input() -> None:
    """End at once when whoever follows the training is gone, however that came about.

    Else it would go on unseen, and a run that is resumed would train beside it in the same folder.
    What the last checkpoint holds is kept.
    """
    os.read(sys.stdin.fileno(), 1)
    os._exit(ALONE)


def main() -> int:
    """Train the job in the folder named on the command line."""
    folder = Path(sys.argv[1])
    if files.FOLLOWED in sys.argv[2:]:
        threading.Thread(target=end_with_input, daemon=True).start()
    try:
        if len(sys.argv) > 3:
            keep_within(int(sys.argv[3]))
        result = train(folder)
        write_json(folder / files.DONE, result.model_dump_json())
    except Exception as error:
        reason = reason_of(error)
        if reason is None:
            raise
        say(reason)
        try:
            write_json(folder / files.FAILED, json.dumps({"reason": reason}))
        except OSError:  # the disk is full: the exit code has to tell
            return DISK
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
