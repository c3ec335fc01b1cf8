"""One run: people draw on a server, leave, and it ends; what does a newcomer find?"""

from __future__ import annotations

import random
import signal
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from proof.clients.people import People
from proof.history.check import check
from proof.history.events import SECOND, Event, read_journals
from proof.history.record import Journal

PEOPLE = 3
RATE = 30.0
"""Operations a second of each."""
ENDLESS = 1_000_000
DRAW_SECONDS = (1.0, 5.0)
READ_SECONDS = 20.0
STILL_SECONDS = 1.5
KILL, STOP = "kill -9", "clean stop"
ENDS = {KILL: signal.SIGKILL, STOP: signal.SIGTERM}


class Tested(Protocol):
    """A server, whichever it is."""

    def start(self) -> None:
        """Returns when it answers."""

    def end(self, how: signal.Signals) -> None:
        """Returns when its process has ended."""

    def room(self) -> Mapping[str, Any]:
        """A new place to draw: what people need to know of it."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one run has shown."""

    writes: int
    """Clocks that people wrote."""
    seen: int
    """Of these, what others had before the server ended."""
    lost: int
    """Of these, what the newcomer did not get."""
    oldest_lost_seconds: float
    """How long before the end somebody had first seen the oldest of them."""
    could_read: bool
    is_lost_to_the_checker: bool
    """What the checker of histories says, which reads the first answer alone."""


def play(server: Tested, people: People, end: str, seed: int, directory: Path) -> Outcome:
    """Runs once, on a new place of a server that runs, and runs again afterwards."""
    rnd = random.Random(f"{end} {seed}")
    directory.mkdir(parents=True)
    journal = Journal(directory / "runner.jsonl")
    # Nobody comes back, and what people say of others is not the question here.
    journal.write(
        "system",
        name="a server",
        acknowledges=False,
        shows_all=False,
        everything_is_saved=False,
        ghost_seconds=1e9,
    )
    people.call("journal", path=str(directory / "people.jsonl"))
    place = server.room()
    try:
        names = [_enter(people, place, f"p{number}", number, rnd) for number in range(PEOPLE)]
        _until_synced(people, names)
        people.call("draw", who=names, operations=ENDLESS)
        time.sleep(rnd.uniform(*DRAW_SECONDS))
        people.call("disconnect", who=names)
        journal.write("fault", text=end)
        server.end(ENDS[end])
        server.start()
        newcomer = _enter(people, place, "newcomer", PEOPLE, rnd)
        could_read = _until_synced(people, [newcomer]) and _until_still(people, newcomer)
        people.call("end", who=[newcomer], alone=True)
    finally:
        people.call("leave")
        journal.close()
    return judge(read_journals(directory.glob("*.jsonl")), could_read=could_read)


def _enter(
    people: People, place: Mapping[str, Any], who: str, number: int, rnd: random.Random
) -> str:
    people.call(
        "open",
        **place,
        who=who,
        person=who,
        number=number,
        seed=rnd.randrange(2**31),
        rate=RATE,
    )
    return who


def _until_synced(people: People, names: list[str]) -> bool:
    deadline = time.monotonic() + READ_SECONDS
    while not all(one["synced"] for one in people.call("states", who=names).values()):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def _until_still(people: People, who: str) -> bool:
    """Some servers answer before they have read what they keep: it may come later."""
    last, since = None, time.monotonic()
    while time.monotonic() - since < STILL_SECONDS:
        state = people.call("states", who=[who])[who]["clocks"]
        if state != last:
            last, since = state, time.monotonic()
        time.sleep(0.05)
    return True


def judge(events: list[Event], *, could_read: bool) -> Outcome:
    """Counts clocks: what was written, seen by others, and not found by the newcomer."""
    ended = next(event.t for event in events if event.kind == "fault")
    clients = {one.who: one.data["client"] for one in events if one.kind == "replica"}
    found = dict(next(one for one in events if one.kind == "end" and one.who == "newcomer").clocks)
    written, seen, oldest = 0, dict[int, int](), 0.0
    for event in events:
        if event.t > ended:
            break
        if event.kind == "write":
            _, first, last = event.data["clocks"]
            written += last - first
        elif event.kind == "seen":
            for client, end in event.clocks:
                if client != clients[event.who] and end > seen.get(client, 0):
                    if end > found.get(client, 0):
                        oldest = max(oldest, (ended - event.t) / SECOND)
                    seen[client] = end
    lost = sum(max(end - found.get(client, 0), 0) for client, end in seen.items())
    says_lost = any(one.kind == "lost" for one in check(events))
    return Outcome(written, sum(seen.values()), lost, round(oldest, 2), could_read, says_lost)
