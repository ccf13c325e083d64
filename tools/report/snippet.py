"""The winning prompt as a program of a few lines that runs with the `openai` client."""

import json

from policies.figures import percent
from tools.assessment import Assessment, BestPrompt
from tools.report.words import plain
from tools.trials.plan import PER_INPUT

INPUT = "{input}"
_PROGRAM = '''"""{title}

{about}
Usage: python prompt.py "the text to answer"
Needs `pip install openai`; set OPENAI_BASE_URL, OPENAI_API_KEY and MODEL for your provider.
"""

import os
import sys

from openai import OpenAI

MODEL = os.environ.get("MODEL", {model})
MESSAGES = {messages}


def answer(text: str) -> str:
    """The model's answer to one input."""
    messages = [
        {{**message, "content": message["content"].replace({mark}, text)}} for message in MESSAGES
    ]
    reply = OpenAI().chat.completions.create(model=MODEL, messages=messages, temperature=0)
    return (reply.choices[0].message.content or "").strip()


if __name__ == "__main__":
    print(answer(sys.argv[1]))
'''


def snippet(a: Assessment) -> str:
    """The best prompt as a ready-to-run program; "" if there is none.

    A plan that looks up examples for each input, or takes labels by their likelihood, cannot be
    said in one chat alone; the program then sends the chat of one example and says what it lacks.

    Args:
        a: The assessment.
    """
    best = a.prompting.best
    if best is None:
        return ""
    messages, lacking = _messages(best)
    score = best.test or best.dev
    about = [f"It reached {percent(score.score)} on {score.n} examples with {_line(a)}.", *lacking]
    return _PROGRAM.format(
        title=_one_line(f"The prompt of the run {a.run_id}: {best.name}."),
        about="\n".join(map(_one_line, about)) + "\n",
        model=json.dumps(a.prompting.model),
        messages=_as_code(messages),
        mark=json.dumps(INPUT),
    )


def _line(a: Assessment) -> str:
    return f"the model {a.prompting.model!r}"


def _messages(best: BestPrompt) -> tuple[list[dict[str, str]], list[str]]:
    """The chat with a gap for the input, and what it lacks of the plan that was measured."""
    plan, lacking = best.plan, []
    turns = [dict(turn) for turn in best.chat]
    if plan and turns and plan.shots in PER_INPUT:
        turns = [dict(turn) for turn in best.rendered[:-1]]
        turns.append({"role": "user", "content": plan.filled(INPUT)})
    if plan is None or not turns:
        turns = [dict(turn) for turn in best.rendered]
        lacking.append("Made by an earlier version: replace the last turn by your own input.")
    if plan and plan.shots in PER_INPUT:
        lacking.append(
            f"As measured, the {plan.shot_count} examples most like each input are sent along, "
            "chosen anew each time; here they are those of one input. `tuneworthy serve` does all."
        )
    if plan and plan.decoding != "free":
        lacking.append(
            "As measured, the answer is held to the known labels or forms; here the model may "
            "write anything, so scores may be lower. `tuneworthy serve` does as measured."
        )
    if plan and plan.votes > 1:
        lacking.append(f"As measured, the most frequent of {plan.votes} drawn answers counts.")
    if plan and plan.by_key:
        lacking.append("As measured, each field is asked for on its own.")
    return turns, lacking


def _as_code(messages: list[dict[str, str]]) -> str:
    """The messages as Python; JSON's strings are Python's, too."""
    lines = [f"    {json.dumps(turn, ensure_ascii=True)}," for turn in messages]
    return "\n".join(["[", *lines, "]"])


def _one_line(text: str) -> str:
    """Words inside the program's docstring, which they cannot end."""
    return " ".join(plain(text).replace("\\", "/").replace('"', "'").split())
