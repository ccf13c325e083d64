"""What is said to a message that is no known question and is not like the run's inputs either.

It is not sent to the models: an answer to “thx” proves nothing and bewilders. What it may have
meant is offered, to have it answered as it stands among that.
"""

from collections.abc import Sequence

from agent.questions import Option
from agent.state import Exchange, State

UNCLEAR = (
    "I did not understand that, and it is not like your examples. Ask it in other words, or put it "
    "in quotes to have it answered as a text."
)
UNSURE = (
    "I am not sure what that asks. Is it one of these? Else ask it in other words, or put it in "
    "quotes to have it answered as a text."
)
INSTEAD = ("Why?", "Show me the mistakes", "What happens next?")


def unclear(message: str, guesses: Sequence[str] = ()) -> Exchange:
    """An exchange in which a message was not understood, and what it may have asked."""
    text = UNSURE if guesses else UNCLEAR
    return Exchange(message=message, text=text, unclear=True, guesses=tuple(guesses))


def choices_of(state: State) -> tuple[Option, ...]:
    """What is offered where the last message was not understood; else nothing."""
    exchanges = state.get("exchanges", ())
    if not exchanges or not exchanges[-1].unclear:
        return ()
    last = exchanges[-1]
    # quotes have any text answered
    as_it_stands = Option(label="Try it as an example", value=f"“{last.message}”")
    asked = [Option(label=each, value=each) for each in last.guesses or INSTEAD]
    return (*asked, as_it_stands) if last.guesses else (as_it_stands, *asked)
