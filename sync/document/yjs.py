"""pycrdt's Doc behind one class: the only place that touches it.

pycrdt reports some failures as `PanicException`, which is no `Exception`; every call is wrapped,
and whatever went wrong arrives as `DocumentError`. After one the Doc may be half changed: discard
it.
"""

import asyncio
import contextlib
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NoReturn

from pycrdt import Doc, Map, TransactionEvent, get_update, merge_updates

from sync.wire.frames import EMPTY_UPDATE, encode_state_vector
from sync.wire.update import ROOTS

_MERGED_AT_ONCE = 32
_EXACT_INTEGERS = 2**53 - 1
_MISSING = object()


class DocumentError(Exception):
    """pycrdt refused or failed; the document must be loaded again."""


def _raise_as_ours(what: str, error: BaseException) -> NoReturn:
    if isinstance(error, asyncio.CancelledError | KeyboardInterrupt | SystemExit | GeneratorExit):
        raise error
    raise DocumentError(f"{what}: {type(error).__name__}") from error


@contextlib.contextmanager
def _guarded(what: str) -> Iterator[None]:
    try:
        yield
    except BaseException as error:  # noqa: BLE001  a panic is no Exception
        _raise_as_ours(what, error)


class YjsDocument:
    """A Yjs document whose roots are maps."""

    __slots__ = ("_doc",)

    def __init__(self, client_id: int | None = None) -> None:
        self._doc: Doc[Map[Any]] = Doc(client_id=client_id)

    def apply(self, update: bytes) -> None:
        """Integrates a validated update.

        Raises:
            DocumentError: the update does not fit; some of it may have been applied.
        """
        try:  # not the context manager: this is the hot path
            self._doc.apply_update(update)
        except BaseException as error:  # noqa: BLE001  a panic is no Exception
            _raise_as_ours("apply", error)

    def applies_something(self, update: bytes) -> bool:
        """Integrates a validated update; returns whether that changed the document."""
        changes = 0

        def count(_: TransactionEvent) -> None:
            nonlocal changes
            changes += 1

        with _guarded("apply"):
            subscription = self._doc.observe(count)
            try:
                self._doc.apply_update(update)
            finally:
                self._doc.unobserve(subscription)
        return changes > 0

    def edit(self, change: Callable[[dict[str, Any]], None]) -> bytes:
        """Lets a program change the roots, as maps, in one transaction; returns the update.

        Raises:
            DocumentError: pycrdt failed. What `change` raises passes through.
        """
        updates: list[bytes] = []

        def collect(event: TransactionEvent) -> None:
            updates.append(event.update)

        subscription = self._doc.observe(collect)
        try:
            with self._doc.transaction():
                change({root: self._doc.get(root, type=Map) for root in sorted(ROOTS)})
        finally:
            self._doc.unobserve(subscription)
        return updates[0] if updates else EMPTY_UPDATE

    def roots(self, names: Iterable[str] = ROOTS) -> dict[str, Map[Any]]:
        """The shared types of these roots, to observe them. Raises DocumentError."""
        with _guarded("roots"):
            return {root: self._doc.get(root, type=Map) for root in sorted(names)}

    def state_vector(self) -> bytes:
        """The encoded state vector of what has been applied."""
        try:
            return self._doc.get_state()
        except BaseException as error:  # noqa: BLE001
            _raise_as_ours("state vector", error)

    def diff(self, state_vector: bytes = b"\x00") -> bytes:
        """Everything that a peer with `state_vector` lacks, as one update."""
        with _guarded("diff"):
            return self._doc.get_update(state_vector)

    def content(self) -> dict[str, dict[str, Any]]:
        """Every root as plain values; slow, for programs that compare or export.

        Raises:
            DocumentError: pycrdt failed.
        """
        with _guarded("content"):
            return {
                root: plain(self._doc.get(root, type=Map).to_py() or {}) for root in sorted(ROOTS)
            }

    def entries(self, root: str) -> Iterator[tuple[str, Any]]:
        """The keys of a root with their plain values, one after another.

        Raises:
            DocumentError: pycrdt failed.
        """
        with _guarded("entries"):
            shared = self._doc.get(root, type=Map)
            keys = list(shared.keys())
        for key in keys:
            with _guarded("entries"):
                value = shared[key]
                found = plain(value.to_py() or {} if isinstance(value, Map) else value)
            yield key, found

    def entry(self, root: str, key: str) -> Any:
        """The plain value of one key of a root; None for a missing one. Raises DocumentError."""
        with _guarded("entry"):
            value = self._doc.get(root, type=Map).get(key)
            return plain(value.to_py() or {} if isinstance(value, Map) else value)

    def parts_of(self, root: str, key: str, parts: Iterable[str]) -> dict[str, Any] | None:
        """These keys of a map in a root, as far as it has them; None if there is no map.

        Cheap: whole numbers are floats, and what else is in the map is not read.

        Raises:
            DocumentError: pycrdt failed.
        """
        with _guarded("parts"):
            value = self._doc.get(root, type=Map).get(key)
            if not isinstance(value, Map):
                return None
            found = ((part, value.get(part, _MISSING)) for part in parts)
            return {part: one for part, one in found if one is not _MISSING}


def plain(value: Any) -> Any:
    """A value in a form that can be stored again.

    Whole numbers become integers, as JavaScript writes them; pycrdt returns floats. Only within
    JavaScript's safe integers: larger ones would be stored as BigInt, which nobody reads.
    """
    if isinstance(value, float) and value.is_integer() and abs(value) <= _EXACT_INTEGERS:
        return int(value)
    if isinstance(value, bytearray):
        return bytes(value)  # pycrdt returns the one and accepts the other
    if isinstance(value, dict):
        return {key: plain(child) for key, child in value.items()}
    if isinstance(value, list):
        return [plain(child) for child in value]
    return value


def trim(update: bytes, clocks: dict[int, int]) -> bytes:
    """The part of a validated update beyond `clocks`, with its whole delete set.

    Raises:
        DocumentError: pycrdt cannot read the update.
    """
    with _guarded("trim"):
        return get_update(update, encode_state_vector(clocks))


def merge(updates: list[bytes]) -> bytes:
    """One update equivalent to all of `updates`; keeps every value, even the losers of conflicts.

    Raises:
        DocumentError: pycrdt cannot read one of them.
    """
    if len(updates) == 1:
        return updates[0]
    with _guarded("merge"):
        # Merging is quadratic in their number; merging in groups is nearly linear in their bytes.
        while len(updates) > _MERGED_AT_ONCE:
            groups = range(0, len(updates), _MERGED_AT_ONCE)
            updates = [merge_updates(*updates[at : at + _MERGED_AT_ONCE]) for at in groups]
        return merge_updates(*updates)
