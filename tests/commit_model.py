"""What commits have to do, in plain dictionaries, and random groups of batches to try it with."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sync.storage.batches import Batch
from sync.storage.log import Claim, Head
from sync.storage.store import Outcome

BOARD_IDS = [UUID(int=random.Random(0).getrandbits(128) + number) for number in range(12)]
MISSING = [UUID(int=1), UUID(int=2**128 - 1)]


@dataclass(slots=True)
class Stored:
    """A board as it has to be stored."""

    seq: int = 0
    access_version: int = 1
    is_trashed: bool = False
    rows: list[tuple[bytes, int | None]] = field(default_factory=list)
    claims: dict[int, tuple[int | None, int]] = field(default_factory=dict)

    def commit(self, batch: Batch) -> bool:
        """Takes a batch if it belongs here and nobody was quicker."""
        if (
            self.is_trashed
            or self.seq != batch.base_seq
            or self.access_version != batch.access_version
            or not batch.payload
        ):
            return False
        self.seq += 1
        self.rows.append((batch.payload, batch.author_id))
        for client, user in batch.claims:
            self.claims.setdefault(client, (user, self.seq))
        return True

    @property
    def head(self) -> Head:
        return Head(self.seq, self.access_version, sum(len(payload) for payload, _ in self.rows))

    def missed(self, after: int) -> Outcome:
        """What a room is told whose newest row is `after`."""
        if self.is_trashed:
            return Outcome(is_committed=False)
        if after > self.seq:
            return Outcome(is_committed=False, head=self.head)
        rows = tuple((seq, self.rows[seq - 1][0]) for seq in range(after + 1, self.seq + 1))
        claims = tuple((client, user) for client, (user, seq) in self.claims.items() if seq > after)
        return Outcome(is_committed=False, head=self.head, rows=rows, claims=claims)


class Model:
    """All boards."""

    def __init__(self) -> None:
        self.boards = {board_id: Stored() for board_id in BOARD_IDS}

    def commit(self, batches: Sequence[Batch]) -> list[Outcome]:
        """The outcomes of one group."""
        taken = [
            batch.board_id in self.boards and self.boards[batch.board_id].commit(batch)
            for batch in batches
        ]
        return [
            Outcome(is_committed=True) if is_taken else self._missed(batch)
            for batch, is_taken in zip(batches, taken, strict=True)
        ]

    def _missed(self, batch: Batch) -> Outcome:
        stored = self.boards.get(batch.board_id)
        return stored.missed(batch.base_seq) if stored else Outcome(is_committed=False)


class Groups:
    """Random groups of batches; the same ones for the same seed and authors."""

    def __init__(self, seed: int, model: Model, authors: list[int]) -> None:
        self._random = random.Random(seed)
        self._model = model
        self._authors = authors

    def change(self) -> tuple[UUID, Stored]:
        """Changes who may do what on a board, or moves it to the trash or back."""
        board_id = self._random.choice(BOARD_IDS)
        stored = self._model.boards[board_id]
        if self._random.random() < 0.5:
            stored.access_version += 1
        else:
            stored.is_trashed = not stored.is_trashed and self._random.random() < 0.5
        return board_id, stored

    def group(self) -> list[Batch]:
        """At most one batch for each board, in any order."""
        count = self._random.choice((1, 1, 2, 5, len(BOARD_IDS)))
        board_ids = self._random.sample([*BOARD_IDS, *MISSING], count)
        return [self._batch(board_id) for board_id in board_ids]

    def _batch(self, board_id: UUID) -> Batch:
        stored = self._model.boards.get(board_id, Stored())
        seq, access_version = stored.seq, stored.access_version
        match self._random.randrange(10):
            case 0 | 1:
                seq = max(seq - self._random.randint(1, 3), 0)
            case 2:
                seq += 1
            case 3:
                access_version += self._random.choice((-1, 1))
        size = self._random.choice((0, 1, 2, 40, 300))
        return Batch(
            board_id,
            seq,
            access_version,
            self._random.randbytes(size),
            self._random.choice([None, *self._authors]),
            tuple(self._claim() for _ in range(self._random.choice((0, 0, 0, 1, 2, 5)))),
        )

    def _claim(self) -> Claim:
        client = self._random.choice((*range(1, 9), 2**32 - 1, 2**53 - 1))
        return client, self._random.choice((None, -7, *self._authors))


def comparable(outcome: Outcome) -> dict[str, Any]:
    """An outcome as JSON; claims have no order."""
    return {
        "is_committed": outcome.is_committed,
        "head": outcome.head and list(outcome.head),
        "rows": [[seq, payload.hex()] for seq, payload in outcome.rows],
        "claims": sorted([client, user] for client, user in outcome.claims),
    }
