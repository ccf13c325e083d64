"""The command line: the same graph as the chat, with the answers given up front."""

import logging
import os
import sys
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.table import Column

from policies.brief import Cadence
from tools.errors import RunError, UserError
from ui import epilogs
from ui.console import (
    EXIT_FAULT,
    AsJson,
    dropped_on_interrupt,
    errors_shown,
    out,
    say,
    show_json,
    show_result,
    show_table,
    show_work,
)
from ui.told import brief_of, check_models, policy_of, text_of
from ui.tuned import add_commands

app = typer.Typer(
    name="tuneworthy",
    help="Should we fine-tune? Ask your own data.",
    epilog=epilogs.APP,
    add_completion=True,
    pretty_exceptions_enable=False,
)
TunePolicy = Literal["never", "if-recommended", "always"]
Run = Annotated[
    str,
    typer.Argument(metavar="RUN", help="A run: its id from “tuneworthy runs”, or its folder."),
]


@app.callback(invoke_without_command=True)
def chat_page(
    context: typer.Context,
    port: Annotated[
        int | None, typer.Option(help="Port of the page; else the setting's, 7860.")
    ] = None,
    host: Annotated[
        str | None,
        typer.Option(help="Address to listen on; else the setting's: this machine alone."),
    ] = None,
    mcp: Annotated[
        bool, typer.Option("--mcp", help="Let other programs call it over MCP as well.")
    ] = False,
    verbose: Annotated[
        bool, typer.Option("--verbose", help="Tell each piece of work, not only each stage.")
    ] = False,
) -> None:
    """Open the chat, unless a command is given."""
    logging.basicConfig(
        level=logging.DEBUG if verbose else logging.INFO, format="%(message)s", stream=sys.stderr
    )
    for noisy in ("httpx", "httpx2", "transformers", "matplotlib", "urllib3"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    if context.invoked_subcommand is None:
        from ui.server import serve_page  # gradio costs seconds of start-up

        serve_page(host, port, mcp)


@app.command(epilog=epilogs.ASSESS)
def assess(
    context: typer.Context,
    data: Annotated[
        Path,
        typer.Argument(
            help="CSV, JSONL or XLSX file of examples: inputs with their right answers."
        ),
    ],
    out_dir: Annotated[
        Path, typer.Option("--out", help="Folder for report and figures; made where it is missing.")
    ],
    input_column: Annotated[
        str | None,
        typer.Option("--input", help="Column with what the model is given; else found by itself."),
    ] = None,
    answer_column: Annotated[
        str | None,
        typer.Option("--answer", help="Column with the right answers; else found by itself."),
    ] = None,
    task: Annotated[
        Literal["labels", "fields", "number", "text"] | None,
        typer.Option(
            help="Kind of answer: one of a few labels, JSON fields, a number, or a text; else told "
            "by the answers."
        ),
    ] = None,
    target: Annotated[
        float | None,
        typer.Option(
            help="Share of right answers that is good enough, 0 to 1; else 0.9, for texts what "
            "today's answers score, or 0.5."
        ),
    ] = None,
    monthly_requests: Annotated[
        int | None,
        typer.Option(help="Requests a month, for the costs; without it they are left open."),
    ] = None,
    replaces_base: Annotated[
        bool | None,
        typer.Option(
            "--replaces-base",
            help="A tuned model shall replace the base for everything: it may forget less.",
        ),
    ] = None,
    prompt: Annotated[
        Path | None,
        typer.Option(help="Text file with the prompt in use today, which has to be beaten."),
    ] = None,
    current: Annotated[
        str | None,
        typer.Option(help="Column with the answers you get today, which are compared as well."),
    ] = None,
    docs: Annotated[
        Path | None,
        typer.Option(
            help="Folder of documents (text, Markdown, PDF) with facts that inputs lack; passages "
            "of them are tried in prompts."
        ),
    ] = None,
    brief_file: Annotated[
        Path | None,
        typer.Option(
            "--brief",
            help="JSON file with answers of the interview (“monthly_requests”, “latency_limit_ms”, "
            "…); options here come before it.",
        ),
    ] = None,
    policy_file: Annotated[
        Path | None,
        typer.Option("--policy", help="TOML file with your own thresholds for the decision."),
    ] = None,
    model: Annotated[
        list[str] | None,
        typer.Option(
            help="Model to try prompts on, as the settings name it; repeatable. Else the one that "
            "would be tuned."
        ),
    ] = None,
    tune_model: Annotated[
        str,
        typer.Option(
            help="Model that would be fine-tuned. The embedded one needs no GPU and no download."
        ),
    ] = "embedded",
    budget_minutes: Annotated[
        float | None,
        typer.Option(
            min=0.0,
            help="Most minutes of work before the verdict; else the setting's, 30. When they are "
            "spent, the answer is from what was measured.",
        ),
    ] = None,
    offline: Annotated[
        bool, typer.Option("--offline", help="Send nothing anywhere: use no endpoint.")
    ] = False,
    tune: Annotated[
        TunePolicy,
        typer.Option(
            help="Whether to fine-tune after the verdict, on this machine. Never, unless you say "
            "so: it takes minutes to hours."
        ),
    ] = "never",
    allow_send: Annotated[
        list[str] | None,
        typer.Option(
            help="Endpoint that may receive your examples; repeatable. Without a name here none "
            "does."
        ),
    ] = None,
    seed: Annotated[
        int,
        typer.Option(
            help="Start of everything random in prompts and training; another one shows how much "
            "is luck. The split of the examples does not hang on it."
        ),
    ] = 0,
    as_json: AsJson = False,
) -> None:
    """Assess a file of examples: prompts, forecast, verdict, and the tune if you say so."""
    with errors_shown():
        from agent.orders import Order, begin_order
        from agent.state import Options
        from agent.worker import Worker
        from policies.policy import load_policy
        from tools.settings import load_settings

        settings = load_settings()
        told = {
            "input_column": input_column,
            "answer_column": answer_column,
            "current_column": current,
            "task_type": task,
            "target": target,
            "monthly_requests": monthly_requests,
            "prompt": text_of(prompt),
            "replaces_base": replaces_base,
        }
        brief = brief_of(brief_file, {k: v for k, v in told.items() if v is not None})
        models = tuple(model or [tune_model])
        check_models(models, tune_model, offline, allow_send or [], settings)
        if settings.adviser not in (allow_send or []):  # it would receive labels and scores
            settings = settings.model_copy(update={"adviser": None})
        options = Options(
            interactive=False,
            models=models,
            tune_model=tune_model,
            tune=tune,
            allow_send=tuple(allow_send or ()),
            budget_minutes=settings.budget_minutes if budget_minutes is None else budget_minutes,
            target_told="target" in brief.model_fields_set,
        )
        with (
            closing(Worker(settings, policy_of(policy_file, load_policy))) as worker,
            dropped_on_interrupt(worker.drop),
        ):
            order = Order(data=data, brief=brief, options=options, docs=docs, seed=seed)
            run_id, goes_on = begin_order(worker, order, out_dir)
            if goes_on:
                say(f"Going on with the run {run_id}, which was interrupted.")
            show_work(worker.step_through(run_id), _verbose(context))
        show_result(out_dir.absolute(), as_json)


def _verbose(context: typer.Context) -> bool:
    """Whether `--verbose` stands before the command."""
    return bool(context.find_root().params["verbose"])


@app.command(epilog=epilogs.TUNE)
def tune(context: typer.Context, reference: Run, as_json: AsJson = False) -> None:
    """Fine-tune after a verdict, prove it on the locked rows, and write the report again."""
    with errors_shown():
        from agent.plans import UNPROVABLE
        from agent.worker import Worker
        from tools.runs import open_run
        from tools.settings import load_settings

        settings = load_settings()
        run = open_run(settings.home, reference)
        with closing(Worker(settings)) as worker, dropped_on_interrupt(worker.drop):
            state = worker.view(run.info.run_id).state
            if "recommendation" not in state:
                raise RunError(f"The run {reference!r} has no verdict yet; assess it first.")
            if state.get("confirmed") is None:
                raise RunError(UNPROVABLE)
            options = state["options"].model_copy(update={"tune": "always", "interactive": False})
            worker.revise(run.info.run_id, {"options": options}, after="recommend")
            show_work(worker.step_through(run.info.run_id), _verbose(context))
        show_result(run.folder, as_json)


@app.command(name="what-if", epilog=epilogs.WHAT_IF)
def what_if(
    reference: Run,
    target: Annotated[
        float | None, typer.Option(help="Suppose this share of right answers, 0 to 1, were enough.")
    ] = None,
    monthly_requests: Annotated[
        int | None, typer.Option(help="Suppose so many requests came each month.")
    ] = None,
    latency_limit_ms: Annotated[
        float | None,
        typer.Option(help="Suppose an answer might take so many milliseconds at most."),
    ] = None,
    monthly_budget: Annotated[
        float | None,
        typer.Option(help="Suppose so much might be paid a month, in the settings' currency."),
    ] = None,
    facts_change: Annotated[
        Cadence | None,
        typer.Option(help="Suppose the facts or labels behind the answers changed so often."),
    ] = None,
    retrainings_per_month: Annotated[
        float | None,
        typer.Option(
            help="Suppose it were trained anew so often; else as often as the facts change."
        ),
    ] = None,
    replaces_base: Annotated[
        bool | None,
        typer.Option(
            "--replaces-base/--this-task-alone",
            help="Suppose a tuned model were to replace the base for everything, or not.",
        ),
    ] = None,
    needs_outside_facts: Annotated[
        bool | None,
        typer.Option(
            "--outside-facts/--no-outside-facts",
            help="Suppose right answers needed facts that the input lacks, or not.",
        ),
    ] = None,
    beyond_labels: Annotated[
        bool | None,
        typer.Option(
            "--beyond-labels/--labels-alone",
            help="Suppose more than a label were needed, or not.",
        ),
    ] = None,
    policy_file: Annotated[
        Path | None,
        typer.Option(
            "--policy",
            help="TOML file with your own thresholds for the decision; else those of the run.",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """What would the answer be, were the target, the volume or a limit another? Changes nothing."""
    supposed = {
        "target": target,
        "monthly_requests": monthly_requests,
        "latency_limit_ms": latency_limit_ms,
        "monthly_budget": monthly_budget,
        "facts_change": facts_change,
        "retrainings_per_month": retrainings_per_month,
        "replaces_base": replaces_base,
        "needs_outside_facts": needs_outside_facts,
        "beyond_labels": beyond_labels,
    }
    with errors_shown():
        from agent.supposing import answer_what_if, suppose
        from agent.worker import Worker
        from policies.policy import load_policy
        from tools.runs import open_run
        from tools.settings import load_settings

        told = {field: value for field, value in supposed.items() if value is not None}
        if not told:
            raise UserError("Say what to suppose, for example --target 0.85.")
        brief_of(None, told)  # refuses what cannot be
        settings = load_settings()
        run = open_run(settings.home, reference)
        with closing(Worker(settings, policy_of(policy_file, load_policy))) as worker:
            state = worker.view(run.info.run_id).state
            if "recommendation" not in state:
                raise RunError(f"The run {reference!r} has no verdict yet; assess it first.")
            kept = worker.policy if policy_file else state.get("policy", worker.policy)
        if as_json:
            found = suppose(state, told, kept)
            show_json(
                {
                    "supposed": told,
                    "verdict": found.advice.verdict,
                    "headline": found.advice.headline,
                    "changes": not found.is_same,
                    "outcome": found.outcome.model_dump() if found.outcome else None,
                }
            )
            return
        out.print(answer_what_if(state, told, kept), highlight=False, soft_wrap=True)


@app.command()
def chat(reference: Run) -> None:
    """Ask about a finished run here, or have its prompt and its tuned model answer a message."""
    with errors_shown():
        from tools.settings import load_settings
        from ui.talk import talk

        talk(load_settings(), reference)


@app.command(epilog=epilogs.SERVE)
def serve(
    reference: Annotated[
        str | None,
        typer.Argument(
            metavar="RUN",
            help="A run: its id from “tuneworthy runs”, or its folder.",
            show_default=False,
        ),
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(help="Serve this local model, as the settings name it, instead of a run."),
    ] = None,
    host: Annotated[
        str,
        typer.Option(
            help="Address to listen on. This one takes requests of this machine alone; any other "
            "needs a token."
        ),
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port; 0 takes a free one.")] = 8000,
    token: Annotated[
        str | None,
        typer.Option(
            envvar="TUNEWORTHY_SERVE_TOKEN",
            help="Key that clients have to send; better told by the variable, which no list of "
            "processes shows.",
        ),
    ] = None,
    allow_send: Annotated[
        list[str] | None,
        typer.Option(
            help="Endpoint that may receive requests, where the best prompt runs on one; "
            "repeatable."
        ),
    ] = None,
    vllm: Annotated[
        bool, typer.Option("--vllm", help="Only print the command that serves it with vLLM.")
    ] = False,
) -> None:
    """Serve what was measured, as an OpenAI-compatible endpoint."""
    with errors_shown():
        from tools.settings import load_settings
        from ui.serve import serve_arms, show_vllm

        if vllm:
            return show_vllm(load_settings(), reference)
        allowed = tuple(allow_send or ())
        serve_arms(load_settings(), reference, model, host, port, token, allowed)


@app.command(epilog=epilogs.REPORT)
def report(
    reference: Run,
    form: Annotated[
        Literal["html", "pdf", "md", "tables"],
        typer.Option(
            "--format",
            help="html, pdf and md are the report; tables writes trials and answers as CSV and "
            "JSONL, the prompt as text and as a program, and the JSON Schema.",
        ),
    ] = "html",
    no_examples: Annotated[
        bool,
        typer.Option(
            "--no-examples", help="Leave your own examples out, for people who may not see them."
        ),
    ] = False,
) -> None:
    """Write the report of a run, or its tables, and print where it is."""
    with errors_shown():
        from tools.report.build import write
        from tools.report.exports import export_run_tables
        from tools.runs import open_run
        from tools.settings import load_settings

        run = open_run(load_settings().home, reference)
        try:
            if form == "tables":
                typer.echo(str(export_run_tables(run, not no_examples)))
            else:
                typer.echo(str(write(run.folder, form, not no_examples)))
        except FileNotFoundError:
            raise RunError(f"The run {reference!r} has no verdict yet; assess it first.") from None


@app.command()
def runs(as_json: AsJson = False) -> None:
    """List the runs, newest first."""
    with errors_shown():
        from tools.runs import list_runs
        from tools.settings import load_settings

        rows = [
            {
                "run": run.info.run_id,
                "created": run.info.created,
                "data": run.info.data_name,
                "verdict": _verdict(run.folder),
                "folder": str(run.folder),
            }
            for run in list_runs(load_settings().home)
        ]
        if as_json:
            return show_json(rows)
        if not rows:
            return out.print("No runs yet.")
        # What is to be copied is never cut.
        run_id, folder = Column("run", no_wrap=True), Column("folder", overflow="fold")
        told = ({**row, "created": row["created"][:16].replace("T", " ")} for row in rows)
        columns = (run_id, "created", "data", "verdict", folder)
        show_table(columns, [tuple(row.values()) for row in told])


def _verdict(folder: Path) -> str:
    """The verdict of a run's folder, "" before there is one."""
    from tools.assessment import load

    try:
        return load(folder).verdict
    except FileNotFoundError:
        return ""
    except RunError:  # one file that is damaged hides no other run
        return "unreadable"


@app.command()
def doctor(as_json: AsJson = False) -> None:
    """Check what this installation can do, and what it lacks."""
    with errors_shown():
        from ui.doctor import checks

        found = list(checks())
        if as_json:
            show_json([asdict(check) for check in found])
        else:
            rows = [(c.name, "ok" if c.passed else "missing", c.text) for c in found]
            show_table(("check", "result", "what to do"), rows)
        if not all(check.passed for check in found):
            raise typer.Exit(EXIT_FAULT)


def main() -> None:
    """Entry point of the `tuneworthy` command."""
    for name, value in QUIET.items():
        os.environ.setdefault(name, value)
    app()


# Before any import of these libraries: no telemetry, no download, strict checkpoints.
QUIET = {
    "HF_HUB_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "TOKENIZERS_PARALLELISM": "false",
    "TRANSFORMERS_VERBOSITY": "error",
    "LANGGRAPH_STRICT_MSGPACK": "true",
    "GRADIO_ANALYTICS_ENABLED": "False",
    "GOMP_SPINCOUNT": "20000",  # idle threads leave the cores to other processes (docs/log.md)
}


add_commands(app)

if __name__ == "__main__":
    main()
