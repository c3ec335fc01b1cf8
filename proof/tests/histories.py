"""Hand-made histories: two people and a newcomer, told line by line."""

from typing import Any

from proof.history.check import check
from proof.history.events import SECOND, Event

ANN, BEN, NEW = "p0", "p1", "n1"
CLIENT = {ANN: 1, BEN: 2, NEW: 3}
PERSON = {ANN: "alice", BEN: "bob", NEW: "charlie"}


class Told:
    """A history that grows by a second with each event."""

    def __init__(self, **promises: Any) -> None:
        self.events: list[Event] = []
        self.tell("system", "runner", **promises)

    def tell(self, kind: str, who: str = "runner", **data: Any) -> "Told":
        """Adds an event."""
        self.events.append(Event((len(self.events) + 1) * SECOND, kind, who, data))
        return self

    @property
    def now(self) -> int:
        """The time of the last event."""
        return self.events[-1].t

    def come(self, *who: str) -> "Told":
        """Replicas begin, before anything is written."""
        for one in who:
            self.tell("replica", one, person=PERSON[one], client=CLIENT[one])
            self.tell("open", one).tell("synced", one, clocks=[], deleted=[])
        return self

    def write(self, who: str, at: int, key: str, deleted: Any = ()) -> "Told":
        """A write of one item."""
        client = CLIENT[who]
        values = {key: [client, at]}
        clocks = [client, at, at + 1]
        return self.tell("write", who, clocks=clocks, values=values, deleted=list(deleted))

    def ack(self, who: str, end: int) -> "Told":
        """The server says that it is stored."""
        return self.tell("ack", who, clocks=[[CLIENT[who], end]])

    def see(self, who: str, *clocks: list[int], deleted: Any = ()) -> "Told":
        """A message."""
        return self.tell("seen", who, clocks=list(clocks), deleted=list(deleted))

    def newcomer(self, *clocks: list[int], deleted: Any = (), who: str = NEW) -> "Told":
        """Somebody comes and reads, as one message."""
        self.tell("replica", who, person=PERSON[who], client=CLIENT[who]).tell("open", who)
        if clocks:
            self.see(who, *clocks, deleted=deleted)
        return self.tell("synced", who, clocks=list(clocks), deleted=list(deleted))

    def end(
        self, content: dict[str, Any], *clocks: list[int], deleted: Any = (), who: Any = (ANN, BEN)
    ) -> "Told":
        """The same last state of everybody."""
        for one in who:
            self.tell("end", one, content=content, clocks=list(clocks), deleted=list(deleted))
        return self

    def kinds(self) -> set[str]:
        """What the checker finds."""
        return {anomaly.kind for anomaly in check(self.events)}
