"""Does what is served answer as it was evaluated? An outside client asks every locked row again.

    python -m benchmarks.served RUN

`tuneworthy serve RUN` is started as a team would start it, and the openai client asks it for every
locked row, one at a time, under the names `prompt` and `tuned`. Printed for each: how many answers
differ from those that were evaluated, and the score recomputed from what was served.
"""

import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated

import openai
import typer

from tools.intake.dataset import Dataset
from tools.intake.examples import Example
from tools.measure.metrics import overall
from tools.runs import open_run
from tools.serving.arms import assessment_of
from tools.settings import load_settings
from tools.trials.parse import parse_answer

LOCKED = {"prompt": "test-prompt", "tuned": "test-tuned"}
TOKEN = "benchmark"


def main(reference: Annotated[str, typer.Argument(metavar="RUN", help="Id or folder.")]) -> None:
    """Serve a run, ask every row, and compare."""
    run = open_run(load_settings().home, reference)
    dataset = run.dataset(assessment_of(run).brief)
    rows = run.locked_test(dataset).read("what is served", "check the endpoint")
    with served(reference) as client:
        names = [model.id for model in client.models.list()]
        for name in (name for name in LOCKED if name in names):
            expected: list[str | None] = run.load(LOCKED[name])
            typer.echo(compared(name, dataset, rows, expected, client))


def compared(
    name: str,
    dataset: Dataset,
    rows: Sequence[Example],
    evaluated: Sequence[str | None],
    client: openai.OpenAI,
) -> str:
    """One line on what an arm answers, beside what it answered when it was evaluated."""
    labels = tuple(dataset.data.label_counts)
    given = [parse_answer(dataset.type, _asked(client, name, row), labels) for row in rows]
    differ = sum(one != other for one, other in zip(given, evaluated, strict=True))
    right = [row.right for row in rows]
    now, before = (overall(dataset.metric, right, list(each)) for each in (given, evaluated))
    return (
        f"{name}: {differ} of {len(rows)} answers differ; {100 * now:.1f} % as served, "
        f"{100 * before:.1f} % as evaluated"
    )


def _asked(client: openai.OpenAI, name: str, row: Example) -> str:
    reply = client.chat.completions.create(
        model=name, messages=[{"role": "user", "content": row.input}]
    )
    return reply.choices[0].message.content or ""


@contextmanager
def served(reference: str) -> Iterator[openai.OpenAI]:
    """A client of the run's own endpoint, started for as long as it is asked."""
    command = [sys.executable, "-m", "ui.cli", "serve", reference, "--port", "0", "--token", TOKEN]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            address = next(filter(None, (re.search(r"http://\S+/v1", x) for x in process.stdout)))
            with openai.OpenAI(base_url=address.group(), api_key=TOKEN) as client:
                yield client
        finally:
            process.terminate()


if __name__ == "__main__":
    typer.run(main)
