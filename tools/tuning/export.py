"""What a tune leaves for use elsewhere: the adapter, the merged model, the data, the very job.

The locked test rows are never exported: they are what a later tune is proven on.
"""

import json
import shutil
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path
from typing import Any

from policies.evidence import Arm
from tools.assessment import Assessment, load
from tools.errors import RunError
from tools.files import write_json
from tools.forecast.saved import confirmed_classifier, refitted, write_classifier
from tools.intake.dataset import Dataset
from tools.intake.examples import Example
from tools.models.adapter import SEAL, Seal, check_adapter
from tools.models.catalogue import Catalogue
from tools.models.protocol import Chat
from tools.runs import Run
from tools.settings import Settings
from tools.trials.stage import task_of
from tools.tuning import job as files
from tools.tuning.asking import SHORT
from tools.tuning.card import model_card
from tools.tuning.job import RECIPE, chat_row
from tools.tuning.recipe import Recipe, adapted_modules
from tools.tuning.registry import OUT_OF_USE, Registry, seal_hash
from tools.tuning.tune import tuned_name

ADAPTER, MERGED, HOSTED, TRL = "adapter", "merged", "hosted", "trl"
CLASSIFIER, JOB = "classifier", "job"
BASE = "./base"  # where whoever repeats a tune puts the base model
JOB_CARD = """# The fine-tune, to be repeated exactly

Install tuneworthy {version}, put the base model into the folder `base` here, then run here

    python -m tools.tuning.train .

It writes the folder `adapter`. The same versions on the same kind of processor give the same
adapter, others one that is very close. SHA-256 over the base's weight files begins with
{base}. The files hold the training rows, those on which each pass was scored, and
general requests with the base model's own answers, where the fine-tune was held to them.
"""


def export_run(run: Run, settings: Settings, out: Path) -> list[Path]:
    """Write what a run has for use elsewhere: its classifier where that is the advice, its tune.

    Args:
        run: A run with a tune, or with a classifier as its answer.
        settings: The installation's settings, for the base model.
        out: An empty or new folder.

    Returns:
        The folders written: the adapter with its model card, the merged model, chat JSONL for
        hosted tuning, a trl configuration with its data, and the very job of the training where the
        home folder still holds it; or the classifier.

    Raises:
        RunError: The run has neither, its adapter is out of use, or `out` is in use or cannot be
            written.
        ModelError: The adapter was changed or does not belong to the base model.
    """
    found = _assessment(run)
    _check_empty(out)
    advised = confirmed_classifier(found) if _advises_classifier(found) else None
    tuned = found.tuned
    if tuned is not None and Registry(run.home).is_out_of_use(run.info.run_id, tuned.adapter):
        if advised is None:
            raise RunError(OUT_OF_USE.format(run.info.run_id))
        tuned = None
    folders = [] if advised is None else [_write_classifier(run, found, advised, settings, out)]
    return folders + (_export_tune(run, found, settings, out) if tuned else [])


def _write_classifier(run: Run, found: Assessment, arm: Arm, settings: Settings, out: Path) -> Path:
    dataset = run.dataset(found.brief)
    task, store = task_of(dataset, found.brief), run.store(dataset)
    classifier = refitted(arm, task, Catalogue(settings), store)
    try:
        return write_classifier(classifier, arm, out / CLASSIFIER)
    except OSError as error:
        raise RunError(f"The export cannot be written: {error.strerror}.") from error


def _check_empty(out: Path) -> None:
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise RunError(f"The folder {out.name!r} is not empty; name a new one.")


def _export_tune(run: Run, found: Assessment, settings: Settings, out: Path) -> list[Path]:
    assert found.tuned is not None
    model = found.tuned.model.removeprefix(tuned_name(""))
    base = Catalogue(settings).folder(model)
    adapter = run.folder / found.tuned.adapter
    seal = check_adapter(adapter, base)
    recipe = Recipe.model_validate_json((adapter / RECIPE).read_bytes())
    dataset = run.dataset(found.brief)
    folders = [out / name for name in (ADAPTER, MERGED, HOSTED, TRL)]
    try:
        out.mkdir(parents=True, exist_ok=True)
        shutil.copytree(adapter, folders[0])
        (folders[0] / "README.md").write_text(
            model_card(found, recipe, seal, model), encoding="utf-8"
        )
        _write_merged(base, adapter, folders[1])
        rows = {"train": dataset.parts.train, "dev": dataset.parts.dev}
        _write_hosted(folders[2], dataset, found, rows)
        _write_trl(folders[3], dataset, found, rows, trl_settings(recipe, base), seal)
        job = _job_of(run, dataset, adapter)
        if job is not None:
            _write_job(job, out / JOB, seal)
            folders.append(out / JOB)
    except OSError as error:
        raise RunError(f"The export cannot be written: {error.strerror}.") from error
    return folders


def _assessment(run: Run) -> Assessment:
    try:
        found = load(run.folder)
    except FileNotFoundError:
        raise RunError(f"The run {run.info.run_id} has no verdict yet; assess it first.") from None
    if found.tuned is None and not _advises_classifier(found):
        raise RunError(
            f"The run {run.info.run_id} has no tuned model; run `tuneworthy tune` first."
        )
    return found


