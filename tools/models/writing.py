"""Writing the answers of a batch together: a token of each row in every pass, and drafts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import torch
from torch.nn.utils.rnn import pad_sequence

from tools.models.choose import Chooser
from tools.models.drafts import MOST, Draft
from tools.models.protocol import Limits
from tools.models.reader import Reader

ROOMY = 32  # tokens of a pass; more cost about as much each as they save (docs/log.md)
GAPS = 64  # places of a row in the cache that may stay empty, where other rows' drafts were right
THINNED = 0.75  # of the rows: fewer open ones are worth a copy of the cache without the others


@dataclass
class Answer:
    """One row's answer as it is written.

    Attributes:
        row: Its place in the batch.
        draft: The prompt and the answer so far, to draft from.
        left: How many tokens it may still get; none once it is done.
        tokens: Token ids, the end not among them.
        ended: Whether it ended by itself.
    """

    row: int
    draft: Draft
    left: int
    tokens: list[int] = field(default_factory=list)
    ended: bool = False


class Writing:
    """Writes the answers of a batch.

    A pass meets all weights, for one token as for several. So where few rows are left, drafted
    tokens of each cost little beside it; where there are many rows, there are no drafts.
    """

    def __init__(
        self,
        reader: Reader,
        chooser: Chooser,
        limits: Limits,
        ends: Sequence[int],
        is_whole: Callable[[list[int]], bool],
        tell: Callable[[list[int]], None] | None = None,
    ) -> None:
        """Begin a batch.

        Args:
            reader: Reads with the model.
            chooser: Chooses the tokens.
            limits: How long answers may get.
            ends: Tokens that end an answer.
            is_whole: Whether an answer is complete though no such token was written.
            tell: Is told the first row's tokens as they are written.
        """
        self._reader, self._chooser = reader, chooser
        self._most, self._ends = limits.max_new_tokens, ends
        self._is_whole, self._tell = is_whole, tell

    def write(self, sequences: Sequence[list[int]], shared: int) -> list[Answer]:
        """The answers to prompts that all begin with the same `shared` tokens."""
        answers = [Answer(row, Draft(ids), self._most) for row, ids in enumerate(sequences)]
        room = self._most + min(self._most, GAPS)
        reading = self._reader.read(sequences, shared, room)
        going = list(answers)
        drafts: list[list[int]] = [[] for _ in answers]
        logits, last = reading.logits[:, None], 0
        while True:
            right = self._take(going, logits, drafts)
            open_rows = [at for at, answer in enumerate(going) if answer.left]
            if not open_rows:
                return answers
            if len(open_rows) <= THINNED * len(going):
                reading.keep(open_rows)
                going, right = [going[at] for at in open_rows], [right[at] for at in open_rows]
            room -= reading.settle([last + count for count in right])
            drafts = self._drafts(going, room)
            ids = [
                torch.tensor([*(answer.tokens[-1:] or [0]), *draft])
                for answer, draft in zip(going, drafts, strict=True)
            ]
            logits = self._reader.next_logits(pad_sequence(ids, batch_first=True), reading)
            last = 1  # of the tokens in a pass, the first is one that was chosen

    def _take(
        self, going: Sequence[Answer], logits: torch.Tensor, drafts: Sequence[Sequence[int]]
    ) -> list[int]:
        """Choose tokens as far as the drafts go along; how many of each draft were right.

        Args:
            going: The rows' answers.
            logits: After the last chosen token and each drafted one, shape (rows, 1 + longest
                draft, vocabulary).
            drafts: What was drafted for each row.
        """
        right = [0] * len(going)
        agreeing = [at for at, answer in enumerate(going) if answer.left]
        for place in range(logits.shape[1]):
            rows = [going[at].row for at in agreeing]
            chosen = self._chooser.choose(logits[agreeing, place], rows)
            for at, token in zip(agreeing, chosen, strict=True):
                self._add(going[at], token)
            if self._tell is not None and rows[0] == 0:
                self._tell(going[0].tokens)
            agreeing = [
                at
                for at, token in zip(agreeing, chosen, strict=True)
                if drafts[at][place : place + 1] == [token] and going[at].left
            ]
            if not agreeing:
                break
            for at in agreeing:
                right[at] += 1
        return right

    def _add(self, answer: Answer, token: int) -> None:
        if token in self._ends:
            answer.ended = True
        else:
            answer.tokens.append(token)
            answer.draft.add(token)
            answer.ended = self._is_whole(answer.tokens)
        answer.left = 0 if answer.ended else answer.left - 1

    def _drafts(self, going: Sequence[Answer], room: int) -> list[list[int]]:
        """Drafts for each row, so short that the slowest row can still be written to its end."""
        slowest = max(answer.left for answer in going)
        most = max(0, min(MOST, ROOMY // len(going) - 1, room - slowest))
        return [answer.draft.next(max(0, min(most, answer.left - 1))) for answer in going]
