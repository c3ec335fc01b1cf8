"""Histories of a server that keeps its promises, of any size: what the tests of the checker break.

A model with one log: people write, the log takes their writes in some order, each replica follows
the log at its own pace, people leave and come back, newcomers read. Values and deletions are those
of maps in which nobody writes a key of which they do not know the newest value.
"""

import random
from dataclasses import dataclass, field
from typing import Any

from proof.history.events import SECOND, Event

NEWCOMERS = 10
PERSONS = ("alice", "bob", "charlie")


@dataclass(slots=True)
class _Logged:
    client: int
    end: int
    key: str
    value: list[int]
    deleted: list[list[int]]


@dataclass(slots=True)
class _Person:
    who: str
    person: str
    client: int
    clock: int = 0
    at: int = 0
    """How much of the log they hold."""
    unsent: list[_Logged] = field(default_factory=list)
    held: dict[str, tuple[int, int]] = field(default_factory=dict)
    """Key → the item with its newest value here."""


class Model:
    """A server and its people; `events` is the history so far."""

    def __init__(self, seed: int, people: int = 3, keys: int = 20, **promises: Any) -> None:
        self.random = random.Random(seed)
        self.events: list[Event] = []
        self._t = SECOND
        self._keys = keys
        self._log: list[_Logged] = []
        self._clocks: dict[int, int] = {}
        self._deleted: list[list[int]] = []
        self._content: dict[str, list[int]] = {}
        self._newcomers = 0
        names = {person: person.title() for person in PERSONS}
        self.tell("system", "runner", name="the model", names=names, **promises)
        self._people = [self._begin(number) for number in range(people)]

    def tell(self, kind: str, who: str, **data: Any) -> Event:
        """Adds an event."""
        self._t += self.random.randrange(1, 1_000_000)
        event = Event(self._t, kind, who, data)
        self.events.append(event)
        return event

    def run(self, steps: int) -> list[Event]:
        """So many steps, and the end of everybody. About ten newcomers come: each event of one
        holds the whole state.
        """
        for _ in range(steps):
            if self.random.random() < NEWCOMERS / steps:
                self._newcomer()
            person = self.random.choice(self._people)
            dice = self.random.random()
            if dice < 0.45:
                self._write(person)
            elif dice < 0.65:
                self._commit(person)
            else:
                self._follow(person)
        return self.finish()

    def finish(self) -> list[Event]:
        """Everybody gets everything and says what they hold."""
        for person in self._people:
            self._commit(person)
        for person in self._people:
            self._follow(person)
        for person in self._people:
            others = [one for one in self._people if one is not person]
            shown = {str(one.client): one.person.title() for one in others}
            self.tell("end", person.who, **self._state(), shown=shown)
        self.tell("end", "rows", **self._state())
        return self.events

    def _begin(self, number: int) -> _Person:
        person = _Person(f"p{number}", PERSONS[number % len(PERSONS)], 1000 + number)
        self.tell("replica", person.who, person=person.person, client=person.client)
        self.tell("open", person.who)
        self.tell("synced", person.who, clocks=[], deleted=[])
        return person

    def _state(self) -> dict[str, Any]:
        clocks = [[client, end] for client, end in self._clocks.items()]
        content = dict(sorted(self._content.items()))
        return {"content": content, "clocks": clocks, "deleted": list(self._deleted)}

    def _write(self, person: _Person) -> None:
        """A key of one's own, so that nobody else's newest value is unknown."""
        key = f"{person.who}-{self.random.randrange(self._keys)}/pos"
        value, item = [person.client, person.clock], (person.client, person.clock)
        deleted = [[*person.held[key], 1]] if key in person.held else []
        person.held[key] = item
        person.clock += 1
        clocks = [person.client, item[1], person.clock]
        self.tell("write", person.who, clocks=clocks, values={key: value}, deleted=deleted)
        person.unsent.append(_Logged(person.client, person.clock, key, value, deleted))

    def _commit(self, person: _Person) -> None:
        for one in person.unsent:
            self._log.append(one)
            self._clocks[one.client] = one.end
            self._content[one.key] = one.value
            self._deleted += one.deleted
        if person.unsent:
            self.tell("ack", person.who, clocks=[[person.client, person.clock]])
        person.unsent = []

    def _follow(self, person: _Person) -> None:
        """A part of the log, as one message."""
        end = self.random.randint(person.at, len(self._log)) if self._is_early() else len(self._log)
        news = [one for one in self._log[person.at : end] if one.client != person.client]
        person.at = end
        if news:
            clocks = {one.client: one.end for one in news}
            deleted = [each for one in news for each in one.deleted]
            self.tell("seen", person.who, clocks=list(map(list, clocks.items())), deleted=deleted)

    def _is_early(self) -> bool:
        return self.random.random() < 0.5

    def _newcomer(self) -> None:
        self._newcomers += 1
        who, client = f"n{self._newcomers}", 1_000_000 + self._newcomers
        self.tell("replica", who, person="bob", client=client)
        self.tell("open", who)
        state = self._state()
        if state["clocks"]:
            self.tell("seen", who, clocks=state["clocks"], deleted=state["deleted"])
        self.tell("synced", who, clocks=state["clocks"], deleted=state["deleted"])
        self.tell("closed", who, code=1000, reason="")
