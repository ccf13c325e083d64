"""What a question of the interview means for the person's own task, worded by the adviser.

Our question stays as it is; one sentence of the adviser's stands below it. The sentence is only
text and no question, since a yes to another question than ours would be misread: how answers are
read, the buttons and the default are ours.
"""

import re

from pydantic import Field, ValidationError

from agent.adviser.asking import Adviser, Tool, calls_of
from agent.adviser.quoting import quotes_only
from agent.questions import Question
from agent.utterances.figures import MEASURE, in_digits
from policies.evidence import Frozen

PATIENCE = 8.0  # seconds that a person waits for a wording at most
LONGEST = 240
BEGINNING = "Here"
PURPOSE = "Say what the question means for the person's task."
WANTED = (
    "A person without machine-learning knowledge is asked a question about a text task. Write one "
    "short, plain sentence that says what the question means for that task, for instance what a "
    f"right answer is there. It begins with “{BEGINNING}”, ends with a full stop and asks nothing. "
    "Add no figure, no advice and no answer of your own."
)
_MARKUP = re.compile(r"[\r\n`*_<>\[\]{}|#~$\\?]|://")


class Worded(Frozen):
    """What a question means for a task."""

    text: str = Field(max_length=LONGEST, description="The sentence")


WORD = Tool("word", Worded, PURPOSE)


def in_terms_of(question: Question, task: str, adviser: Adviser | None) -> str:
    """What a question means for a task; "" without an adviser, or where its sentence is no good.

    Sends the question and the person's own description of the task, never a row.

    Args:
        question: The question as we ask it.
        task: What the model is to do, in the person's words.
        adviser: Who words it, or None.
    """
    if adviser is None or not task:
        return ""
    messages = [
        {"role": "system", "content": WANTED},
        {"role": "user", "content": f"Task: {task}\nQuestion: {question.text}"},
    ]
    message = adviser.ask(messages, [WORD], must=True, patience=PATIENCE)
    calls = [call for call in calls_of(message) if call.name == WORD.name] if message else []
    try:
        text = Worded.model_validate_json(calls[0].arguments).text.strip() if calls else ""
    except ValidationError:
        return ""
    plain = text.startswith(BEGINNING) and text.endswith(".") and not _MARKUP.search(text)
    known = f"{question.text} {in_digits(question.text, MEASURE)}"  # "a hundred" may be 100
    return text if plain and quotes_only(text, known) else ""
