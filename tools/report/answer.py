"""The answer in short: its title, the next steps, three figures."""

from collections.abc import Sequence

from policies.evidence import Score
from policies.limits import TUNED
from policies.recommendation import Reason, Verdict
from policies.regret import ACTION
from policies.rules import LIMITS
from tools.assessment import Assessment
from tools.report import words
from tools.report.advised import advised_arm, keeps_today, kept_prompt, todays
from tools.report.document import KeyFigure
from tools.runs import FIXES
from tools.trials.stage import TODAY

NAME = 80  # most characters of a name


def answer_title(a: Assessment) -> str:
    """The answer in a few words; after a tune it is what the measured scores say."""
    if a.outcome and not _stands(a):
        if keeps_today(a):
            return words.VERDICT_TITLES["keep_prompt"]
        looked_up = a.outcome.use == "prompt" and _looks_up(a)
        return words.LOOKED_UP_TITLE if looked_up else words.OUTCOME_TITLES[a.outcome.use]
    return advice_title(a)


def advice_title(a: Assessment) -> str:
    """The advice from before any tune in a few words."""
    if _lacks_a_measurement(a) and not is_barred(a.reasons):
        return words.UNMEASURED_TITLE
    if a.verdict == "keep_prompt" and todays(a) is None:
        return words.KEPT_PROMPT_TITLE
    return verdict_title(a.verdict, a.reasons)


def verdict_title(verdict: Verdict, reasons: Sequence[Reason]) -> str:
    """A verdict in a few words."""
    return words.BARRED_TITLE if is_barred(reasons) else words.VERDICT_TITLES[verdict]


def how_sure(a: Assessment) -> str:
    """How sure the answer is: a tune by its gain, else by the rules' word, if it still holds."""
    if a.tuned and a.outcome and a.outcome.use == "tuned":
        gain = a.tuned.difference
        return (
            "What the fine-tune gains over the best prompt lies between "
            f"{words.points(gain.low)} and {words.points(gain.high)}, 95 times out of 100."
        )
    if a.tuned and a.outcome and a.outcome.use != ACTION.get(a.verdict):
        return (
            f"It rests on what each way scored on {a.tuned.test.n} test examples; where two lie "
            "close together, a few examples decide."
        )
    return f"{a.confidence[:1].upper()}{a.confidence[1:].rstrip('.')}." if a.confidence else ""


def next_steps(a: Assessment) -> words.Steps:
    """What to do on Monday morning."""
    best = a.prompting.best
    reached = (best.test or best.dev).score if best else a.task.target
    mark = words.pass_mark(a.task.metric, a.task.target, reached)
    first, then, last = (step.replace(words.PASS_MARK, mark) for step in _steps(a))
    return first, then, last


def _steps(a: Assessment) -> words.Steps:
    if keeps_today(a):
        return words.NEXT_STEPS["keep_prompt"]
    if a.outcome and not _stands(a):
        looked_up = a.outcome.use == "prompt" and _looks_up(a)
        steps = words.LOOKED_UP if looked_up else words.OUTCOME_STEPS[a.outcome.use]
        return _with_rarest(steps, a)
    if a.verdict == "use_retrieval" and a.retrieval is not None:
        return words.LOOKED_UP
    if is_barred(a.reasons):
        return words.BARRED_STEPS
    if _lacks_a_measurement(a):
        return words.UNMEASURED_STEPS
    if a.verdict == "fix_data" and a.suspects:
        return (_rows_to_fix(a), *words.NEXT_STEPS[a.verdict][1:])
    if a.verdict == "not_enough_evidence":
        return _with_rarest(words.NEXT_STEPS[a.verdict], a)
    return words.KEPT_PROMPT_STEPS if a.verdict == "keep_prompt" else words.NEXT_STEPS[a.verdict]


def _rows_to_fix(a: Assessment) -> str:
    """The first step where the audit listed rows: the sheet, and the time it takes."""
    rows, each = len(a.suspects), a.economics.settings.get("label_minutes")
    effort = ""
    if isinstance(each, int | float) and each > 0:
        minutes = rows * each
        hours = minutes / 60
        about = f"{max(1, round(minutes))} minutes" if minutes < 90 else f"{hours:,.1f} hours"
        effort = f", about {about} at {each:g} a row"
    return (
        f"Have the people who answer today put the right label into the sheet of rows to fix "
        f"({FIXES}): {rows:,} {'row' if rows == 1 else 'rows'}{effort}."
    )


def _with_rarest(steps: words.Steps, a: Assessment) -> words.Steps:
    """The steps with the rarest labels in place of mistakes where none was made.

    They are not named: these are our words, and a label is a word of the team's.
    """
    if a.mistakes is not None and a.mistakes.kinds:
        return steps
    first = words.RAREST if a.data.label_counts else "of every kind that comes up"
    return (steps[0].replace(words.GONE_WRONG, first), *steps[1:])


