import ast
import csv
import json
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from policies.brief import Brief
from tools.assessment import FILE_NAME, Assessment, BestPrompt, schema
from tools.report.exports import export_run_tables, safe_cell
from tools.report.snippet import snippet
from tools.runs import Run, create_run
from tools.trials.plan import Plan
from tools.trials.stage import ITEMS, TEST_SCORES

Build = Callable[..., Assessment]
CHAT = ({"role": "system", "content": 'Sort "it".\n'}, {"role": "user", "content": "{input}"})
EVIL = "=HYPERLINK('http://evil.example')"


@pytest.fixture
def run(tmp_path: Path, labels: Build) -> Run:
    data = tmp_path / "data.csv"
    rows = "\n".join(f"message {n},{'ab'[n % 2]}" for n in range(40))
    data.write_text(f"text,label\n{rows}\n", encoding="utf-8")
    made = create_run(tmp_path / "home")
    made.take_examples(data)
    brief = Brief(input_column="text", answer_column="label")
    item = {"plan": "p", "model": "m", "row": 3, "expected": "a", "reply": EVIL, "given": None}
    made.save(ITEMS, [{**item, "score": 0.0}, {**item, "row": 4, "reply": "é\n", "score": 1.0}])
    made.save(TEST_SCORES.format("prompt"), [1.0, 0.0])
    made.save(TEST_SCORES.format("tuned"), [1.0, 1.0])
    a = labels(brief=brief)
    (made.folder / FILE_NAME).write_text(a.model_dump_json(), encoding="utf-8")
    return made


def read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def read_jsonl(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_tables_are_whole_in_jsonl_and_safe_in_csv(run: Run) -> None:
    folder = export_run_tables(run)
    items, cells = read_jsonl(folder / "items.jsonl"), read_csv(folder / "items.csv")
    assert [item["reply"] for item in items] == [EVIL, "é\n"]
    assert items[0]["input"] == "message 2" and items[0]["given"] is None
    assert [cell["reply"] for cell in cells] == ["'" + EVIL, "é\n"]
    trials = read_jsonl(folder / "trials.jsonl")
    assert trials[0]["race"][-1] == {"n": 300, "score": 0.873}
    assert len(read_csv(folder / "trials.csv")) == len(trials) == 6


def test_locked_rows_are_exported_as_scores_alone(run: Run) -> None:
    folder = export_run_tables(run)
    assert read_jsonl(folder / "test_items.jsonl") == [
        {"item": 1, "prompt": 1.0, "tuned": 1.0},
        {"item": 2, "prompt": 0.0, "tuned": 1.0},
    ]
    assert not (run.folder / "test_reads.jsonl").exists()


def test_without_examples_no_content_of_a_row_is_exported(run: Run) -> None:
    folder = export_run_tables(run, examples=False)
    assert folder.name == "exports-without-examples"
    text = "".join(
        file.read_text(encoding="utf-8") for file in folder.iterdir() if file.suffix != ".json"
    )
    assert "message 2" not in text and EVIL not in text and "parcel" not in text
    assert read_jsonl(folder / "items.jsonl")[1]["score"] == 1.0


def test_the_program_names_the_model_as_its_provider_does(
    run: Run, labels: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    prompts = labels().prompting.model_copy(update={"best": best(PLAIN), "model": "far"})
    a = labels(brief=Brief(input_column="text", answer_column="label"), prompting=prompts)
    (run.folder / FILE_NAME).write_text(a.model_dump_json(), encoding="utf-8")
    assert "tuneworthy serve" in (export_run_tables(run) / "prompt.py").read_text(encoding="utf-8")
    told = {"far": {"base_url": "http://127.0.0.1:9/v1", "model": PROVIDER}}
    monkeypatch.setenv("TUNEWORTHY_ENDPOINTS", json.dumps(told))
    assert PROVIDER in (export_run_tables(run) / "prompt.py").read_text(encoding="utf-8")


def test_a_run_of_an_earlier_version_has_no_table_of_items(run: Run) -> None:
    (run.folder / f"{ITEMS}.json").unlink()
    folder = export_run_tables(run)
    assert not list(folder.glob("items.*")) and (folder / "trials.csv").exists()


def test_exports_go_with_their_run(run: Run) -> None:
    export_run_tables(run)
    run.delete()
    assert not run.folder.exists()


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        (" =1", "' =1"),
        ("\r\n=1", "'\n=1"),
        ("|cmd", "'|cmd"),
        ("plain", "plain"),
        ("", ""),
        (None, ""),
        (-1.5, -1.5),
        (True, True),
        (["a"], '["a"]'),
        ("a\x00b", "a␀b"),
    ],
)
def test_no_cell_can_act_as_a_formula(value: object, cell: object) -> None:
    assert safe_cell(value) == cell


def test_the_published_schema_is_current_and_holds_for_an_assessment(
    labels: Build, minimal: Build
) -> None:
    published = Path(__file__).parents[3] / "docs" / "assessment.schema.json"
    assert published.read_text(encoding="utf-8") == schema(), "run python -m tools.report.schema"
    validator = Draft202012Validator(json.loads(schema()))
    for a in (labels(), minimal()):
        content = json.loads(a.model_dump_json())
        validator.validate(content)
        content["seed"] = "seven"
        assert not validator.is_valid(content)


