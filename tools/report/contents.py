"""The report's content: the answer first, then all that it rests on."""

from policies.evidence import Arm
from policies.limits import TUNED
from policies.rules import LAST_RESORT
from tools.assessment import Assessment
from tools.models.embedded import NAME as EMBEDDED
from tools.report import glossary, pictures, words
from tools.report.advised import advised
from tools.report.answer import NAME, answer_title, how_sure, key_figures, next_steps
from tools.report.compared import comparison, prices_were_told
from tools.report.document import (
    Beside,
    Block,
    Bullets,
    Document,
    Entries,
    Entry,
    Illustration,
    KeyFigures,
    Paragraph,
    Section,
    Subheading,
    Text,
    Verbatim,
    data,
    name,
    strong,
)
from tools.report.lookups import what_documents_change
from tools.report.pictures.scores import gap_key
from tools.report.technical import LONG, for_a_technical_colleague
from tools.report.tried import CELL, failures, the_data, what_was_tried
from tools.report.worth import what_it_costs, what_tuning_brings
from tools.report.written import how_texts_are_written

BUILT_IN = (
    "All prompts ran on the small built-in model (“embedded”), which comes with Tuneworthy and "
    "runs on any computer. A model of your own was not measured with them; it may do better or "
    "worse."
)
METHOD = "Method and limits"
TIMES = {0: "not at all", 1: "once", 2: "twice"}


def document_of(a: Assessment, examples: bool = True) -> Document:
    """The report of an assessment.

    Args:
        a: The assessment; its strings are data from outside.
        examples: Whether the team's own examples are shown; without them the report can go to
            people who may not see them.
    """
    sections = [
        comparison(a),
        the_data(a, examples),
        what_was_tried(a),
        failures(a, examples),
        how_texts_are_written(a, examples),
        what_documents_change(a, examples),
        what_tuning_brings(a, examples),
        what_it_costs(a),
        _why(a),
        _method(a, examples),
        _prompt(a, examples),
        for_a_technical_colleague(a, examples),
    ]
    document = Document(
        question=_question(a),
        title=answer_title(a),
        answer=_answer(a),
        sections=tuple(section for section in sections if section.blocks),
        closing=_closing(a),
    )
    return glossary.added_to(document)


def _closing(a: Assessment) -> str:
    given = "examples and prices" if prices_were_told(a) else "examples"
    assumed = "" if prices_were_told(a) or not a.economics.arms else " and its own default prices"
    return (
        f"Written by Tuneworthy from the {given} it was given{assumed}. No outside content is "
        "loaded by this file."
    )


def _question(a: Assessment) -> Text:
    if not a.brief.task:
        return "Should we fine-tune a model for this task?"
    return ("Should we fine-tune a model for “", data(a.brief.task, 160), "”?")


def _answer(a: Assessment) -> tuple[Block, ...]:
    blocks: list[Block] = [Paragraph(a.outcome.text if a.outcome else a.headline, "lead")]
    if a.outcome:
        blocks.append(Paragraph(f"Before the fine-tune, the advice was: {a.headline}"))
    if only_built_in(a):
        blocks.append(Paragraph(BUILT_IN))
    if sure := how_sure(a):
        blocks.append(Paragraph((strong("How sure is this?"), f" {sure}")))
    if a.partial:
        blocks.append(Paragraph((strong("This run is not complete."), f" {_cut(a)}"), "notice"))
    blocks.append(KeyFigures(key_figures(a)))
    steps: list[Block] = [
        Subheading("What to do next"),
        Bullets(next_steps(a), numbered=True),
    ]
    if a.more_examples:
        more = f"At least {a.more_examples:,} more examples are needed."
        steps.append(Paragraph(more))
    drawn = gap_illustration(a)
    if drawn is None:
        return (*blocks, *steps)
    told = conclusion(a)
    return (*blocks, Beside(tuple(steps), (*([Paragraph(told)] if told else []), drawn)))


def only_built_in(a: Assessment) -> bool:
    """Whether no other model than the embedded one was prompted."""
    return {arm.model for arm in a.arms if arm.kind == "prompt"} == {EMBEDDED}


def gap_illustration(a: Assessment) -> Illustration | None:
    """Every way of working against the target, or None if nothing was measured."""
    gap = pictures.gap_picture(a)
    if gap is None:
        return None
    note = f"{words.METRIC_MEANINGS[a.task.metric]}; bars are intervals; {gap_key(a)}"
    return Illustration(gap, "Every way of working, against the target", note)


