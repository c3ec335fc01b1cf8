"""kill -9 at every point of the way of an update, at random moments of a burst by two people.

Whatever the server had acknowledged, and whatever the other one had seen, must be there after a new
start, before either of them comes back. `CANVAS_TEST_SEEDS=200 pytest tests/test_failpoints.py` for
a long run; a failing seed is printed.
"""

import os
import random

import pytest

from tests.conftest import MakeStockClient
from tests.failing_points import BROKEN_NAMES, POINT_NAMES
from tests.server import Server, until

SEEDS = int(os.environ.get("CANVAS_TEST_SEEDS", "2"))
pytestmark = pytest.mark.timeout(120 + 30 * SEEDS)


class LostError(AssertionError):
    """Something that was acknowledged or seen is not there any more."""


def burst_and_kill(
    server: Server, board: str, stock_client: MakeStockClient, fault: str, seed: int
) -> None:
    """Two people draw until the server dies; LostError when something is missing after it."""
    rnd = random.Random(f"{fault} {seed}")
    server.stop()
    server.start(fault=(fault, rnd.randrange(1, 60)))
    people = {}
    for name in ("alice", "bob"):
        try:
            people[name] = stock_client(server, board, server.token(name))
        except OSError:  # it died before the second one was in
            break
    for turn in range(40):
        for name, client in people.items():
            client.call("burst", prefix=f"{fault}-{seed}-{name}-{turn}-", count=rnd.randrange(1, 4))
        if not server.is_alive():
            break
    try:
        until(server.is_alive, lambda alive: not alive, seconds=3)
    except AssertionError:
        server.kill()
    acknowledged = {id for client in people.values() for id in client.call("acknowledged")}
    contents = {name: client.call("content") for name, client in people.items()}
    seen = {
        id
        for name, content in contents.items()
        for id in content
        if f"-{name}-" not in id  # what the other one made
    }
    for client in people.values():
        client.close()
    server.start()
    late = stock_client(server, board, server.token("bob")).until_synced()
    there = late.call("content")
    missing = (acknowledged | seen) - set(there)
    late.close()
    if missing:
        raise LostError(f"{fault}, seed {seed}: {len(missing)} lost, for example {min(missing)}")


@pytest.mark.parametrize("point", POINT_NAMES)
def test_nothing_acknowledged_or_seen_is_lost(
    own_server: Server, stock_client: MakeStockClient, point: str
) -> None:
    board = own_server.new_board(bob="edit")
    for seed in range(SEEDS):
        burst_and_kill(own_server, board, stock_client, point, seed)


@pytest.mark.parametrize("fault", BROKEN_NAMES)
def test_a_broken_build_is_found_out(
    own_server: Server, stock_client: MakeStockClient, fault: str
) -> None:
    """The suite is worth something only if it sees what it looks for."""
    board = own_server.new_board(bob="edit")

    def many_bursts() -> None:
        for seed in range(30):
            burst_and_kill(own_server, board, stock_client, fault, seed)

    with pytest.raises(LostError):
        many_bursts()