def best(plan: Plan | None, **changes: Any) -> BestPrompt:
    from tests.assessments import prompting

    found = prompting().best
    assert found is not None
    return found.model_copy(update={"plan": plan, "chat": CHAT, **changes})


def sent_by(program: str, monkeypatch: pytest.MonkeyPatch, text: str) -> dict[str, Any]:
    """Run a program against a stand-in for the client, and what it sends for a text."""
    sent: dict[str, Any] = {}

    def create(**asked: Any) -> Any:
        sent.update(asked)
        message = types.SimpleNamespace(content=" yes ")
        return types.SimpleNamespace(choices=[types.SimpleNamespace(message=message)])

    def client(**told: Any) -> Any:
        sent.update(told)
        return types.SimpleNamespace(chat=chat)

    chat = types.SimpleNamespace(completions=types.SimpleNamespace(create=create))
    module = types.ModuleType("openai")
    vars(module)["OpenAI"] = client
    monkeypatch.setitem(__import__("sys").modules, "openai", module)
    names: dict[str, Any] = {"__name__": "prompt"}
    exec(compile(program, "prompt.py", "exec"), names)
    assert names["answer"](text) == "yes"
    return sent


PLAIN = Plan(name="plain", family="plain")
NEAREST = Plan(name="n", family="f", shots="nearest", shot_count=4)
PROVIDER = "gpt-9-mini"


def test_what_one_chat_says_is_sent_to_the_provider(
    labels: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    prompts = labels().prompting.model_copy(update={"best": best(PLAIN)})
    program = snippet(labels(prompting=prompts), PROVIDER)
    text = 'a "quoted" {input} \\ text'
    assert sent_by(program, monkeypatch, text) == {
        "model": PROVIDER,
        "messages": [
            {"role": "system", "content": 'Sort "it".\n'},
            {"role": "user", "content": text},
        ],
        "temperature": 0,
    }
    assert "86.7 %" in program and "tuneworthy serve" not in program


@pytest.mark.parametrize(
    ("plan", "provider", "says"),
    [
        (PLAIN, None, "86.7 %"),
        (NEAREST, PROVIDER, "4 examples most like"),
        (Plan(name="n", family="f", passages="nearest", passage_count=1), PROVIDER, "passages of"),
        (Plan(name="n", family="f", decoding="scored"), PROVIDER, "held to the known labels"),
        (Plan(name="n", family="f", votes=5, reasoning="steps"), PROVIDER, "most frequent of 5"),
        (Plan(name="n", family="f", by_key=True), PROVIDER, "asked for on its own"),
    ],
)
def test_what_no_chat_says_and_what_runs_here_is_asked_of_the_served_run(
    plan: Plan, provider: str | None, says: str, labels: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    a = labels()
    found = a.prompting.model_copy(update={"best": best(plan), "model": "far"})
    program = snippet(labels(prompting=found), provider)
    sent = sent_by(program, monkeypatch, "x")
    assert sent["messages"] == [{"role": "user", "content": "x"}]
    assert (sent["model"], sent["base_url"]) == ("prompt", "http://127.0.0.1:8000/v1")
    allowed = " --allow-send far" if provider else ""
    assert says in program and f"tuneworthy serve {a.run_id}{allowed}\n" in program


def test_a_prompt_of_an_earlier_version_is_shown_by_one_input(
    labels: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    prompts = labels().prompting.model_copy(update={"best": best(None)})
    program = snippet(labels(prompting=prompts))
    assert "earlier version" in program
    assert sent_by(program, monkeypatch, "x")["messages"]


def test_without_examples_a_program_shows_none(labels: Build) -> None:
    shown = Plan(name="p", family="f", shots="balanced", shot_count=4)
    for plan, provider, written in (
        (shown, PROVIDER, False),
        (PLAIN, PROVIDER, True),
        (shown, None, True),
        (NEAREST, PROVIDER, True),
    ):
        prompts = labels().prompting.model_copy(update={"best": best(plan)})
        assert bool(snippet(labels(prompting=prompts), provider, examples=False)) == written


@pytest.mark.parametrize("provider", [None, '{0}"""\\'])
@pytest.mark.parametrize("text", ['"""\nimport os\n"""', "\\", "'''", "\u202e\x00", "{0} {x}"])
def test_nothing_from_outside_becomes_code(text: str, provider: str | None, labels: Build) -> None:
    a = labels()
    found = best(
        Plan(name=text, family="f"),
        name=text,
        chat=({"role": "user", "content": text + "{input}"},),
    )
    prompts = a.prompting.model_copy(update={"best": found, "model": text})
    tree = ast.parse(snippet(labels(prompting=prompts, run_id=text), provider))
    kinds = [type(node).__name__ for node in tree.body]
    assert kinds == [
        *("Expr", "Import", "Import", "ImportFrom", "Assign", "Assign", "FunctionDef", "If")
    ]


def test_without_a_prompt_there_is_no_snippet(minimal: Build) -> None:
    assert snippet(minimal()) == ""
