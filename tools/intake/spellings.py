"""Labels that differ only in capital letters, spaces or invisible characters are one label."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace

from tools.intake.examples import Example
from tools.intake.profile import is_invisible, normalise


def one_spelling(examples: Sequence[Example]) -> tuple[list[Example], str]:
    """The examples with one spelling a label, the most frequent, and what is said of it.

    Args:
        examples: Examples of a task with labels.

    Returns:
        The examples, and a note; "" where every label has one spelling already.
    """
    written: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for example in examples:
        written[normalise(example.answer)][example.answer] += 1
    usual = {key: _bare(spellings.most_common(1)[0][0]) for key, spellings in written.items()}
    told = [replace(each, answer=usual[normalise(each.answer)]) for each in examples]
    several = {
        key: spellings for key, spellings in written.items() if set(spellings) != {usual[key]}
    }
    return told, _note(several, usual)


def _bare(label: str) -> str:
    """A label without invisible characters at its edges: no model would write them."""
    while label and (is_invisible(label[0]) or label[0].isspace()):
        label = label[1:]
    while label and (is_invisible(label[-1]) or label[-1].isspace()):
        label = label[:-1]
    return label


def _note(several: dict[str, Counter[str]], usual: dict[str, str]) -> str:
    if not several:
        return ""
    key, spellings = next(iter(several.items()))
    other = next(spelling for spelling in spellings if spelling != usual[key])
    labels = "1 label is" if len(several) == 1 else f"{len(several)} labels are"
    return (
        f"{labels} written in several ways, which differ only in capital letters, spaces or "
        f"invisible characters; each was taken as one label (“{other}” as “{usual[key]}”)."
    )