def _looks_up(a: Assessment) -> bool:
    """Whether the best prompt sends passages of the team's documents along."""
    best = a.prompting.best
    return any(arm.looks_up for arm in a.arms if best and arm.name == best.name)


def _stands(a: Assessment) -> bool:
    """Whether the advice from before a tune still stands: it concerns what no tune measured."""
    elsewhere = a.verdict in ("fix_data", "use_retrieval", "larger_model")
    return elsewhere and a.outcome is not None and a.outcome.use == "none"


def _lacks_a_measurement(a: Assessment) -> bool:
    """Whether it was a forecast or a prompt, and not examples, that the answer lacked."""
    lacking = a.forecast is None or a.prompting.best is None
    return a.verdict == "not_enough_evidence" and lacking and not a.more_examples


def is_barred(reasons: Sequence[Reason]) -> bool:
    """Whether only the team's limits stand in the way."""
    return any(reason.rule == LIMITS and reason.outcome == "decided" for reason in reasons)


def key_figures(a: Assessment) -> tuple[KeyFigure, KeyFigure, KeyFigure]:
    """The advised way or else the best prompt, the fine-tune, and what the answer costs."""
    chosen = next((arm for arm in a.arms if arm.name == advised_arm(a)), None)
    if chosen is not None and chosen.kind == "classifier":
        return _score_figure(a, "Classifier", chosen.measured, _part(chosen.test)), *_others(a)
    if chosen is not None and chosen.name == TODAY:
        score = _score_figure(a, "Today's answers", chosen.measured, _part(chosen.test))
        return score, *_others(a)
    if chosen is not None and chosen == kept_prompt(a):
        score = _score_figure(a, "Your prompt", chosen.measured, _part(chosen.test))
        return score, *_others(a)
    best = a.prompting.best
    if best is None:
        goal = f"The target is {words.percent(a.task.target)}."
        return KeyFigure("Best prompt", "not measured", goal), *_others(a)
    score = _score_figure(a, "Best prompt", best.test or best.dev, _part(best.test))
    return score, *_others(a)


def _others(a: Assessment) -> tuple[KeyFigure, KeyFigure]:
    return _tune_figure(a), _cost_figure(a)


def _part(test: Score | None) -> str:
    return "test" if test else "dev"


def _score_figure(a: Assessment, label: str, score: Score, part: str) -> KeyFigure:
    gap = a.task.target - score.score
    state = f"{words.points(gap)[1:]} below" if round(gap, 3) > 0 else "which meets"
    return KeyFigure(
        f"{label}, {words.METRIC_MEANINGS[a.task.metric]}",
        words.percent(score.score),
        f"{state} the target of {words.percent(a.task.target)}, "
        f"measured on {score.n:,} {part} examples",
    )


def _tune_figure(a: Assessment) -> KeyFigure:
    if a.tuned:
        difference = words.points(a.tuned.difference.value)
        note = f"{difference} against the best prompt, measured on {a.tuned.test.n:,} test examples"
        if not a.tuned.shipped:
            sure = " sure" if a.tuned.difference.value > 0 else ""
            note += f"; that is not{sure} enough to use it"
        return KeyFigure("Fine-tuned model", words.percent(a.tuned.test.score), note)
    label = "Fine-tune, forecast"
    if a.forecast is None:
        return KeyFigure(label, "none", "This run made no forecast of a fine-tune.")
    f = a.forecast
    note = f"{words.odds(f.level)} within {words.span(f.low, f.high)}; nothing was tuned yet"
    return KeyFigure(label, words.percent(f.score), note)


def _cost_figure(a: Assessment) -> KeyFigure:
    name, money = advised_arm(a), a.economics
    cost = money.arms.get(name) or (money.arms.get(TUNED) if name in _tuned_names(a) else None)
    if name == TODAY:
        ask = "Ask what today's answers cost per 1,000 before deciding; the file does not say."
        return KeyFigure("Cost", "not known", ask)
    if cost is None or not (cost.per_1000 or cost.per_month or cost.one_off):
        return KeyFigure("Cost", "no price known", "No prices were set for this way of working.")
    once = f"; {words.money(cost.one_off, money.currency)} once on top" if cost.one_off else ""
    told = "the fine-tuned model" if name == TUNED else words.plain(name, NAME)
    about = f"with {told}{once}"
    if money.monthly_requests is None:
        value = words.money(cost.per_1000, money.currency)
        return KeyFigure("Cost of 1,000 requests", value, about)
    value = words.bill(cost.per_month, money.currency)
    return KeyFigure("Cost a month", value, f"for {money.monthly_requests:,} requests {about}")


def _tuned_names(a: Assessment) -> list[str]:
    return [arm.name for arm in a.arms if arm.kind == "tuned"] + [TUNED]
