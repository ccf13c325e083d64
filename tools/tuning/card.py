"""The model card of an exported adapter: what it is, what was measured, what it is not for."""

import json
from importlib.metadata import version

from policies.evidence import Score
from policies.figures import percent, points, signed
from tools.assessment import Assessment
from tools.models.adapter import Seal
from tools.tuning.recipe import Recipe


def model_card(found: Assessment, recipe: Recipe, seal: Seal, model: str) -> str:
    """The card as Markdown with the front matter that the Hugging Face hub reads.

    Names from outside are quoted as code: they are data, not markup.

    Args:
        found: The run's assessment, with a tune.
        recipe: How the adapter was trained.
        seal: The adapter's seal.
        model: Name of the base model.
    """
    tuned = found.tuned
    assert tuned is not None
    gain = tuned.difference
    prompt = found.prompting.best
    forgetting = tuned.forgetting
    lines = [
        "---",
        f"base_model: {json.dumps(model)}",
        "library_name: peft",
        "pipeline_tag: text-generation",
        "tags: [lora, qlora, tuneworthy]",
        "---",
        "",
        "# A QLoRA adapter for one task",
        "",
        f"Task: {found.task.type}, learned from {found.task.train} examples of "
        f"{_code(found.data.file)}. Base model: {_code(model)}, whose weight files hash to "
        f"`{seal.base[:16]}…`; on any other base it gives nonsense.",
        "",
        "## Evidence",
        "",
        f"Measured on {tuned.test.n} rows that were kept locked (times used: {found.test_reads}), "
        f"by {found.task.metric}, target {percent(found.task.target)}.",
        "",
        "| arm | locked rows | 95 % interval |",
        "|---|---|---|",
        _row("tuned model", tuned.test),
        *([_row("best prompt", prompt.test)] if prompt and prompt.test else []),
        *([_row("best classifier", found.classifier)] if found.classifier else []),
        "",
        f"Against the best prompt: {points(gain.value)} ({signed(gain.low)} to "
        f"{signed(gain.high)}), {gain.fixed} rows better, {gain.broken} worse. "
        f"{'It passed its gate.' if tuned.shipped else 'It did not pass its gate.'}",
        "",
        f"Forgetting: {forgetting.text}",
        "",
        f"Advice before the tune: `{found.verdict}`.",
        "",
        "## Use",
        "",
        "For this task alone, with the short instruction it was trained with (see the rows in "
        "`trl/data`). It was not checked for other uses, for bias or for safety beyond the check "
        "for forgetting. Scores hold for requests like the examples.",
        "",
        "## Recipe",
        "",
        *(f"- {name}: {reason}" for name, reason in recipe.reasons.items()),
        "",
        f"Run `{found.run_id}`, {found.created}; "
        + ", ".join(f"{name} {version(name)}" for name in ("torch", "transformers", "peft", "trl"))
        + ".",
        "",
    ]
    return "\n".join(lines)


def _row(name: str, score: Score) -> str:
    return f"| {name} | {percent(score.score)} | {percent(score.low)} to {percent(score.high)} |"


def _code(text: str) -> str:
    """Text as inline code, whatever it holds."""
    return "`" + " ".join(text.replace("`", "'").split()) + "`"
