"""Who is shown: nobody long after they left, everybody by their verified name, and in the end all.

A viewer that was away or frozen may show what it knew; the time of a ghost is counted from the last
of: the other one's leaving, the viewer's own coming, its thawing.
"""

from dataclasses import dataclass, field

from proof.history.check import Context
from proof.history.events import Event
from proof.history.replicas import Replica, Write

VIEWER_EVENTS = ("present", "end")


@dataclass(slots=True)
class Viewer:
    """Somebody who shows others."""

    since: int = 0
    shown: dict[int, str | None] = field(default_factory=dict)
    told: set[int] = field(default_factory=set)


class Presence:
    """The rule."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._viewers: dict[str, Viewer] = {}
        self._left: dict[int, int] = {}
        """Client → when its socket ended, while it has none."""
        self._ends: list[Event] = []

    def take(self, event: Event) -> None:
        """Sockets that open and end, and who is shown."""
        replica = self._context.replicas.by_name.get(event.who)
        if replica is None:
            return
        viewer = self._viewers.setdefault(event.who, Viewer())
        match event.kind:
            case "open":
                self._left.pop(replica.client, None)
                viewer.since = event.t
            case "thawed":
                viewer.since = event.t
            case "closed":
                self._left.setdefault(replica.client, event.t)
                viewer.shown = {}
            case "present" | "end" if "shown" in event.data:
                shown = event.data["shown"].items()
                viewer.shown = {int(client): name for client, name in shown}
                self._look(event, viewer)
                if event.kind == "end":
                    self._ends.append(event)

    def arrived(self, write: Write, at: Replica, event: Event) -> None:
        """Nothing: presence is not part of the document."""

    def finish(self) -> None:
        """In the end everybody who is there sees everybody who is there."""
        if not self._context.promises.shows_all:
            return
        replicas = self._context.replicas.by_name
        there = {replicas[end.who].client: end.who for end in self._ends}
        for end in self._ends:
            shown = {int(client) for client in end.data["shown"]}
            for client, who in there.items():
                if client not in shown and who != end.who:
                    text = f"in the end {end.who} does not see {who}, who is there"
                    self._context.tell("nobody there", text, end)

    def _look(self, event: Event, viewer: Viewer) -> None:
        names = self._context.promises.names
        for client, name in viewer.shown.items():
            owner = self._context.replicas.owners.get(client)
            if owner is None:
                continue
            left = self._left.get(client)
            if left is not None and client not in viewer.told:
                late = self._context.seconds(max(left, viewer.since), event.t)
                if late > self._context.promises.ghost_seconds:
                    viewer.told.add(client)
                    text = f"{event.who} shows {owner.who} {late:.1f} s after they left"
                    self._context.tell("ghost", text, event)
            if names and name != names.get(owner.person):
                text = f"{event.who} shows {owner.person} as {name!r}"
                self._context.tell("wrong name", text, event)
