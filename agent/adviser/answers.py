"""Questions about a finished run, answered by the adviser through our own tools.

The tools are those that answer the questions that we understand ourselves. The adviser chooses and
words; a text with a figure that no tool gave is not shown, what the tools said is shown instead.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from pydantic import Field, ValidationError

from agent.adviser.asking import Adviser, Call, Tool, calls_of
from agent.adviser.quoting import quotes_only
from agent.adviser.told import Told, facts_told
from agent.followups import answer_question
from agent.utterances.intents import Intent
from agent.utterances.patterns import IntentName
from policies.evidence import Frozen
from tools.assessment import Assessment
from tools.report.answer import advice_title

ROUNDS = 3  # of tools before it has to answer
WANTED = (
    "You answer questions about a finished assessment: should a team fine-tune a language model? "
    "Ask for the tools that hold what is needed, then answer in at most four plain sentences. Use "
    "only figures that the tools gave, and work none out. The verdict is fixed."
)
LEFT_OUT = "The adviser's answer held a figure that this run did not measure, so it is left out."
SHOWN = "This holds the team's rows, which you do not see; the person sees it above your answer."
WHAT_IF = "what_if"
QUESTIONS: dict[IntentName, str] = {
    "why": "Why the verdict is what it is.",
    "why_not": "Why another way is not the answer; subjects: that way, such as 'fine-tune'.",
    "mistakes": "What the best prompt gets wrong, with examples.",
    "prompt": "The best prompt, word for word.",
    "compare": "Two ways side by side; subjects: their names, such as 'prompt' and 'classifier'.",
    "cost": "What each way costs.",
    "year": "What the first year costs in all.",
    "even": "From which volume on a fine-tune pays, and after how many months.",
    "brought": "What the fine-tune brought, if one was made, beside its forecast.",
    "sure": "How sure the answer is: intervals, the forecast, what would settle it.",
    "next": "The next steps.",
    "tried": "Which prompts were tried, and their scores.",
    "changes": "At which figures the answer would change.",
    "fixes": "Which rows' labels look wrong.",
    "more": "Whether more examples would help; subjects: how many, if said.",
    "needed": "How many more examples a score would take; subjects: that score, such as '95 %'.",
    "models": "Which models were used, and their licences.",
    "settings": "How the fine-tune was trained: rate, passes, rank.",
    "time": "How long the work took, and a tune would take.",
    "speed": "How long each way takes to answer one request.",
    "luck": "Whether differences are more than chance: intervals row by row, p-values.",
    "split": "How the rows were split, and which were locked.",
    "risks": "What may go wrong with the answer.",
    "overfit": "Scores on dev, by which each way was chosen, and on locked rows.",
    "writing": "For texts: facts left out and invented, house terms, blind comparisons.",
}
WITH_ROWS: frozenset[IntentName] = frozenset({"mistakes", "prompt", "fixes", "writing"})
_ABOUT_THE_RUN = re.compile(
    r"\b(?:verdict|advice|advise|fine-?tun\w*|prompt|classifier|target|scores?|forecast|held.out|dev"
    r"|rules?|assessment|report)\b.*\?\s*$",
    re.IGNORECASE | re.DOTALL,
)


class Subjects(Frozen):
    """What a question names."""

    subjects: tuple[str, ...] = Field((), description="What the question names; else empty")


TOOLS = (
    *(Tool(name, Subjects, purpose) for name, purpose in QUESTIONS.items()),
    Tool(WHAT_IF, Told, "The answer if some facts were others; null for those that stay."),
)


def is_about_the_run(text: str) -> bool:
    """Whether a message is a question about the run; others may hold what nobody else may see."""
    return bool(_ABOUT_THE_RUN.search(text))


def answer_with_tools(
    question: str,
    a: Assessment,
    what_if: Callable[[Mapping[str, Any]], str],
    adviser: Adviser,
) -> str:
    """The answer to a question about a run.

    Sends the question and what the tools say of the run's figures, never a row or a prompt.

    Args:
        question: What the person asks.
        a: The assessment.
        what_if: Decides anew with some facts changed, in words.
        adviser: Who answers.

    Returns:
        The answer; "" where the adviser gave none.
    """
    messages: list[Any] = [
        {"role": "system", "content": WANTED},
        {"role": "user", "content": question},
    ]
    said, shown = list[str](), list[str]()
    text = ""
    for turn in range(ROUNDS + 1):
        message = adviser.ask(messages, TOOLS if turn < ROUNDS else ())
        calls = calls_of(message) if message else []
        if not calls:
            text = ((message.content if message else None) or "").strip()
            break
        messages.append(message.model_dump(exclude_none=True) if message else {})
        for call in calls:
            told = _told(call, a, what_if)
            rows = call.name in WITH_ROWS
            (shown if rows else said).append(told)
            messages.append(
                {"role": "tool", "tool_call_id": call.id, "content": SHOWN if rows else told}
            )
    parts = [*shown, *_wording(text, question, said, a, adviser)]
    return "\n\n".join(dict.fromkeys(parts))  # a tool may have been asked twice


def _told(call: Call, a: Assessment, what_if: Callable[[Mapping[str, Any]], str]) -> str:
    """What a tool says; arguments are data of an unknown model and checked."""
    if call.name == WHAT_IF:
        facts = facts_told(call.arguments)
        return what_if(facts) if facts else "Please state at least one fact, within its limits."
    name = next((known for known in QUESTIONS if known == call.name), None)
    try:
        subjects = Subjects.model_validate_json(call.arguments or "{}").subjects
    except ValidationError:
        subjects = ()
    if name is None:
        return "There is no such tool."
    if name == "compare" and len(subjects) != 2:
        return "Please name the two to compare."
    return answer_question(Intent(name, subjects), a)


def _wording(
    text: str, question: str, said: list[str], a: Assessment, adviser: Adviser
) -> Iterable[str]:
    """The adviser's own words if all their figures were told to it, else what it was told."""
    if text and quotes_only(text, "\n".join([question, *said])):
        yield text
        title = advice_title(a)
        yield f"(Put into words by “{adviser.name}”. The answer is still: {title}.)"
    elif said:
        yield from said
    elif text:
        yield LEFT_OUT
