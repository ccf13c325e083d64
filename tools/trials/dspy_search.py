"""A search for good fixed examples with DSPy's BootstrapFewShotWithRandomSearch; extra `dspy`.

DSPy picks the examples, on practice rows of train; the prompts are those of the best plan so far,
and the model answers through the engine that answers all plans. What is found becomes a plan with
given rows and enters the race on dev.
"""

import io
import logging
import threading
from collections.abc import Iterator, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from importlib.util import find_spec
from types import ModuleType
from typing import Any

from tools.errors import ModelError, Stopped, UserError
from tools.intake.examples import Example
from tools.measure.metrics import item_scores
from tools.models.protocol import Chat, LanguageModel, Message, Scorer
from tools.progress import Watch
from tools.trials.answering import picked
from tools.trials.forms import listed
from tools.trials.parse import parse_answer
from tools.trials.plan import Plan
from tools.trials.practice import Budget, hold_back, leading
from tools.trials.task import Task
from tools.trials.trial import Trial

FAMILY = "searched examples (DSPy)"
FOR_SCORES = 24  # practice rows
MOST_EXAMPLES, MOST_BOOTSTRAPPED = 8, 4
GOOD_ENOUGH = 0.99  # score of an answer that may become an example
FIRST_SEARCH, SEARCHES = -2, 6  # DSPy's numbering: -2 random rows, -1 in order, from 0 shuffled
NOT_READABLE = "(none)"  # DSPy refuses an empty reply

_quiet = threading.Lock()  # DSPy prints; what it prints is caught for the whole process
log = logging.getLogger(__name__)


def check_installed() -> None:
    """Raise a `UserError` if the extra is missing."""
    if find_spec("dspy") is None:
        raise UserError(
            "The setting 'optimisers' names dspy, which is not installed; install the extra dspy "
            "or take it out of the settings."
        )


def searched_plans(
    trials: Sequence[Trial],
    task: Task,
    model: LanguageModel,
    watch: Watch,
    budget: Budget | None = None,
) -> list[Plan]:
    """The best plan so far with examples that DSPy picked, or nothing.

    A stop keeps what was found; whoever goes on with the watch meets the stop again.

    Args:
        trials: The trials so far.
        task: The task.
        model: The model under trial.
        watch: Progress and stop.
        budget: What may be used.

    Raises:
        UserError: The extra is missing.
        ModelError: The endpoint under trial refuses its key or model.
    """
    check_installed()
    budget = budget or Budget()
    leader, practice = leading(trials, task), hold_back(task, FOR_SCORES)
    if leader is None or not practice.rows or not practice.task.train:
        return []
    engine = _Engine(leader, practice.task, model, budget.watch(watch), budget.answers)
    numbers = range(FIRST_SEARCH, SEARCHES)
    found: dict[tuple[int, ...], float] = {}

    def searches() -> Iterator[None]:
        for number in numbers:
            rows, score = _search(engine, practice.rows, number)
            found[rows] = score  # before the watch is looked at: a stop keeps it
            yield

    try:
        title = f"Searching examples for {model.name}"
        for _ in watch.track("trials", title, searches(), len(numbers)):
            pass
    except Stopped as stop:
        log.info("The search ended early: %s", stop)
    best = max(found, key=found.__getitem__, default=())
    return [_with_rows(leader, best)] if best else []


def _with_rows(leader: Plan, rows: tuple[int, ...]) -> Plan:
    parts: dict[str, Any] = {"shots": "given", "given_rows": rows, "shot_count": len(rows)}
    names = {"name": f"{len(rows)} searched examples", "family": FAMILY, "after": None}
    return leader.model_copy(update={**parts, **names})


