"""Cuts an update so that each part costs little to integrate, in an order in which each fits.

Pure: knows no framework. A write that follows on a write of somebody else is placed by looking at
every later write of the same key. Mostly there are a few; but two clients can write a key in turns
for ever, and thousands of writes that follow on old ones of these cost the product of the two. Both
are well-formed, and somebody long offline brings as many writes that cost nothing. So such an
update is not refused but taken in parts, with other boards in between.
"""

from typing import NamedTuple

from sync.protocol import Malformed, write_varuint
from sync.reader import NO_LIMITS
from sync.validation import Parsed, Parser, parse

SCANS_AT_ONCE = 64
"""With a key that was written 4,000 times in turns, these cost less than 50 ms."""
_NO_DELETIONS = b"\x00"


def parts(update: bytes, parsed: Parsed) -> list[tuple[bytes, Parsed]]:
    """Updates that together do what a parsed one does, each with few scans; mostly itself.

    Raises:
        Malformed: its structs wait for each other.
    """
    if parsed.scans <= SCANS_AT_ONCE:
        return [(update, parsed)]
    slicer = _Slicer(update, NO_LIMITS)
    slicer.parse()
    return [(part, parse(part, NO_LIMITS)) for part in slicer.slices()]


class _Struct(NamedTuple):
    end: int
    """Where its bytes end"""
    next_clock: int
    need: tuple[int, int] | None
    is_origin: bool


class _Section:
    """The structs of one client, and how many of them are cut off already."""

    def __init__(self, client: int, clock: int, begin: int) -> None:
        self.client = client
        self.clock = clock
        """Of the first struct that is left."""
        self.begin = begin
        self.structs: list[_Struct] = []
        self.at = 0

    @property
    def is_empty(self) -> bool:
        return self.at == len(self.structs)


class _Slicer(Parser):
    """Notes where structs end and what each needs."""

    __slots__ = ("deletions", "sections")

    def parse(self) -> Parsed:
        """Reads all of it, which is known to be valid."""
        self.sections: dict[int, _Section] = {}
        for _ in range(self.varuint()):
            count, client, clock = self.varuint(), self.varuint(), self.varuint()
            section = self.sections[client] = _Section(client, clock, self.at)
            for _ in range(count):
                needs, parents = len(self.parsed.needs), len(self.parsed.parents)
                clock += self._struct(client, clock)
                need = self.parsed.needs[-1] if len(self.parsed.needs) > needs else None
                is_origin = need is not None and len(self.parsed.parents) == parents
                section.structs.append(_Struct(self.at, clock, need, is_origin))
        self.deletions = self.data[self.at :]
        return self.parsed

    def _follow(self, place: object, client: int) -> None:
        pass

    def slices(self) -> list[bytes]:
        """The parts, deletions last."""
        found: list[bytes] = []
        while any(not section.is_empty for section in self.sections.values()):
            scans, runs = 0, []
            for section in self.sections.values():
                run, scans = self._run(section, scans)
                if run:
                    runs.append(run)
            if not runs:
                raise Malformed("structs depend on each other")
            found.append(write_varuint(len(runs)) + b"".join(runs) + _NO_DELETIONS)
        return [*found, b"\x00" + self.deletions]

    def _run(self, section: _Section, scans: int) -> tuple[bytes, int]:
        """The next structs of a client that need nothing which is still left; and the scans."""
        first, start = section.at, section.clock
        begin = section.begin
        while not section.is_empty:
            struct = section.structs[section.at]
            if struct.need is not None and not self._is_there(struct.need, section.client):
                break
            if struct.is_origin and struct.need is not None:
                scans += struct.need[0] != section.client or struct.need[1] < start
            if scans > SCANS_AT_ONCE:
                scans -= 1
                break
            section.at, section.clock, section.begin = section.at + 1, struct.next_clock, struct.end
        if section.at == first:
            return b"", scans
        header = map(write_varuint, (section.at - first, section.client, start))
        return b"".join(header) + self.data[begin : section.begin], scans

    def _is_there(self, need: tuple[int, int], client: int) -> bool:
        section = self.sections.get(need[0])
        return section is None or need[0] == client or need[1] < section.clock
