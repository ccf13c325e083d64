"""What a run leaves behind: models with their licence and settings, files, the report."""

from collections.abc import Iterator

from tools.assessment import Assessment
from tools.models import embedded
from tools.report import words
from tools.report.answer import NAME


def models_used(a: Assessment, subjects: tuple[str, ...]) -> str:
    """Which models took part, and whose terms hold for them."""
    return "\n".join([*_models(a), *_terms(a)])


def settings_of_tune(a: Assessment, subjects: tuple[str, ...]) -> str:
    """How the model was trained, setting by setting."""
    if a.tuned is None:
        return (
            "No model was tuned in this run, so there are no settings of a training. “Fine-tune "
            "anyway” shows the plan of one."
        )
    lines = [
        f"• {words.recipe_title(words.plain(key, NAME))}: {words.plain(value, 4 * NAME)}"
        for key, value in a.tuned.recipe.items()
    ]
    first = f"{a.tuned.base or a.tuned.model} was tuned with these settings:"
    return "\n".join([first, *lines] if lines else ["The settings of the tune were not kept."])


def where_the_model_is(a: Assessment, subjects: tuple[str, ...]) -> str:
    """Where the tuned model lies, or that there is none."""
    if a.tuned is None:
        best = a.prompting.best
        runs = f" The best prompt runs on {a.prompting.model}; “show me the prompt” has it."
        return (
            "No model was tuned in this run, so there is none to download."
            f"{runs if best else ''} `tuneworthy export` writes the classifier where that is the "
            "answer."
        )
    return (
        f"The tuned model is an adapter in {a.tuned.adapter}, inside the folder of this run "
        f"({a.run_id}). `tuneworthy export {a.run_id} --out FOLDER` writes it to a folder of "
        "yours, with the merged model and its model card; `tuneworthy serve` puts it behind an "
        "address."
    )


def where_it_is(a: Assessment, subjects: tuple[str, ...]) -> str:
    """How to get the report."""
    return (
        "On the page, the download buttons give the report as a web page, PDF or Markdown; on the "
        "command line, `tuneworthy report` writes it."
    )


def _models(a: Assessment) -> Iterator[str]:
    prompted = sorted({plan.model for plan in a.prompting.plans if plan.n})
    if prompted:
        yield f"Prompts were tried on: {', '.join(map(_named, prompted))}."
    if a.prompting.best is not None:
        yield f"The best prompt runs on {_named(a.prompting.model)}."
    if a.tuned is not None:
        yield f"{_named(a.tuned.base or a.tuned.model)} was tuned."


def _terms(a: Assessment) -> Iterator[str]:
    yield (
        f"{embedded.TITLE}, which comes with Tuneworthy, is under the {embedded.LICENCE} licence: "
        "business use is allowed, of what was tuned from it too."
    )
    yield "For any other model its publisher's or provider's own terms hold: see its model card."


def _named(model: str) -> str:
    return f"“{embedded.TITLE if model == embedded.NAME else model}”"
