"""What the nodes work with: settings, models, runs, and the stop button of one conversation."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from langgraph.config import get_stream_writer

from agent.adviser.asking import Adviser, adviser_of
from agent.provisional import Provisional
from agent.state import State
from policies.policy import Policy
from tools.errors import DataError
from tools.forecast.stage import first_contestants
from tools.intake.dataset import Dataset
from tools.models import embedded
from tools.models.cache import CachedModel
from tools.models.catalogue import Catalogue
from tools.progress import Step, Watch
from tools.runs import Run, open_run
from tools.settings import Settings
from tools.tuning.workplace import Workplace


def _stream() -> Callable[[object], None]:
    """The graph's stream; a message that is answered outside of one shows its progress nobody."""
    try:
        return get_stream_writer()
    except RuntimeError:
        return lambda step: None


@dataclass
class Workbench:
    """The tools of one conversation.

    Attributes:
        settings: The operator's settings.
        catalogue: The models.
        policy: The thresholds.
        should_stop: Whether the user has pressed stop.
        run_id: Id of its run; "" finds it in the folder where it was begun.
        provisional: The answer as far as it is known while the trials run, once they do.
    """

    settings: Settings
    catalogue: Catalogue
    policy: Policy
    should_stop: Callable[[], bool] = lambda: False
    run_id: str = ""
    provisional: Provisional | None = None
    _runs: dict[str, Run] = field(default_factory=dict)

    def run(self, state: State) -> Run:
        """The conversation's run."""
        if state["run"] not in self._runs:
            # By its id: the folder may have been moved since the run was begun.
            reference = self.run_id or state["run"]
            self._runs[state["run"]] = open_run(self.settings.home, reference)
        return self._runs[state["run"]]

    def dataset(self, state: State) -> Dataset:
        """The conversation's examples, as its brief reads them."""
        return self.run(state).dataset(state["brief"])

    def models(self, state: State) -> tuple[str, ...]:
        """Models to try prompts on; none elsewhere if the team said that nothing may leave."""
        names = state["options"].models
        if self.keeps_in_house(state):
            return tuple(name for name in names if not self.catalogue.is_endpoint(name))
        return names

    def larger_models(self, state: State) -> tuple[str, ...]:
        """Models that were prompted and may be larger than the one to tune."""
        tuned = state["options"].tune_model
        tried = dict.fromkeys(arm.model for arm in state["trials"].arms if arm.kind == "prompt")
        return tuple(name for name in tried if self.catalogue.may_be_larger(name, tuned))

    def keeps_in_house(self, state: State) -> bool:
        """Whether the team said that nothing may leave this machine."""
        return "sending" in state.get("answered", ()) and not state["brief"].may_leave_machine

    def adviser(self, state: State) -> Adviser | None:
        """The adviser that may see this run's figures, or None.

        A run of the command line asked nobody, and named the endpoints that may receive anything.
        """
        named = self.settings.adviser in state["options"].allow_send
        if self.keeps_in_house(state) or not (state.get("answered") or named):
            return None
        try:
            return adviser_of(self.settings, self.run(state).store(self.dataset(state)))
        except DataError:  # nothing is known of the examples yet
            return None

    def policy_of(self, state: State) -> Policy:
        """The thresholds that the run was begun with; an earlier version kept none until later."""
        return state.get("policy", self.policy)

    def model(self, state: State, name: str) -> CachedModel:
        """A model whose answers are kept with the examples."""
        return self.catalogue.cached(name, self.run(state).store(self.dataset(state)))

    def place(self, state: State) -> Workplace:
        """Where the conversation's tune happens."""
        found, model = state.get("trials"), state["options"].tune_model
        winner = found.winner if found is not None else None
        return Workplace(
            run=self.run(state),
            dataset=self.dataset(state),
            brief=state["brief"],
            catalogue=self.catalogue,
            model=model,
            prompt=winner.plan if winner is not None and winner.model == model else None,
        )

    def watch(self, minutes: float | None = None) -> Watch:
        """Progress into the graph's stream, if one runs; stop by button or after some minutes."""
        writer = _stream()

        def listen(step: Step) -> None:
            standing = self.provisional.standing if self.provisional else None
            writer(step.model_copy(update={"standing": standing}).model_dump())

        deadline = None if minutes is None else time.monotonic() + 60 * minutes
        watch = Watch(listen, self.should_stop, deadline)
        if self.provisional is not None:
            watch.scored = self.provisional.add
        return watch

    def tell_reading(self) -> None:
        """Tell that a file is read; how long that takes depends on its size."""
        lasts = "a moment, for a large file up to a minute"
        title = "Reading your examples"
        self.watch().listen(Step(stage="profile", title=title, done=0, total=1, lasts=lasts))

    def tell_first_use(self, state: State) -> None:
        """Tell that the embedded model is made ready, if it is to be used and never was."""
        wanted = {*state["options"].models, state["options"].tune_model}
        if embedded.NAME in wanted and not embedded.is_converted(self.settings.home):
            title, seconds = "Preparing the built-in model, this once", 30.0
            step = Step(stage="profile", title=title, done=0, total=1, seconds_left=seconds)
            self.watch().listen(step)

    def expect(self, state: State) -> None:
        """From now on, work tells with its progress what the answer would be by then."""
        dataset, brief = self.dataset(state), state["brief"]
        self.provisional = Provisional(dataset, brief, self.policy_of(state), self.settings)
        for arm in first_contestants(dataset, brief):
            self.provisional.add(arm)
