"""What each replica holds at each moment, and what each write depends on."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from proof.history.events import Event, Ranges, items

Item = tuple[int, int]


@dataclass(slots=True)
class Write:
    """One transaction of a client, and what its writer came to know since their last one.

    By the last one is known what came before: so all dependencies of all writes together are no
    more than all sightings, and a history is checked in about linear time.
    """

    t: int
    who: str
    person: str
    client: int
    start: int
    end: int
    values: dict[str, object]
    deleted: list[Item]
    new_clocks: list[Item] = field(default_factory=list)
    new_deleted: list[Item] = field(default_factory=list)

    @property
    def is_deletion(self) -> bool:
        """Whether it has no clocks of its own: what its writer knew counts for their next write."""
        return self.start == self.end

    def __str__(self) -> str:
        what = ", ".join(self.values) or "a deletion"
        return f"{self.person}'s write of {what} ({self.client}:{self.start}-{self.end})"


@dataclass(slots=True)
class Replica:
    """One document of one person."""

    who: str
    person: str
    client: int
    clocks: dict[int, int] = field(default_factory=dict)
    deleted: set[Item] = field(default_factory=set)
    acknowledged: dict[int, int] = field(default_factory=dict)
    checked: dict[int, int] = field(default_factory=dict)
    """For each client, how many of its writes were looked at here."""
    is_open: bool = False
    is_synced: bool = False
    """Whether the server's first answer on this socket has come."""
    _new_clocks: dict[int, int] = field(default_factory=dict)
    _new_deleted: list[Item] = field(default_factory=list)
    _sent_alone: set[Item] = field(default_factory=set)
    """The pure deletions among `_new_deleted`."""

    def see(self, event: Event) -> list[str]:
        """Takes a message in; returns what went back to an earlier state."""
        faults = []
        for client, end in event.clocks:
            before = self.clocks.get(client, 0)
            if end < before:
                faults.append(f"client {client} was at {before} and is at {end}")
                continue
            self.clocks[client] = self._new_clocks[client] = end
        self._delete(event.deleted)
        return faults

    def write(self, event: Event) -> Write:
        """Takes a write of its own in."""
        client, start, end = event.written
        deleted = list(items(event.deleted))
        made = Write(
            event.t,
            self.who,
            self.person,
            client,
            start,
            end,
            event.data.get("values", {}),
            deleted,
        )
        if not made.is_deletion:
            made.new_clocks, made.new_deleted = list(self._new_clocks.items()), self._new_deleted
            self._new_clocks, self._new_deleted = {}, []
            self._sent_alone.clear()
        self.clocks[client] = max(end, self.clocks.get(client, 0))
        if made.is_deletion and not self.is_synced:
            self.deleted.update(deleted)
            return made
        if made.is_deletion:
            self._sent_alone.update(deleted)
        self._delete(event.deleted)
        return made

    def lose_socket(self) -> None:
        """What was sent last may not have arrived. A client of Yjs sends what it writes next before
        it is asked for the rest; and a pure deletion, which has no clock, leaves no gap.
        """
        self.is_open = self.is_synced = False
        self._new_deleted = [item for item in self._new_deleted if item not in self._sent_alone]
        self._sent_alone.clear()

    def _delete(self, ranges: Ranges) -> None:
        for item in items(ranges):
            if item not in self.deleted:
                self.deleted.add(item)
                self._new_deleted.append(item)


class Replicas:
    """All replicas of a history, fed with its events in their order."""

    def __init__(self) -> None:
        self.by_name: dict[str, Replica] = {}
        self.writes: dict[int, list[Write]] = {}
        """Of each client, in the order of their clocks; without pure deletions."""
        self.deletions: list[Write] = []
        self.written: dict[int, int] = {}
        """How far each client that keeps a journal has written."""
        self.owners: dict[int, Replica] = {}

    def begin(self, event: Event) -> Replica:
        """A replica that holds nothing."""
        made = Replica(event.who, event.data["person"], event.data["client"])
        self.by_name[event.who] = self.owners[made.client] = made
        self.writes.setdefault(made.client, [])
        self.written.setdefault(made.client, 0)
        return made

    def write(self, event: Event) -> Write:
        """A write, which is remembered."""
        made = self.by_name[event.who].write(event)
        (self.deletions if made.is_deletion else self.writes[made.client]).append(made)
        self.written[made.client] = max(made.end, self.written[made.client])
        return made

    def every_write(self) -> Iterator[Write]:
        """Of all clients."""
        for some in self.writes.values():
            yield from some
        yield from self.deletions
