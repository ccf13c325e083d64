"""Answers about the run as a whole: what was tried, what would change, what to fix, and so on."""

from tools.assessment import Assessment
from tools.report import words
from tools.report.glossary import TERMS
from tools.runs import FIXES
from tools.writing.blind import in_words

MOST_PLANS, MOST_FIXES, CELL = 10, 5, 160
HELP = (
    "Ask me about this run: “why?”, “why not a fine-tune?”, “what if the target were 85 %?”, “show "
    "me the mistakes”, “show me the prompt”, “compare the prompt and the classifier”, “what would "
    "it cost?”, “how sure are you?”, “what did you try?”, “what would change the answer?”, “which "
    "rows should I fix?”, “would more examples help?”, “what does “dev” mean?”, “what do the texts "
    "leave out?”, “what happens next?”.\n“Missing ‹a label› is 10 times worse” weighs mistakes; "
    "“change the target to 85 %” decides again; “try this wording: …” measures a prompt of yours. "
    "A message like your own texts is answered by the models; in quotes it always is."
)


def what_was_tried(a: Assessment, subjects: tuple[str, ...]) -> str:
    """The plans, best first, and the ordinary ways beside them."""
    plans = sorted(a.prompting.plans, key=lambda plan: (-plan.n, -plan.score))
    ran = [plan for plan in plans if plan.n]
    lines = [
        f"• {plan.name} ({plan.model}): {words.percent(plan.score)} on {plan.n} dev rows"
        for plan in ran[:MOST_PLANS]
    ]
    others = [arm for arm in a.arms if arm.kind != "prompt"]
    lines += [
        f"• {arm.name}: {words.percent(arm.measured.score)} on {arm.measured.n} "
        f"{'locked' if arm.test else 'dev'} rows"
        for arm in others
    ]
    more = len(ran) - MOST_PLANS
    rest = f"{more} more ways to prompt were behind these. " if more > 0 else ""
    first = f"I tried {len(ran)} ways to prompt and {len(others)} others:"
    return "\n".join([first, *lines, f"{rest}{a.prompting.stop_reason}".strip()])


def what_would_change(a: Assessment, subjects: tuple[str, ...]) -> str:
    """The flip points, and when to ask again."""
    lines = [words.flip_sentence(flip, a.economics.currency) for flip in a.open_flips]
    lines = lines or [words.no_flip(after_tune=a.outcome is not None)]
    return "\n".join([*lines, *([a.ask_again] if a.ask_again else [])])


def rows_to_fix(a: Assessment, subjects: tuple[str, ...]) -> str:
    """Labels that are probably wrong, and what to do with the sheet."""
    if not a.suspects:
        return "I found no label that looks wrong, or could not check them in this file."
    lines = [
        f"• Row {s.row}: “{words.plain(s.input, CELL)}” has “{words.plain(s.given, CELL)}”; "
        f"I would say “{words.plain(s.suggested, CELL)}” ({words.percent(s.confidence)} sure)"
        for s in [s for s in a.suspects if s.part != "test"][:MOST_FIXES]  # locked rows stay so
    ]
    count = len(a.suspects)
    return "\n".join(
        [
            f"{count} label{'s look' if count > 1 else ' looks'} wrong "
            "(rows are counted without the heading):",
            *lines,
            f"“Get rows to fix” gives all of them as a sheet ({FIXES}). Write the right "
            "label into its last column and drop it back with “Add fixed rows”: I measure "
            "again and show the difference.",
        ]
    )


def would_more_help(a: Assessment, subjects: tuple[str, ...]) -> str:
    """What more examples would bring, as far as the run can tell."""
    lines = [a.forecast.more_data] if a.forecast and a.forecast.more_data else []
    if a.more_examples:
        lines.append(f"About {a.more_examples:,} more examples would settle the answer.")
    lines = lines or ["This run did not measure how scores grow with the number of examples."]
    return "\n".join([*lines, *([a.ask_again] if a.ask_again else [])])


def how_long(a: Assessment, subjects: tuple[str, ...]) -> str:
    """What the stages of the run took, and where a tune's time is shown."""
    took = a.seconds
    stages = [
        (name, seconds)
        for name, seconds in (
            ("the prompts", took.trials),
            ("the forecast", took.forecast),
            ("the fine-tune", took.tune),
        )
        if seconds
    ]
    told = ", ".join(f"{name} took {_minutes(seconds)}" for name, seconds in stages)
    first = f"In this run {told}." if told else "The times of this run were not kept."
    if took.tune:
        return first
    return f"{first} “Fine-tune anyway” shows its time and cost before anything starts."


def how_written(a: Assessment, subjects: tuple[str, ...]) -> str:
    """What the texts leave out and invent, and what blind pairs came to."""
    judged = [in_words(each) for each in a.preferences]
    if a.writing is None:
        return "The answers of this run are no texts, so there are no facts to leave out."
    limits = "The same rules measured your own answers: only the difference counts."
    told = [a.writing.text, limits] if a.writing.text else ["Facts could not be counted here."]
    return "\n".join([*told, *(judged or ["No pairs were judged blind."])])


def meaning(a: Assessment, subjects: tuple[str, ...]) -> str:
    """What a word of the report means."""
    term = next(term for term in TERMS if term.name.casefold() in subjects)
    return f"{term.name}: {term.meaning}"


def who_saw_it(a: Assessment, subjects: tuple[str, ...]) -> str:
    """Where the examples went."""
    models = ", ".join(sorted({f"“{arm.model}”" for arm in a.arms if arm.kind == "prompt"}))
    if not models:
        return "No model read your examples."
    return (
        f"These models were asked about your examples: {models}. A model on this machine sends "
        "nothing on; an endpoint among them got the rows that it was asked about."
    )


def where_it_is(a: Assessment, subjects: tuple[str, ...]) -> str:
    """How to get the report."""
    return (
        "On the page, the download buttons give the report as a web page, PDF or Markdown; on the "
        "command line, `tuneworthy report` writes it."
    )


def welcome(a: Assessment, subjects: tuple[str, ...]) -> str:
    """What is said to a thank-you."""
    return "You are welcome. The run is kept: come back to it at any time."


def what_to_ask(a: Assessment, subjects: tuple[str, ...]) -> str:
    """The questions that are understood."""
    return HELP


def _minutes(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} seconds"
    return f"{seconds / 60:.0f} minutes"
