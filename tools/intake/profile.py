"""What the examples are: kind of task, metric, repeats, contradictions and other findings."""

import json
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics import f1_score

from policies.brief import Metric, TaskType
from policies.evidence import DataFacts
from tools.errors import DataError
from tools.intake.examples import Example
from tools.written_numbers import read_number

MOSTLY = 0.95  # share of the answers that must be JSON objects, or numbers
MOST_LABELS = 200
MOST_NUMERIC_LABELS = 12  # ratings from 1 to 10 are labels, sums of money are not
ROWS_PER_LABEL = 3
REPEATED = 2 / 3  # share of the answers that other rows have too
LONGEST_LABEL = 60  # characters; a sentence that recurs may be text all the same
IMBALANCE = 3  # largest label over the median one; above it accuracy flatters

NEAR = 0.85  # cosine of TF-IDF over 3- to 5-grams of characters within words
GROUP_CAP = 25  # distinct inputs; templated texts would chain into one group
COMPARED_CHARACTERS = 10_000_000  # over all inputs; each is compared by its first part only
BLOCK = 256  # rows compared at a time
MOST_PAIRS = 1_000_000  # about that many are compared exactly, in ten seconds
MOST_SHARED = 500_000_000  # pairs of inputs by the features that they share
MOST_NOTES = 6
FIRST_TAG = "\U000e0000"
SEVERAL = re.compile(r"\s*[;|,\n]\s*")  # between the labels of a cell that holds several

CODE = re.compile(r"\W*0\d")  # such as 007

# Repetitions are bounded: a field may be 300 kB of one letter.
EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}")
PHONE = re.compile(
    r"(?<!\w)(?:(?:\+|00)\d(?:[\s()./-]{0,3}\d){7,13}|\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4})(?!\w)"
)
IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b")
CARD = re.compile(r"(?<![\w.])\d(?:[ -]?\d){12,18}(?![\w.]\d)")


@dataclass(frozen=True)
class Profile:
    """What the examples hold.

    Attributes:
        facts: The counts and notes that the rules and the report look at.
        groups: For each example the id of its group; inputs of one group are (nearly) the same.
    """

    facts: DataFacts
    groups: list[int]


class Cut(NamedTuple):
    """What grouping left undone.

    Attributes:
        apart: Pairs of similar inputs that the cap of a group kept apart.
        unseen: Whether inputs that share some wording were not compared, as they were too many.
    """

    apart: int
    unseen: bool


