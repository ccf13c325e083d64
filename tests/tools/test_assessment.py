import tools.assessment
from tests.assessments import labels
from tools.assessment import MOST_PROMPTS, Part


def test_kept_conversations_find_the_parts_where_they_always_were() -> None:
    parts = [each for each in vars(tools.assessment).values() if isinstance(each, type)]
    named = {each.__name__: each.__module__ for each in parts if issubclass(each, Part)}
    del named["Part"]  # is in no conversation
    assert len(named) >= 20 and set(named.values()) == {"tools.assessment"}


def test_of_many_prompts_that_ran_on_all_of_dev_a_few_are_compared() -> None:
    a = labels()
    (first,) = [arm for arm in a.arms if a.prompting.best and arm.name == a.prompting.best.name]
    more = tuple(
        first.model_copy(
            update={
                "name": f"plan {n} (m{n // 10})",
                "model": f"m{n // 10}",
                "dev": first.dev.model_copy(update={"score": 0.8 - n / 100}),
                "test": None,
            }
        )
        for n in range(20)
    )
    own = a.prompting.plans[0].model_copy(
        update={"name": "plan 8", "model": "m0", "family": "yours"}
    )
    prompting = a.prompting.model_copy(update={"plans": (*a.prompting.plans, own)})
    found = a.model_copy(update={"arms": (*a.arms, *more), "prompting": prompting})
    names = [arm.name for arm in found.compared if arm.name.startswith("plan")]
    assert first.name in [arm.name for arm in found.compared]
    leading = [f"plan {n} (m0)" for n in range(MOST_PROMPTS - 1)]
    assert names == [*leading, "plan 8 (m0)", "plan 10 (m1)"]
