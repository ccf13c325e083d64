import csv
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from policies.brief import Brief
from policies.evidence import Arm, Difference, Score
from policies.recommendation import Outcome, Use, Verdict
from tools.assessment import Assessment
from tools.errors import ModelError, RunError
from tools.forecast.classifier import NO_MODEL
from tools.models.local import LocalModel
from tools.models.protocol import Limits, Message
from tools.progress import Watch
from tools.runs import Run, create_run
from tools.settings import Settings
from tools.tuning.export import export_run, trl_settings
from tools.tuning.job import Job, Scoring, write_job
from tools.tuning.launch import run_training
from tools.tuning.recipe import Recipe, choose_recipe
from tools.tuning.registry import Registry

SCORE = Score(score=0.9, low=0.8, high=0.95, n=80)
GAIN = Difference(value=0.05, low=0.01, high=0.09, p_value=0.02, fixed=7, broken=2)
BRIEF = Brief(input_column="text", answer_column="topic", task_type="labels")
NASTY = "=1+1 `x` ![](http://h/x)\u2028 “ä” 😀"


def assessment(run: Run, adapter: str | None) -> Assessment:
    tuned = adapter and {
        "model": "tuned tiny",
        "test": SCORE,
        "difference": GAIN,
        "difference_same_model": None,
        "forgetting": {
            "items": 300,
            "base": 0.7,
            "tuned": 0.7,
            "difference": GAIN,
            "perplexity_base": 70,
            "perplexity_tuned": 72,
            "passed": True,
            "text": "Nothing was forgotten.",
        },
        "shipped": True,
        "adapter": adapter,
        "text": "It passed.",
        "recipe": {},
    }
    return Assessment.model_validate(
        {
            "run_id": run.info.run_id,
            "created": run.info.created,
            "partial": False,
            "seed": 0,
            "test_reads": 3,
            "verdict": "fine_tune",
            "headline": "Tune it.",
            "confidence": "high",
            "outcome": None,
            "reasons": (),
            "flips": (),
            "more_examples": None,
            "ask_again": "never",
            "brief": BRIEF,
            "task": {
                "type": "labels", "metric": "accuracy", "target": 0.9, "rows": 60, "train": 30,
                "dev": 15, "test": 15,
            },
            "data": {
                "file": "a `b` | c\n# d.csv", "duplicates": 0, "near_duplicates": 0,
                "contradictions": 0, "label_counts": {}, "majority": 0.5, "ceiling": 1,
                "dropped": 0, "notes": (),
            },
            "arms": (),
            "prompting": {
                "model": "tiny", "plans_tried": 0, "exhausted": True, "stop_reason": "",
                "best": None,
            },
            "classifier": SCORE,
            "forecast": None,
            "tuned": tuned,
            "economics": {
                "currency": "EUR", "arms": {}, "break_even_requests": None,
                "monthly_requests": None, "assumptions": (),
            },
            "seconds": {},
            "versions": {},
        }
    )  # fmt: skip


@pytest.fixture
def settings(home: Path, tiny: Path) -> Settings:
    return Settings.model_validate({"home": home, "models": {"tiny": {"folder": tiny}}})


@pytest.fixture
def tuned_run(home: Path, tiny_adapter: Path, tmp_path: Path) -> Run:
    data = tmp_path / "rows.csv"
    with data.open("w", newline="", encoding="utf-8") as stream:
        rows = csv.writer(stream)
        rows.writerow(["text", "topic"])
        words = "lamp chair river stone cloud apple train piano garden window bottle winter".split()
        rows.writerows(
            (f"{NASTY} {word} {n} {word[::-1]}", ("buy", "sell")[n % 2])
            for n, word in enumerate(w + v for w in words for v in words[:5])
        )
    run = create_run(home)
    run.take_examples(data)
    shutil.copytree(tiny_adapter, run.folder / "adapter-1")
    return run


def finish(run: Run, adapter: str | None = "adapter-1") -> None:
    content = assessment(run, adapter).model_dump_json()
    (run.folder / "assessment.json").write_text(content, encoding="utf-8")


@pytest.fixture
def exported(tuned_run: Run, settings: Settings, tmp_path: Path) -> Path:
    finish(tuned_run)
    folders = export_run(tuned_run, settings, tmp_path / "out")
    assert [folder.name for folder in folders] == ["adapter", "merged", "hosted", "trl"]
    return tmp_path / "out"


