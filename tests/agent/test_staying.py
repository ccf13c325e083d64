"""“Nothing may leave this machine” after the verdict is heard, and no endpoint is asked again."""

from pathlib import Path
from typing import Any

import pytest

from agent.conversation import answer_message
from agent.state import Options, State
from agent.staying import says_it_stays
from agent.workbench import Workbench
from tests.assessments import ARMS
from tools.assessment import ExhaustionPart
from tools.intake.samples import SAMPLES
from tools.models.catalogue import Catalogue
from tools.runs import Run, open_run
from tools.settings import EndpointSettings
from tools.trials.plan import Plan
from tools.trials.stage import TrialsReport, Winner

SAID = {
    "Nothing may leave this machine": True,
    "My examples must stay on this machine from now on.": True,
    "Please send nothing to the endpoint any more": True,
    "from now on keep the data in-house": True,
    "our data must not leave the building, please": True,
    "My parcel did not leave your warehouse, where is it?": False,
    "the target is 85 % and nothing may leave this machine": False,
    "examples may be sent to the endpoint": False,
    "what if nothing may leave the building?": False,
    "where did my examples go?": False,
    "can we run this on our own server?": False,
    "can we keep the data in-house?": False,
    "does nothing leave this machine": False,
    "could you keep the data in-house from now on": True,
}


@pytest.mark.parametrize(("text", "heard"), SAID.items())
def test_who_says_that_nothing_may_leave(text: str, heard: bool) -> None:
    assert says_it_stays(text) is heard


def _run_with_examples(folder: Path) -> Run:
    run = open_run(folder.parents[1], folder.name)
    run.take_examples(SAMPLES[0].path)
    return run


@pytest.fixture
def at_endpoint(state: State) -> State:
    """A verdict whose best prompt runs on an endpoint."""
    state["run"] = str(_run_with_examples(Path(state["run"])).folder)
    state["options"] = Options(models=("big",))
    state["trials"] = TrialsReport(
        arms=ARMS[:1],
        plans=(),
        winner=Winner(plan=Plan(name="plain", family="instruction"), model="big"),
        current=None,
        exhaustion=ExhaustionPart(exhausted=True, text=""),
        stop_reason="",
    )
    return state


@pytest.fixture
def connected(bench: Workbench) -> Workbench:
    endpoint = EndpointSettings(base_url="http://127.0.0.1:1/v1", model="m")
    settings = bench.settings.model_copy(update={"endpoints": {"big": endpoint}})
    return Workbench(settings, Catalogue(settings), bench.policy)


def test_from_then_on_no_endpoint_is_asked(at_endpoint: State, connected: Workbench) -> None:
    command = answer_message(at_endpoint, "Nothing may leave this machine", connected)
    assert command.goto == "converse" and isinstance(command.update, dict)
    told = command.update["exchanges"][-1].text
    assert "What big got before cannot be taken back" in told
    later: Any = {**at_endpoint, **command.update}
    assert connected.keeps_in_house(later)
    for message in (
        "where is my order?",
        "try this wording: Sort with care.",
        "Try one of my examples.",
    ):
        said = answer_message(later, message, connected)
        assert isinstance(said.update, dict)
        assert "you said that nothing may leave" in said.update["exchanges"][-1].text
