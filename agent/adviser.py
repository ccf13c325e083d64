"""An optional adviser model that may ask for further plans, through the same typed tool.

It proposes wordings; what they are worth is measured like any other plan, and the rules decide.
"""

import logging
from collections.abc import Sequence

import openai
from pydantic import ValidationError

from tools.models.catalogue import Catalogue
from tools.models.protocol import LanguageModel
from tools.progress import Watch
from tools.trials.ladder import TrialRequest
from tools.trials.plan import Plan
from tools.trials.task import Task
from tools.trials.trial import Trial

MOST = 4

log = logging.getLogger(__name__)


def suggestions(
    trials: Sequence[Trial],
    task: Task,
    model: LanguageModel,
    watch: Watch,
    catalogue: Catalogue,
    client: openai.OpenAI | None = None,
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
    except (openai.OpenAIError, IndexError, TypeError) as error:
        log.warning("The adviser %s gave no suggestions: %s", name, type(error).__name__)
        return []
    requests = _valid([call.function.arguments for call in calls if call.type == "function"])
    plans = [request.plan(number, task) for number, request in enumerate(requests, start=1)]
    return plans[:MOST]


def _valid(arguments: Sequence[str]) -> list[TrialRequest]:
    requests = []
    for text in arguments:
        try:
            requests.append(TrialRequest.model_validate_json(text))
        except ValidationError:
            log.warning("The adviser asked for a plan that is not one.")
    return requests
