"""Whether a mistake could come from a fact that the input lacks."""

from collections.abc import Callable

import pytest

from policies.brief import Metric, TaskType
from policies.evidence import Errors
from tools.intake.examples import Example
from tools.trials.answering import Answer
from tools.trials.lacking import sort_by_facts
from tools.trials.task import Task

MakeTask = Callable[..., Task]
METRICS: dict[TaskType, Metric] = {
    "labels": "accuracy",
    "fields": "field_f1",
    "number": "numeric_match",
    "text": "chrf",
}
ABSENT, UNTOLD, BEHAVIOUR = Errors(absent=1), Errors(untold=1), Errors(behaviour=1)


@pytest.mark.parametrize(
    ("task_type", "input_", "expected", "given", "errors"),
    [
        ("labels", "my card is lost", "cards", "cards", Errors()),
        ("labels", "my card is lost", "cards", "loans", UNTOLD),
        ("labels", "my card is lost", "cards", None, BEHAVIOUR),
        ("fields", "two seats to Rome", '{"city": "Rome"}', '{"city": "Oslo"}', BEHAVIOUR),
        ("fields", "two seats to Rome", '{"fare": "basic"}', "{}", ABSENT),
        ("fields", "two seats to Rome", '{"seats": 2}', '{"seats": 3}', UNTOLD),
        ("fields", "two seats to Rome", '{"price": 249}', '{"price": 99}', ABSENT),
        ("fields", "seat 12 to Rome", '{"price": 249}', '{"price": 99}', UNTOLD),
        ("fields", "two seats to Rome", '{"city": "Rome"}', '{"city": "Rome", "x": 1}', BEHAVIOUR),
        ("fields", "two seats to Rome", '{"fare": "basic"}', None, BEHAVIOUR),
        ("number", "what is the kettle", "129.5", "20.0", ABSENT),
        ("number", "2 boxes at 60", "120.0", "20.0", UNTOLD),
        ("number", "pay 120 now", "120.0", "20.0", BEHAVIOUR),
        ("number", "pay 1234567 now", "1234567.0", "20.0", BEHAVIOUR),
        ("number", "pay 98765.43 now", "98765.43", "20.0", BEHAVIOUR),
        ("number", "pay 0.3 now", "0.30000000000000004", "20.0", BEHAVIOUR),
        ("fields", "it is 1234567.89", '{"price": 1234567.89}', '{"price": 9.5}', BEHAVIOUR),
        ("text", "how long may I return it", "Within 30 days.", "Always.", ABSENT),
        ("text", "is it 30 days", "Yes, within 30 days.", "Never at all.", BEHAVIOUR),
        ("text", "may I return it", "Of course you may.", "No.", UNTOLD),
        ("text", "how long may I return it", "Within 30 days.", "Within 30 days.", Errors()),
    ],
)
def test_a_mistake_shows_a_lack_only_where_its_facts_stand_nowhere(
    task_type: TaskType,
    input_: str,
    expected: str,
    given: str | None,
    errors: Errors,
    made_task: MakeTask,
) -> None:
    task = made_task(task_type, METRICS[task_type], train=[Example(0, "x", expected)])
    answer = Answer(1, given or "", given, "stop", 1, 1, 0.1)
    assert sort_by_facts(task, [Example(1, input_, expected)], [answer], 0.6) == errors


def test_every_mistake_counts_once(made_task: MakeTask) -> None:
    task = made_task("fields", METRICS["fields"], train=[Example(0, "x", "{}")])
    rows = [
        Example(n, "to Rome", '{"city": "Rome", "fare": "basic", "via": "Bern"}') for n in (1, 2)
    ]
    answers = [Answer(row.row, "{}", "{}", "stop", 1, 1, 0.1) for row in rows]
    assert sort_by_facts(task, rows, answers, 0.9) == Errors(absent=2)
