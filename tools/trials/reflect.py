"""Better wordings by reflection: GEPA (2507.19457) on the words of the best plan so far.

A larger model, the reflector, reads a few practice rows with the answers they got and writes a new
instruction; what it writes is tried on practice rows, and what holds there enters the race on dev.
The rows that the reflector reads leave the machine: that needs a yes (see `agent.optimisers`).
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import gepa
from gepa.core.adapter import EvaluationBatch
from gepa.strategies.instruction_proposal import InstructionProposalSignature

from tools.errors import ModelError, Stopped
from tools.intake.examples import Example
from tools.measure.metrics import item_scores
from tools.models.protocol import LanguageModel, Limits, Message, Reply
from tools.progress import Watch
from tools.trials.answering import Answer, run_plan
from tools.trials.mistakes import kinds_of_mistake
from tools.trials.plan import Plan
from tools.trials.practice import Budget, hold_back, leading
from tools.trials.proposed import fault_of
from tools.trials.task import Task
from tools.trials.trial import Trial

FAMILY = "reflected (GEPA)"
WORDS = "words"  # the one part of a plan that is rewritten
FOR_SCORES, FOR_FEEDBACK = 24, 16  # practice rows
AT_A_TIME = 6  # rows answered before and after each rewriting
SHOWN = 4  # of them, those with the lowest scores
KEPT = 2
REFLECTION_TOKENS = 4000
FENCE = "```"

Reflector = Callable[[str], Reply]
log = logging.getLogger(__name__)


def reflector_of(model: LanguageModel) -> Reflector:
    """A reflector that asks a model; each question has its own seed, so that a store may answer."""
    asked = 0

    def reflect(prompt: str) -> Reply:
        nonlocal asked
        limits = Limits(REFLECTION_TOKENS, temperature=1.0, seed=asked)
        asked += 1
        chat = (Message(role="user", content=prompt),)
        ((_, reply),) = model.complete([chat], limits)
        return reply

    return reflect


def reflected_plans(
    trials: Sequence[Trial],
    task: Task,
    model: LanguageModel,
    reflector: Reflector,
    watch: Watch,
    budget: Budget | None = None,
) -> list[Plan]:
    """Plans with better words than the best plan so far has, best first.

    A stop keeps what was found; whoever goes on with the watch meets the stop again.

    Args:
        trials: The trials so far.
        task: The task.
        model: The model under trial.
        reflector: Writes new instructions; never the small model under trial.
        watch: Progress and stop.
        budget: What may be used.

    Raises:
        ModelError: The endpoint under trial refuses its key or model.
    """
    budget = budget or Budget()
    leader, practice = leading(trials, task), hold_back(task, FOR_SCORES + FOR_FEEDBACK)
    count = len(practice.rows) * FOR_FEEDBACK // (FOR_SCORES + FOR_FEEDBACK)
    feedback, scored = practice.rows[:count], practice.rows[count:]
    at_a_time = min(AT_A_TIME, count)
    round_answers = 2 * at_a_time + len(scored)  # a round begun is finished
    if leader is None or not feedback or budget.answers < len(scored) + round_answers:
        return []
    rounds = _Rounds(leader, practice.task, model, reflector, budget.watch(watch), budget)
    try:
        gepa.optimize(
            seed_candidate={WORDS: leader.words(task)},
            trainset=list(feedback),
            valset=list(scored),
            adapter=rounds,
            reflection_minibatch_size=at_a_time,
            max_metric_calls=budget.answers - round_answers + 1,
            stop_callbacks=rounds.is_over,
            callbacks=[rounds],
            logger=_Silent(),
        )
    except Stopped as stop:
        log.info("Reflection ended early: %s", stop)
    return rounds.best(leader.words(task))


def read_proposal(reply: Reply) -> str | None:
    """The instruction in a reflector's reply, or None where it is no whole one between fences."""
    if reply.finish != "stop" or reply.text.count(FENCE) < 2:
        return None
    words: str = InstructionProposalSignature.output_extractor(reply.text)["new_instruction"]
    return None if fault_of(words or "") else words


