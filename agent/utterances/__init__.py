"""Understanding of free-text answers without a language model.

Every reader returns None for what it is not sure of, and the interview asks again: a wrong number
in the brief costs more than a second question.
"""

from agent.utterances.choices import read_cadence, read_outside_facts
from agent.utterances.columns import named_columns
from agent.utterances.commands import Command, read_command
from agent.utterances.corrections import Correction, read_correction
from agent.utterances.quantities import read_milliseconds, read_money
from agent.utterances.replies import is_absent, is_unknown, read_swap, read_yes_no
from agent.utterances.shares import read_share
from agent.utterances.volumes import read_volume

__all__ = [
    "Command",
    "Correction",
    "is_absent",
    "is_unknown",
    "named_columns",
    "read_cadence",
    "read_command",
    "read_correction",
    "read_milliseconds",
    "read_money",
    "read_outside_facts",
    "read_share",
    "read_swap",
    "read_volume",
    "read_yes_no",
]
