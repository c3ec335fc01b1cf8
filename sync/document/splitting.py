"""Splits an update into parts that each cost little to apply and together do the same.

Pure: knows no framework. pycrdt holds Python's global lock while it applies an update, and so stops
every other board of the process. The structs of a client follow one another in an update, each
complete in itself, so a run of them with its own header is an update too. The deletions come last,
after everything they name.

- What clients send (`parts`, `read_parts`): a limit on message size does not limit the work.
  Someone who was offline for long brings a whole drawing in one update. And to place a write that
  follows another client's write, Yjs looks at every later write of the same key: for thousands of
  these the cost is the product of the two. Each part is checked on its own, so each must apply
  after those before it.
- What is stored (`split`, `split_and_parse`): it is trusted and applied as a whole, so the parts
  keep the order of the update and only their size counts.
"""

from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from sync.wire.budgets import encode_deletions
from sync.wire.frames import MAX_CLOCK, MalformedError, write_varuint
from sync.wire.lib0 import NO_LIMITS, Limits
from sync.wire.parsed import Parsed
from sync.wire.update import NOTHING_KNOWN, Parser, parse

SCANS_AT_ONCE = 64
"""With a key that was written 4,000 times alternately, this many cost less than 50 ms."""
PIECE_BYTES = 100_000
"""Size of the pieces of stored updates."""
PART_BYTES = 32_000
PART_STRUCTS = 1000
"""Checking and applying this many takes a few milliseconds."""
_NO_DELETIONS = b"\x00"
_NOTHING = -1

Part = tuple[bytes, Parsed]


def parts(update: bytes, parsed: Parsed) -> list[Part]:
    """Updates equivalent to a parsed one, each with few scans; usually just the update itself.

    Raises:
        MalformedError: its structs depend on each other in a cycle.
    """
    if parsed.scans <= SCANS_AT_ONCE:
        return [(update, parsed)]
    splitter = _Splitter(update, NO_LIMITS)
    splitter.parse()
    cut = [(part, parse(part, NO_LIMITS)) for part in splitter.parts()]
    # Once the first part is refused, the rest is not checked.
    cut[0][1].faults = parsed.faults
    return cut


def read_parts(
    update: bytes,
    limits: Limits,
    end_step: Callable[[], None],
    known: Mapping[int, int] = NOTHING_KNOWN,
) -> Iterator[Part]:
    """Reads an update and yields it in parts on demand; calls `end_step` on the way.

    Whatever can be checked without memory for each struct is checked before the first part; the
    rest is checked as if each part had arrived on its own. `known` are the clocks of the document.

    Raises:
        MalformedError: it violates a rule, or its structs depend on each other in a cycle.
    """
    if len(update) <= PART_BYTES:
        yield from parts(update, parse(update, limits, end_step, known))
        return
    splitter = _Splitter(update, limits, end_step, known)
    try:
        splitter.parse()
    except IndexError:
        raise MalformedError("update is cut off") from None
    for part in splitter.parts():
        yield part, parse(part, limits, end_step, known)


def split(update: bytes, piece_bytes: int | None = None) -> list[bytes]:
    """Updates equivalent to a stored one, to be applied in this order.

    Takes microseconds for each struct: for compactions, not for the hot path.

    Raises:
        MalformedError, IndexError: it is not an update of this product's document.
    """
    piece_bytes = piece_bytes or PIECE_BYTES
    if len(update) <= piece_bytes:
        return [update]
    splitter = _Splitter(update, NO_LIMITS)
    splitter.parse()
    return list(splitter.pieces(piece_bytes))


def split_and_parse(
    update: bytes, piece_bytes: int, end_step: Callable[[], None]
) -> tuple[list[bytes], Parsed]:
    """The pieces, and what the update holds. Calls `end_step` on the way. Raises as `split`."""
    if len(update) <= piece_bytes:
        return [update], parse(update, NO_LIMITS)
    splitter = _Splitter(update, NO_LIMITS, end_step)
    splitter.keeps_parsed = True
    parsed = splitter.parse()
    return list(splitter.pieces(piece_bytes)), parsed


class _Section:
    """The structs of one client, and how many of them are cut off already."""

    __slots__ = ("at", "begin", "client", "clock", "clocks", "ends", "is_origin", "needs")

    def __init__(self, client: int, clock: int, begin: int) -> None:
        self.client = client
        self.clock = clock
        """Of the first struct that is left."""
        self.begin = begin
        self.at = 0
        # For each struct, compactly: where its bytes end, the clock after it, the client and clock
        # that it needs, and whether that is its origin.
        self.ends = array("Q")
        self.clocks = array("Q")
        self.needs = (array("q"), array("q"))
        self.is_origin = bytearray()

    def add(self, end: int, next_clock: int, need: tuple[int, int], *, is_origin: bool) -> None:
        self.ends.append(end)
        self.clocks.append(next_clock)
        self.needs[0].append(need[0])
        self.needs[1].append(need[1])
        self.is_origin.append(is_origin)

    def skip_to(self, at: int) -> None:
        self.clock, self.begin = self.clocks[at - 1], self.ends[at - 1]
        self.at = at

    @property
    def is_empty(self) -> bool:
        return self.at == len(self.ends)


