"""Further plans that the adviser asks for, through the same typed request as anybody's."""

import logging
from collections.abc import Iterator, Sequence

from pydantic import ValidationError

from agent.adviser.asking import Adviser, Call, Tool, calls_of
from tools.models.protocol import LanguageModel
from tools.progress import Watch
from tools.trials.ladder import TrialRequest
from tools.trials.plan import Plan
from tools.trials.task import Task
from tools.trials.trial import Trial

MOST = 4
TRY = Tool("try_plan", TrialRequest, "Have a prompt wording measured on the team's examples.")

log = logging.getLogger(__name__)


def suggestions(
    trials: Sequence[Trial], task: Task, model: LanguageModel, watch: Watch, adviser: Adviser
) -> list[Plan]:
    """Plans that the adviser asks for after it has seen the ladder's scores.

    Sends the task's description, the labels or keys and the scores, never a row.

    Args:
        trials: The trials so far.
        task: The task.
        model: The model under trial.
        watch: Progress and stop.
        adviser: Who is asked.
    """
    scores = "\n".join(f"{t.plan.name}: {t.score(task).score:.2f}" for t in trials)
    wanted = (
        f"Task: {task.description or 'not described'}\nKind of answer: {task.type}\n"
        f"Labels or keys: {', '.join(task.labels or task.keys)}\nScores so far:\n{scores}\n"
        f"Ask for up to {MOST} further prompt wordings that may score higher."
    )
    message = adviser.ask([{"role": "user", "content": wanted}], [TRY])
    requests = _valid(calls_of(message)) if message else ()
    plans = [request.plan(number, task) for number, request in enumerate(requests, start=1)]
    return plans[:MOST]


def _valid(calls: Sequence[Call]) -> Iterator[TrialRequest]:
    for call in calls:
        try:
            yield TrialRequest.model_validate_json(call.arguments)
        except ValidationError as error:
            why = "; ".join(each["msg"] for each in error.errors(include_input=False))
            log.warning("What the adviser asked for is not tried: %s", why)
