"""The command that serves a run's adapter on a GPU with vLLM."""

import json
import shlex

from tools.errors import RunError
from tools.models.catalogue import Catalogue
from tools.runs import Run
from tools.serving.arms import assessment_of
from tools.trials.stage import task_of
from tools.tuning.registry import OUT_OF_USE, Registry

RANKS = (8, 16, 32, 64, 128, 256)  # those that vLLM sets memory aside for


def vllm_command(run: Run, catalogue: Catalogue) -> str:
    """A shell command for vLLM, and below it, as comments, how to ask the tuned model.

    Raises:
        RunError: The run has no adapter, or it is out of use.
    """
    found = assessment_of(run)
    tuned = found.tuned
    if tuned is None or tuned.plan is None:
        raise RunError(f"The run {run.info.run_id} has no fine-tune; `tuneworthy tune` makes one.")
    if Registry(run.home).is_out_of_use(run.info.run_id, tuned.adapter):
        raise RunError(OUT_OF_USE.format(run.info.run_id))
    adapter = run.folder / tuned.adapter
    try:
        rank = int(json.loads((adapter / "adapter_config.json").read_bytes())["r"])
    except (OSError, ValueError, KeyError) as error:
        raise RunError(f"The adapter of the run {run.info.run_id} cannot be read.") from error
    room = next((size for size in RANKS if size >= rank), rank)
    command = [
        *("vllm", "serve", str(catalogue.folder(tuned.base)), "--served-model-name", "base"),
        *("--host", "127.0.0.1", "--enable-lora", "--max-lora-rank", str(room)),
        *("--lora-modules", f"tuned={adapter}"),
    ]
    task = task_of(run.dataset(found.brief), found.brief)
    notes = ["Ask the model “tuned” with temperature 0 and these messages:"]
    notes += tuned.plan.template(task).splitlines()
    notes.append("vLLM adds the adapter to the unrounded base; here it is served on the rounded.")
    if tuned.plan.decoding != "free":
        notes.append(
            "vLLM does not choose answers in this way; limit them to the labels, or to the form of "
            "the examples' answers, with structured outputs. That is close to what was measured, "
            "but not the same."
        )
    return "\n".join([shlex.join(command), *(f"# {note}" for note in notes)])
