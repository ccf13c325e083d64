"""How fast prompt trials are: our engine beside lm-evaluation-harness and plain transformers.

    python -m benchmarks.trials            python -m benchmarks.trials --quick

Same rows, same prompts, same run. What the figures mean is said in README.md here.
"""

import os
import platform
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

import numpy as np
import torch
import typer

from benchmarks.rivals import Harness, LogProbs, Plain, Timed, timed
from benchmarks.workload import Rows, Workload, plan, unique_tokens
from tools.intake.samples import SAMPLES
from tools.models.embedded import embedded_folder
from tools.models.local import LocalModel
from tools.models.protocol import Message, Reply
from tools.settings import home_folder

WARM_UP = ((Message(role="user", content="Good morning!"),),)


@dataclass(frozen=True)
class Sizes:
    """How much is measured; a rival's seconds are scaled up from the items it was given.

    Attributes:
        items: Inputs.
        labels: Labels that are scored for each.
        shots: Fixed examples; the nearest are half as many.
        plain: Items for plain transformers, label by label and written.
        harness: Items for lm-evaluation-harness.
        repeats: Passes over each shape of batch when the prefill rate is measured.
        scaling: Items, labels and examples of the table that shows what cost grows with.
    """

    items: int
    labels: int
    shots: int
    plain: int
    harness: int
    repeats: int
    scaling: tuple[list[int], list[int], list[int]]


@dataclass(frozen=True)
class Ours:
    """Our engine on one workload.

    Attributes:
        prompts: Token ids of all prompts.
        work: Log-probabilities (items, labels) or the replies, and the seconds of it all: writing
            the chats, tokenising, reading, scoring or writing.
        model_seconds: Seconds inside the model.
        sent: Tokens of all prompts and continuations, each counted as often as it is asked about.
        unique: Tokens in the prefix tree of them.
    """

    prompts: list[list[int]]
    work: Timed[LogProbs | list[Reply]]
    model_seconds: float
    sent: int
    unique: int


