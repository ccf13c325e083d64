"""What is said to a message that is no known question and is not like the run's inputs either.

It is not sent to the models: an answer to “thx” proves nothing and bewilders. What it may have
meant is offered, to have it answered as it stands among that.
"""

from agent.questions import Option
from agent.state import Exchange, State
from agent.utterances.addressed import is_like
from agent.workbench import Workbench
from tools.errors import UserError

UNCLEAR = (
    "I did not understand that, and it is not like your examples. Ask it in other words, or put it "
    "in quotes to have it answered as a text."
)
INSTEAD = (
    Option(label="Why?", value="why?"),
    Option(label="Show me the mistakes", value="show me the mistakes"),
    Option(label="What happens next?", value="what happens next?"),
)


def unclear(message: str) -> Exchange:
    """An exchange in which a message was not understood."""
    return Exchange(message=message, text=UNCLEAR, unclear=True)


def choices_of(state: State) -> tuple[Option, ...]:
    """What is offered where the last message was not understood; else nothing."""
    exchanges = state.get("exchanges", ())
    if not exchanges or not exchanges[-1].unclear:
        return ()
    as_it_stands = f"“{exchanges[-1].message}”"  # quotes have any text answered
    return (Option(label="Try it as an example", value=as_it_stands), *INSTEAD)


def is_like_inputs(text: str, state: State, bench: Workbench) -> bool:
    """Whether a message looks like what the models of a run were measured on."""
    try:
        inputs = [example.input for example in bench.dataset(state).parts.train]
    except UserError:  # the file is gone
        return False
    return is_like(text, inputs)
