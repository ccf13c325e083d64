"""What may propose plans after the ladder, and which endpoints read example rows for that.

An adviser that suggests wordings reads no rows. GEPA shows a few to the model that reflects: the
adviser, or else the endpoint under trial itself. The plan that is consented to names it.
"""

from collections.abc import Sequence
from functools import partial

from agent.adviser.plans import suggestions
from agent.state import Options, State
from agent.workbench import Workbench
from tools.models.catalogue import Catalogue
from tools.models.protocol import LanguageModel
from tools.progress import Watch
from tools.trials.by_model import Optimiser
from tools.trials.dspy_search import check_installed, searched_plans
from tools.trials.plan import Plan
from tools.trials.reflect import reflected_plans, reflector_of
from tools.trials.task import Task
from tools.trials.trial import Trial


def optimisers(state: State, bench: Workbench, consented: bool) -> list[Optimiser]:
    """What proposes plans in a run.

    Args:
        state: The conversation.
        bench: Its tools.
        consented: Whether a yes was given to the plan that says where rows go.
    """
    names = bench.settings.optimisers
    in_house = bench.keeps_in_house(state)
    found: list[Optimiser] = []
    adviser = bench.adviser(state)
    if adviser is not None:
        found.append(partial(suggestions, adviser=adviser))
    if "gepa" in names and consented and not in_house:
        found.append(partial(_reflect, state=state, bench=bench))
    if "dspy" in names:
        check_installed()
        found.append(searched_plans)
    return found


def receivers(options: Options, catalogue: Catalogue) -> list[str]:
    """Endpoints that read a few example rows although they are not under trial."""
    if "dspy" in catalogue.settings.optimisers:
        check_installed()
    names = {reflector_name(options, catalogue, model) for model in options.models}
    return sorted(name for name in names if name and name not in options.models)


def reflector_name(options: Options, catalogue: Catalogue, model: str) -> str | None:
    """The endpoint that reflects on a model's mistakes, or None.

    Where nobody is there to be asked, the adviser has to be among those that may receive examples.
    """
    settings = catalogue.settings
    if "gepa" not in settings.optimisers:
        return None
    adviser = settings.adviser
    may_send = options.interactive or adviser in options.allow_send
    if adviser is not None and catalogue.is_endpoint(adviser) and may_send:
        return adviser
    return model if catalogue.is_endpoint(model) else None


def _reflect(
    trials: Sequence[Trial],
    task: Task,
    model: LanguageModel,
    watch: Watch,
    state: State,
    bench: Workbench,
) -> list[Plan]:
    name = reflector_name(state["options"], bench.catalogue, model.name)
    if name is None:
        return []
    return reflected_plans(trials, task, model, reflector_of(bench.model(state, name)), watch)
