"""What may reach the document: nothing hostile, and everything an honest client writes."""

import contextlib
import random
import time
from collections.abc import Callable
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pycrdt import Map

from sync.document.document import Document
from sync.rooms.limits import Followers
from sync.tests import hostile
from sync.tests.histories import Author, random_history
from sync.wire.frames import MalformedError, decode_state_vector
from sync.wire.lib0 import DEFAULT_LIMITS, Limits
from sync.wire.parsed import DRAG, Parsed, is_closed, overlaps
from sync.wire.update import Parser, parse


@pytest.mark.parametrize("name", hostile.CORPUS)
def test_a_hostile_update_is_refused_quickly(name: str) -> None:
    update = hostile.CORPUS[name]()
    started = time.thread_time()
    with pytest.raises(MalformedError) as refused:
        parse(update)
    assert refused.value.reason
    # Half a second is far above what this takes; quadratic work would be far above it.
    assert time.thread_time() - started < 0.5


@pytest.mark.parametrize("name", hostile.GAPS)
def test_an_update_with_a_gap_is_not_closed(name: str) -> None:
    assert not is_closed(parse(hostile.GAPS[name]()), {hostile.CLIENT: 10})


@pytest.mark.parametrize("name", hostile.STATE_VECTORS)
def test_a_hostile_state_vector_is_refused(name: str) -> None:
    with pytest.raises(MalformedError):
        decode_state_vector(hostile.STATE_VECTORS[name])


@pytest.mark.parametrize("seed", range(40))
def test_every_honest_update_passes_and_closes_in_order(seed: int) -> None:
    clocks: dict[int, int] = {}
    document = Document()
    for update in random_history(seed):
        parsed = parse(update)
        assert is_closed(parsed, clocks)
        assert not overlaps(parsed, clocks)
        for client, _, end in parsed.ranges:
            clocks[client] = end
        document.apply(update)
    assert decode_state_vector(document.state_vector()) == clocks
    assert is_closed(parse(document.diff()), {})


@given(st.binary(max_size=300))
@settings(max_examples=500, deadline=None)
def test_random_bytes_are_parsed_or_refused(data: bytes) -> None:
    with contextlib.suppress(MalformedError):
        assert parse(data)


def outcome_of(read: Callable[[], Parsed]) -> Parsed | str:
    try:
        return read()
    except MalformedError as error:
        return error.reason
    except IndexError:
        return "update is cut off"


@pytest.mark.parametrize("seed", range(10))
def test_a_move_is_read_as_step_by_step(seed: int) -> None:
    """The fast path for the update of a drag has no rules of its own."""
    rnd = random.Random(seed)
    author = Author(rnd.randrange(1, 2**53))
    author.elements["e"] = Map({"pos": 0})
    for value in (7, None, [rnd.uniform(-9, 9), -70_000], [1, 2.5, True, 4], [2.5], "text"):
        author.elements["e"]["pos"] = value
    moves = author.updates[1:]
    taken = 0
    for _ in range(5000):
        mutant = bytearray(rnd.choice(moves))
        for _ in range(rnd.randrange(3)):
            mutant[rnd.randrange(len(mutant))] = rnd.choice((0, 1, 2, 127, 128, rnd.randrange(256)))
        update = bytes(mutant)
        taken += DRAG.fullmatch(update) is not None
        expected = outcome_of(Parser(update, DEFAULT_LIMITS).parse)
        assert outcome_of(partial(parse, update)) == expected
    assert taken > 1000


@pytest.mark.parametrize("seed", range(20))
def test_mutated_updates_that_pass_never_hurt_the_document(seed: int) -> None:
    """Each accepted mutant is applied: no panic, and the clocks come out as computed."""
    rnd = random.Random(seed)
    history = random_history(seed, steps=30)
    base = Document.load(history)
    accepted = 0
    for _ in range(1500):
        mutant = bytearray(rnd.choice(history))
        for _ in range(rnd.randrange(1, 4)):
            mutant[rnd.randrange(len(mutant))] = rnd.randrange(256)
        try:
            parsed = parse(bytes(mutant))
        except MalformedError:
            continue
        if not is_closed(parsed, base.clocks):
            continue
        accepted += 1
        document = Document.load(history)
        document.apply(bytes(mutant))
        expected = dict(document.clocks)
        for client, _, end in parsed.ranges:
            expected[client] = max(end, expected.get(client, 0))
        assert decode_state_vector(document.state_vector()) == expected
        Document.load([document.diff()])
    assert accepted > 0


def test_limits_bound_what_one_update_may_hold() -> None:
    author = Author()
    with author.doc.transaction():
        for index in range(30):
            author.elements[f"e{index}"] = Map({"pos": [index, index]})
    (update,) = author.updates
    assert parse(update)
    with pytest.raises(MalformedError):
        parse(update, Limits(structs=20))
    with pytest.raises(MalformedError):
        parse(update, Limits(values=20))


def test_an_honest_client_may_follow_on_its_own_writes_for_ever() -> None:
    author, followers = Author(), Followers()
    author.elements["e"] = Map({"pos": [0, 0]})
    for step in range(20_000):
        author.elements["e"]["pos"] = [step, step]
    for update in author.updates:
        followers.count(parse(update).places)


@pytest.mark.parametrize("fan", ["of one client", "of ever new clients"])
def test_writes_that_follow_on_one_are_few_however_they_are_spread(fan: str) -> None:
    """Each of them would have to be compared with all others."""
    followers = Followers()

    def accepted() -> int:
        for number in range(2_000):
            client, clock = (9, number) if fan == "of one client" else (100 + number, 0)
            update = hostile.successor(hostile.CLIENT, 0, client=client, clock=clock)
            try:
                followers.count(parse(update).places)
            except MalformedError:
                return number
        return 2_000

    assert 0 < accepted() < 300
