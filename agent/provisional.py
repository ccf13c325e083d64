"""The answer as far as it is known while the trials run: by the same rules, and never final."""

from policies.brief import Brief
from policies.decide import verdict_of
from policies.evidence import Arm, Evidence
from policies.figures import percent
from policies.policy import Policy
from policies.recommendation import Verdict
from tools.economics import costs_of, running_cost
from tools.intake.dataset import Dataset
from tools.progress import Runner, Standing
from tools.settings import Settings

# Verdicts that need no forecast; any other has to wait for it.
NOW: dict[Verdict, str] = {
    "fix_data": "put the examples in order first",
    "use_retrieval": "look the missing facts up instead of training them in",
    "keep_prompt": "a prompt is good enough, and no fine-tune is needed",
    "adopt_prompt": "a prompt is good enough, and no fine-tune is needed",
    "use_classifier": "an ordinary classifier is enough",
}


class Provisional:
    """Collects scores while work goes on, and says what they would mean now."""

    def __init__(self, dataset: Dataset, brief: Brief, policy: Policy, settings: Settings) -> None:
        """Nothing is scored yet."""
        self.standing: Standing | None = None
        self._dataset, self._brief = dataset, brief
        self._policy, self._settings = policy, settings
        self._arms: dict[str, Arm] = {}

    def add(self, arm: Arm) -> None:
        """Take an arm's dev score, in place of an earlier one on fewer rows."""
        cost = running_cost(arm, self._settings)
        self._arms[arm.name] = arm.model_copy(update={"cost_per_1000": cost})
        best_first = sorted(self._arms.values(), key=lambda arm: -arm.dev.score)
        self.standing = Standing(
            runners=tuple(Runner(name=a.name, kind=a.kind, score=a.dev) for a in best_first),
            target=self._brief.target,
            text=self._would_be(),
            leader=_leads(best_first),
        )

    def _would_be(self) -> str:
        """What the rules would say by now."""
        verdict = verdict_of(self._evidence(), self._policy)
        if verdict in NOW:
            return f"If I had to answer now: {NOW[verdict]}."
        target = percent(self._brief.target)
        if max(arm.dev.score for arm in self._arms.values()) < self._brief.target:
            return (
                f"Nothing has reached the target of {target} yet; whether a fine-tune would, I "
                "forecast after the prompts."
            )
        return f"The target is {target}; so few rows do not settle it yet."

    def _evidence(self) -> Evidence:
        arms = tuple(self._arms.values())
        prompt = max(_of("prompt", arms), key=lambda a: (a.dev.n, a.dev.score), default=None)
        classifier = max(_of("classifier", arms), key=lambda a: a.dev.score, default=None)
        return Evidence(
            brief=self._brief,
            task=self._dataset.task,
            data=self._dataset.data,
            arms=arms,
            best_prompt=prompt.name if prompt else None,
            classifier=classifier.name if classifier else None,
            costs=costs_of(arms, None, self._settings),
        )


def _of(kind: str, arms: tuple[Arm, ...]) -> list[Arm]:
    return [arm for arm in arms if arm.kind == kind]


def _leads(best_first: list[Arm]) -> str:
    """Who leads, and where the best prompt is if it does not."""
    best = best_first[0]
    text = f"So far “{best.name}” leads with {percent(best.dev.score)} on {best.dev.n} rows."
    prompts = _of("prompt", tuple(best_first))
    if best.kind == "prompt" or not prompts:
        return text
    prompt, of = prompts[0], f" of {len(prompts)}" if len(prompts) > 1 else ""
    return f"{text} The best prompt{of} has {percent(prompt.dev.score)} on {prompt.dev.n} rows."