def test_an_export_can_be_used_elsewhere(
    exported: Path, tuned_run: Run, tiny: Path, tiny_adapter: Path
) -> None:
    # The merged model answers as the adapter does here, and not as the base does.
    chats = [(Message(role="user", content=f"number {n}"),) for n in range(4)]
    merged, tuned, base = (
        [reply.text for _, reply in sorted(model.complete(chats, Limits(8)))]
        for model in (
            LocalModel(exported / "merged", "merged"),
            LocalModel(tiny, "tuned", tiny_adapter),
            LocalModel(tiny, "base"),
        )
    )
    assert merged == tuned != base

    # Nothing in it is a pickle, and the adapter is the same but for its card.
    assert not [f for f in exported.rglob("*") if f.suffix in (".bin", ".pt", ".pkl")]
    for file in tiny_adapter.iterdir():
        if file.name != "README.md":
            assert (exported / "adapter" / file.name).read_bytes() == file.read_bytes()

    # All rows but the locked ones, as they were.
    parts = tuned_run.dataset(BRIEF).parts
    for name, rows in (("train", parts.train), ("dev", parts.dev)):
        for folder, last in (("hosted", "messages"), ("trl/data", "completion")):
            lines = (exported / folder / f"{name}.jsonl").read_bytes().split(b"\n")[:-1]
            found = [json.loads(line) for line in lines]
            assert [row[last][-1]["content"] for row in found] == [e.answer for e in rows]
            asked = [row.get("messages", row.get("prompt"))[1]["content"] for row in found]
            assert asked == [e.input for e in rows]
    written = "".join(f.read_text() for f in exported.rglob("*.jsonl"))
    assert not any(json.dumps(e.input, ensure_ascii=False) in written for e in parts.test)


def test_the_very_job_is_exported_and_repeats_the_tune(
    tuned_run: Run, settings: Settings, tiny: Path, tmp_path: Path
) -> None:
    dataset = tuned_run.dataset(BRIEF)
    rows = [((Message(role="user", content=row.input),), row.answer) for row in dataset.parts.train]
    recipe = Recipe(learning_rate=1e-3, epochs=1, judged=False, reasons={"rank": "a test"})
    scoring = Scoring(type="labels", metric="accuracy", labels=("buy", "sell"))
    job = tuned_run.store(dataset).folder / "tunes" / "one"
    write_job(job, Job(model_folder=str(tiny), recipe=recipe, scoring=scoring), rows, rows[:4])
    run_training(job, "Tuning", Watch())
    shutil.copytree(job / "adapter", tuned_run.folder / "adapter-2")
    finish(tuned_run, "adapter-2")
    made = export_run(tuned_run, settings, tmp_path / "out")[-1]
    assert made.name == "job" and str(tiny) not in (made / "job.json").read_text()
    for name in ("train.jsonl", "dev.jsonl", "replay.jsonl"):
        assert (made / name).read_bytes() == (job / name).read_bytes()

    (command,) = re.findall(r"^    python (.*)$", (made / "README.md").read_text(), re.MULTILINE)
    (made / "base").symlink_to(tiny)
    packages = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])}
    subprocess.run([sys.executable, *command.split()], cwd=made, env=packages, check=True)
    weights = "adapter/adapter_model.safetensors"
    assert (made / weights).read_bytes() == (job / weights).read_bytes()


TUNE = ["adapter", "merged", "hosted", "trl"]


@pytest.mark.parametrize(
    ("verdict", "use", "made"),
    [
        ("fine_tune", None, TUNE),
        ("fine_tune", "tuned", TUNE),
        ("fine_tune", "classifier", ["classifier", *TUNE]),
        ("use_classifier", None, ["classifier", *TUNE]),
        ("use_classifier", "classifier", ["classifier", *TUNE]),
    ],
)
def test_the_classifier_is_exported_where_it_is_the_answer(
    verdict: Verdict,
    use: Use | None,
    made: list[str],
    tuned_run: Run,
    settings: Settings,
    tmp_path: Path,
) -> None:
    arm = Arm(name="words", kind="classifier", model=NO_MODEL, dev=SCORE, test=SCORE)
    outcome = use and Outcome(use=use, text="It is the best.")
    told = {"verdict": verdict, "outcome": outcome, "arms": (arm,)}
    found = assessment(tuned_run, "adapter-1").model_copy(update=told)
    (tuned_run.folder / "assessment.json").write_text(found.model_dump_json(), encoding="utf-8")
    out = tmp_path / "out"
    assert [folder.name for folder in export_run(tuned_run, settings, out)] == made
    assert sorted(folder.name for folder in out.iterdir()) == sorted(made)