class Bench:
    """Measures and prints."""

    def __init__(self, folder: Path, sizes: Sizes) -> None:
        """Load the model as transformers gives it and measure what the machine can do."""
        self.folder = folder
        self.sizes = sizes
        engine = self._engine()
        self.dtype = engine.dtype
        print(f"Processor {_processor()}, {torch.get_num_threads()} threads, {engine.dtype_reason}")
        print(f"Load of the machine before: {os.getloadavg()[0]:.1f}")
        self.plain = Plain(folder, engine.dtype, engine._end)
        self.rate = self.plain.prefill_rate(sizes.repeats)
        print(f"Prefill at best {self.rate:,.0f} tokens a second; the roofline is unique tokens at")
        print("that rate. ~ marks seconds scaled up from the items given.")

    def scored(self, workload: Workload, harness: Harness | None) -> None:
        """All ways to the log-probabilities of a plan."""
        ours = self.ours(workload)
        assert isinstance(ours.work.value, np.ndarray)
        self._head(workload, ours)
        engine = self._engine()
        labels = [_answer_ids(engine, label) for label in workload.task.labels]
        few = _spread(len(ours.prompts), self.sizes.plain)
        once = timed(lambda: self.plain.each_prompt(ours.prompts, labels))
        self._line("transformers, each prompt once", once.seconds, len(ours.prompts), ours)
        each = timed(lambda: self.plain.each_label([ours.prompts[i] for i in few], labels))
        self._line("transformers, label by label", each.seconds, len(few), ours)
        if harness:
            few_asked = _spread(len(ours.prompts), self.sizes.harness)
            end = engine.tokenizer.decode(engine._end[:1])
            texts = [engine.tokenizer.decode(ours.prompts[i]) for i in few_asked]
            names = [label + end for label in workload.task.labels]
            asked = timed(lambda: harness.each_label(texts, names))
            self._line("lm-evaluation-harness", asked.seconds, len(few_asked), ours)
        _compare("ours, transformers each prompt once", ours.work.value, once.value)
        _compare("ours, transformers label by label", ours.work.value[few], each.value)
        _compare("transformers' own two ways", once.value[few], each.value)
        if harness:
            _compare("ours, lm-eval", ours.work.value[few_asked], asked.value)

    def written(self, workload: Workload) -> None:
        """Our way and transformers' to written answers."""
        ours = self.ours(workload)
        assert isinstance(ours.work.value, list)
        self._head(workload, ours)
        few = _spread(len(ours.prompts), self.sizes.plain)
        most = workload.plan.limits(workload.task).max_new_tokens
        made = timed(lambda: self.plain.write([ours.prompts[i] for i in few], most))
        self._line("transformers, generate in batches", made.seconds, len(few), ours)
        decode = self._engine().tokenizer.decode
        same = [
            ours.work.value[i].text == decode(ids, skip_special_tokens=True).strip()
            for i, ids in zip(few, made.value, strict=True)
        ]
        print(f"  agreement: {np.mean(same):.0%} of {len(few)} answers word for word")

    def scaling(self, rows: Rows) -> None:
        """What our time grows with."""
        print("\nScaling, fixed examples, labels scored")
        print("  items labels examples |      sent   unique | seconds  µs/unique  × roofline")
        for items in self.sizes.scaling[0]:
            for labels in self.sizes.scaling[1]:
                for shots in self.sizes.scaling[2]:
                    inputs = tuple(rows.inputs(items))
                    found = self.ours(Workload(plan(shots), rows.task(labels), inputs))
                    seconds = found.work.seconds
                    print(
                        f"  {items:5} {labels:6} {shots:8} | {found.sent:9,} {found.unique:8,} |"
                        f" {seconds:7.2f} {1e6 * seconds / found.unique:10.0f}"
                        f" {seconds * self.rate / found.unique:11.2f}"
                    )

    def ours(self, workload: Workload) -> Ours:
        """Measure our engine, freshly loaded so that it has nothing read yet."""
        engine = self._engine()
        inside = _ModelClock(engine)
        labels = workload.task.labels

        def work() -> LogProbs | list[Reply]:
            chats = workload.chats()
            if workload.plan.by_likelihood(workload.task):
                found = dict(engine.score(chats, labels))
                return np.array([found[at].values for at in range(len(chats))])
            replies = dict(engine.complete(chats, workload.plan.limits(workload.task)))
            return [replies[at] for at in range(len(chats))]

        done = timed(work)
        prompts = [engine.tokens(chat) for chat in workload.chats()]
        if isinstance(done.value, list):
            answers = [[_answer_ids(engine, reply.text)] for reply in done.value]
        else:
            answers = [[_answer_ids(engine, label) for label in labels]] * len(prompts)
        sent = sum(
            len(prompt) + len(answer)
            for prompt, own in zip(prompts, answers, strict=True)
            for answer in own
        )
        return Ours(prompts, done, inside.seconds, sent, unique_tokens(prompts, answers))

    def _engine(self) -> LocalModel:
        engine = LocalModel(self.folder, "embedded")
        list(engine.score(WARM_UP, ("good", "morning")))
        return engine

    def _head(self, workload: Workload, ours: Ours) -> None:
        print(
            f"\n{workload.plan.name}: {len(ours.prompts)} items, {len(workload.task.labels)} "
            f"labels; {ours.sent:,} tokens sent, {ours.unique:,} unique"
        )
        self._line("ours", ours.work.seconds, len(ours.prompts), ours)
        print(f"    of it in the model {ours.model_seconds / ours.work.seconds:.0%}")

    def _line(self, name: str, seconds: float, measured: int, ours: Ours) -> None:
        whole = seconds * len(ours.prompts) / measured
        scaled = f"~ from {measured} items" if measured < len(ours.prompts) else ""
        print(
            f"  {name:34} {whole:8.2f} s   ratio to ours {whole / ours.work.seconds:6.1f}   "
            f"× roofline {whole * self.rate / ours.unique:6.2f}   {scaled}"
        )


class _ModelClock:
    """Counts the seconds inside an engine's model."""

    def __init__(self, engine: LocalModel) -> None:
        self.seconds = 0.0
        forward = engine.model.forward

        def clocked(*args: object, **kwargs: object) -> object:
            result = timed(lambda: forward(*args, **kwargs))
            self.seconds += result.seconds
            return result.value

        engine.model.forward = clocked


