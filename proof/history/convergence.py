"""Everyone ends with the same: all replicas, a newcomer, and the stored rows replayed in Yjs.

Contents are compared as such, and so are clocks and deletions, which equal contents may hide. In
the end everything is there that somebody wrote who came back, nothing that nobody wrote, and no
value that somebody had knowingly replaced: a value that happened before another write of the same
key cannot win over it (CyclicCF in Bouajjani and others; versions are traced as in Elle, by values
that are unique).
"""

import json
from collections.abc import Iterator
from typing import Any

from proof.history.check import Context
from proof.history.events import Event, items
from proof.history.replicas import Replica, Write


class Convergence:
    """The rule."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._ends: list[Event] = []
        self._by_programs: dict[str, list[Event]] = {}
        self._is_restored = False

    def take(self, event: Event) -> None:
        """Last states, and what programs wrote."""
        if event.kind == "end":
            self._ends.append(event)
        elif event.kind == "rest":
            for key in event.data.get("values", {}):
                self._by_programs.setdefault(key, []).append(event)
        elif event.kind == "restored":
            self._is_restored = True

    def arrived(self, write: Write, at: Replica, event: Event) -> None:
        """Nothing: last states are compared."""

    def finish(self) -> None:
        """Compares all last states with the first."""
        if not self._ends:
            self._context.tell("diverged", "nobody wrote down a last state")
            return
        first = self._ends[0]
        for other in self._ends[1:]:
            self._compare(first, other)
        for end in self._ends:
            if end.data.get("pending"):
                text = f"{end.who} holds updates that depend on something it never got"
                self._context.tell("pending", text, end)
        self._look_for_unsaved(first)
        self._look_at_values(first)

    def _every_write(self) -> Iterator[Write]:
        return self._context.replicas.every_write()

    def _compare(self, one: Event, other: Event) -> None:
        tell = self._context.tell
        if one.data.get("content") != other.data.get("content"):
            where = _difference(one.data.get("content", {}), other.data.get("content", {}))
            tell("diverged", f"{one.who} and {other.who} differ at {where}", other)
        elif dict(one.clocks) != dict(other.clocks):
            differ = sorted(set(one.clocks) ^ set(other.clocks))[:4]
            tell("diverged", f"{one.who} and {other.who} have other clocks: {differ}", other)
        elif set(items(one.deleted)) != set(items(other.deleted)):
            differ = sorted(set(items(one.deleted)) ^ set(items(other.deleted)))[:4]
            tell("diverged", f"{one.who} and {other.who} have other deletions: {differ}", other)

    def _look_for_unsaved(self, end: Event) -> None:
        if not self._context.promises.everything_is_saved:
            return
        clocks, deleted = dict(end.clocks), set(items(end.deleted))
        for write in self._every_write():
            is_there = clocks.get(write.client, 0) >= write.end
            if not is_there or any(item not in deleted for item in write.deleted):
                self._context.tell("unsaved", f"in the end {write} is missing", end)

    def _look_at_values(self, end: Event) -> None:
        """Traces each value of the end to its write, then looks for writes that had seen it.

        Programs write whole elements: of keys that are in no journal nothing is known then.
        """
        knows_all = not self._context.promises.has_programs
        known = set(self._by_programs).union(*(one.values for one in self._every_write()))
        content: dict[str, Any] = end.data.get("content", {})
        winners: dict[str, Write] = {}
        for write in self._every_write():
            for key, value in write.values.items():
                if key in content and _one(content[key]) == _one(value):
                    winners[key] = write
        for key, value in content.items():
            tried = self._by_programs.get(key, ())
            if key in winners or _one(value) in (_one(one.data["values"][key]) for one in tried):
                continue
            if not self._context.promises.has_others and (knows_all or key in known):
                self._context.tell("thin air", f"nobody wrote {_one(value)} to {key}", end)
        self._look_for_replaced(winners, end)
        for key, tried in self._by_programs.items():
            if key not in winners and not self._is_restored:
                self._look_at_program(key, tried, content.get(key), end)

    def _look_at_program(self, key: str, tried: list[Event], value: Any, end: Event) -> None:
        """A key that only programs write has the last value that was confirmed, or one of those
        whose outcome nobody knows.
        """
        confirmed = [one for one in tried if one.data["ok"]]
        if not confirmed:
            return
        last = confirmed[-1]
        unknown = [one for one in tried if one.data["ok"] is None and one.t > last.data["began"]]
        if _one(value) not in {_one(one.data["values"][key]) for one in (last, *unknown)}:
            wanted = _one(last.data["values"][key])
            text = f"a program was told that {key} is {wanted}; in the end it is {_one(value)}"
            self._context.tell("lost", text, end)

    def _look_for_replaced(self, winners: dict[str, Write], end: Event) -> None:
        """Replays every replica once: what each writer held when they wrote a key."""
        held: dict[str, dict[int, int]] = {}
        for event in self._context.events:
            if event.kind not in ("seen", "write"):
                continue
            clocks = held.setdefault(event.who, {})
            if event.kind == "seen":
                clocks.update(event.clocks)
                continue
            client, start, to = event.written
            for key in event.data.get("values", {}):
                won = winners.get(key)
                if won is None or (won.client, won.start) == (client, start):
                    continue
                if clocks.get(won.client, 0) >= won.end and to > start:
                    text = (
                        f"{key} ends as {won}, which {event.who} had replaced at {client}:{start}"
                    )
                    self._context.tell("stale value", text, end)
            clocks[client] = max(to, clocks.get(client, 0))


def _one(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


def _difference(one: dict[str, Any], other: dict[str, Any]) -> str:
    for key in sorted({*one, *other}):
        if one.get(key) != other.get(key):
            return f"{key}: {_one(one.get(key))} and {_one(other.get(key))}"
    return "nothing"