def _search(
    engine: "_Engine", scored: Sequence[Example], number: int
) -> tuple[tuple[int, ...], float]:
    """One of DSPy's candidates: rows to show, and the score with them."""
    import dspy  # an extra
    from dspy.teleprompt import BootstrapFewShotWithRandomSearch

    with _quiet, redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
        search = BootstrapFewShotWithRandomSearch(
            metric=engine.metric,
            metric_threshold=GOOD_ENOUGH,
            max_bootstrapped_demos=MOST_BOOTSTRAPPED,
            max_labeled_demos=MOST_EXAMPLES,
            num_candidate_programs=SEARCHES,
            num_threads=1,
            max_errors=1,
        )
        lm = dspy.LM("tuneworthy", engine=engine, cache=False, num_retries=0)
        with dspy.context(lm=lm, adapter=_adapter(dspy, engine)):
            try:
                program = search.compile(
                    dspy.Predict("text, row -> answer"),
                    trainset=[_shown(dspy, row) for row in engine.task.train],
                    valset=[_shown(dspy, row) for row in scored],
                    restrict=[number],
                )
            except Exception:  # DSPy wraps what an engine raises
                if engine.ended is None:
                    raise
                raise engine.ended from None
    rows = tuple(int(demo.row) for demo in program.demos)
    return rows, float(program.candidate_programs[0]["score"]) / 100


def _shown(dspy: ModuleType, row: Example) -> Any:
    example = dspy.Example(text=row.input, row=row.row, answer=row.answer)
    return example.with_inputs("text", "row")


def _adapter(dspy: ModuleType, engine: "_Engine") -> Any:
    """DSPy's idea of a prompt replaced by ours: DSPy's own markers defeat small models."""

    class Turns(dspy.Adapter):  # type: ignore[misc, name-defined]
        def format(self, signature: Any, demos: Any, inputs: Any) -> list[dict[str, str]]:
            plan = _with_rows(engine.leader, tuple(int(demo["row"]) for demo in demos))
            return [m.model_dump() for m in plan.chat(engine.task, inputs["text"])]

        def parse(self, signature: Any, completion: str) -> dict[str, str]:
            return {"answer": completion}

    return Turns()


@dataclass
class _Engine:
    """The model under trial as DSPy calls it: one chat at a time, until something ends it."""

    leader: Plan
    task: Task
    model: LanguageModel
    watch: Watch
    answers_left: int
    ended: Stopped | ModelError | None = None

    def complete(self, request: Any) -> Any:
        """Answer one request."""
        from dspy import lm15

        try:
            text = self._answer(_chat(request))
        except (Stopped, ModelError) as error:
            self.ended = error
            raise
        return lm15.Response(
            id=None,
            model=self.model.name,
            message=lm15.Message.assistant(text or NOT_READABLE),
            finish_reason="stop",
            usage=lm15.Usage(),
        )

    def metric(self, example: Any, prediction: Any, trace: Any = None) -> float:
        """The decision metric on one row."""
        thinks = self.leader.reasoning is not None
        given = parse_answer(self.task.type, prediction.answer, self.task.labels, reasoned=thinks)
        return float(item_scores(self.task.metric, [example.answer], [given])[0])

    def _answer(self, chat: Chat) -> str:
        self.watch.check()
        if self.answers_left <= 0:
            raise Stopped("The search has used its answers.")
        self.answers_left -= 1
        try:
            if self.leader.by_likelihood(self.task) and isinstance(self.model, Scorer):
                ((_, likelihoods),) = self.model.score([chat], self.task.labels)
                return self.task.labels[picked(self.leader, likelihoods)]
            ((_, reply),) = self.model.complete([chat], self.leader.limits(self.task))
            return listed(reply.text) if self.leader.decoding == "listed" else reply.text
        except ModelError:
            if not self.model.traits.is_local:
                raise
            return ""  # the examples do not fit into the model


def _chat(request: Any) -> Chat:
    """DSPy's request as our chat; the system turn stands apart there."""
    turns = [Message(role=m.role, content=m.text or "") for m in request.messages]
    if request.system:
        system = request.system
        text = system if isinstance(system, str) else "".join(part.text for part in system)
        turns.insert(0, Message(role="system", content=text))
    return tuple(turns)
