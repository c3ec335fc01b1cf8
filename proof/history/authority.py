"""After a revocation has returned, nothing of that person commits, and soon they see nothing.

What was written after the return may appear once the permission is given again, and never before.
What was written earlier may have been committed in time; so a newcomer who comes after the return
says how far it is, and nothing may be added to that.
"""

from bisect import bisect_right
from dataclasses import dataclass, field
from typing import Any

from proof.history.check import Context
from proof.history.events import Event
from proof.history.replicas import Replica, Write

MAY_EDIT = "edit"
MAY_NOT_SEE = "none"
MAY_SEE = ("view", "comment", MAY_EDIT)
FOR_EVER = 2**63


@dataclass(slots=True)
class Revoked:
    """A time in which a person may certainly not edit."""

    start: int
    end: int
    unseen_until: int
    """Until when they may not even read: the start, if they may."""
    reached: dict[int, int] | None = None
    """How far the clocks of the person were for a newcomer within it."""
    told: set[int] = field(default_factory=set)


class Authority:
    """The rule."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._revoked = _revoked(context.events)
        self._opened: dict[str, int] = {}

    def take(self, event: Event) -> None:
        """Acknowledgements, newcomers, sightings, and what programs wrote."""
        if event.kind == "rest" and event.data["ok"]:
            self._look_at_program(event)
        replica = self._context.replicas.by_name.get(event.who)
        if replica is None:
            return
        match event.kind:
            case "open":
                self._opened[replica.who] = event.t
            case "synced":
                self._note_newcomer(event, replica)
            case "ack":
                self._look_at_ack(replica, dict(event.clocks).get(replica.client, 0), event)
            case "seen":
                self._look_at_reader(replica, event)
                for client, end in event.clocks:
                    self._look_at_growth(client, end, event)

    def arrived(self, write: Write, at: Replica, event: Event) -> None:
        """A write that was made without permission must not arrive before it is given again."""
        self._look_at(write, event, f"reached {at.who}")

    def finish(self) -> None:
        """Nothing is left to do."""

    def _look_at_program(self, event: Event) -> None:
        during = self._at(event.data["person"], event.data["began"])
        if during is not None and event.t < during.end:
            text = f"a request of {event.data['person']} succeeded after access was taken away"
            self._context.tell("authority", text, event)

    def _look_at_ack(self, replica: Replica, end: int, event: Event) -> None:
        writes = self._context.replicas.writes[replica.client]
        for write in writes[: bisect_right(writes, end, key=lambda one: one.end)][-1:]:
            self._look_at(write, event, "was acknowledged")

    def _look_at(self, write: Write, event: Event, how: str) -> None:
        during = self._at(write.person, write.t)
        if during is not None and event.t < during.end:
            text = f"{write} was made after access was taken away, and {how}"
            self._context.tell("authority", text, event)

    def _note_newcomer(self, event: Event, replica: Replica) -> None:
        """Where one process serves, a newcomer sees exactly what is committed."""
        opened = self._opened.get(replica.who, 0)
        if self._context.promises.stale_seconds:
            return
        clocks = dict(event.clocks)
        for person in self._revoked:
            during = self._at(person, opened) if person != replica.person else None
            if during is not None and during.reached is None and event.t < during.end:
                owners = self._context.replicas.owners
                mine = [client for client, owner in owners.items() if owner.person == person]
                during.reached = {client: clocks.get(client, 0) for client in mine}

    def _look_at_growth(self, client: int, end: int, event: Event) -> None:
        owner = self._context.replicas.owners.get(client)
        during = self._at(owner.person, event.t) if owner is not None else None
        if owner is None or during is None or during.reached is None or event.who == owner.who:
            return
        if end > during.reached.get(client, end) and client not in during.told:
            during.told.add(client)
            text = (
                f"work of {owner.person} (client {client}) grew from {during.reached[client]} to"
                f" {end} after access was taken away"
            )
            self._context.tell("authority", text, event)

    def _look_at_reader(self, replica: Replica, event: Event) -> None:
        during = self._at(replica.person, event.t)
        if during is None or event.t >= during.unseen_until:
            return
        late = self._context.seconds(during.start, event.t)
        if late > self._context.promises.closing_seconds:
            text = f"{replica.who} read an update {late:.1f} s after all access was taken away"
            self._context.tell("authority", text, event)

    def _at(self, person: str, t: int) -> Revoked | None:
        times = self._revoked.get(person, [])
        found = bisect_right(times, t, key=lambda one: one.start)
        return times[found - 1] if found and t < times[found - 1].end else None


def _revoked(events: list[Event]) -> dict[str, list[Revoked]]:
    """For each person the times from the return of a revocation to the beginning of the change that
    may have taken it back, whether or not that has returned.
    """
    found: dict[str, list[Revoked]] = {}
    changes = [event for event in events if event.kind == "level"]
    for number, event in enumerate(changes):
        person, level = event.data["person"], event.data["level"]
        if level == MAY_EDIT or not event.data["ok"]:
            continue
        later = [one.data for one in changes[number + 1 :] if one.data["person"] == person]
        end = _first(later, (MAY_EDIT,))
        unseen = _first(later, MAY_SEE) if level == MAY_NOT_SEE else event.t
        found.setdefault(person, []).append(Revoked(event.t, end, unseen))
    return found


def _first(changes: list[dict[str, Any]], levels: tuple[str, ...]) -> int:
    """When the first change to one of these levels began."""
    return next((int(one["began"]) for one in changes if one["level"] in levels), FOR_EVER)
