"""How long one request takes that comes alone, as most do in use: trials answer in batches."""

import hashlib
import json
from collections.abc import Callable, Sequence

import numpy as np

from policies.evidence import Frozen
from tools.errors import ModelError, Stopped
from tools.intake.examples import Example
from tools.models.cache import CachedModel
from tools.models.store import CallStore
from tools.progress import Watch
from tools.trials.answering import run_plan
from tools.trials.plan import Plan
from tools.trials.task import Task

REQUESTS = 12  # timed after one that warms up
MOST_SECONDS = 4.0  # for all of them; fewer are timed then


class Latency(Frozen):
    """Time of one request, in milliseconds, and how many requests were timed."""

    p50_ms: float
    p95_ms: float
    requests: int


def latency_of(seconds: Sequence[float]) -> Latency:
    """Median and 95th percentile of some requests' seconds."""
    p50, p95 = (1000 * float(q) for q in np.quantile(seconds, [0.5, 0.95]))
    return Latency(p50_ms=p50, p95_ms=p95, requests=len(seconds))


def kept_latency(store: CallStore, key: Sequence[str], measure: Callable[[], Latency]) -> Latency:
    """What was measured before under a key, or what is measured now: a resumed run asks no model.

    Args:
        store: Where it is kept.
        key: What the time depends on: the model's fingerprint and what is asked.
        measure: Measures it.
    """
    text = json.dumps(["latency", *key], ensure_ascii=False)
    name = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    kept = store.get(name)
    if kept is not None:
        return Latency.model_validate_json(kept)
    found = measure()
    store.put(name, found.model_dump_json())
    return found


def latency_alone(
    plan: Plan, task: Task, model: CachedModel, rows: Sequence[Example], watch: Watch
) -> Latency | None:
    """Time a plan on a local model, one request after the other, exactly as it is served.

    Args:
        plan: The plan.
        task: The task.
        model: The model; it answers anew, not from the store.
        rows: Rows to ask about; the first ones are taken.
        watch: Progress and stop.

    Returns:
        None for an endpoint, whose requests come alone already, and where the time is up.
    """
    if not model.traits.is_local or not rows:
        return None

    def measure() -> Latency:
        seconds: list[float] = []
        anew = model.anew
        asked = [rows[0], *rows[:REQUESTS]]
        title = f"Timing “{plan.name}” on {model.name}, one request at a time"
        for example in watch.track("trials", title, iter(asked), len(asked)):
            (answer,) = run_plan(plan, task, anew, [example], Watch(), "trials")
            seconds.append(answer.seconds)
            if sum(seconds) > MOST_SECONDS and len(seconds) > 2:
                break
        return latency_of(seconds[1:])

    sent = plan.chats(task, rows[0].input, model)
    first = [message.content for chat in sent for message in chat]
    try:
        return kept_latency(
            model.store, [model.fingerprint, plan.model_dump_json(), *first], measure
        )
    except (Stopped, ModelError):
        return None
