"""What an endpoint answers with, by model name: the arms of a run as they were measured.

`prompt` and `tuned` put the last user message into the plan that was scored, examples, decoding
and parsing included; `classifier` reads it; `base` gets the chat as it was sent.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from policies.evidence import Score
from tools.assessment import Assessment, TunedPart, load
from tools.errors import RunError, UserError
from tools.forecast.classifier import NO_MODEL, Contestant
from tools.forecast.saved import confirmed_classifier, refitted
from tools.intake.examples import Example
from tools.models.catalogue import Catalogue
from tools.models.protocol import Chat, LanguageModel, Limits, Reply
from tools.progress import Watch
from tools.runs import Run
from tools.trials.answering import Answer, run_plan
from tools.trials.plan import Plan
from tools.trials.stage import task_of
from tools.trials.task import Task
from tools.tuning.registry import Registry

Respond = Callable[[Chat, Limits], Reply]


@dataclass(frozen=True)
class ServedArm:
    """One name that an endpoint answers to.

    Attributes:
        name: The model name that a client sends.
        title: What it is, for people.
        respond: Answers a chat; the limits count for plain models only.
        score: Its score on locked rows, or None if it was not measured.
    """

    name: str
    title: str
    respond: Respond
    score: Score | None = None


def ask(
    plan: Plan,
    task: Task,
    model: LanguageModel,
    text: str,
    wrote: Callable[[str], None] | None = None,
) -> Answer:
    """One model's answer to one text with a plan, exactly as rows are answered in the trials.

    Args:
        plan: The plan.
        task: The task.
        model: The model.
        text: The text.
        wrote: Called with the answer as far as it is written, where the model writes one.

    Raises:
        ModelError: The model cannot answer.
    """
    (answer,) = run_plan(plan, task, model, [Example(0, text, "")], Watch(wrote=wrote), "serve")
    return answer


def model_arm(name: str, catalogue: Catalogue) -> ServedArm:
    """A plain local model under its own name.

    Raises:
        ModelError: There is no local model of that name.
    """
    catalogue.folder(name)  # refuses endpoints
    return ServedArm(name, f"the model {name}, as it is", _passed_through(catalogue.load(name)))


def run_arms(run: Run, catalogue: Catalogue, allow_send: tuple[str, ...] = ()) -> list[ServedArm]:
    """The arms of a finished run; models that several of them share are loaded once.

    In place of an adapter that is out of use goes the newest one that passed its gate on the same
    examples and the same base model.

    Args:
        run: The run.
        catalogue: The models.
        allow_send: Endpoints that may receive what clients send.

    Raises:
        RunError: The run has no verdict, or nothing in it can be served.
        UserError: The best prompt runs on an endpoint that nobody allowed.
    """
    found = assessment_of(run)
    dataset = run.dataset(found.brief)
    task = task_of(dataset, found.brief)
    arms = []
    best = found.prompting.best
    if best is not None and best.plan is not None:
        _check_allowed(found.prompting.model, catalogue, allow_send)
        model = catalogue.load(found.prompting.model)
        respond = _planned(best.plan, task, model)
        arms.append(ServedArm("prompt", best.name, respond, best.test))
    if found.tuned is not None:
        arms += _tuned_arm(run, found.tuned, dataset.hash, task, catalogue)
    classifier = confirmed_classifier(found)
    if classifier is not None:
        contestant = refitted(classifier, task, catalogue, run.store(dataset))
        respond = _classified(contestant)
        arms.append(ServedArm("classifier", classifier.name, respond, classifier.test))
    base = base_model(found)
    if base != NO_MODEL and not catalogue.is_endpoint(base):
        arms.append(replace(model_arm(base, catalogue), name="base"))
    if not arms:
        raise RunError(
            f"The run {run.info.run_id} holds nothing that can be served; assess it again."
        )
    return arms


def _tuned_arm(
    run: Run, tuned: TunedPart, data: str, task: Task, catalogue: Catalogue
) -> list[ServedArm]:
    """The run's own tuned model, or the one in use in its place; none where there is neither."""
    registry = Registry(run.home)
    if not registry.is_out_of_use(run.info.run_id, tuned.adapter):
        if tuned.plan is None:
            return []
        model = catalogue.load(tuned.base, run.folder / tuned.adapter)
        title = tuned.model if tuned.shipped else f"{tuned.model} (did not pass its test)"
        return [ServedArm("tuned", title, _planned(tuned.plan, task, model), tuned.test)]
    entry = registry.in_use(data, tuned.base)
    if entry is None or entry.plan is None:
        return []
    model = catalogue.load(tuned.base, registry.adapter(entry))
    respond = _planned(entry.plan, replace(task, description=entry.task), model)
    title = f"{tuned.model} (adapter {entry.name}, as this run's is out of use)"
    return [ServedArm("tuned", title, respond, entry.test)]


def assessment_of(run: Run) -> Assessment:
    """The assessment of a finished run.

    Raises:
        RunError: The run has no verdict, or was made before runs could be served.
    """
    try:
        found = load(run.folder)
    except FileNotFoundError:
        raise RunError(f"The run {run.info.run_id} has no verdict yet; assess it first.") from None
    best = found.prompting.best
    if best is not None and best.plan is None:
        raise RunError(
            f"The run {run.info.run_id} was made by an earlier version; assess it again. What was "
            "computed is kept."
        )
    return found


def base_model(found: Assessment) -> str:
    """Name of the plain model of a run: the one that was tuned, else the one of the prompt."""
    return found.tuned.base if found.tuned and found.tuned.base else found.prompting.model


def _check_allowed(model: str, catalogue: Catalogue, allow_send: tuple[str, ...]) -> None:
    if catalogue.is_endpoint(model) and model not in allow_send:
        raise UserError(
            f"The best prompt runs on the endpoint {model!r}, which would receive every request; "
            f"say --allow-send {model} if it may."
        )


def _planned(plan: Plan, task: Task, model: LanguageModel) -> Respond:
    def respond(chat: Chat, limits: Limits) -> Reply:
        answer = ask(plan, task, model, _last_user(chat))
        return Reply(
            text=answer.reply if answer.given is None else answer.given,
            prompt_tokens=answer.prompt_tokens,
            completion_tokens=answer.completion_tokens,
            seconds=answer.seconds,
            finish=answer.finish,
        )

    return respond


def _classified(contestant: Contestant) -> Respond:
    def respond(chat: Chat, limits: Limits) -> Reply:
        found = (contestant.alone or contestant.answer)([_last_user(chat)])  # nothing is kept
        (label,) = found.answers
        return Reply(text=label, prompt_tokens=0, completion_tokens=0, seconds=found.seconds)

    return respond


def _passed_through(model: LanguageModel) -> Respond:
    def respond(chat: Chat, limits: Limits) -> Reply:
        ((_, reply),) = model.complete([chat], limits)
        return reply

    return respond


def _last_user(chat: Chat) -> str:
    for message in reversed(chat):
        if message.role == "user":
            return message.content
    raise UserError("The messages hold none of the role 'user'; its text is what is answered.")
