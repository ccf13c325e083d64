"""The winning prompt as a program of a few lines that runs with the `openai` client.

What one chat says in full is sent to the provider; everything else, and whatever runs on this
machine, is asked of `tuneworthy serve`, which answers as it was measured.
"""

import json

from policies.figures import percent
from tools.assessment import Assessment, BestPrompt
from tools.report.words import plain
from tools.trials.plan import PER_INPUT, Plan

INPUT = "{input}"
_CHAT = '''"""{title}

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
_SERVED = '''"""{title}

{about}
First, in another window: tuneworthy serve {run}
Usage: python prompt.py "the text to answer"
Needs `pip install openai`; if the endpoint has a token, set TUNEWORTHY_SERVE_TOKEN here too.
"""

import os
import sys

from openai import OpenAI

MODEL = os.environ.get("MODEL", "prompt")
BASE_URL = os.environ.get("TUNEWORTHY_SERVE_URL", "http://127.0.0.1:8000/v1")


def answer(text: str) -> str:
    """The answer to one input, as it was measured."""
    client = OpenAI(base_url=BASE_URL, api_key=os.environ.get("TUNEWORTHY_SERVE_TOKEN", "none"))
    messages = [{{"role": "user", "content": text}}]
    reply = client.chat.completions.create(model=MODEL, messages=messages)
    return (reply.choices[0].message.content or "").strip()


if __name__ == "__main__":
    print(answer(sys.argv[1]))
'''


def snippet(a: Assessment, provider: str | None = None, examples: bool = True) -> str:
    """The best prompt as a ready-to-run program; "" if there is none to show.

    Args:
        a: The assessment.
        provider: The name by which the model's provider knows it; None for a model that runs on
            this machine.
        examples: Whether the team's own examples may stand in it.
    """
    best = a.prompting.best
    if best is None:
        return ""
    beyond = _beyond_a_chat(best.plan) if best.plan else []
    if best.plan is not None and (beyond or provider is None):
        sent = f" --allow-send {a.prompting.model}" if provider else ""
        return _SERVED.format(
            title=_title(a, best),
            about="\n".join(map(_one_line, [_measured(a, best), *beyond])) + "\n",
            run=_one_line(a.run_id + sent),
        )
    if not examples and (best.holds_examples or best.sends_examples):
        return ""
    turns, old = best.chat, []
    if best.plan is None or not turns:
        turns = tuple(best.rendered)
        old = ["Made by an earlier version: replace the last turn by your own input."]
    return _CHAT.format(
        title=_title(a, best),
        about="\n".join(map(_one_line, [_measured(a, best), *old])) + "\n",
        model=json.dumps(provider or a.prompting.model),
        messages=_as_code(turns),
        mark=json.dumps(INPUT),
    )


def _title(a: Assessment, best: BestPrompt) -> str:
    return _one_line(f"The prompt of the run {a.run_id}: {best.name}.")


def _measured(a: Assessment, best: BestPrompt) -> str:
    score, model = best.test or best.dev, f"the model {a.prompting.model!r}"
    return f"It reached {percent(score.score)} on {score.n} examples with {model}."


def _beyond_a_chat(plan: Plan) -> list[str]:
    """What of a plan cannot be said in one chat."""
    found = []
    if plan.shots in PER_INPUT:
        found.append(f"The {plan.shot_count} examples most like each input are sent along with it.")
    if plan.looks_up:
        found.append("The passages of your documents nearest to each input are sent along with it.")
    if plan.decoding != "free":
        found.append("The answer is held to the known labels or forms.")
    if plan.votes > 1:
        found.append(f"The most frequent of {plan.votes} drawn answers counts.")
    if plan.by_key:
        found.append("Each field is asked for on its own.")
    return found


def _as_code(messages: tuple[dict[str, str], ...]) -> str:
    """The messages as Python; JSON's strings are Python's, too."""
    lines = [f"    {json.dumps(turn, ensure_ascii=True)}," for turn in messages]
    return "\n".join(["[", *lines, "]"])


def _one_line(text: str) -> str:
    """Words inside the program's docstring, which they cannot end."""
    return " ".join(plain(text).replace("\\", "/").replace('"', "'").split())