def test_an_adapter_that_was_rolled_back_is_not_exported(
    tuned_run: Run, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    finish(tuned_run)
    monkeypatch.setattr(Registry, "is_out_of_use", lambda *_: True)
    with pytest.raises(RunError, match="was rolled back"):
        export_run(tuned_run, settings, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_the_card_shows_the_evidence(exported: Path) -> None:
    card = (exported / "adapter" / "README.md").read_text(encoding="utf-8")
    assert "| tuned model | 90 % | 80 % to 95 % |" in card
    assert "+5 points (+1 to +9), 7 rows better, 2 worse. It passed its gate." in card
    assert "Nothing was forgotten." in card and "- learning_rate: 0.0005" in card
    assert "`a 'b' | c # d.csv`" in card and "\n# d.csv" not in card
    assert card.startswith('---\nbase_model: "tiny"\n')


def test_trl_understands_the_settings(
    exported: Path, tiny: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from datasets import load_dataset
    from trl import (
        DatasetMixtureConfig,
        ModelConfig,
        ScriptArguments,
        SFTConfig,
        TrlParser,
        get_peft_config,
        get_quantization_config,
    )

    monkeypatch.chdir(exported / "trl")
    parser = TrlParser((ScriptArguments, SFTConfig, ModelConfig, DatasetMixtureConfig))
    read: Any = parser.parse_args_and_config(
        ["--config", "sft.yaml", "--bf16", "false", "--use_cpu", "true"]
    )
    script, training, model, _ = read
    recipe = choose_recipe(1_000_000, 40, 7)
    assert training.learning_rate == recipe.learning_rate
    assert (training.num_train_epochs, training.seed) == (recipe.epochs, 7)
    assert training.get_warmup_steps(100) == 5
    lora = get_peft_config(model)
    assert (lora.r, lora.lora_alpha) == (16, 32)
    assert lora.target_modules == r".*\.layers\.(1)\..*_proj"  # the upper of two layers
    assert get_quantization_config(model) is None  # half of the layers are not rounded
    data = load_dataset(script.dataset_name)
    assert len(data[script.dataset_train_split]) > len(data[script.dataset_test_split]) > 0


def test_every_setting_of_the_recipe_reaches_trl(tiny: Path) -> None:
    one, other = choose_recipe(1_000, 40, 7), Recipe(
        learning_rate=3e-5, epochs=9, batch_size=2, rank=4, dropout=0.5, max_length=99, seed=8
    )  # fmt: skip
    # trl has nothing like these; only a pilot is not judged, and it is never exported
    ours_alone = {
        "reasons",
        "parts",
        "choice",
        "replay",
        "replay_rows",
        "replay_beginnings",
        "judged",
        "patience",
    }
    for name in set(Recipe.model_fields) - ours_alone:
        changed = one.model_copy(update={name: getattr(other, name)})
        assert trl_settings(changed, tiny) != trl_settings(one, tiny), name


def test_what_cannot_be_exported_is_said(
    tuned_run: Run, settings: Settings, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    with pytest.raises(RunError, match="has no verdict yet"):
        export_run(tuned_run, settings, out)
    finish(tuned_run, None)
    with pytest.raises(RunError, match="has no tuned model"):
        export_run(tuned_run, settings, out)
    finish(tuned_run)
    out.mkdir()
    (out / "mine.txt").touch()
    with pytest.raises(RunError, match="'out' is not empty"):
        export_run(tuned_run, settings, out)
    (tuned_run.folder / "adapter-1" / "adapter_config.json").write_text("{}")
    with pytest.raises(ModelError, match="was changed"):
        export_run(tuned_run, settings, tmp_path / "other")
    assert not (tmp_path / "other").exists()
