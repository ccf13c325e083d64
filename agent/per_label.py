"""How right the answer is on each label, or on each field, of the dev rows."""

from dataclasses import dataclass

from tools.assessment import Assessment, ErrorCell
from tools.report import words

MOST, MOST_MIXED, CELL = 12, 3, 80
MEANS = "The share that is right is called recall; F1 also counts others that were called so."
NOT_KEPT = "What came out as what was not kept in this run: no prompt was finished."


@dataclass(frozen=True)
class _Tally:
    """What became of the rows of one label.

    Attributes:
        name: The label, or the field.
        right: Rows of it that were answered so.
        of: Rows of it.
        said: Rows that were answered so, rightly or not.
    """

    name: str
    right: int
    of: int
    said: int

    @property
    def recall(self) -> float:
        return self.right / self.of if self.of else 0.0

    @property
    def f1(self) -> float:
        return 2 * self.right / (self.of + self.said) if self.of + self.said else 0.0


def per_label(a: Assessment, subjects: tuple[str, ...]) -> str:
    """The share of each label that was found, the worst first; or of the one that is named."""
    found = a.mistakes
    if a.task.type not in ("labels", "fields"):
        return "The answers of this run are neither labels nor fields, so there is one score only."
    if found is None or not found.cells:
        return NOT_KEPT
    tallies = sorted(_tallies(found.cells, a), key=lambda each: (each.recall, each.name))
    named = [each for each in tallies if _names(subjects, each.name)]
    if subjects and not named:
        known = ", ".join(f"“{words.plain(each.name, CELL)}”" for each in tallies[:MOST])
        return f"I know no label “{words.plain(subjects[0], CELL)}” here; there are {known}."
    lines = [_line(each, a) for each in (named or tallies)[:MOST]]
    first = f"“{found.name}” on dev, {'' if named else 'the worst first, '}never on locked rows:"
    return "\n".join([first, *lines, *([MEANS] if a.task.type == "labels" else [])])


def worst_labels(a: Assessment) -> list[str]:
    """The labels, or fields, that go wrong most, a line each; those that are all right are none."""
    found = a.mistakes
    if found is None or a.task.type not in ("labels", "fields"):
        return []
    wrong = [each for each in _tallies(found.cells, a) if each.right < each.of]
    worst = sorted(wrong, key=lambda each: each.right - each.of)[:MOST_MIXED]
    return [_line(each, a) for each in worst]


def mixed_up(a: Assessment) -> list[str]:
    """Which labels are most often taken for which others, where the answers are labels."""
    found = a.mistakes
    if found is None or a.task.type != "labels":
        return []
    wrong = [cell for cell in found.cells if not cell.is_right(a.task.type)]
    most = sorted(wrong, key=lambda cell: -cell.count)[:MOST_MIXED]
    told = [f"{_taken_for(cell)}, {_times(cell.count)}" for cell in most]
    return [f"Most often: {'; '.join(told)}."] if told else []


def _taken_for(cell: ErrorCell) -> str:
    right = words.plain(cell.right, CELL)
    if not cell.given:
        return f"“{right}” answered with none of the labels"
    return f"“{right}” taken for “{words.plain(cell.given, CELL)}”"


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count:,} times"


def names_a_label(a: Assessment, name: str) -> bool:
    """Whether something is a label, or a field, of the run."""
    found = a.mistakes
    known = {*a.data.label_counts, *(cell.right for cell in (found.cells if found else ()))}
    return any(_names((name,), label) for label in known)


def _tallies(cells: tuple[ErrorCell, ...], a: Assessment) -> list[_Tally]:
    names = dict.fromkeys(cell.right for cell in cells)
    return [
        _Tally(
            name,
            right=sum(c.count for c in cells if c.right == name and c.is_right(a.task.type)),
            of=sum(c.count for c in cells if c.right == name),
            said=sum(c.count for c in cells if c.given == name),
        )
        for name in names
    ]


def _line(each: _Tally, a: Assessment) -> str:
    name = words.plain(each.name, CELL)
    told = f"• {name}: {each.right} of {each.of} right ({words.percent(each.recall)})"
    missed = each.of - each.right
    told += f", {missed:,} {'mistake' if missed == 1 else 'mistakes'}"
    if a.task.type != "labels":
        return told
    wrongly = each.said - each.right
    return f"{told}; {wrongly:,} others were called {name} (F1 {words.percent(each.f1)})"


def _names(subjects: tuple[str, ...], label: str) -> bool:
    said = [subject.strip(" “”\"'.?").casefold() for subject in subjects]
    return label.casefold() in said