def find_task_type(answers: Sequence[str]) -> TaskType:
    """The kind of task that the answers suggest.

    JSON objects (95 % of the answers) are fields. Few distinct answers are labels: at most 200
    and three rows for each on average, or two answers whatever the rows; so are short answers of
    which two in three are given again, as in a small file with several labels. Numbers (95 %,
    thousands separators, currency and percent signs included) are labels only if there are at most
    12, all of them plain integers. The rest is text.

    Raises:
        DataError: If there is no answer.
    """
    if not answers:
        raise DataError("There are no answers to look at: please choose another answer column.")
    enough = MOSTLY * len(answers)
    if sum(_parsed_object(answer) is not None for answer in answers) >= enough:
        return "fields"
    distinct = set(answers)
    few = len(distinct) <= max(2, min(MOST_LABELS, len(answers) // ROWS_PER_LABEL))
    if sum(is_number(answer) for answer in answers) >= enough:
        few &= len(distinct) <= MOST_NUMERIC_LABELS
        whole = all(re.fullmatch(r"-?\d+(\.0)?", answer) for answer in distinct)
        return "labels" if few and whole else "number"
    return "labels" if few or _repeat(answers) else "text"


def _repeat(answers: Sequence[str]) -> bool:
    """Whether the answers are short and most of them are given to several rows."""
    counts = Counter(answers)
    again = sum(count for count in counts.values() if count > 1)
    mostly = again >= REPEATED * len(answers) and len(counts) <= MOST_LABELS
    return mostly and max(map(len, counts)) <= LONGEST_LABEL


def is_number(text: str) -> bool:
    """Whether the text is one number; codes with leading zeros such as 007 are not."""
    return read_number(text) is not None and not CODE.match(text)


def choose_metric(task_type: TaskType, answers: Sequence[str]) -> Metric:
    """The metric of a task type; macro-F1 where the largest label is over three times the median.

    Args:
        task_type: Kind of task.
        answers: All answers; only labels look at them.
    """
    if task_type == "labels":
        counts = Counter(answers).values()
        return "macro_f1" if max(counts) > IMBALANCE * median(counts) else "accuracy"
    by_type: dict[TaskType, Metric] = {
        "fields": "field_f1",
        "number": "numeric_match",
        "text": "chrf",
    }
    return by_type[task_type]


def profile(
    examples: Sequence[Example], task_type: TaskType, metric: Metric, dropped: int
) -> Profile:
    """Count what matters for a decision, and group inputs that are (nearly) the same.

    Inputs are the same after Unicode NFKC, case folding and white-space folding, and nearly the
    same from a TF-IDF cosine of 0.85 on. Groups grow to at most 25 distinct inputs.

    Args:
        examples: Rows with an input and an answer.
        task_type: Kind of task.
        metric: Metric of the task; `majority` is in it where it is macro-F1, else a share.
        dropped: Rows that had no input or no answer.

    Raises:
        DataError: If there are no examples, or all have the same answer.
    """
    answers = [_canonical(example.answer, task_type) for example in examples]
    counts = Counter(answers)
    if not counts:
        raise DataError("There are no rows with both an input and an answer.")
    if len(counts) == 1:
        raise DataError(
            f"There is only one answer, “{_short(examples[0].answer)}”, in all {len(examples)} "
            "rows: nothing can be learned or measured. Please check the answer column."
        )
    texts = [normalise(example.input) for example in examples]
    by_text: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for text, answer in zip(texts, answers, strict=True):
        by_text[text][answer] += 1
    group_of, cut = _group(sorted(by_text))
    # Several good texts for one input are variety and no contradiction.
    disputed = [c for c in by_text.values() if len(c) > 1 and task_type != "text"]
    lost = sum(c.total() - max(c.values()) for c in disputed)
    facts = DataFacts(
        duplicates=sum(n - 1 for c in by_text.values() for n in c.values()),
        near_duplicates=len(by_text) - len(set(group_of.values())),
        contradictions=sum(c.total() for c in disputed),
        label_counts=dict(counts.most_common()) if task_type == "labels" else {},
        majority=_majority(answers, counts, metric),
        ceiling=1 - lost / len(examples),
        dropped=dropped,
        notes=tuple(_notes(examples, counts, task_type, dropped, cut))[:MOST_NOTES],
    )
    return Profile(facts, [group_of[text] for text in texts])


def normalise(text: str) -> str:
    """The text without differences of Unicode form, case, white space and invisible characters."""
    seen = text if text.isascii() else "".join(char for char in text if not is_invisible(char))
    return " ".join(unicodedata.normalize("NFKC", seen).casefold().split())


def is_invisible(char: str) -> bool:
    """Whether a character only steers others, as a zero-width space; tags make flags of emoji."""
    return unicodedata.category(char) == "Cf" and char < FIRST_TAG


def _parsed_object(text: str) -> dict[str, object] | None:
    if not text.lstrip().startswith("{"):
        return None
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _canonical(answer: str, task_type: TaskType) -> str:
    """The answer as it is compared: JSON without differences of order and white space."""
    value = _parsed_object(answer) if task_type == "fields" else None
    return answer.strip() if value is None else json.dumps(value, sort_keys=True)


def _majority(answers: list[str], counts: Counter[str], metric: Metric) -> float:
    answer, rows = min(counts.items(), key=lambda item: (-item[1], item[0]))
    if metric == "macro_f1":
        guess = [answer] * len(answers)
        return float(f1_score(answers, guess, average="macro", zero_division=0.0))
    return rows / len(answers)


def groups_of(texts: Sequence[str]) -> list[int]:
    """For each text the id of its group; texts of one group are (nearly) the same."""
    plain = [normalise(text) for text in texts]
    by_text, _ = _group(sorted(set(plain)))
    return [by_text[text] for text in plain]


def _group(texts: list[str]) -> tuple[dict[str, int], Cut]:
    """Group near-duplicates, the closest first; also say what was left undone.

    Args:
        texts: Distinct normalised inputs, sorted, so that the order of the file plays no part.
    """
    members = {position: [position] for position in range(len(texts))}
    leader = list(range(len(texts)))
    apart = 0
    pairs, unseen = _near_pairs(texts)
    for _, one, other in sorted(pairs, key=lambda p: (-round(p[0], 6), p[1], p[2])):
        into, gone = leader[one], leader[other]
        if into == gone:
            continue
        if len(members[into]) + len(members[gone]) > GROUP_CAP:
            apart += 1
            continue
        for position in members[gone]:
            leader[position] = into
        members[into] += members.pop(gone)
    return dict(zip(texts, leader, strict=True)), Cut(apart, unseen)


def _near_pairs(texts: list[str]) -> tuple[list[tuple[float, int, int]], bool]:
    """Pairs of texts whose cosine reaches NEAR, and whether some may have been passed over.

    Features are ordered from rare to common. Cut each unit vector where the norm of its tail
    falls below NEAR: two texts that share no feature within their heads can only meet in a tail,
    so by Cauchy-Schwarz their cosine is below NEAR. Only pairs with a shared rare head feature are
    compared, exactly (prefix filtering: Bayardo et al., "Scaling up all pairs similarity search",
    WWW 2007). Where these are too many, a text is compared with those whose heads are closest.
    """
    length = max(200, COMPARED_CHARACTERS // len(texts))
    vectors = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), lowercase=False)
    matrix = vectors.fit_transform([text[:length] for text in texts]).tocsr()
    heads = _heads(matrix)
    rarer = _rarer(heads)
    most = max(GROUP_CAP, MOST_PAIRS // len(texts))
    columns, bounded = rarer.T.tocsr(), rarer.nnz < heads.nnz
    found: list[tuple[float, int, int]] = []
    for start in range(0, len(texts), BLOCK):
        shared = (rarer[start : start + BLOCK] @ columns).tocsr()
        for row in range(shared.shape[0]):
            others, passed = _closest(shared, row, start + row, most)
            bounded |= passed
            cosines = np.asarray((matrix[others] @ matrix[start + row].T).todense()).ravel()
            near = np.flatnonzero(cosines >= NEAR)
            found += [(float(cosines[at]), start + row, int(others[at])) for at in near]
    return found, bounded


def _closest(shared: csr_matrix, row: int, position: int, most: int) -> tuple[np.ndarray, bool]:
    """Later texts whose heads are closest to a text's, and whether there are others."""
    part = slice(shared.indptr[row], shared.indptr[row + 1])
    later = shared.indices[part] > position
    others, cosines = shared.indices[part][later], shared.data[part][later]
    if len(others) <= most:
        return others, False
    return others[np.argpartition(-cosines, most)[:most]], True


def _heads(matrix: csr_matrix) -> csr_matrix:
    """The weights of the features that belong to the head of their row."""
    frequency = np.bincount(matrix.indices, minlength=matrix.shape[1])
    rows = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    order = np.lexsort((matrix.indices, frequency[matrix.indices], rows))
    mass = np.cumsum(matrix.data[order] ** 2)
    before = np.concatenate(([0.0], mass))
    # Squared norm of what comes before each feature in its own row; rows have unit norm.
    inside = before[:-1] - before[matrix.indptr[:-1]][rows]
    head = order[1 - inside >= NEAR**2 - 1e-6]
    return csr_matrix((matrix.data[head], (rows[head], matrix.indices[head])), shape=matrix.shape)


def _rarer(heads: csr_matrix) -> csr_matrix:
    """The heads without the features that so many share that multiplying takes minutes."""
    frequency = np.bincount(heads.indices, minlength=heads.shape[1]).astype(np.int64)
    rare_first = np.argsort(frequency, kind="stable")
    pairs = np.cumsum((frequency * (frequency - 1) // 2)[rare_first])
    if pairs[-1] <= MOST_SHARED:
        return heads
    kept = np.zeros(heads.shape[1], dtype=bool)
    kept[rare_first[pairs <= MOST_SHARED]] = True
    ones = heads.tocoo()
    inside = kept[ones.col]
    return csr_matrix((ones.data[inside], (ones.row[inside], ones.col[inside])), shape=heads.shape)


def _notes(
    examples: Sequence[Example],
    counts: Counter[str],
    task_type: TaskType,
    dropped: int,
    cut: Cut,
) -> Iterator[str]:
    if dropped:
        yield f"{_rows(dropped)} had no input or no answer (unlabelled) and were left out."
    if task_type == "labels":
        yield from _label_notes(counts)
    yield from _personal_notes(examples)
    if cut.unseen:
        yield (
            "The inputs are many and alike in wording: each was compared with those that share the "
            "most of its rare wording only, so a few similar ones may be in different parts."
        )
    if cut.apart:
        yield (
            f"Many inputs are alike, as from a template: groups were cut at {GROUP_CAP} inputs, "
            "so some similar ones may be in different parts."
        )


def _label_notes(counts: Counter[str]) -> Iterator[str]:
    single = [label for label, rows in counts.items() if rows == 1]
    if single:
        shown = ", ".join(f"“{_short(label)}”" for label in sorted(single)[:3])
        subject = "1 label has" if len(single) == 1 else f"{len(single)} labels have"
        yield f"{subject} one row only and cannot be tested ({shown})."
    several = _several_labels(counts)
    if several:
        yield (
            f"Some cells seem to hold several labels (“{_short(several[0])}”): each combination "
            "counts as a label of its own."
        )


def _several_labels(counts: Counter[str]) -> list[str]:
    """Labels that are made of others: every part of them is a part of another label too."""
    parts = {label: set(SEVERAL.split(label)) for label in counts}
    known = Counter(part for found in parts.values() for part in found)
    made = [label for label, found in parts.items() if SEVERAL.search(label) and "" not in found]
    made = [label for label in made if all(known[part] > 1 for part in parts[label])]
    return made if len(made) > 1 else []


def _personal_notes(examples: Sequence[Example]) -> Iterator[str]:
    """How many rows seem to hold personal data; never the data itself."""
    found = {"e-mail addresses": 0, "phone numbers": 0, "bank account or card numbers": 0}
    for example in examples:
        text = f"{example.input}\n{example.answer}\n{example.current or ''}"
        account = any(_checks_iban(m) for m in IBAN.findall(text)) or any(
            _checks_luhn(m) for m in CARD.findall(text)
        )
        found["e-mail addresses"] += bool(EMAIL.search(text))
        found["phone numbers"] += not account and bool(PHONE.search(text))
        found["bank account or card numbers"] += account
    seen = [f"{what} in {_rows(rows)}" for what, rows in found.items() if rows]
    if seen:
        yield f"There seem to be personal data: {', '.join(seen)}."


def _checks_iban(text: str) -> bool:
    """ISO 13616: the rearranged number leaves 1 when divided by 97."""
    bare = text.replace(" ", "")
    return int("".join(str(int(c, 36)) for c in bare[4:] + bare[:4])) % 97 == 1


def _checks_luhn(text: str) -> bool:
    """ISO/IEC 7812: the check digit of payment cards."""
    digits = [int(c) for c in reversed(text) if c.isdigit()]
    doubled = (sum(divmod(2 * digit, 10)) for digit in digits[1::2])
    return any(digits) and (sum(digits[::2]) + sum(doubled)) % 10 == 0


def _rows(number: int) -> str:
    return "1 row" if number == 1 else f"{number:,} rows"


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:59] + "…"
