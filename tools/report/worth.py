"""What a fine-tune would bring or brought, and what each way costs."""

from policies.limits import TUNED
from tools.assessment import ArmCost, Assessment, TunedPart
from tools.economics import monthly_cost
from tools.report import pictures, words
from tools.report.advised import best_classifier
from tools.report.answer import NAME
from tools.report.compared import more_examples
from tools.report.document import (
    Block,
    Bullets,
    Cell,
    Column,
    Facts,
    Illustration,
    Paragraph,
    Row,
    Section,
    Subheading,
    Table,
    Text,
    name,
    strong,
)
from tools.report.learned import changed_answers, what_was_learned
from tools.report.pictures.costs import cost_name, drawn_arms, spread_months

SUPPOSED = (10_000, 100_000, 1_000_000)  # requests a month, where nobody told the volume


def what_tuning_brings(a: Assessment, examples: bool = True) -> Section:
    """The forecast, and the tune as it turned out.

    Args:
        a: The assessment.
        examples: Whether the team's own examples are shown.
    """
    blocks: list[Block] = []
    if f := a.forecast:
        told: Text = (
            "Before the fine-tune its forecast was "
            if a.tuned
            else "A fine-tune would probably reach ",
            strong(words.percent(f.score)),
            f": {words.odds(f.level)} the score would lie within {words.span(f.low, f.high)}. The "
            f"target is {words.percent(a.task.target)}.",
        )
        # What more would bring was reckoned up to the forecast's own errors.
        more = "" if a.tuned else more_examples(a)
        how = f"How this was estimated: {f.method}. {more}"
        blocks += [Paragraph(told), Paragraph(how.strip())]
        if drawn := pictures.learning_picture(a):
            blocks.append(Illustration(drawn, "What more examples bring, and the forecast"))
    else:
        blocks.append(Paragraph("No forecast was made in this run."))
    if a.tuned:
        blocks += _tuned(a, a.tuned, examples)
    title = "What the fine-tune brought" if a.tuned else "What a fine-tune would bring"
    return Section(title, tuple(blocks))


def _tuned(a: Assessment, t: TunedPart, examples: bool) -> list[Block]:
    passed = "passed its test" if t.shipped else "did not pass its test"
    facts = [
        (
            f"Score on {t.test.n} test examples",
            f"{words.percent(t.test.score)} ({words.span(t.test.low, t.test.high)})",
        ),
        ("Against the best prompt", words.gain(t.difference)),
    ]
    if t.difference_same_model and t.difference_same_model != t.difference:
        same = words.gain(t.difference_same_model)
        facts.append(("Against prompting the same model", same))
    if (t.peak_megabytes, t.peak_gpu_megabytes) != (None, None):
        taken = words.memory_taken(t.peak_megabytes, t.peak_gpu_megabytes)
        facts.append(("The training took", taken))
    blocks: list[Block] = [
        Subheading("The fine-tune, as it turned out"),
        Paragraph((strong(f"The tuned model {passed}."), f" {t.text}")),
        Facts(tuple(facts)),
        Paragraph(words.chance(t.difference.p_value)),
    ]
    if t.dropped:
        blocks.append(Paragraph(words.left_out(t.dropped)))
    if drawn := pictures.flips_picture(a):
        blocks.append(Illustration(drawn, "Each test example, before and after"))
    blocks += what_was_learned(a, t)
    blocks += changed_answers(a, examples)
    blocks += [Subheading("What it forgot"), Paragraph(t.forgetting.text)]
    if drawn := pictures.forgetting_picture(a):
        caption = "General questions answered rightly"
        blocks.append(Illustration(drawn, caption, "ring: before, diamond: after"))
    return blocks


def what_it_costs(a: Assessment) -> Section:
    """The cost picture, the bill of each way, and what the figures assume."""
    e = a.economics
    blocks: list[Block] = []
    if drawn := pictures.cost_picture(a):
        months = f"{spread_months(e):g} months"
        caption = f"Cost a month, with one-off costs spread over {months}"
        blocks += [Illustration(drawn, caption), _bills(a)]
    else:
        blocks.append(Paragraph("No prices were set, so cost did not weigh in the answer."))
    if e.break_even_requests:
        at = f"about {words.about(e.break_even_requests)} requests a month"
        if e.break_even_low is not None and e.break_even_high is not None:
            low, high = words.about(e.break_even_low), words.about(e.break_even_high)
            at += f" ({low} to {high}, as the effort may turn out)"
        text = (
            f"From {at} a fine-tune pays back against the best prompt within "
            f"{spread_months(e):g} months: that is its break-even."
        )
        blocks.append(Paragraph(text + _classifier_is_cheaper(a)))
    if e.assumptions:
        blocks += [Subheading("What these figures assume"), Bullets(e.assumptions)]
    return Section("What it costs", tuple(blocks))


def _classifier_is_cheaper(a: Assessment) -> str:
    """A sentence where the classifier costs less than a fine-tune whatever the volume, else ""."""
    rival, tuned = best_classifier(a), a.economics.arms.get(TUNED)
    bill = a.economics.arms.get(rival.name) if rival else None
    if bill is None or tuned is None or a.brief.beyond_labels:
        return ""
    if bill.per_1000 > tuned.per_1000 or bill.one_off > tuned.one_off:
        return ""
    return " The classifier costs less than the fine-tune at any volume."


def _bills(a: Assessment) -> Table:
    e = a.economics
    volumes = SUPPOSED if e.monthly_requests is None else (e.monthly_requests,)
    months = [f"{n:,} a month" for n in volumes] if len(volumes) > 1 else ["A month"]
    columns = (
        Column("Way of working", weight=3),
        Column("1,000 requests", numeric=True, weight=1.2),
        *(Column(title, numeric=True, weight=1.2) for title in months),
        Column("Once", numeric=True, weight=1.2),
        *([Column("Pays back in", numeric=True, weight=1.6)] if e.monthly_requests else []),
    )
    rows = tuple(
        Row(
            (
                Cell((name(cost_name(key), NAME),)),
                Cell(words.money(e.arms[key].per_1000, e.currency)),
                *(Cell(words.bill(monthly_cost(e, key, n), e.currency)) for n in volumes),
                Cell(words.money(e.arms[key].one_off, e.currency)),
                *([_payback(e.arms[key])] if e.monthly_requests else []),
            )
        )
        for key in drawn_arms(a)
    )
    return Table(columns, rows)


def _payback(cost: ArmCost) -> Cell:
    """Months until an arm has paid what it costs more at first than the best prompt."""
    if cost.payback_months is None:
        return Cell("–")
    low, high = cost.payback_low, cost.payback_high
    span = "" if low is None or high is None else f"{low:,.1f} to {high:,.1f}, as the effort goes"
    return Cell(f"{cost.payback_months:,.1f} months", span)
