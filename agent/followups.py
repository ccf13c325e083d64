"""Answers to questions about a finished run, from its evidence alone and without any model."""

from collections.abc import Callable

from agent.afterwards import (
    once_more,
    other_models,
    way_back,
    what_is_right,
    where_people_look,
)
from agent.artefacts import models_used, settings_of_tune, where_it_is, where_the_model_is
from agent.comparing import compare, overview
from agent.costs import break_even, costs, first_year, training_cost
from agent.definitions import difference, meaning
from agent.explanations import (
    about_the_data,
    how_long,
    how_to_keep_it,
    how_to_reword,
    how_to_try,
    how_written,
    nothing_now,
    only_english,
    rows_to_fix,
    welcome,
    what_it_takes,
    what_to_ask,
    what_was_tried,
    what_would_change,
    who_saw_it,
    who_speaks,
)
from agent.growth import how_many_for, the_curve, would_more_help
from agent.handing_over import the_prompt, what_to_hand_over
from agent.hosting import go_live, where_it_can_run
from agent.lasting import if_labels_change, when_to_retrain
from agent.law import about_the_law
from agent.payoff import worth_the_money
from agent.per_label import mixed_up, per_label
from agent.price_change import price_moves
from agent.proof import (
    does_it_overfit,
    how_it_was_split,
    in_other_languages,
    intervals,
    risks,
    significance,
)
from agent.reasons import (
    in_plain_words,
    in_short,
    sure,
    what_changed,
    what_it_brought,
    why,
    why_not,
    why_so_much,
)
from agent.standing import for_others, which_stands
from agent.utterances.intents import Intent
from agent.utterances.patterns import IntentName
from agent.ways import rivals_of, waits_of
from tools.assessment import Assessment
from tools.report import words
from tools.report.answer import next_steps

MOST_KINDS = 5
CELL = 160  # most characters of a row's text
MISTAKE = ("input", "expected", "given")


def answer_question(intent: Intent, a: Assessment) -> str:
    """The answer in words.

    Args:
        intent: What is asked.
        a: The assessment of the run; every figure comes from it.
    """
    return ANSWERS[intent.name](a, intent.subjects)


def _why(a: Assessment, subjects: tuple[str, ...]) -> str:
    """Why; and what each way costs, where the question names that."""
    return "\n".join([why(a, ()), *([costs(a, ())] if subjects else [])])


def _mistakes(a: Assessment, subjects: tuple[str, ...]) -> str:
    found = a.mistakes
    if found is None or not found.kinds:
        return "No mistakes were kept: no prompt was finished, or it made none on dev."
    wrong = sum(cell.count for cell in found.cells if not cell.is_right(a.task.type))
    total = sum(cell.count for cell in found.cells)
    what = "rows" if a.task.type == "labels" else "fields"
    told = f", {wrong:,} of {total:,} {what}" if total else ""
    lines = [f"What “{found.name}” got wrong on dev{told} (never from the locked rows):"]
    lines += mixed_up(a)
    for kind in found.kinds[:MOST_KINDS]:
        lines.append(f"• {kind.kind}: {kind.count} {'time' if kind.count == 1 else 'times'}")
        for example in kind.examples[:1]:
            said, right, given = (words.plain(example[part], CELL) for part in MISTAKE)
            lines += [f"“{said}”", f"Right answer: {right}. It said: {given}"]
    if a.data.label_counts:
        label = words.plain(next(iter(a.data.label_counts)), CELL)
        lines.append(f"Do some hurt more than others? Write “missing {label} is 10 times worse”.")
    return "\n".join(lines)


def _speed(a: Assessment, subjects: tuple[str, ...]) -> str:
    by_name, limit = {arm.name: arm for arm in a.arms}, a.brief.latency_limit_ms
    waits = {name: ", ".join(waits_of(by_name[name])) for name in rivals_of(a)}
    lines = [f"• {name}: {told}" for name, told in waits.items() if told]
    if not lines:
        return "No way was timed in this run."
    first = "One request at a time, as measured on this machine or at the endpoint:"
    return "\n".join([first, *lines, *([f"Your limit is {limit:,.0f} ms."] if limit else [])])


def _next(a: Assessment, subjects: tuple[str, ...]) -> str:
    steps = [f"{number}. {step}" for number, step in enumerate(next_steps(a), start=1)]
    return "\n".join([*steps, *([a.ask_again] if a.ask_again else [])])


ANSWERS: dict[IntentName, Callable[[Assessment, tuple[str, ...]], str]] = {
    "why": _why,
    "why_not": why_not,
    "short": in_short,
    "simply": in_plain_words,
    "mistakes": _mistakes,
    "label": per_label,
    "prompt": the_prompt,
    "compare": compare,
    "overview": overview,
    "cost": costs,
    "year": first_year,
    "even": break_even,
    "price": price_moves,
    "brought": what_it_brought,
    "sure": sure,
    "interval": intervals,
    "luck": significance,
    "split": how_it_was_split,
    "overfit": does_it_overfit,
    "risks": risks,
    "next": _next,
    "tried": what_was_tried,
    "changes": what_would_change,
    "fixes": rows_to_fix,
    "more": would_more_help,
    "needed": how_many_for,
    "curve": the_curve,
    "time": how_long,
    "effort": what_it_takes,
    "upkeep": how_to_keep_it,
    "about": who_speaks,
    "speed": _speed,
    "models": models_used,
    "settings": settings_of_tune,
    "weights": where_the_model_is,
    "meaning": meaning,
    "writing": how_written,
    "data": about_the_data,
    "privacy": who_saw_it,
    "report": where_it_is,
    "try": how_to_try,
    "language": only_english,
    "thanks": welcome,
    "later": nothing_now,
    "help": what_to_ask,
    "hosting": lambda a, _: where_it_can_run(a, ()),
    "live": go_live,
    "tune_cost": training_cost,
    "flips": what_changed,
    "rewording": how_to_reword,
    "target": why_so_much,
    "difference": difference,
    "tell": for_others,
    "worth": worth_the_money,
    "law": lambda a, _: about_the_law(where_it_can_run(a, ()), who_saw_it(a, ())),
    "relabel": if_labels_change,
    "retrain": when_to_retrain,
    "stands": which_stands,
    "handover": what_to_hand_over,
    "tongues": in_other_languages,
    "fallback": way_back,
    "again": once_more,
    "cheaper": other_models,
    "judged": what_is_right,
    "by_hand": where_people_look,
}
