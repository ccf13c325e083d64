"""The arms of a real, finished run on a tiny model, and what they answer over HTTP."""

import csv
import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import openai
import pytest

from agent.state import Options
from agent.worker import Worker
from policies.brief import Brief
from policies.evidence import Difference, Score
from tools.assessment import FILE_NAME, Assessment, ForgettingPart, TunedPart, load
from tools.errors import ModelError, RunError, UserError
from tools.intake.dataset import Dataset
from tools.intake.examples import Example
from tools.measure.intervals import score_of
from tools.models.adapter import read_seal, seal_adapter
from tools.models.catalogue import Catalogue
from tools.models.local import LocalModel
from tools.models.protocol import Limits, Message
from tools.progress import Watch
from tools.report.snippet import snippet
from tools.runs import Run, create_run, open_run
from tools.serving.arms import ServedArm, model_arm, run_arms
from tools.serving.endpoint import build_app
from tools.serving.vllm import vllm_command
from tools.settings import EndpointSettings, LocalModelSettings, Settings
from tools.trials.answering import run_plan
from tools.trials.parse import parse_answer
from tools.trials.plan import Plan
from tools.trials.stage import task_of
from tools.trials.task import Task
from tools.tuning.asking import SHORT
from tools.tuning.job import ADAPTER
from tools.tuning.recipe import choose_recipe
from tools.tuning.registry import Entry, Registry, entry_name, seal_hash

pytestmark = pytest.mark.usefixtures("exact")
COLOURS = ("red", "green", "blue")
THINGS = ("rose", "leaf", "sea", "blood", "grass", "sky")
ROWS = 60
BRIEF = Brief(input_column="thing", answer_column="colour", target=0.9)


