"""Errors that are shown to people: what happened, where, and what to do next."""

from collections.abc import Sequence


class UserError(Exception):
    """Base of all errors that a user can act on; the text is shown as it is."""


class DataError(UserError):
    """The examples cannot be used."""


class ModelError(UserError):
    """A model cannot be loaded or reached."""


class Unanswerable(ModelError):
    """Prompts that a model does not take.

    Attributes:
        places: Their indices among the chats that were asked together.
    """

    def __init__(self, text: str, places: Sequence[int] = ()) -> None:
        """Say what is not taken, and which of the chats it was."""
        super().__init__(text)
        self.places = tuple(places)


class PromptTooLong(Unanswerable):
    """A prompt with its answer does not fit into what the model reads at once."""


class TuneError(UserError):
    """A fine-tune could not be finished."""


class RunError(UserError):
    """A run or its files cannot be opened."""


class Stopped(UserError):
    """The user pressed stop, or a time or money limit was reached."""


class Dropped(BaseException):
    """The program ends: work is left where it is, to go on from there another time.

    No `Exception`, so that no step takes it for a fault, or for the end of its work.
    """
