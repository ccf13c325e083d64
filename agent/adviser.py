"""An optional adviser model: further plans through the same typed tool, and words about a run.

It proposes wordings; what they are worth is measured like any other plan, and the rules decide.
What it says about a run is shown only if every figure in it is one of the run's own.
"""

import logging
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from agent.utterances.figures import MEASURE, in_digits
from tools.assessment import Assessment
from tools.models.catalogue import Catalogue
from tools.models.protocol import LanguageModel
from tools.progress import Watch
from tools.trials.ladder import TrialRequest
from tools.trials.plan import Plan
from tools.trials.task import Task
from tools.trials.trial import Trial

if TYPE_CHECKING:
    import openai

MOST = 4
_FIGURE = re.compile(r"\d+(?:\.\d+)?")
_ABOUT_THE_RUN = re.compile(
    r"\b(?:verdict|advice|advise|fine-?tun\w*|prompt|classifier|target|scores?|forecast|held.out|dev"
    r"|rules?|assessment|report)\b.*\?\s*$",
    re.IGNORECASE | re.DOTALL,
)

log = logging.getLogger(__name__)


def suggestions(
    trials: Sequence[Trial],
    task: Task,
    model: LanguageModel,
    watch: Watch,
    catalogue: Catalogue,
    client: "openai.OpenAI | None" = None,
) -> list[Plan]:
    """Plans that the adviser asks for after it has seen the ladder's scores.

    Sends the task's description, the labels or keys and the scores, never a row. An adviser that
    fails is left out: the run does not depend on it.

    Args:
        trials: The trials so far.
        task: The task.
        model: The model under trial.
        watch: Progress and stop.
        catalogue: The models; the settings name the adviser.
        client: A client to use instead of a new one.
    """
    name = catalogue.settings.adviser
    if name is None or name not in catalogue.settings.endpoints:
        return []
    import openai  # half a second of start-up

    endpoint = catalogue.settings.endpoints[name]
    client = client or openai.OpenAI(
        base_url=endpoint.base_url, api_key=endpoint.key(), timeout=endpoint.timeout_seconds
    )
    scores = "\n".join(f"{t.plan.name}: {t.score(task).score:.2f}" for t in trials)
    wanted = (
        f"Task: {task.description or 'not described'}\nKind of answer: {task.type}\n"
        f"Labels or keys: {', '.join(task.labels or task.keys)}\nScores so far:\n{scores}\n"
        f"Ask for up to {MOST} further prompt wordings that may score higher."
    )
    try:
        completion = client.chat.completions.create(
            model=endpoint.model,
            messages=[{"role": "user", "content": wanted}],
            tools=[openai.pydantic_function_tool(TrialRequest, name="try_plan")],
        )
        calls = completion.choices[0].message.tool_calls or []
    except (openai.OpenAIError, AttributeError, IndexError, TypeError, ValueError) as error:
        log.warning("The adviser %s gave no suggestions: %s", name, type(error).__name__)
        return []
    requests = _valid([call.function.arguments for call in calls if call.type == "function"])
    plans = [request.plan(number, task) for number, request in enumerate(requests, start=1)]
    return plans[:MOST]


def ask_adviser(
    question: str, a: Assessment, catalogue: Catalogue, client: "openai.OpenAI | None" = None
) -> str:
    """The adviser's answer to a question about a finished run, from its figures alone.

    Sends the headline, reasons, scores and costs, never a row, label or prompt.

    Returns:
        The answer; "" without an adviser, or if the message is no question about the run.
    """
    name = catalogue.settings.adviser
    if name not in catalogue.settings.endpoints or not _ABOUT_THE_RUN.search(question):
        return ""
    import openai  # half a second of start-up

    endpoint = catalogue.settings.endpoints[name]
    client = client or openai.OpenAI(
        base_url=endpoint.base_url, api_key=endpoint.key(), timeout=endpoint.timeout_seconds
    )
    known = _evidence(a)
    wanted = (
        "Answer the question about this assessment in at most four plain sentences, using only "
        f"the figures below and working none out.\n\n{known}\n\nQuestion: {question}"
    )
    try:
        completion = client.chat.completions.create(
            model=endpoint.model, messages=[{"role": "user", "content": wanted}]
        )
        text = (completion.choices[0].message.content or "").strip()
    except (openai.OpenAIError, AttributeError, IndexError, TypeError, ValueError) as error:
        log.warning("The adviser %s gave no answer: %s", name, type(error).__name__)
        return ""
    if text and quotes_only(text, known):
        return text
    return "The adviser's answer held a figure that this run did not measure, so it is left out."


def quotes_only(text: str, evidence: str) -> bool:
    """Whether every figure of a text is in the evidence, as it stands, in percent or rounded."""
    known = [float(found) for found in _FIGURE.findall(evidence)]
    values = [*known, *(100 * value for value in known)]
    said = _FIGURE.findall(in_digits(text, MEASURE))
    return all(any(_rounds_to(value, figure) for value in values) for figure in said)


def _rounds_to(value: float, figure: str) -> bool:
    decimals = len(figure.partition(".")[2])
    return abs(value - float(figure)) <= 0.5000001 / 10.0**decimals


def _evidence(a: Assessment) -> str:
    told: dict[str, Any] = {
        "brief": {"prompt", "task", "input_column", "answer_column", "current_column"},
        "data": {"label_counts", "file", "notes"},
        "prompting": {"best", "mistakes"},
        "tuned": {"recipe", "loss"},
        **dict.fromkeys(("run_id", "created", "versions", "seed", "schema_version", "notes"), True),
    }
    return a.model_dump_json(exclude=told)


def _valid(arguments: Sequence[str]) -> list[TrialRequest]:
    requests = []
    for text in arguments:
        try:
            requests.append(TrialRequest.model_validate_json(text))
        except ValidationError:
            log.warning("The adviser asked for a plan that is not one.")
    return requests
