"""Answers about the run as a whole: what was tried, what would change, what to fix, and so on."""

from collections.abc import Iterable
from dataclasses import dataclass

from agent.ways import verdict_named
from policies.recommendation import Verdict
from policies.regret import ACTION
from tools.assessment import Assessment
from tools.report import words
from tools.report.glossary import TERMS
from tools.runs import FIXES
from tools.writing.blind import in_words

MOST_PLANS, MOST_FIXES, MOST_LABELS, CELL = 10, 5, 20, 160
HELP = (
    "Ask about this run, change an answer of yours, or have a text answered: “why?”, “why not a "
    "fine-tune?”, “what would it cost?”, “what if the target were 85 %?”, “try this wording: …”, "
    "“try this text: …”."
)
ENGLISH = "I speak English only; the report and all I say are in English."


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
    """The flip points, and when to ask again; of one way, those which turn the answer to it."""
    wanted = verdict_named(" ".join(subjects)) if subjects else None
    if wanted is not None:
        return _what_would_lead_to(a, wanted)
    lines = [words.flip_sentence(flip, a.economics.currency) for flip in a.open_flips]
    lines = lines or [words.no_flip(after_tune=a.outcome is not None)]
    return "\n".join([*lines, *([a.ask_again] if a.ask_again else [])])


def _what_would_lead_to(a: Assessment, wanted: Verdict) -> str:
    """What would turn the answer to one way, or that none of what was looked at does."""
    kind, title = ACTION.get(wanted), words.VERDICT_TITLES[wanted].lower()
    use = a.outcome.use if a.outcome else ACTION.get(a.verdict)
    if wanted == a.verdict or (kind is not None and kind == use):
        return f"That is the answer already: {title}.\n{what_would_change(a, ())}"
    led = [
        each for each in a.open_flips if each.verdict == wanted or ACTION.get(each.verdict) == kind
    ]
    if led and kind is not None:
        return "\n".join(words.flip_sentence(flip, a.economics.currency) for flip in led)
    none = (
        f"I found nothing that would change the answer to “{title}”: no target, volume, time "
        "limit, price or rhythm, moved alone and within reason, leads there."
    )
    return f"{none}\nWhat would change it to something else:\n{what_would_change(a, ())}"


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


def how_to_reword(a: Assessment, subjects: tuple[str, ...]) -> str:
    """How to have another wording of the prompt measured."""
    return (
        "Write “try this wording: …” with your instruction behind the colon. It is measured on the "
        "same rows as the other prompts, and takes the best one's place if it does better. “Show "
        "me the prompt” shows what you would start from."
    )


def how_written(a: Assessment, subjects: tuple[str, ...]) -> str:
    """What the texts leave out and invent, and what blind pairs came to."""
    judged = [in_words(each) for each in a.preferences]
    if a.writing is None:
        return "The answers of this run are no texts, so there are no facts to leave out."
    limits = "The same rules measured your own answers: only the difference counts."
    told = [a.writing.text, limits] if a.writing.text else ["Facts could not be counted here."]
    return "\n".join([*told, *(judged or ["No pairs were judged blind."])])


def meant(subjects: tuple[str, ...]) -> str:
    """What a word of ours means."""
    term = next(term for term in TERMS if term.name.casefold() in subjects)
    return f"{term.name}: {term.meaning}"


def about_the_data(a: Assessment, subjects: tuple[str, ...]) -> str:
    """What the profile and the label audit found in the examples."""
    data, task = a.data, a.task
    found = {
        "could not be used: no input or no answer": data.dropped,
        "repeated another row exactly": data.duplicates,
        "nearly repeated another row": data.near_duplicates,
        "had the input of another row with another answer": data.contradictions,
        "had a label that is probably wrong": data.label_errors or len(a.suspects),
    }
    lines = [f"• {count:,} {what}" for what, count in found.items() if count]
    first = f"Your file has {task.rows:,} usable rows. "
    first += "Of all its rows:" if lines else "I found no fault in them that I can look for."
    counts = data.label_counts.items()
    labels = ", ".join(f"{words.plain(label, CELL)} {count:,}" for label, count in counts)
    lines += [f"Rows of each label: {labels}."] if 0 < len(counts) <= MOST_LABELS else []
    lines += [f"There are {len(counts)} labels."] if len(counts) > MOST_LABELS else []
    most = f"By its contradictions at most {words.percent(data.ceiling)} can be reached."
    wrong = (
        "If those labels are all wrong, right answers alone would score about "
        f"{words.percent(data.label_ceiling)}."
    )
    doubted = "Ask “which rows should I fix?” to see them." if a.suspects else ""
    ceiling = [most] if data.ceiling < 1 else []
    ceiling += [wrong] if data.label_ceiling < 1 else []
    return "\n".join([first, *lines, *ceiling, *data.notes, *([doubted] if doubted else [])])