@dataclass
class _Rounds:
    """GEPA's rounds over the words of one plan: its adapter, callback and stopper."""

    leader: Plan
    task: Task
    model: LanguageModel
    reflector: Reflector
    watch: Watch
    budget: Budget
    reflections: int = 0
    refused: bool = False
    scores: dict[str, float] = field(default_factory=dict)

    def evaluate(
        self, batch: list[Example], candidate: dict[str, str], capture_traces: bool = False
    ) -> EvaluationBatch[tuple[Example, Answer], str | None]:
        """Answer rows with a wording; one that does not fit the model scores zero."""
        plan = self.leader.reworded(candidate[WORDS], "Trying a wording", FAMILY)
        try:
            answers = run_plan(plan, self.task, self.model, batch, self.watch, "trials")
        except ModelError:
            if not self.model.traits.is_local:
                raise
            answers = [Answer(row.row, "", None, "error", 0, 0, 0.0) for row in batch]
        given = [answer.given for answer in answers]
        scores = item_scores(self.task.metric, [row.right for row in batch], given)
        return EvaluationBatch(given, scores.tolist(), list(zip(batch, answers, strict=True)))

    def make_reflective_dataset(
        self,
        candidate: dict[str, str],
        eval_batch: EvaluationBatch[tuple[Example, Answer], str | None],
        components_to_update: list[str],
    ) -> Mapping[str, Sequence[Mapping[str, Any]]]:
        """The rows that went worst, with what went wrong."""
        traces = zip(eval_batch.scores, eval_batch.trajectories or [], strict=True)
        worst = sorted(traces, key=lambda each: each[0])[:SHOWN]
        return {
            WORDS: [
                {
                    "Input": example.input,
                    "Response": answer.reply or "(none)",
                    "Feedback": self._feedback(example, answer, score),
                }
                for score, (example, answer) in worst
            ]
        }

    def propose_new_texts(
        self,
        candidate: dict[str, str],
        reflective_dataset: Mapping[str, Sequence[Mapping[str, Any]]],
        components_to_update: list[str],
    ) -> dict[str, str]:
        """New words for the plan, or nothing where the reflector writes junk."""
        if self.is_over(None):  # since the round began
            return {}
        prompt = InstructionProposalSignature.prompt_renderer(
            {
                "current_instruction_doc": candidate[WORDS],
                "dataset_with_feedback": reflective_dataset[WORDS],
            }
        )
        self.reflections += 1
        try:
            words = read_proposal(self.reflector(str(prompt)))
        except ModelError as error:  # the run does not depend on it
            log.warning("No further wordings: %s", error)
            self.refused = True
            return {}
        if words is None or words in self.scores:
            return {}
        return {WORDS: words}

    def on_valset_evaluated(self, event: Mapping[str, Any]) -> None:
        """Keep what a wording scores on the practice rows."""
        self.scores[event["candidate"][WORDS]] = float(event["average_score"])

    def is_over(self, state: object) -> bool:
        """Whether stop was pressed, the reflector refuses, or it was asked often enough."""
        try:
            self.watch.check()
        except Stopped:
            return True
        return self.refused or self.reflections >= self.budget.reflections

    def best(self, seed: str) -> list[Plan]:
        """Plans with the words that do no worse than the first ones."""
        least = self.scores.pop(seed, 0.0)
        found = sorted(self.scores.items(), key=lambda each: -each[1])[:KEPT]
        good = [words for words, score in found if score >= least]
        return [
            self.leader.reworded(words, f"{self.leader.name}, reworded {number}", FAMILY)
            for number, words in enumerate(good, start=1)
        ]

    def _feedback(self, example: Example, answer: Answer, score: float) -> str:
        if score >= 1:
            return "This is right."
        kinds = kinds_of_mistake(self.task, example, answer)
        return f"{'; '.join(kinds)}. The right answer is: {example.answer}"


class _Silent:
    """GEPA logs rows and wordings; they belong in no log."""

    def log(self, message: str) -> None:
        """Drop the message."""