def conclusion(a: Assessment) -> Text:
    """What the scores say against the target, in one sentence; "" where nothing was measured."""
    chosen, f = advised(a), a.forecast
    if chosen == TUNED and f is not None:
        forecast = words.percent(f.score)
        return f"The advised fine-tune is forecast at {forecast}, {_against(a, f.score)}."
    if arm := next((arm for arm in a.arms if arm.name == chosen), None):
        reached = f"{words.percent(arm.measured.score)} on {_part(arm)}"
        rest = f"”, reaches {reached}, {_against(a, arm.measured.score)}."
        return ("The advised way, “", name(arm.name, NAME), rest)
    usable = [arm for arm in a.arms if arm.deployable]
    # a score on dev by which something was picked is too good to stand beside one on test
    read = [arm for arm in usable if arm.test] or usable
    best = max(read, key=lambda arm: arm.measured.score, default=None)
    if best is None:
        return ""
    score = best.measured.score
    before = f"No measured way is advised. The best score on {_part(best)} is that of “"
    rest = f"”: {words.percent(score)}, {_against(a, score)}."
    return (before, name(best.name, NAME), rest)


def _part(arm: Arm) -> str:
    return "test" if arm.test else "dev"


def _against(a: Assessment, score: float) -> str:
    gap, target = a.task.target - score, words.percent(a.task.target)
    if round(gap, 3) > 0:
        return f"{words.points(gap).removeprefix('+')} below the target of {target}"
    return f"which meets the target of {target}"


def _cut(a: Assessment) -> str:
    """What was not finished, as far as it is known, and what to do about it."""
    p, told = a.prompting, []
    if any(plan.fate.startswith("cut short") for plan in p.plans):
        told += [p.stop_reason, f"{p.plans_tried} ways to prompt were tried."]
    if a.forecast is None:
        told.append("A fine-tune was not forecast.")
    rests = "The answer rests on what was finished."
    if not told:
        return f"A limit was reached or a part failed: see “{METHOD}”. {rests}"
    more = "Run it again with more time to be surer: what was measured is kept."
    return " ".join([*told, rests, more])


def _why(a: Assessment) -> Section:
    rules = tuple(
        Entry(
            words.rule_title(reason.rule),
            reason.text,
            words.RULE_OUTCOMES[reason.outcome],
            reason.outcome == "decided",
        )
        for reason in a.reasons
        if reason.rule != LAST_RESORT or reason.outcome == "decided"
    )
    flips = tuple(words.flip_sentence(flip, a.economics.currency) for flip in a.open_flips)
    before = " before the fine-tune" if a.outcome else ""
    nothing = words.no_flip(after_tune=a.outcome is not None)
    blocks: list[Block] = [
        Paragraph(f"Every rule that was considered{before}, in order."),
        Entries(rules, "rules"),
        Subheading("What would change it"),
        *(
            [Paragraph("This is of the advice before the fine-tune.")]
            if a.outcome and flips
            else []
        ),
        Bullets(flips) if flips else Paragraph(nothing),
    ]
    if a.ask_again:
        blocks += [Subheading("When to ask again"), Paragraph(a.ask_again)]
    return Section("Why this answer", tuple(blocks))


def _prompt(a: Assessment, examples: bool) -> Section:
    best = a.prompting.best
    title = "The prompt that won"
    if best is None:
        return Section(title, ())
    told: Text = (name(best.name, NAME), ", on ", name(a.prompting.model, NAME), ".")
    blocks: list[Block] = [Paragraph(told)]
    if examples or not best.holds_examples:
        blocks.append(Verbatim(words.plain(best.template, LONG), ours=True))
    else:
        hidden = "It shows examples of yours to the model, and they are left out of this report."
        blocks.append(Paragraph(hidden))
    return Section(title, tuple(blocks))


def _method(a: Assessment, examples: bool) -> Section:
    t = a.task
    used = TIMES.get(a.test_reads, f"{a.test_reads} times")
    audited = " One of them only looked for wrong labels; nothing was chosen by it."
    lines: list[Text] = [
        "The examples were split once, by their content and not by chance: "
        f"{t.train:,} to learn from (train), {t.dev:,} to choose on (dev), {t.test:,} to confirm "
        "(test). Repeats stay on one side.",
        f"The test part was used {used}. Each further use makes its scores a little less "
        f"trustworthy.{audited if t.type == 'labels' else ''}",
        "Scores come with an interval, which holds the true score 95 times out of 100. Where two "
        "intervals overlap widely, the examples cannot tell the two apart.",
        "The scores hold for inputs like these examples. If customers, products or labels "
        "change, measure again.",
        "The answer follows from written rules over the measured figures; no language model "
        "chose it.",
        *((data(note, CELL),) for note in a.notes),
    ]
    if not examples:
        lines.append("Examples of the team's own are left out of this report on request.")
    return Section(METHOD, (Bullets(tuple(lines)),))
