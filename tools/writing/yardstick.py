"""The yardstick for texts made of listed facts: what is left out of a text, what is invented.

It is built from train rows alone and measures every text alike, the team's own included; so its own
errors weigh on all of them, and a figure means something beside that of the team's answers.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from tools.intake.examples import Example
from tools.writing.cues import LEAST_ROWS, Teller, learn
from tools.writing.listed import KEYLESS, Fact, Form
from tools.writing.words import GAP, content, numbers_of, places, says, tokens_of

LEARNED_FROM = 1500  # train rows
YES_NO = frozenset("yes no true false y n ja nein oui non si sí".split())
SURE_WORTH = 0.8  # a value's own words tell well enough: nothing is learned
LEAST_WORTH = 0.5  # less sure tellers of yes and no do not count; nor are their values invented
MOST_ALARMS = 0.05  # how often own answers may say a value their row lacks, to be counted invented
LEAST_STATED = 0.2  # a key that own answers state more rarely is left out by habit
MOST_CAPITALS = 0.1  # share of capitals inside sentences; above it the language writes nouns so

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_OPENING = re.compile(r"(?:^|[.!?:;…]|[\"“„«(\n])\W*$")

Value = tuple[str, tuple[str, ...]]  # a key and a value as it is compared


@dataclass(frozen=True)
class Measured:
    """One text against the facts of its input.

    Attributes:
        facts: Facts that were looked for.
        left_out: Those of them that the text does not state.
        invented: What it states that the input does not have: known values, numbers, names.
    """

    facts: tuple[Fact, ...]
    left_out: tuple[Fact, ...]
    invented: tuple[str, ...]


class Yardstick:
    """Measures texts; made from the train rows of a task whose inputs are lists of facts."""

    def __init__(self, form: Form, train: Sequence[Example]) -> None:
        """Learn how values are put into words."""
        self.form = form
        rows = train[:LEARNED_FROM]
        self._lists = [form.facts(row.input) for row in rows]
        self._texts = [tokens_of(row.answer) for row in rows]
        self._answers = [row.answer for row in rows]
        self._tellers = self._learned()
        self._habit = self._left_out_by_habit()

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """The keys, most frequent first."""
        counts = Counter(fact.key for facts in self._lists for fact in facts)
        return tuple(key for key, _ in counts.most_common())

    @property
    def learned(self) -> dict[str, tuple[str, ...]]:
        """The turns of phrase by which a value is known besides its own words, by its name."""
        named = {
            _name(value): teller.cues
            for value, teller in self._tellers.items()
            if teller is not None and teller.cues and value[0] not in self._habit
        }
        return dict(sorted(named.items()))

    @cached_property
    def uncounted(self) -> tuple[str, ...]:
        """Keys and values that are not looked for, since nothing tells whether they are stated."""
        unsure = [_name(value) for value, teller in self._tellers.items() if teller is None]
        return (*sorted(self._habit), *sorted(unsure))

    def measure(self, source: str, text: str) -> Measured:
        """Measure one text.

        Args:
            source: The input.
            text: What was written from it.
        """
        facts, tokens = self.form.facts(source), tokens_of(text)
        counted = [fact for fact in facts if self._counts(fact)]
        left_out = tuple(fact for fact in counted if not self._sees(fact, tokens))
        return Measured(tuple(counted), left_out, tuple(self._invented(source, facts, text)))

    # What is learned

    def _learned(self) -> dict[Value, Teller | None]:
        """Tellers of the values that train rows repeat; None where a value cannot be told."""
        support = Counter(_value(fact) for facts in self._lists for fact in facts)
        found: dict[Value, Teller | None] = {}
        for key in {key for key, _ in support}:
            values = [value for value in support if value[0] == key]
            unsure = [value for value in values if self._needs_more(value, support[value])]
            texts = self._without_other_facts(key) if unsure else self._texts
            for value in values:
                found[value] = self._teller(value, texts, value in unsure)
        return found

    def _needs_more(self, value: Value, rows: int) -> bool:
        """Whether the value's own words do not tell it well, and rows enough may show what does."""
        if rows < LEAST_ROWS:
            return _is_yes_no(value)
        return _is_yes_no(value) or self._plain(value).worth < SURE_WORTH

    def _teller(self, value: Value, texts: Sequence[Sequence[str]], unsure: bool) -> Teller | None:
        if not unsure:
            return self._plain(value)
        has = np.array([value in map(_value, facts) for facts in self._lists])
        found = learn(value[1], texts, has, literal=not _is_yes_no(value))
        if _is_yes_no(value):
            return found if found and found.worth >= LEAST_WORTH else None
        return found or self._plain(value)

    def _plain(self, value: Value) -> Teller:
        """The value's own words, with how well they tell it in train answers."""
        has = np.array([value in map(_value, facts) for facts in self._lists])
        seen = np.array([says(value[1], text) for text in self._texts])
        hits = float(seen[has].mean()) if has.any() else 1.0
        return Teller(value[1], (), hits, float(seen[~has].mean()) if (~has).any() else 0.0)

    def _without_other_facts(self, key: str) -> list[list[str]]:
        """Train answers without the words of their rows' other facts: names would pass for cues."""
        return [
            _masked(text, [fact.tokens for fact in facts if fact.key != key])
            for facts, text in zip(self._lists, self._texts, strict=True)
        ]

    def _left_out_by_habit(self) -> frozenset[str]:
        """Keys that the team's own answers hardly ever state, such as a stock number."""
        stated: defaultdict[str, list[bool]] = defaultdict(list)
        for facts, text in zip(self._lists, self._texts, strict=True):
            for fact in facts:
                if self._tellers[_value(fact)] is not None:
                    stated[fact.key].append(self._sees(fact, text))
        return frozenset(
            key for key, seen in stated.items() if np.mean(seen) < LEAST_STATED and key != KEYLESS
        )

    # What is measured

    def _counts(self, fact: Fact) -> bool:
        if fact.key in self._habit:
            return False
        return self._tellers.get(_value(fact), _unknown(_value(fact))) is not None

    def _sees(self, fact: Fact, tokens: Sequence[str]) -> bool:
        teller = self._tellers.get(_value(fact)) or Teller(fact.tokens)
        return teller.sees(tokens)

    def _invented(self, source: str, facts: Sequence[Fact], text: str) -> Iterator[str]:
        given = tokens_of(source)
        rest = _masked(tokens_of(text), [fact.tokens for fact in facts])
        yielded: list[str] = []
        for value, teller in self._telling:
            if value in map(_value, facts) or (teller.tokens and places(teller.tokens, given)):
                continue
            if places(teller.tokens, rest) or Teller(cues=teller.cues).sees(rest):
                rest = _masked(rest, [teller.tokens])
                yielded += value[1]
                yield _name(value)
        known = {*given, *yielded}
        for number in dict.fromkeys(numbers_of(text)):
            if number not in known:
                yield number
        for name in self._names_in(text):
            if not known.intersection(tokens_of(name)):
                yield name

    @cached_property
    def _telling(self) -> list[tuple[Value, Teller]]:
        """Values that own answers do not state where their row lacks them, longest first."""
        sure = [
            (value, teller)
            for value, teller in self._tellers.items()
            if teller is not None
            and value[0] not in self._habit
            and teller.alarms <= MOST_ALARMS
            and (not teller.cues or teller.worth >= LEAST_WORTH)
            and (teller.cues or max(map(len, content(teller.tokens))) > 2)
            and (teller.cues or not all(token[0].isdigit() for token in teller.tokens))
        ]
        return sorted(sure, key=lambda each: (-len(each[0][1]), each[0]))

    @cached_property
    def _ordinary(self) -> frozenset[str]:
        """Words that are no names: written small in own answers, or a capital of the house's."""
        small = {word for text in self._answers for word in _WORD.findall(text) if word.islower()}
        lacking = Counter(
            word
            for facts, text in zip(self._lists, self._answers, strict=True)
            for word in set(_capitals(text)) - _words_of(facts)
        )
        often = max(3, len(self._answers) // 100)
        return frozenset(small | {word.casefold() for word, n in lacking.items() if n >= often})

    @cached_property
    def counts_names(self) -> bool:
        """Whether names can be told by their capitals; not where all nouns are written so."""
        words = capitals = 0
        for facts, text in zip(self._lists, self._answers, strict=True):
            words += len(_WORD.findall(text))
            capitals += len(set(_capitals(text)) - _words_of(facts))
        return capitals <= MOST_CAPITALS * words

    def _names_in(self, text: str) -> Iterator[str]:
        if self.counts_names:
            for word in dict.fromkeys(_capitals(text)):
                if word.casefold().removesuffix("s") not in self._ordinary:
                    if word.casefold() not in self._ordinary:
                        yield word


def _value(fact: Fact) -> Value:
    return fact.key, fact.tokens


def _name(value: Value) -> str:
    key, words = value[0], " ".join(value[1])
    return f"{key}: {words}" if key else words


def _is_yes_no(value: Value) -> bool:
    return " ".join(value[1]) in YES_NO


def _unknown(value: Value) -> Teller | None:
    """What tells a value that train rows do not have."""
    return None if _is_yes_no(value) else Teller(value[1])


def _masked(tokens: Sequence[str], values: Sequence[Sequence[str]]) -> list[str]:
    """Tokens with those of some values taken out, a gap left in their place."""
    left = list(tokens)
    for value in sorted(values, key=len, reverse=True):
        for at in places(value, left):
            left[at : at + len(value)] = [GAP] * len(value)
    return left


def _words_of(facts: Sequence[Fact]) -> set[str]:
    return {word for fact in facts for word in _WORD.findall(fact.value)}


def _capitals(text: str) -> Iterator[str]:
    """Words with a capital that do not begin a sentence."""
    for found in _WORD.finditer(text):
        word = found[0]
        if len(word) > 1 and word[0].isupper() and "'" not in word and "’" not in word[:2]:
            if not _OPENING.search(text[: found.start()]):
                yield word