def _advises_classifier(found: Assessment) -> bool:
    """Whether the classifier is the advice, before a tune or by what was measured after one."""
    after = found.outcome is not None and found.outcome.use == "classifier"
    return after or found.verdict == "use_classifier"


def _write_merged(base: Path, adapter: Path, out: Path) -> None:
    """The model as it is served here: the adapter folded into the base, in the same format."""
    from tools.models.local import load_weights  # imports torch: 3 s of start-up

    model, tokenizer = load_weights(base, "merged", adapter)
    model.save_pretrained(out)
    tokenizer.save_pretrained(out)


def _chats(dataset: Dataset, found: Assessment, rows: Iterable[Example]) -> list[tuple[Chat, str]]:
    task = task_of(dataset, found.brief)
    return [(SHORT.chat(task, example.input), example.answer) for example in rows]


def _write_hosted(
    out: Path, dataset: Dataset, found: Assessment, parts: dict[str, tuple[Example, ...]]
) -> None:
    out.mkdir()
    for name, rows in parts.items():
        lines = []
        for chat, answer in _chats(dataset, found, rows):
            row = chat_row(chat, answer)
            lines.append({"messages": row["prompt"] + row["completion"]})
        _write_lines(out / f"{name}.jsonl", lines)


def _write_trl(
    out: Path,
    dataset: Dataset,
    found: Assessment,
    parts: dict[str, tuple[Example, ...]],
    settings: dict[str, Any],
    seal: Seal,
) -> None:
    (out / "data").mkdir(parents=True)
    for name, rows in parts.items():
        pairs = _chats(dataset, found, rows)
        _write_lines(out / "data" / f"{name}.jsonl", [chat_row(*pair) for pair in pairs])
    lines = [
        "# Comes close to the fine-tune; the folder `job` beside this one repeats it exactly.",
        "# Put the base model into the folder `base`, then run",
        "#   trl sft --config sft.yaml",
        f"# SHA-256 over the base's weight files begins with {seal.base[:16]}.",
        "# tuneworthy chooses the epoch by the task's metric first, trl by the loss on dev; and it",
        "# holds small models to their own general answers (replay), rounds them in two parts and,",
        "# where there are labels, learns the choice among them beside their writing.",
        *(f"{key}: {json.dumps(value)}" for key, value in settings.items()),
    ]
    (out / "sft.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")


def trl_settings(recipe: Recipe, base: Path) -> dict[str, Any]:
    """The recipe as settings of `trl sft`, for the model in folder `base`."""
    from transformers import AutoConfig  # imports torch: 3 s of start-up

    layers = AutoConfig.from_pretrained(base).num_hidden_layers
    return {
        "model_name_or_path": BASE,
        "dataset_name": "./data",
        "dataset_test_split": "validation",
        "output_dir": "./tuned",
        "use_peft": True,
        "lora_r": recipe.rank,
        "lora_alpha": 2 * recipe.rank,
        "lora_dropout": recipe.dropout,
        "lora_target_modules": [adapted_modules(recipe, layers)],
        # trl cannot leave single layers as they are, and rounding those costs more than no rounding
        "load_in_4bit": not recipe.frozen,
        "bnb_4bit_quant_type": "nf4",
        "use_bnb_nested_quant": True,
        "learning_rate": recipe.learning_rate,
        "lr_scheduler_type": "cosine",
        "warmup_steps": 0.05,
        "num_train_epochs": recipe.epochs,
        "per_device_train_batch_size": recipe.batch_size,
        "per_device_eval_batch_size": 2 * recipe.batch_size,
        "activation_checkpointing": True,
        "completion_only_loss": True,
        "max_length": recipe.max_length,
        "train_sampling_strategy": "group_by_length",
        "eval_strategy": "epoch",
        "eval_delay": recipe.judged_from,
        "save_strategy": "epoch",
        "save_total_limit": 2,
        "load_best_model_at_end": True,
        "metric_for_best_model": "eval_loss",
        "greater_is_better": False,
        "seed": recipe.seed,
        "data_seed": recipe.seed,
        "report_to": "none",
    }


def _job_of(run: Run, dataset: Dataset, adapter: Path) -> Path | None:
    """Folder of the job that an adapter is from, by its seal; None where it is gone."""
    kept = (run.store(dataset).folder / "tunes").glob(f"*/{ADAPTER}/{SEAL}")
    wanted = seal_hash(adapter)
    return next((seal.parents[1] for seal in kept if seal_hash(seal.parent) == wanted), None)


def _write_job(job: Path, out: Path, seal: Seal) -> None:
    out.mkdir()
    for name in (files.TRAIN, files.DEV, files.REPLAY):
        shutil.copyfile(job / name, out / name)
    told = files.Job.model_validate_json((job / files.JOB).read_bytes())
    elsewhere = told.model_copy(update={"model_folder": BASE})
    write_json(out / files.JOB, elsewhere.model_dump_json(indent=1))
    card = JOB_CARD.format(version=version("tuneworthy"), base=seal.base[:16])
    (out / "README.md").write_text(card, encoding="utf-8")


def _write_lines(file: Path, rows: Iterable[dict[str, Any]]) -> None:
    write_json(file, "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))
