"""The answer as it is passed on, and which answer stands where there were two."""

from collections.abc import Iterator

from agent.reasons import fine_tune_word
from agent.ways import called
from policies.evidence import Arm
from policies.limits import TUNED
from tools.assessment import Assessment
from tools.report import words
from tools.report.advised import advised, advised_arm
from tools.report.answer import advice_title, answer_title

QUESTION = {"Yes": "should be", "No": "need not be", "Not yet": "should not yet be"}


def for_others(a: Assessment, subjects: tuple[str, ...]) -> str:
    """Two sentences to pass on to somebody who was not there: no name of a plan, no rule."""
    title = answer_title(a)
    needed = QUESTION[fine_tune_word(a)]
    first = (
        f"For this task a language model {needed} fine-tuned (trained further on our examples); "
        f"the advice is: {title[:1].lower()}{title[1:]}."
    )
    scored = list(_scores(a))
    goal = f"{words.percent(a.task.target)} were asked for"
    means = words.METRIC_MEANINGS[a.task.metric].replace("your", "our")
    if not scored:
        return f"{first} No score was measured yet; {goal}."
    return f"{first} In the test, counted in {means}, {', '.join(scored)}; {goal}."


def which_stands(a: Assessment, subjects: tuple[str, ...]) -> str:
    """Which answer holds where one was given before a fine-tune and another after it."""
    title = answer_title(a)
    now = f"What holds is the answer of now: {title[:1].lower()}{title[1:]}."
    if a.outcome is None or a.tuned is None:
        return f"{now} {a.headline}\nNo model was tuned in this run, so nothing has replaced it."
    before = advice_title(a)
    gain = words.gain(a.tuned.difference)
    return "\n".join(
        [
            now,
            f"Before the fine-tune there was only a forecast; by it the advice was: "
            f"{before[:1].lower()}{before[1:]}.",
            f"Since then it was measured: {', '.join(_scores(a))}. Row by row the tuned model is "
            f"at {gain} against the best prompt; the target is {words.percent(a.task.target)}.",
            a.outcome.text,
            "The prompt stays usable: keep it as a way back.",
        ]
    )


def _scores(a: Assessment) -> Iterator[str]:
    """What the advised way scored, and what it is measured against."""
    best = a.prompting.best.name if a.prompting.best else ""
    tuned = next((arm.name for arm in a.arms if arm.kind == "tuned"), "")
    names = dict.fromkeys((advised_arm(a), tuned, best))
    for arm in (arm for name in names for arm in a.arms if arm.name == name):
        yield _scored(a, arm)
    if advised(a) == TUNED and a.forecast is not None:
        yield f"a fine-tune would probably reach {words.percent(a.forecast.score)}"


def _scored(a: Assessment, arm: Arm) -> str:
    rows = f"{arm.measured.n} {'test' if arm.test else 'other'} rows"
    return f"{called(a, arm.name)} reached {words.percent(arm.measured.score)} on {rows}"
