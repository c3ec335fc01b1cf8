"""One board's document in memory: which updates it takes, and what is known of it as numbers."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import NamedTuple

from sync.document import splitting
from sync.document.ownership import Elements, Owners
from sync.document.yjs import DocumentError, YjsDocument, trim
from sync.scheduler import LARGE_BYTES, Steps
from sync.wire.budgets import (
    REPEATED_TIMES,
    BoardFullError,
    Budgets,
    Deletions,
    FullForNowError,
    encode_deletions,
)
from sync.wire.frames import MalformedError, decode_state_vector
from sync.wire.lib0 import NO_LIMITS
from sync.wire.parsed import Parsed, is_closed, overlaps
from sync.wire.signatures import Known, Signer, check_signatures
from sync.wire.update import parse
from sync.wire.values import fault_of

_CLOCKS_A_STEP = 1000
_WORK_A_MEASURE = 100_000
"""After this many writes and deletions the document is measured again."""
_BUDGETS = Budgets()
RESERVE_TIMES = 2
_BYTES_A_RANGE = 10
_FEW_DELETIONS = 16


@contextmanager
def freed_in_steps(document: "Document") -> Iterator[None]:
    """Frees a document in steps; freeing a large one at once would stop the process for 70 ms."""
    try:
        yield
    finally:
        if document.is_large:
            steps = Steps()
            with suppress(DocumentError):
                for _ in document.clear_in_steps():
                    steps.end_step()


class Taken(NamedTuple):
    """An update ready to be applied and logged, what is in it, and the client ids that it claims.

    What the document has already is left out of all of them: should that be undone, the same update
    checked again must not count for more than it has.
    """

    update: bytes
    parsed: Parsed
    claims: tuple[tuple[int, int | None], ...]


class Document(YjsDocument):
    """A pycrdt Doc and, as plain numbers, the clocks it holds.

    `clocks`, `elements` and `owners` may run ahead of the Doc by what has passed validation and
    waits to be applied.
    """

    __slots__ = (
        "_work",
        "clocks",
        "deletions",
        "elements",
        "owners",
        "size_bytes",
    )

    def __init__(self, client_id: int | None = None) -> None:
        super().__init__(client_id)
        self.clocks: dict[int, int] = {}
        self.elements = Elements()
        self.owners = Owners()
        self.deletions = Deletions()
        self.size_bytes = 0
        self._work = 0

    @property
    def most_deletions(self) -> int:
        """How many deleted ranges clients may have to repeat, as far as that is known.

        Values deleted implicitly are counted later. But each separate range needs a living
        neighbour, and the two take at least this many bytes.
        """
        return max(self.deletions.count, self.size_bytes // (_BYTES_A_RANGE * REPEATED_TIMES))

    @property
    def is_large(self) -> bool:
        """Whether a step on the whole document takes long enough for other boards to notice."""
        return self.size_bytes >= LARGE_BYTES

    @classmethod
    def load(
        cls,
        updates: Iterable[bytes],
        *,
        snapshot: Sequence[bytes] | None = None,
        elements: bytes | None = None,
        owners: dict[int, int | None] | None = None,
        client_id: int | None = None,
    ) -> "Document":
        """Builds a document from a snapshot, the encoded element ids in it, and the updates after
        it.

        May take long; a large document is built in steps with pauses for other threads.

        Raises:
            DocumentError: some of it cannot be applied, or left something pending.
        """
        document, steps = cls(client_id), Steps()
        document.owners = Owners(owners)
        try:
            if snapshot is not None and elements is not None:
                for piece in snapshot:
                    document.apply(piece)
                    document.size_bytes += len(piece)
                    steps.end_step()
                document.elements = Elements.decode(elements, steps.end_step)
            elif snapshot is not None:
                updates = [*snapshot, *updates]
            document._read_clocks()
            parsed = [document._load_update(payload, steps) for payload in updates]
            document._read_clocks()
            document.measure_deletions(steps.end_step)
        except (MalformedError, IndexError) as error:
            raise DocumentError(f"load: {error}") from error
        if not all(is_closed(one, document.clocks) for one in parsed if one is not None):
            raise DocumentError("load: an update builds on something that is missing")
        return document

    def _read_clocks(self) -> None:
        state_vector = self.state_vector()
        self.clocks = decode_state_vector(state_vector, max_clients=len(state_vector))

    def _load_update(self, update: bytes, steps: Steps) -> Parsed | None:
        """Applies it; returns it if it builds on something not known yet."""
        pieces, parsed = splitting.split_and_parse(update, splitting.PIECE_BYTES, steps.end_step)
        for piece in pieces:
            self.apply(piece)
            steps.end_step()
        self.elements.learn(parsed)
        self.size_bytes += len(update)
        follows = is_closed(parsed, self.clocks)
        for client, _, end in parsed.ranges if follows else ():
            self.clocks[client] = max(end, self.clocks.get(client, 0))
        return None if follows else parsed

    def take(
        self,
        update: bytes,
        parsed: Parsed,
        owner: int | None,
        *,
        signer: Signer | None = None,
        is_recovery: bool = False,
        budgets: Budgets = _BUDGETS,
        count_new: Callable[[int], None] | None = None,
    ) -> Taken | None:
        """Checks a parsed update and registers it, or returns None if it has a gap; `apply`
        integrates it later. What the document already has is never refused.

        `owner` owns its client ids or will: a user id, or below zero a guest. `signer` is the only
        person it may name as author; None skips that check. In recovery mode an account may bring
        what others wrote, and claims nothing. `count_new` may refuse so many new client ids.

        Raises:
            MalformedError: a new value is out of bounds, a client id is not the owner's, a parent
                is no element, or it is signed with another name; BoardFullError if it is full.
            DocumentError: pycrdt cannot read it.
        """
        if parsed.faults and not is_recovery and (fault := fault_of(parsed.faults, self.clocks)):
            raise MalformedError(fault)
        if not is_closed(parsed, self.clocks):
            return None
        brings_others = is_recovery and owner is not None and owner > 0
        claims = self.owners.check(parsed, self.clocks, owner, brings_others=brings_others)
        fresh = parsed
        if overlaps(parsed, self.clocks):
            update, fresh = self._beyond_clocks(update)
        elements = self.elements.check(fresh)
        if fresh.signed and signer is not None and not brings_others:
            self._check_signatures(fresh, signer)
        deletes = parsed.deletes
        if update[0] == 0:
            shorter, deletes = self._without_known(update, deletes)
            if shorter is not update:
                update, fresh = shorter, parse(shorter, NO_LIMITS)
        self._check_budgets(fresh, deletes, owner, budgets, count_new)
        self.owners.add(claims)
        self.elements.add(elements)
        self._count_in(parsed, deletes)
        return Taken(update, fresh, tuple(claims))

    def _beyond_clocks(self, update: bytes) -> tuple[bytes, Parsed]:
        """The new part of an update. Structs already known may be encoded differently here."""
        update = trim(update, self.clocks)
        return update, parse(update, NO_LIMITS)

    def _check_signatures(self, parsed: Parsed, signer: Signer) -> None:
        owners, clocks = self.owners, self.clocks
        known = Known(
            owner_of=owners.owner_of,
            is_in_document=clocks.__contains__,
            may_write=lambda client: owners.may_write(client, signer.owner),
        )
        check_signatures(parsed, signer, known)

    def _without_known(
        self, update: bytes, deletes: list[tuple[int, int, int]]
    ) -> tuple[bytes, list[tuple[int, int, int]]]:
        """An update without structs, and its deletions, without those that are known already."""
        unknown = self.deletions.unknown(deletes)
        return (encode_deletions(unknown) if len(unknown) < len(deletes) else update), unknown

    def _check_budgets(
        self,
        fresh: Parsed,
        deletes: list[tuple[int, int, int]],
        owner: int | None,
        budgets: Budgets,
        count_new: Callable[[int], None] | None,
    ) -> None:
        clocks, new = self.clocks, 0
        for client, _, _ in fresh.ranges:
            if client not in clocks:
                new += 1
        if new:
            self._check_new_clients(new, owner, budgets)
        if self.deletions.count + len(deletes) > budgets.deletions:
            self._check_deletions(deletes, budgets)
        if new and count_new is not None:
            count_new(new)

    def _check_new_clients(self, new: int, owner: int | None, budgets: Budgets) -> None:
        """Raises BoardFullError when `new` more client ids exceed the budgets.

        People who have few may use a reserve: others can't block them before the board gets a fresh
        history.
        """
        is_newcomer = new == 1 and self.owners.is_newcomer(owner)
        times, full = (RESERVE_TIMES, FullForNowError) if is_newcomer else (1, BoardFullError)
        if len(self.clocks) + new > budgets.clients * times:
            raise full(f"the board holds {budgets.clients:,} client ids, the most it may")
        if self.owners.count_of(owner) + new > budgets.clients_each * times:
            raise full(f"you have {budgets.clients_each:,} client ids here, the most")

    def _check_deletions(self, deletes: list[tuple[int, int, int]], budgets: Budgets) -> None:
        """Raises BoardFullError when so many deletions exceed the budgets.

        People who delete little at once may use a reserve, as above.
        """
        # Some of these may be implicit deletions that were not counted.
        self.measure_deletions()
        growth = self.deletions.growth(self.deletions.unknown(deletes))
        is_little = growth <= _FEW_DELETIONS
        times, full = (RESERVE_TIMES, FullForNowError) if is_little else (1, BoardFullError)
        if growth and self.deletions.count + growth > budgets.deletions * times:
            raise full(f"the board holds {budgets.deletions:,} deletions, the most it may")

    def learn(self, parsed: Parsed) -> None:
        """Registers an update that another process has committed."""
        self.elements.learn(parsed)
        self._count_in(parsed, parsed.deletes)

    def _count_in(self, parsed: Parsed, deletes: list[tuple[int, int, int]]) -> None:
        clocks = self.clocks
        for client, _, end in parsed.ranges:
            if end > clocks.get(client, 0):
                clocks[client] = end
        self.deletions.add(deletes)
        # Implicit deletions are not counted here: overwritten values, and the contents of a deleted
        # map. `measure_deletions` finds them.
        self._work += len(parsed.places)
        for client, start, end in deletes:
            self._work += end - start
            if self.size_bytes >= LARGE_BYTES and self.elements.has(client, start):
                self._work += _WORK_A_MEASURE // 8
        if self._work > _WORK_A_MEASURE:
            self.measure_deletions()

    def measure_deletions(self, end_step: Callable[[], None] | None = None) -> None:
        """Counts what is deleted in the document itself. Raises DocumentError."""
        self._work = 0
        deleted = parse(self.diff(self.state_vector()), NO_LIMITS, end_step).deletes
        self.deletions.add(deleted)

    def clear_in_steps(self) -> Iterator[None]:
        """Deletes the content in steps, before the document is freed; only memory is affected.

        Freeing a large document in one go takes up to a tenth of a second.
        """
        # In reverse order: deleting an element before its contents costs ten times as much.
        for client, end in self.clocks.items():
            for start in range((end - 1) // _CLOCKS_A_STEP * _CLOCKS_A_STEP, -1, -_CLOCKS_A_STEP):
                stop = min(end, start + _CLOCKS_A_STEP)
                self.apply(encode_deletions([(client, start, stop)]))
                yield
