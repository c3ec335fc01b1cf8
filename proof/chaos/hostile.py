"""Somebody who may edit a board and sends what no honest client would."""

from collections import Counter

from proof.chaos.stage import Stage
from proof.fuzz.histories import ATTACKS, World
from tests.live_histories import Attacker
from tests.page_compare import stored_update

STEPS = 60
LOOK_EVERY = 12
"""Steps after which they look at what the board holds, to write under the ids of others."""
HOSTILE = "admin"
SYNC, STEP_2, UPDATE = 0, 1, 2


def attack(stage: Stage) -> None:
    """Edits of every hostile kind, deletions of all ids, and bytes without meaning."""
    server = stage.system.servers[0]
    if HOSTILE not in stage.tokens:
        stage.tokens[HOSTILE] = server.token(HOSTILE)
        stage.level(HOSTILE, "edit")
    world = World(stage.random.randrange(2**31))
    counts: Counter[str] = Counter()
    address = f"{server.socket_base}/{stage.board}?token={stage.tokens[HOSTILE]}"
    attacker = Attacker(address, "127.0.0.1", counts)
    for step in range(STEPS):
        if step % LOOK_EVERY == 0:
            update = stored_update(server, stage.board, stage.tokens["alice"])
            world.document, world.accepted = type(world.document).load([update]), [update]
        data = stage.random.choice(ATTACKS)(world)
        kind = STEP_2 if stage.random.random() < 0.2 else UPDATE
        attacker.send(bytes([SYNC, kind]) + _length(len(data)) + data)
    attacker.close()
    stage.journal.write("note", text=f"attacks: {STEPS}, {dict(counts)}")


def _length(number: int) -> bytes:
    """A number as lib0 writes it."""
    found = bytearray()
    while number > 127:
        found.append(128 | number & 127)
        number >>= 7
    return bytes([*found, number])