def _answer_ids(engine: LocalModel, answer: str) -> list[int]:
    ids: list[int] = engine.tokenizer.encode(answer, add_special_tokens=False)
    return ids + engine._end[:1]


def _compare(names: str, one: LogProbs, other: LogProbs) -> None:
    """Print how far log-probabilities agree, up to what all labels of an item share."""
    same = float(np.mean(one.argmax(1) == other.argmax(1)))
    apart = (one - one.mean(1, keepdims=True)) - (other - other.mean(1, keepdims=True))
    print(
        f"  agreement: {same:.0%} of {len(one)} items, log-probabilities at most "
        f"{np.abs(apart).max():.3f} nats apart ({names})"
    )


def _spread(whole: int, part: int) -> list[int]:
    """So many places, evenly spread."""
    part = min(whole, part)
    return [at * whole // part for at in range(part)]


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        return next(line.split(":")[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor()


def _harness(bench: Bench, wanted: bool, batch: int) -> Harness | None:
    if not wanted:
        return None
    try:
        return Harness(bench.folder, bench.dtype, batch)
    except ImportError:
        print('lm-evaluation-harness is not installed (pip install -e ".[bench]"): left out.')
        return None


FULL = Sizes(100, 8, 16, 16, 4, 5, ([50, 100], [4, 8], [0, 8]))
QUICK = replace(FULL, items=20, plain=2, harness=1, repeats=1, scaling=([20], [4, 16], [0, 8]))


def main(
    data: Annotated[Path, typer.Option(help="A file with labels.")] = SAMPLES[0].path,
    input_column: Annotated[str, typer.Option("--input")] = "message",
    answer_column: Annotated[str, typer.Option("--answer")] = "topic",
    model: Annotated[Path | None, typer.Option(help="A model folder.")] = None,
    quick: Annotated[bool, typer.Option(help="Under two minutes.")] = False,
    items: Annotated[int | None, typer.Option()] = None,
    labels: Annotated[int | None, typer.Option()] = None,
    shots: Annotated[int | None, typer.Option()] = None,
    plain_items: Annotated[int | None, typer.Option()] = None,
    lm_eval_items: Annotated[int | None, typer.Option(help="0 leaves it out.")] = None,
    lm_eval_batch: Annotated[int, typer.Option()] = 1,
    scaling_items: Annotated[str, typer.Option(help="Such as 50,100,200,400.")] = "",
    scaling_labels: Annotated[str, typer.Option(help="Such as 4,8,16,32.")] = "",
    scaling_shots: Annotated[str, typer.Option(help="Such as 0,8,32.")] = "",
) -> None:
    """Measure our engine beside lm-evaluation-harness and plain transformers."""
    chosen = QUICK if quick else FULL
    given = {
        "items": items,
        "labels": labels,
        "shots": shots,
        "plain": plain_items,
        "harness": lm_eval_items,
    }
    lists = [
        [int(part) for part in text.split(",")] if text else usual
        for text, usual in zip(
            (scaling_items, scaling_labels, scaling_shots), chosen.scaling, strict=True
        )
    ]
    known = {name: value for name, value in given.items() if value is not None}
    sizes = replace(chosen, **known, scaling=(lists[0], lists[1], lists[2]))
    bench = Bench(model or embedded_folder(home_folder()), sizes)
    rows = Rows.read(data, input_column, answer_column)
    task, inputs = rows.task(sizes.labels), tuple(rows.inputs(sizes.items))
    harness = _harness(bench, sizes.harness > 0, lm_eval_batch)
    near = max(1, sizes.shots // 2)
    bench.scored(Workload(plan(sizes.shots), task, inputs), harness)
    bench.scored(Workload(plan(near, nearest=True), task, inputs), None)
    bench.written(Workload(plan(sizes.shots, scored=False), task, inputs))
    bench.written(Workload(plan(near, nearest=True, scored=False), task, inputs))
    bench.scaling(rows)
    print(f"\nLoad of the machine after: {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    typer.run(main)
