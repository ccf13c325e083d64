"""The tools that other programs may call over MCP: assess, status, verdict, what-if, report.

Examples come as text, never as a path or an address: what a caller sends can neither read this
machine's files nor make it fetch anything. Only local models are used, so nothing leaves either.
"""

import json
import tempfile
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, Literal

import gradio as gr
from gradio.events import api
from pydantic import ValidationError

from agent.state import Options, State
from agent.supposing import answer_what_if
from agent.worker import Worker
from policies.brief import Brief
from tools.assessment import FILE_NAME, load
from tools.errors import RunError, UserError
from tools.intake.dataset import load_dataset
from tools.intake.read import shown_name
from tools.report.build import write
from tools.runs import RUN_ID, create_run

LONGEST_EXAMPLES = 20_000_000  # characters
# What a verdict tells; rows, prompts and file names stay in the report.
TOLD = {
    "run_id", "verdict", "headline", "confidence", "partial", "outcome", "reasons", "flips",
    "more_examples", "ask_again", "task", "forecast", "economics",
}  # fmt: skip
Form = Literal["md", "html"]


def add_tools(worker: Worker) -> None:
    """Offer the tools; called inside a `gr.Blocks`.

    Args:
        worker: Does the work.
    """
    tools = Tools(worker)
    for tool in (tools.assess, tools.status, tools.verdict, tools.what_if, tools.report):
        api(_for_people(tool), api_name=tool.__name__)


class Tools:
    """The tools; each validates what it is given."""

    def __init__(self, worker: Worker) -> None:
        """Tools on the runs of a worker."""
        self.worker = worker

    def assess(
        self,
        examples: str,
        input_column: str = "",
        answer_column: str = "",
        task: str = "",
        target: float = 0.0,
        monthly_requests: int = 0,
        prompt: str = "",
    ) -> str:
        """Start to measure whether a fine-tune is worth it for one language task.

        Takes minutes; ask `status` with the run that comes back. Uses local models only.

        Args:
            examples: The examples as CSV (with a header line) or JSON Lines text.
            input_column: Column that holds the inputs; "" finds it.
            answer_column: Column that holds the right answers; "" finds it.
            task: What the model should do, in a sentence; may be "".
            target: The score that is good enough, from 0 to 1; 0 takes 0.9, and for texts what
                today's answers score.
            monthly_requests: Requests a month; 0 if that is not known.
            prompt: The prompt in use today; "" if there is none.

        Returns:
            The id of the run, as JSON with the key `run`.
        """
        if not 0 < len(examples) <= LONGEST_EXAMPLES:
            raise UserError(f"Send 1 to {LONGEST_EXAMPLES:,} characters of examples.")
        brief = _brief(
            input_column=input_column or None,
            answer_column=answer_column or None,
            task=task,
            target=target or Brief().target,
            monthly_requests=monthly_requests or None,
            prompt=prompt or None,
        )
        suffix = ".jsonl" if examples.lstrip().startswith("{") else ".csv"
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / f"examples{suffix}"
            file.write_text(examples, encoding="utf-8", errors="replace")  # half an emoji
            load_dataset(file, brief, shown_name(file))  # no run for what cannot be used
            run = create_run(self.worker.settings.home)
            run.take_examples(file)
        options = Options(
            interactive=False,
            tune="never",
            target_told=bool(target),
            budget_minutes=self.worker.settings.budget_minutes,
        )
        run_id = self.worker.begin(options, brief, run)
        self.worker.start(run_id)
        return _told({"run": run_id})

    def status(self, run: str) -> str:
        """How far a run is, and what the answer would be by now.

        Args:
            run: The id of the run.

        Returns:
            JSON: `state` is "working", "finished" or "failed"; while it works also what it does,
            how far that is, and the provisional answer.
        """
        view = self.worker.view(_known(run))
        finished = (self.worker.run(run).folder / FILE_NAME).exists()
        state = "working" if view.busy else "finished" if finished else "failed"
        found: dict[str, Any] = {"state": state, "error": view.error}
        if view.busy and view.step is not None:
            standing = view.step.standing
            found |= view.step.model_dump(include={"title", "done", "total", "seconds_left"})
            found["provisional"] = f"{standing.text} {standing.leader}" if standing else ""
        return _told(found)

    def verdict(self, run: str) -> str:
        """The answer of a finished run: verdict, reasons, figures, and what would change it.

        Args:
            run: The id of the run.

        Returns:
            The assessment without rows and prompts, as JSON; scores are from 0 to 1.
        """
        found = load(self._finished(run))
        arms = [arm.model_dump(mode="json") for arm in found.compared]
        return _told({**found.model_dump(mode="json", include=TOLD), "arms": arms})

    def what_if(
        self,
        run: str,
        target: float = 0,
        monthly_requests: int = 0,
        latency_limit_ms: float = 0,
        monthly_budget: float = 0,
    ) -> str:
        """What the answer would be were the target, the volume or a limit another.

        Changes nothing. What is 0 is left as it is.

        Args:
            run: The id of the run.
            target: The score that is good enough, from 0 to 1.
            monthly_requests: Requests a month.
            latency_limit_ms: Longest time of an answer, in milliseconds.
            monthly_budget: Most to pay a month, in the operator's currency.

        Returns:
            The answer in words.
        """
        told = {
            "target": target,
            "monthly_requests": monthly_requests,
            "latency_limit_ms": latency_limit_ms,
            "monthly_budget": monthly_budget,
        }
        supposed = {name: value for name, value in told.items() if value}
        if not supposed:
            raise UserError("Say what to suppose: a target, a volume or a limit.")
        _brief(**supposed)
        self._finished(run)
        state: State = self.worker.view(run).state
        return answer_what_if(state, supposed, state.get("policy", self.worker.policy))

    def report(self, run: str, form: Form = "md", examples: bool = True) -> str:
        """The report of a finished run, to be forwarded to whoever decides.

        Args:
            run: The id of the run.
            form: "md" for Markdown, "html" for one self-contained page.
            examples: Whether the team's own examples are shown; false for people who may not see
                them.

        Returns:
            The report as text.
        """
        if form not in ("md", "html"):
            raise UserError("A report has the form “md” or “html”.")
        return write(self._finished(run), form, examples is True).read_text(encoding="utf-8")

    def _finished(self, run: str) -> Path:
        folder = self.worker.run(_known(run)).folder
        if not (folder / FILE_NAME).exists():
            raise RunError(f"The run {run} has no verdict yet; ask for its status.")
        return folder


def _told(found: dict[str, Any]) -> str:
    """JSON text: Gradio would send the Python form of anything else."""
    return json.dumps(found, ensure_ascii=False)


def _known(run: object) -> str:
    """A run's id as a caller sends it; a path is none."""
    if not isinstance(run, str) or not RUN_ID.fullmatch(run):
        raise RunError("That is no run's id; `assess` returns one.")
    return run


def _brief(**told: object) -> Brief:
    try:
        return Brief.model_validate(told)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise UserError(f"{where} is not valid: {first['msg']}.") from error


def _for_people(tool: Callable[..., Any]) -> Callable[..., Any]:
    """The tool with its errors for people as Gradio tells them."""

    @wraps(tool)
    def called(*given: Any, **named: Any) -> Any:
        try:
            return tool(*given, **named)
        except UserError as error:
            raise gr.Error(str(error), print_exception=False) from error

    return called
