"""The checker on generated histories: clean ones pass, and each anomaly that is put in is found."""

import random
import time
from collections.abc import Callable

import pytest

from proof.history.check import check
from proof.history.events import Event
from proof.history.generate import Model

SEEDS = range(12)
Break = Callable[[list[Event], random.Random], str]


def lose_from_a_newcomer(events: list[Event], rnd: random.Random) -> str:
    """A newcomer lacks the last item of a client that somebody has seen or was told of."""
    told: dict[int, int] = {}
    for event in events:
        if event.kind == "ack":
            told.update(event.clocks)
        if event.kind == "synced" and told and event.who.startswith("n"):
            client = rnd.choice(list(told))
            clocks = [[one, end - (one == client)] for one, end in event.clocks]
            event.data["clocks"] = clocks
            return "lost"
    raise AssertionError("nobody came")


def lose_a_deletion(events: list[Event], rnd: random.Random) -> str:
    event = [one for one in events if one.kind == "end"][-1]
    event.data["deleted"].remove(rnd.choice(event.data["deleted"]))
    return "diverged"


def change_a_value(events: list[Event], rnd: random.Random) -> str:
    event = [one for one in events if one.kind == "end"][-1]
    key = rnd.choice(list(event.data["content"]))
    event.data["content"] = {**event.data["content"], key: ["nobody", "wrote"]}
    return "diverged"


def put_an_old_value_back(events: list[Event], rnd: random.Random) -> str:
    """The same everywhere, so that nobody differs."""
    last: dict[str, object] = {}
    older: dict[str, object] = {}
    for event in events:
        if event.kind == "write":
            ((key, value),) = event.data["values"].items()
            if key in last:
                older[key] = last[key]
            last[key] = value
    key = rnd.choice(list(older))
    for event in events:
        if event.kind == "end":
            event.data["content"] = {**event.data["content"], key: older[key]}
    return "stale value"


def write_later(events: list[Event], rnd: random.Random) -> str:
    """A sighting is told before the write that it is of, which was its writer's last until then."""
    written: dict[int, Event] = {}
    found = []
    for at, event in enumerate(events):
        if event.kind == "write":
            written[event.written[0]] = event
        if event.kind == "seen" and event.who.startswith("p"):
            newest = [written[client] for client, end in event.clocks]
            ends = [end for _, end in event.clocks]
            found += [
                (at, one) for one, end in zip(newest, ends, strict=True) if one.written[2] == end
            ]
    at, write = rnd.choice(found)
    events.remove(write)
    events.insert(at, write)
    return "thin air"


def read_without_the_cause(events: list[Event], rnd: random.Random) -> str:
    """A replica reads somebody's writes, and another's that they knew of only afterwards."""
    for event in (one for one in events if one.kind == "seen" and one.who.startswith("p")):
        if len(event.clocks) < 2:
            continue
        for client, end in event.clocks:
            other = [one for one in event.clocks if one[0] != client]
            if _knew(events, client, end, other, event):
                late = Event(event.t, "seen", event.who, {"clocks": list(map(list, other))})
                event.data["clocks"] = [[client, end]]
                events.insert(events.index(event) + 1, late)
                return "causal order"
    raise AssertionError("no write depends on another")


def _knew(
    events: list[Event], client: int, end: int, other: list[tuple[int, int]], at: Event
) -> bool:
    """Whether the writer had read exactly that before the write."""
    writer = next(
        one.who for one in events if one.kind == "replica" and one.data["client"] == client
    )
    clocks: dict[int, int] = {}
    for one in events[: events.index(at)]:
        if one.who == writer and one.kind == "seen":
            clocks.update(one.clocks)
        if one.who == writer and one.kind == "write" and one.written[2] == end:
            return any(clocks.get(name) == clock for name, clock in other)
    return False


BREAKS: tuple[Break, ...] = (
    lose_from_a_newcomer,
    lose_a_deletion,
    change_a_value,
    put_an_old_value_back,
    write_later,
    read_without_the_cause,
)


@pytest.mark.parametrize("seed", SEEDS)
def test_clean_histories_pass(seed: int) -> None:
    assert check(Model(seed, people=2 + seed % 5).run(400)) == []


@pytest.mark.parametrize("change", BREAKS, ids=lambda one: one.__name__)
def test_what_is_broken_is_found(change: Break) -> None:
    for seed in SEEDS:
        events = Model(seed).run(600)
        wanted = change(events, random.Random(seed))
        assert wanted in {anomaly.kind for anomaly in check(events)}, seed


def test_the_time_grows_about_as_the_history_does() -> None:
    seconds = []
    for steps in (6_000, 24_000):
        events = Model(1, people=5).run(steps)
        began = time.process_time()
        assert check(events) == []
        seconds.append(time.process_time() - began)
    assert seconds[1] < 4 * 2 * seconds[0]