def _write(path: Path) -> Path:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["thing", "colour"])
        for n in range(ROWS):
            place = ("garden", "painting", "old story", "morning light")[n // 3 % 4]
            writer.writerow([f"{THINGS[n % 6]} {n * 7919} in the {place}", COLOURS[n % 3]])
    return path


@pytest.fixture(scope="module")
def settings(tiny_models: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings(
        home=tmp_path_factory.mktemp("home"),
        models={"tiny": LocalModelSettings(folder=tiny_models["llama"])},
        endpoints={"big": EndpointSettings(base_url="http://127.0.0.1:9/v1", model="big-1")},
    )


@pytest.fixture(scope="module")
def run(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A finished run: assessed by the real graph, with an adapter that was never trained."""
    made = create_run(settings.home, 0, tmp_path_factory.mktemp("out"))
    made.take_examples(_write(tmp_path_factory.mktemp("data") / "things.csv"))
    options = Options(interactive=False, models=("tiny",), tune_model="tiny", tune="never")
    with closing(Worker(settings)) as worker:
        for _ in worker.step_through(worker.begin(options, BRIEF, made)):
            pass
    _make_adapter(settings.models["tiny"].folder, made.folder / ADAPTER)
    _change(made, tuned=_tuned_part(load(made.folder)))
    return open_run(settings.home, str(made.folder))


def _make_adapter(base: Path, folder: Path) -> None:
    """A LoRA adapter of random weights."""
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM

    torch.manual_seed(0)
    config: Any = LoraConfig(r=4, target_modules="all-linear", init_lora_weights=False)
    get_peft_model(AutoModelForCausalLM.from_pretrained(base), config).save_pretrained(folder)
    seal_adapter(folder, base)


def _tuned_part(found: Assessment) -> TunedPart:
    best = found.prompting.best
    assert best is not None and best.test is not None
    difference = Difference(value=0, low=0, high=0, p_value=1)
    forgetting = ForgettingPart(
        items=1, base=1, tuned=1, difference=difference, perplexity_base=1, perplexity_tuned=1,
        passed=True, text="",
    )  # fmt: skip
    return TunedPart(
        model="tuned tiny", test=best.test, difference=difference,
        difference_same_model=difference, forgetting=forgetting, shipped=False, adapter=ADAPTER,
        text="", recipe={}, base="tiny", plan=SHORT,
    )  # fmt: skip


def _change(run: Run, **changes: Any) -> None:
    found = load(run.folder).model_copy(update=changes)
    (run.folder / FILE_NAME).write_text(found.model_dump_json(), encoding="utf-8")


@pytest.fixture(scope="module")
def catalogue(settings: Settings) -> Catalogue:
    return Catalogue(settings)


@pytest.fixture(scope="module")
def arms(run: Run, catalogue: Catalogue) -> list[ServedArm]:
    return run_arms(run, catalogue)


@pytest.fixture(scope="module")
def client(arms: list[ServedArm], listen: Callable[[Any], str]) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=listen(build_app(arms)), api_key="none", max_retries=0) as made:
        yield made


@pytest.fixture(scope="module")
def dataset(run: Run) -> Dataset:
    return run.dataset(load(run.folder).brief)


def _task(run: Run, dataset: Dataset) -> Task:
    return task_of(dataset, load(run.folder).brief)


def _served(client: openai.OpenAI, model: str, rows: Sequence[Example]) -> list[str]:
    texts = []
    for row in rows:
        found = client.chat.completions.create(
            model=model, messages=[{"role": "user", "content": row.input}]
        )
        texts.append(found.choices[0].message.content or "")
    return texts


def test_a_run_is_served_under_four_names(client: openai.OpenAI, arms: list[ServedArm]) -> None:
    names = [model.id for model in client.models.list()]
    assert names == ["prompt", "tuned", "classifier", "base"]
    assert [arm.score is not None for arm in arms] == [True, True, True, False]
    assert "did not pass" in arms[1].title


def test_the_prompt_answers_item_by_item_as_it_was_measured(
    client: openai.OpenAI, run: Run, dataset: Dataset
) -> None:
    kept: list[str | None] = run.load("test-prompt")
    task = _task(run, dataset)
    served = _served(client, "prompt", dataset.parts.test)
    assert [parse_answer(task.type, text, task.labels) for text in served] == kept
    assert len(kept) >= 10 and len(set(kept)) > 1


def test_the_exported_program_answers_as_it_was_measured(
    client: openai.OpenAI, run: Run, dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TUNEWORTHY_SERVE_URL", str(client.base_url))
    names: dict[str, Any] = {"__name__": "prompt"}
    exec(compile(snippet(load(run.folder)), "prompt.py", "exec"), names)
    rows = dataset.parts.test[:4]
    assert [names["answer"](row.input) for row in rows] == _served(client, "prompt", rows)


def test_the_classifier_reaches_its_measured_score(
    client: openai.OpenAI, run: Run, dataset: Dataset
) -> None:
    served = _served(client, "classifier", dataset.parts.test)
    score = score_of(dataset.metric, [row.answer for row in dataset.parts.test], served)
    assert score == load(run.folder).classifier


def test_the_adapter_changes_the_tuned_arm_and_nothing_else(
    client: openai.OpenAI, run: Run, dataset: Dataset, tiny_models: dict[str, Path]
) -> None:
    rows, task = dataset.parts.test[:6], _task(run, dataset)
    plain = LocalModel(tiny_models["llama"], "tiny")
    tuned = LocalModel(tiny_models["llama"], "tuned", run.folder / ADAPTER)
    expected = [
        [answer.given or answer.reply for answer in run_plan(SHORT, task, model, rows, Watch(), "")]
        for model in (tuned, plain)
    ]
    assert all(one != other for one, other in zip(*expected, strict=True))
    assert _served(client, "tuned", rows) == expected[0]
    chats = [SHORT.chat(task, row.input) for row in rows]
    limits = SHORT.limits(task)
    replies = {index: reply for index, reply in plain.complete(chats, limits)}
    for index, chat in enumerate(chats):
        found = client.chat.completions.create(
            model="base",
            messages=[message.model_dump() for message in chat],  # type: ignore[misc]
            max_tokens=limits.max_new_tokens,
        )
        assert found.choices[0].message.content == replies[index].text


@pytest.mark.parametrize(
    "plan",
    [
        Plan(name="free", family="", contract=True, shots="nearest", shot_count=3),
        Plan(name="scored", family="", shots="balanced", shot_count=3, decoding="scored"),
        Plan(name="thinking", family="", contract=True, reasoning="steps"),
        Plan(name="own", family="", own="Which colour has {{input}}?"),
    ],
    ids=lambda plan: plan.name,
)
def test_every_kind_of_plan_is_served_as_it_is_scored(
    plan: Plan, run: Run, dataset: Dataset, catalogue: Catalogue, tmp_path: Path
) -> None:
    found = load(run.folder)
    assert found.prompting.best is not None
    best = found.prompting.best.model_copy(update={"plan": plan})
    other = Run(tmp_path, run.info, run.home)
    (tmp_path / run.info.data_file).write_bytes(run.examples_file.read_bytes())
    changed = found.model_copy(
        update={
            "prompting": found.prompting.model_copy(update={"best": best}),
            "tuned": None,
            "arms": (),
        }
    )
    (tmp_path / FILE_NAME).write_text(changed.model_dump_json(), encoding="utf-8")
    prompt, base = run_arms(other, catalogue)
    assert (prompt.name, base.name) == ("prompt", "base")
    task, rows = _task(run, dataset), dataset.parts.dev[:8]
    measured = run_plan(plan, task, catalogue.load("tiny"), rows, Watch(), "")
    earlier = (
        Message(role="system", content="Be rude."),
        Message(role="user", content="something else"),
        Message(role="assistant", content="well"),
    )
    for row, answer in zip(rows, measured, strict=True):
        reply = prompt.respond((*earlier, Message(role="user", content=row.input)), Limits(1))
        assert reply.text == (answer.given or answer.reply)
        assert reply.finish == answer.finish
        assert reply.prompt_tokens == answer.prompt_tokens


def test_a_chat_without_a_user_s_message_is_refused(client: openai.OpenAI) -> None:
    with pytest.raises(openai.BadRequestError, match="role 'user'"):
        client.chat.completions.create(
            model="prompt", messages=[{"role": "system", "content": "hi"}]
        )


def test_what_cannot_be_served_is_refused_in_words(
    run: Run, settings: Settings, catalogue: Catalogue, tmp_path: Path
) -> None:
    empty = create_run(settings.home, 0, tmp_path / "empty")
    with pytest.raises(RunError, match="no verdict yet"):
        run_arms(empty, catalogue)
    for content in ("{}", "not json"):
        (empty.folder / FILE_NAME).write_text(content)
        with pytest.raises(RunError, match="another version"):
            run_arms(empty, catalogue)
    old = json.loads((run.folder / FILE_NAME).read_text(encoding="utf-8"))
    del old["prompting"]["best"]["plan"]
    (empty.folder / FILE_NAME).write_text(json.dumps(old))
    with pytest.raises(RunError, match="assess it again"):
        run_arms(empty, catalogue)
    with pytest.raises(ModelError, match="'big' is an endpoint"):
        model_arm("big", catalogue)
    with pytest.raises(ModelError, match="no model 'gpt-9'"):
        model_arm("gpt-9", catalogue)


@pytest.fixture
def registered(run: Run, dataset: Dataset) -> Iterator[Entry]:
    """The run's adapter as the registry knows it; forgotten afterwards."""
    registry, adapter = Registry(run.home), run.folder / ADAPTER
    entry = Entry(
        name=entry_name(run.info.run_id, ADAPTER), created="2026-11-27T10:00:00+00:00",
        model="tiny", base=read_seal(adapter).base, seal=seal_hash(adapter), data=dataset.hash,
        data_name="things.csv", run_id=run.info.run_id, recipe=choose_recipe(1, 40, 7),
        steps=30, seconds=12.0, stopped=False, shipped=True, plan=SHORT,
    )  # fmt: skip
    registry.add(adapter, entry)
    yield entry
    shutil.rmtree(registry.folder)


@pytest.mark.parametrize("acts", [("roll_back",), ("delete",), ("roll_back", "delete")])
def test_an_adapter_that_was_taken_out_of_use_is_not_served(
    run: Run, catalogue: Catalogue, registered: Entry, acts: tuple[str, ...]
) -> None:
    assert "tuned" in [arm.name for arm in run_arms(run, catalogue)]
    for act in acts:
        getattr(Registry(run.home), act)(registered.name)
        assert "tuned" not in [arm.name for arm in run_arms(run, catalogue)]
        with pytest.raises(RunError, match="was rolled back or deleted"):
            vllm_command(run, catalogue)


def test_the_adapter_in_use_is_served_in_place_of_one_that_is_not(
    run: Run, catalogue: Catalogue, dataset: Dataset, registered: Entry
) -> None:
    registry, score = Registry(run.home), Score(score=0.7, low=0.6, high=0.8, n=40)
    other = registered.model_copy(update={"name": "earlier-1", "test": score, "task": "Sort it."})
    registry.add(run.folder / ADAPTER, other)
    now = registry.roll_back(registered.name)
    assert now is not None and now.name == "earlier-1"
    served = next(arm for arm in run_arms(run, catalogue) if arm.name == "tuned")
    assert "earlier-1" in served.title and served.score == score
    row, task = dataset.parts.dev[0], replace(_task(run, dataset), description="Sort it.")
    model = catalogue.load("tiny", run.folder / ADAPTER)
    (expected,) = run_plan(SHORT, task, model, [row], Watch(), "")
    reply = served.respond((Message(role="user", content=row.input),), Limits(8))
    assert reply.text == (expected.given or expected.reply)


def test_an_endpoint_gets_requests_only_if_it_may(
    run: Run, catalogue: Catalogue, tmp_path: Path
) -> None:
    found = load(run.folder)
    prompting = found.prompting.model_copy(update={"model": "big"})
    other = Run(tmp_path, run.info, run.home)
    (tmp_path / run.info.data_file).write_bytes(run.examples_file.read_bytes())
    changed = found.model_copy(update={"prompting": prompting, "tuned": None})
    (tmp_path / FILE_NAME).write_text(changed.model_dump_json(), encoding="utf-8")
    with pytest.raises(UserError, match="--allow-send big"):
        run_arms(other, catalogue)
    names = [arm.name for arm in run_arms(other, catalogue, ("big",))]
    assert names == ["prompt", "classifier"]  # an endpoint is not passed through as "base"


def test_the_command_for_vllm_names_base_adapter_and_prompt(
    run: Run, catalogue: Catalogue, settings: Settings
) -> None:
    command, *notes = vllm_command(run, catalogue).splitlines()
    assert command.startswith(f"vllm serve {settings.models['tiny'].folder} ")
    assert f"--lora-modules tuned={run.folder / ADAPTER}" in command
    assert "--enable-lora --max-lora-rank 8" in command  # the adapter has rank 4
    assert all(note.startswith("# ") for note in notes)
    assert "# SYSTEM: Sort each message into its category." in notes
    with pytest.raises(RunError, match="no fine-tune"):
        _without_tune(run, catalogue)


def _without_tune(run: Run, catalogue: Catalogue) -> None:
    before = load(run.folder)
    _change(run, tuned=None)
    try:
        vllm_command(run, catalogue)
    finally:
        _change(run, tuned=before.tuned)