class _Budget:
    """What still fits into a part."""

    __slots__ = ("bytes", "scans", "structs")

    def __init__(self) -> None:
        self.bytes, self.structs, self.scans = PART_BYTES, PART_STRUCTS, SCANS_AT_ONCE

    @property
    def is_full(self) -> bool:
        return self.bytes <= 0 or self.structs <= 0 or self.scans < 0


class _Splitter(Parser):
    """Records where structs end and what each needs."""

    __slots__ = ("keeps_parsed", "sections")

    def __init__(
        self,
        data: bytes,
        limits: Limits,
        end_step: Callable[[], None] | None = None,
        known: Mapping[int, int] = NOTHING_KNOWN,
    ) -> None:
        super().__init__(data, limits, end_step, known)
        self.sections: dict[int, _Section] = {}
        self.keeps_parsed = False
        """Whether `parsed` records the structs; without it they take no memory."""

    def parse(self) -> Parsed:
        """Reads all of it. Raises MalformedError or IndexError."""
        total = 0
        for _ in range(self.count(4, self.limits.structs)):
            count, client = self.count(1, self.limits.structs), self.varuint()
            total += count
            if count == 0 or client in self.sections or total > self.limits.structs:
                raise MalformedError("client section is empty, repeated or too long")
            clock = self.start = self.varuint()
            self.sections[client] = _Section(client, clock, self.at)
            self._section(self.sections[client], count)
        self._delete_set()
        if self.at != self.size:
            raise MalformedError("bytes after the end")
        return self.parsed

    def _section(self, section: _Section, count: int) -> None:
        parsed, clock = self.parsed, section.clock
        lists: tuple[list[Any], ...] = (
            parsed.needs,
            parsed.parents,
            parsed.root_items,
            parsed.plain,
            parsed.signed,
        )
        needs, parents = parsed.needs, parsed.parents
        for _ in range(count):
            if self.end_step is not None:
                self.end_step()
            needed, parented = len(needs), len(parents)
            clock += self._struct(section.client, clock)
            if clock > MAX_CLOCK:
                raise MalformedError("clock out of range")
            has_need = len(needs) > needed
            need = needs[-1] if has_need else (_NOTHING, 0)
            section.add(self.at, clock, need, is_origin=has_need and len(parents) == parented)
            if not self.keeps_parsed:
                for one in lists:
                    one.clear()
        parsed.ranges.append((section.client, section.clock, clock))

    def _follow(self, place: object, client: int, clock: int) -> None:
        pass

    def make_element(self, client: int, clock: int) -> None:
        pass

    def read_value_at(
        self, client: int, clock: int, root: bytes | None, origin: tuple[int, int] | None
    ) -> None:
        self.value()  # checked with its part

    def pieces(self, size_bytes: int) -> Iterator[bytes]:
        """Parts of so many bytes in the order of the update, deletions last."""
        runs: list[bytes] = []
        left = size_bytes
        for section in self.sections.values():
            while not section.is_empty:
                first, clock, begin = section.at, section.clock, section.begin
                end = bisect_left(section.ends, begin + left, first)
                section.skip_to(min(end + 1, len(section.ends)))
                runs.append(self._run(section, first, clock, begin))
                left -= section.begin - begin
                if left <= 0:
                    yield _joined(runs)
                    runs, left = [], size_bytes
        if runs:
            yield _joined(runs)
        yield from self._deletions()

    def parts(self) -> Iterator[bytes]:
        """Cheap parts, each of which applies after those before it; deletions last."""
        while any(not section.is_empty for section in self.sections.values()):
            budget = _Budget()
            begun: dict[int, tuple[int, int, int]] = {}
            is_moving = True
            while is_moving and not budget.is_full:
                is_moving = False
                for section in self.sections.values():
                    start = (section.at, section.clock, section.begin)
                    self._take_from(section, budget, begun.get(section.client, start)[1])
                    if section.at > start[0]:
                        begun.setdefault(section.client, start)
                        is_moving = True
                    if budget.is_full:
                        break
            if not begun:
                raise MalformedError("structs depend on each other")
            runs = [self._run(self.sections[client], *start) for client, start in begun.items()]
            yield _joined(runs)
        yield from self._deletions()

    def _take_from(self, section: _Section, budget: _Budget, start: int) -> None:
        """Takes the next structs of a client that depend on nothing still left."""
        need_clients, need_clocks = section.needs
        while not (section.is_empty or budget.is_full):
            at = section.at
            client, clock = need_clients[at], need_clocks[at]
            if client not in (_NOTHING, section.client):
                other = self.sections.get(client)
                if other is not None and clock >= other.clock and not other.is_empty:
                    return
            if section.is_origin[at]:
                budget.scans -= client != section.client or clock < start
                if budget.scans < 0:
                    return
            budget.bytes -= section.ends[at] - section.begin
            budget.structs -= 1
            section.skip_to(at + 1)

    def _run(self, section: _Section, first: int, clock: int, begin: int) -> bytes:
        header = map(write_varuint, (section.at - first, section.client, clock))
        return b"".join(header) + self.data[begin : section.begin]

    def _deletions(self) -> Iterator[bytes]:
        deletes = self.parsed.deletes
        for first in range(0, len(deletes), PART_STRUCTS):
            yield encode_deletions(deletes[first : first + PART_STRUCTS])


def _joined(runs: list[bytes]) -> bytes:
    return write_varuint(len(runs)) + b"".join(runs) + _NO_DELETIONS
