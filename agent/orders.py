"""An assessment ordered as a whole, its answers given up front, as the command line does."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from agent.state import Options
from agent.worker import Worker
from policies.brief import Brief
from policies.policy import Policy
from tools.errors import RunError
from tools.intake.documents import Passage, read_documents
from tools.intake.read import shown_name
from tools.runs import create_run, open_run


@dataclass(frozen=True)
class Order:
    """All that is told of an assessment before it begins.

    Attributes:
        data: The examples.
        brief: What the team told us.
        options: How it is to be done.
        docs: Folder of documents, or None.
        seed: Seed of everything random.
    """

    data: Path
    brief: Brief
    options: Options
    docs: Path | None = None
    seed: int = 0


class Begun(NamedTuple):
    """A run that was begun, or found begun for the same order and not yet at its end."""

    run_id: str
    goes_on: bool


def begin_order(worker: Worker, order: Order, out: Path) -> Begun:
    """Begin an order's run in a folder, or go on with the same order if it was interrupted there.

    Raises:
        UserError: The examples or documents cannot be read, the folder cannot be written, or
            another process works on the run in it.
    """
    passages = () if order.docs is None else read_documents(order.docs)
    wanted = _fingerprint(order, passages, worker.policy)
    begun = _interrupted(worker, out, wanted, order.options)
    if begun:
        return Begun(begun, goes_on=True)
    run = create_run(worker.settings.home, order.seed, out)
    run.take_examples(order.data)
    if passages:
        run.take_documents(passages)
    run_id = worker.begin(order.options, order.brief, run)
    run.begun_for(wanted)  # last: what is noted is whole
    return Begun(run_id, goes_on=False)


def _interrupted(worker: Worker, out: Path, wanted: str, options: Options) -> str | None:
    """Id of the run in a folder that was begun for this very order and did not come to its end.

    One that somebody has talked to since has other options: there the order may no longer stand.
    """
    try:
        info = open_run(worker.settings.home, str(out)).info
        view = worker.view(info.run_id)
        as_ordered = view.state.get("options") == options
        if info.order == wanted and as_ordered and not view.done:
            return info.run_id
    except RunError:  # no run, another version's, or one of another home
        pass
    return None


def _fingerprint(order: Order, passages: tuple[Passage, ...], policy: Policy) -> str:
    """Hash of the examples' bytes and of everything else that an answer depends on."""
    try:
        digest = hashlib.sha256(order.data.read_bytes())
    except OSError as error:
        raise RunError(f"There is no file {shown_name(order.data)}.") from error
    texts = [shown_name(order.data), str(order.seed)]
    texts += [part.model_dump_json() for part in (order.brief, order.options, policy, *passages)]
    for text in texts:
        digest.update(hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest())
    return digest.hexdigest()
