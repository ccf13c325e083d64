"""Where a tune happens: the run, its examples, the model, and what is kept between tunes."""

import json
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from policies.brief import Brief
from policies.policy import Policy
from tools.assessment import ForgettingPart
from tools.intake.dataset import Dataset
from tools.models.cache import CachedModel
from tools.models.catalogue import Catalogue
from tools.models.protocol import Chat
from tools.models.store import CallStore
from tools.progress import Watch
from tools.runs import Run
from tools.trials.plan import Plan
from tools.trials.stage import task_of
from tools.trials.task import Task
from tools.tuning.forgetting import check_forgetting
from tools.tuning.registry import Registry


@dataclass(frozen=True)
class Workplace:
    """Where a tune happens: the run, its examples, and the model that is tuned.

    Attributes:
        run: The run.
        dataset: Its examples.
        brief: What the team told us.
        catalogue: Where models are loaded.
        model: Name of the model that is tuned.
        prompt: The best prompt, if it was found for this model.
    """

    run: Run
    dataset: Dataset
    brief: Brief
    catalogue: Catalogue
    model: str
    prompt: Plan | None = None

    @property
    def task(self) -> Task:
        """The task as plans see it."""
        return task_of(self.dataset, self.brief)

    @property
    def store(self) -> CallStore:
        """Where answers are kept."""
        return self.run.store(self.dataset)

    @property
    def registry(self) -> Registry:
        """The adapters of this installation."""
        return Registry(self.run.home)

    @property
    def memory_share(self) -> float:
        """The share of this machine's memory that a training may take."""
        return self.catalogue.settings.tune_memory

    def tuned(self, adapter: Path) -> CachedModel:
        """The model with an adapter on.

        Raises:
            ModelError: The adapter was changed, or belongs to another base model.
        """
        return self.catalogue.cached(self.model, self.store, adapter)

    def forgetting(self, adapter: Path, policy: Policy, watch: Watch) -> ForgettingPart:
        """What the model forgets with an adapter on; what was asked before is not asked again."""
        with closing(self._general()) as store:
            base, tuned = (
                self.catalogue.cached(self.model, store, each) for each in (None, adapter)
            )
            return check_forgetting(base, tuned, policy, watch, self.brief.replaces_base)

    def replay(self, watch: Watch) -> list[tuple[Chat, str]]:
        """General requests with the base model's answers."""
        from tools.tuning.replay import replay_rows  # imports torch: 3 s of start-up

        with closing(self._general()) as store:
            return replay_rows(self.catalogue.cached(self.model, store), watch)

    def _general(self) -> CallStore:
        """General ability has nothing to do with these examples: one store for all runs."""
        return CallStore(self.run.home / "cache" / "general" / "calls.sqlite")


def model_type_of(folder: Path) -> str:
    """Type of a model folder, as transformers calls it."""
    return str(json.loads((folder / "config.json").read_bytes()).get("model_type", ""))
