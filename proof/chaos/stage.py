"""A board with people on it, and what a fault may do to them."""

import random
import time
from base64 import b64encode
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import Any

from proof.chaos.forked import ForkedServer
from proof.chaos.plan import Plan
from proof.chaos.proxy import Proxy
from proof.chaos.systems import PERSONS, System, updates_of
from proof.clients.people import People
from proof.history.record import Journal, now

RATE = 60.0
"""Operations a second of each person, on average."""
READ_SECONDS = 20.0
SETTLE_SECONDS = 17.0
"""How long people may stand still, unequal, before it counts as the end: longer than it takes until
any client of Yjs says again that it is there.
"""
LOOK_SECONDS = 0.02
BROKEN_SETTLE_SECONDS = 6.0
"""The same with a server that is broken on purpose: what it has lost does not come."""


@dataclass(slots=True)
class Seat:
    """Somebody on the board: one replica, in one of the Node processes."""

    who: str
    person: str
    host: People
    server: int
    is_away: bool = False


class Stage:
    """One run: made new for each, on a system and Node processes that outlive it."""

    def __init__(
        self, system: System, hosts: Sequence[People], plan: Plan, directory: Path
    ) -> None:
        self.system, self.hosts, self.plan = system, hosts, plan
        self.random = random.Random(f"{plan.kind} {plan.seed}")
        self.directory = directory
        directory.mkdir(parents=True, exist_ok=True)
        self.journal = Journal(directory / "runner.jsonl")
        for number, host in enumerate(hosts):
            host.call("journal", path=str(directory / f"people{number}.jsonl"))
        self.board = ""
        self.tokens: dict[str, str] = {}
        self.seats: list[Seat] = []
        self.bases: list[str] = []
        """Where the sockets of each server are reached."""
        self.at_end = ExitStack()
        """What a fault leaves to be undone before everybody says what they hold."""
        self.at_close = ExitStack()
        """What is undone when everybody has gone."""
        self.proxies: list[Proxy] = []
        self._names = self._numbers = 0
        self._reduced: set[str] = set()
        self._shows_all = True

    def open(self, **promises: Any) -> None:
        """Makes the board and lets everybody in."""
        server = self.system.servers[0]
        self.board = server.new_board(bob="edit", charlie="edit")
        self.tokens = {person: server.token(person) for person in PERSONS}
        self.bases = self.bases or [one.socket_base for one in self.system.servers]
        told = {
            "name": self.system.name,
            "names": {person: person.title() for person in PERSONS},
            "has_audit": True,
            **self.system.promises,
            **promises,
        }
        self._shows_all = bool(told.get("shows_all", True))
        self.journal.write("system", **told)
        for person in PERSONS[1:]:  # as the board was made
            self.journal.write("level", person=person, level="edit", began=now(), ok=True)
        for number in range(self.plan.people):
            person, host = PERSONS[number % len(PERSONS)], self.hosts[number % len(self.hosts)]
            seat = Seat(f"p{number}", person, host, number % len(self.bases))
            self.seats.append(seat)
            self.enter(seat)

    def enter(self, seat: Seat) -> None:
        """A replica begins and connects."""
        seat.host.call(
            "open",
            who=seat.who,
            number=self.take_numbers(1),
            person=seat.person,
            base=self.bases[seat.server],
            room=self.board,
            params={"token": self.tokens[seat.person], "saved": "1"},
            kind="board",
            seed=self.random.randrange(2**31),
            rate=RATE,
        )

    # --- what faults use

    def new_name(self, letter: str) -> str:
        """Of a replica."""
        self._names += 1
        return f"{letter}{self._names}"

    def take_numbers(self, count: int) -> int:
        """The first of so many that nobody else has."""
        self._numbers += count
        return self._numbers - count

    def person(self, number: int) -> str:
        """One of those who may edit."""
        return PERSONS[number % len(PERSONS)]

    def draw(self) -> None:
        """Everybody begins with what they do around one fault; also who has left does it."""
        each = max(1, self.plan.operations // self.plan.faults)
        for host in self.hosts:
            host.call("draw", who=[one.who for one in self._of(host)], operations=each)

    def rest(self, least: float = 0.0, most: float = 0.3) -> None:
        """Lets people draw for a moment."""
        time.sleep(self.random.uniform(least, most))

    def leave(self, share: float = 1.0) -> None:
        """Some leave at this moment, and send nothing until they come back."""
        for host in self.hosts:
            leavers = [one for one in self._of(host) if self.random.random() < share]
            for seat in leavers:
                seat.is_away = True
            host.call("disconnect", who=[one.who for one in leavers])

    def come_back(self) -> None:
        """Everybody who left."""
        for host in self.hosts:
            away = [one for one in self._of(host) if one.is_away]
            for seat in away:
                seat.is_away = False
            host.call("connect", who=[one.who for one in away])

    def share(self) -> float:
        """How many leave at a fault: mostly all, because people who stay may heal a loss."""
        return self.random.choice((1.0, 1.0, 1.0, 0.5, 0.0))

    def newcomer(
        self, person: str = "alice", server: int | None = None, patience: float = READ_SECONDS
    ) -> bool:
        """Somebody comes with nothing, reads, and goes; whether they could read.

        They do not wait for a server that is dead.
        """
        at = self.random.randrange(len(self.bases)) if server is None else server % len(self.bases)
        seat = Seat(self.new_name("n"), person, self.hosts[0], at)
        self.enter(seat)
        host = self.system.servers[at % len(self.system.servers)]
        self.until(lambda: self._has_read(seat) or not host.is_alive(), patience)
        has_read = self._has_read(seat)
        if not has_read:
            self.journal.write("note", text=f"{seat.who} could not read")
        seat.host.call("close", who=[seat.who])
        return has_read

    def level(self, person: str, level: str) -> bool | None:
        """Changes what somebody may do; None if the outcome is not known."""
        began = now()
        ok = self._set_level(person, level)
        self.journal.write("level", person=person, level=level, began=began, ok=ok)
        if ok is not False:
            (self._reduced.discard if level == "edit" and ok else self._reduced.add)(person)
        return ok

    def _set_level(self, person: str, level: str) -> bool | None:
        path, token = f"boards/{self.board}/permissions", self.tokens["alice"]
        server, has_asked = self._any_server(), False
        try:
            status, found = server.call("GET", path, None, token)
            assert status == 200, found
            there = [one for one in found if one["user"] == person]
            if (there[0]["level"] if there else "none") == level:
                return False
            has_asked = True
            body = {"user": person, "level": level}
            if not there:
                status, found = server.call("POST", path, body, token)
            elif level == "none":
                status, found = server.call("DELETE", f"{path}/{there[0]['id']}", None, token)
            else:
                change = {"level": level}
                status, found = server.call("PATCH", f"{path}/{there[0]['id']}", change, token)
            return True if status < 300 else None if status >= 500 else False
        except (OSError, AssertionError, HTTPException):
            return None if has_asked else False

    def _any_server(self) -> ForkedServer:
        return self.random.choice(self.system.servers)

    def draw_by_rest(self, person: str, number: int) -> None:
        """A program of somebody's draws one element."""
        began, value = now(), [5000 + number, number]
        element = {"id": f"r-{person}-{number}", "type": "rectangle", "width": 5, "height": 5}
        body = {"create": [{**element, "x": value[0], "y": value[1]}]}
        path = f"boards/{self.board}/elements"
        try:
            status, _ = self._any_server().call("POST", path, body, self.tokens[person])
            ok = True if status < 300 else None if status >= 500 else False
        except (OSError, AssertionError, HTTPException):
            ok = None
        values = {f"{element['id']}/pos": value}
        self.journal.write("rest", person=person, values=values, began=began, ok=ok)

    def states(self) -> dict[str, Any]:
        """What everybody says of themselves."""
        found: dict[str, Any] = {}
        for host in self.hosts:
            found |= host.call("states", who=[one.who for one in self._of(host)])
        return found

    def until(self, condition: Callable[[], bool], seconds: float) -> bool:
        """Waits; False when the time is over."""
        deadline = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > deadline:
                return False
            time.sleep(LOOK_SECONDS)
        return True

    # --- the end

    def settle(self) -> None:
        """Everybody comes back and draws to the end; then all say what they hold."""
        self.at_end.close()
        self.system.heal()
        self._give_back()
        self.come_back()
        self._until_still(lambda: all(one["left"] <= 0 for one in self.states().values()))
        self._until_still(lambda: all(one["saved"] for one in self.states().values()))
        self.newcomer()
        if not self._until_still(self._is_equal):
            self.journal.write("note", text="people stand still, and are not equal")
        for host in self.hosts:
            host.call("end", who=[one.who for one in self._of(host)])
        self._end_of_newcomer()
        self.hosts[0].call("replay", who="rows", kind="board", updates=self._rows())

    def _give_back(self) -> None:
        """Everybody may edit again."""
        reduced = set(self._reduced)
        self.until(lambda: all(self._may_edit(person) for person in reduced), READ_SECONDS)

    def _may_edit(self, person: str) -> bool:
        self.level(person, "edit")
        return person not in self._reduced or self._set_level(person, "edit") is False

    def _end_of_newcomer(self) -> None:
        """A last newcomer says what they hold, and not whom they see: they have only come."""
        seat = Seat(self.new_name("n"), "alice", self.hosts[0], 0)
        self.enter(seat)
        self.until(lambda: self._has_read(seat), READ_SECONDS)
        seat.host.call("end", who=[seat.who], alone=True)
        seat.host.call("close", who=[seat.who])

    def _has_read(self, seat: Seat) -> bool:
        return bool(seat.host.call("states", who=[seat.who])[seat.who]["synced"])

    def _rows(self) -> list[str]:
        return [b64encode(one).decode() for one in updates_of(self.system, self.board)]

    def _is_equal(self) -> bool:
        states = self.states().values()
        if len({str((sorted(one["clocks"]), one["deletions"])) for one in states}) != 1:
            return False
        there = {one["client"] for one in states}
        return not self._shows_all or all({*one["shown"], one["client"]} >= there for one in states)

    def _until_still(self, condition: Callable[[], bool]) -> bool:
        """Waits as long as anything changes."""
        last, since = "", time.monotonic()
        patience = BROKEN_SETTLE_SECONDS if self.plan.build else SETTLE_SECONDS
        while not condition():
            state = str(self.states())
            if state != last:
                last, since = state, time.monotonic()
            elif time.monotonic() - since > patience:
                return False
            time.sleep(LOOK_SECONDS)
        return True

    def close(self) -> None:
        """Everybody goes, and the journals end."""
        self.at_end.close()
        for host in self.hosts:
            host.call("leave")
        self.journal.close()
        self.at_close.close()

    def _of(self, host: People) -> list[Seat]:
        return [one for one in self.seats if one.host is host]