@dataclass(frozen=True)
class Receivers:
    """Who may have got something of a run, beside the models on this machine.

    Attributes:
        endpoints: Endpoints under trial: they get the rows that they are asked about.
        readers: Endpoints that read a few rows to improve a wording, or pairs to judge.
        adviser: The adviser that is told the task and figures but no row, or "".
    """

    endpoints: tuple[str, ...] = ()
    readers: tuple[str, ...] = ()
    adviser: str = ""


def models_asked(a: Assessment) -> set[str]:
    """The models that a run's records show to have been asked about examples."""
    tried = {plan.model for plan in a.prompting.plans if plan.n}
    return tried | {arm.model for arm in a.arms if arm.kind in ("prompt", "tuned")}


def where_it_went(a: Assessment, to: Receivers) -> str:
    """Where the examples went: what the run's records show, and what was allowed besides."""
    asked = models_asked(a)
    here = sorted(asked - {*to.endpoints, *to.readers})
    lines = [
        f"On this machine, {_named(here)} answered rows of yours; nothing is sent on by that."
        if here
        else "No model on this machine answered rows of yours."
    ]
    for name in to.endpoints:
        got = (
            "got the rows that it was asked about"
            if name in asked
            else ("was allowed to receive your rows, and may have got some")
        )
        lines.append(f"The endpoint {_named([name])} {got}.")
    if to.endpoints:
        lines.append("Solved examples and passages of your documents may have gone along.")
    if to.readers:
        lines.append(
            f"{_named(to.readers)} may have received a few of your rows, to improve a wording or "
            "to judge answers."
        )
    if to.adviser:
        lines.append(
            f"The adviser {_named([to.adviser])} may be told your task, your labels, the scores "
            "and your questions, but no row."
        )
    if not (to.endpoints or to.readers):
        lines.append("No endpoint was allowed to receive your rows: they stayed here.")
    lines.append("“Delete” in the list of runs removes a run with all its files for good.")
    return "\n".join(lines)


def who_saw_it(a: Assessment, subjects: tuple[str, ...]) -> str:
    """Which models a run's records show; the conversation knows who was allowed besides."""
    asked = sorted(models_asked(a))
    if not asked:
        return "The records of this run show no model that was asked about your examples."
    return f"By the run's records, these models were asked about your examples: {_named(asked)}."


def _named(names: Iterable[str]) -> str:
    return ", ".join(f"“{name}”" for name in names)


def what_it_takes(a: Assessment, subjects: tuple[str, ...]) -> str:
    """The work, and whose: from the assumptions of the cost picture."""
    assumed = [line for line in a.economics.assumptions if "person-day" in line]
    return "\n".join(
        [
            "A developer can set it up; no knowledge of machine learning is needed. The report has "
            "the prompt as a program to run, and `tuneworthy serve` puts prompt, classifier or "
            "tuned model behind an address of your own.",
            *assumed,
            "People stay in it: some answers will be wrong, so somebody has to see the doubtful "
            "ones and keep the examples up to date.",
        ]
    )


def how_to_keep_it(a: Assessment, subjects: tuple[str, ...]) -> str:
    """How to notice that it slips, and what new cases want."""
    return "\n".join(
        [
            "Let a person judge about a hundred live answers now and then: clearly fewer right "
            "ones than in this run mean that something has changed.",
            "A new kind of case needs solved examples: a prompt takes them up once they are among "
            "its examples; a classifier or a tuned model has to be trained again on them.",
            a.ask_again or "Run this assessment again on newer examples then.",
        ]
    )


def who_speaks(a: Assessment, subjects: tuple[str, ...]) -> str:
    """What answers here."""
    return (
        "I am a program. What I say is read off what was measured in this run, and written rules "
        "over these figures chose the answer: no language model did. Ask “why?” for the rules."
    )


def welcome(a: Assessment, subjects: tuple[str, ...]) -> str:
    """What is said to a thank-you."""
    return "You are welcome. The run is kept: come back to it at any time."


def nothing_now(a: Assessment, subjects: tuple[str, ...]) -> str:
    """What is said to whoever puts it off."""
    return "All right, nothing is started. The run is kept: come back to it at any time."


def how_to_try(a: Assessment, subjects: tuple[str, ...]) -> str:
    """How to have a text answered by what the run found."""
    tuned = " and the tuned model" if a.tuned is not None else ""
    return (
        f"Yes: write a message like those in your examples and the best prompt{tuned} answers it; "
        "“try this text: …” does it with any text, and so do quotes around it. “Try one of my "
        "examples” takes a row of yours that nothing was trained on."
    )


def only_english(a: Assessment, subjects: tuple[str, ...]) -> str:
    """What is said to whoever wants another language."""
    return ENGLISH


def what_to_ask(a: Assessment, subjects: tuple[str, ...]) -> str:
    """The questions that are understood."""
    return HELP


def _minutes(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} seconds"
    return f"{seconds / 60:.0f} minutes"
