"""The process that sends frames to live sockets: `python -m proof.fuzz.attackers COUNT SEED AIM`.

Each socket comes from an address of its own, so that the limits of one address let all of them in:
as an editor, or as a guest who may edit. It sends frames until the server has closed it, or until
it has sent its share; then another one comes. Most frames are changed only where it makes the
server drop a part of them; after one that should end the socket, it waits for that end, so that
what is counted was read. The last line that is printed says in JSON what was sent, and how the
server ended sockets.
"""

import asyncio
import contextlib
import json
import os
import random
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import cache

from proof.fuzz.corpus import kept
from proof.fuzz.mutants import crossed, mutate
from sync.tests.histories import random_history
from sync.wire import frames

AT_ONCE = 24
FRAMES_OF_A_SOCKET = 2_000
"""Fewer than a burst may have, so that the rate of a socket holds nothing up."""
FRAMES_AT_ONCE = 40
HANDSHAKE_SECONDS = 30.0
END_SECONDS = 1.0
KINDS = {"awareness": 400, "repeated": 300, "question": 260, "frame": 14, "update": 18}
KINDS |= {"garbage": 6, "stream": 2}
"""How often each is sent, of a thousand."""
ENDING = frozenset(("frame", "update", "garbage", "stream"))
"""These break a rule most of the time."""
MASK = bytes(4)
_CLOSE = 8


@dataclass(frozen=True)
class Aim:
    """Whom to attack, as whom."""

    port: int
    boards: list[str]
    """Which anybody with the public link may edit."""
    token: str
    """Of a person who may edit these boards and no others."""

    @property
    def json(self) -> str:
        """For the command line."""
        return json.dumps(asdict(self))


def masked(first: int, payload: bytes) -> bytes:
    """A frame as a browser sends it."""
    length = len(payload)
    if length < 126:
        head = bytes((first, 0x80 | length))
    elif length < 65_536:
        head = bytes((first, 0xFE)) + length.to_bytes(2, "big")
    else:
        head = bytes((first, 0xFF)) + length.to_bytes(8, "big")
    return head + MASK + payload


def messages(rnd: random.Random) -> Iterator[tuple[str, bytes]]:
    """Frames without end, each with its kind."""
    honest = random_history(rnd.randrange(10**6), steps=40)
    while True:
        kind = rnd.choices([*KINDS], [*KINDS.values()])[0]
        if kind == "repeated":
            yield kind, masked(0x82, frames.encode_update(rnd.choice(honest)))
        elif kind == "question":
            vector = frames.encode_state_vector({rnd.randrange(2**32): rnd.randrange(99)})
            yield kind, masked(0x82, rnd.choice((frames.encode_step1(vector), b"\x03")))
        elif kind == "awareness":
            yield kind, masked(0x82, frames.encode_awareness(_awareness(rnd)))
        elif kind == "update":
            one = mutate(rnd.choice([*honest, *_seeds("update")]), rnd)
            yield kind, masked(0x82, frames.encode_update(one))
        elif kind == "frame":
            one, other = rnd.choices(_seeds("frame"), k=2)
            yield kind, masked(0x82, mutate(crossed(one, other, rnd) or b"\0", rnd))
        elif kind == "garbage":
            yield kind, masked(0x82, rnd.randbytes(rnd.randrange(200)))
        else:
            yield kind, rnd.randbytes(rnd.randrange(1, 60))


@cache
def _seeds(target: str) -> list[bytes]:
    return [*kept(target).values()]


def _awareness(rnd: random.Random) -> bytes:
    """One state of a client, changed inside its JSON alone: such a state is dropped, no more."""
    state = b'{"cursor":{"x":%d,"y":1},"user":{"name":"Eve"}}' % rnd.randrange(10**6)
    if rnd.random() < 0.7:
        state = mutate(state, rnd)
    client, clock = rnd.randrange(2**31), rnd.randrange(2**20)
    entry = frames.write_varuint(client) + frames.write_varuint(clock)
    return b"\x01" + entry + frames.write_varuint(len(state)) + state


class Attack:
    """Sends so many frames over sockets that come and go."""

    def __init__(self, aim: Aim, count: int, seed: int) -> None:
        self._aim, self._left, self._seed = aim, count, seed
        self._sockets = 0
        self.counts: Counter[str] = Counter()

    async def run(self) -> None:
        """Returns once all are sent."""
        await asyncio.gather(*(self._worker() for _ in range(AT_ONCE)))

    async def _worker(self) -> None:
        while self._left > 0:
            self._sockets += 1
            try:
                await self._socket(self._sockets)
            except (OSError, TimeoutError, asyncio.IncompleteReadError) as error:
                self.counts[f"ended by {type(error).__name__}"] += 1
                await asyncio.sleep(0.05)

    async def _socket(self, number: int) -> None:
        rnd = random.Random(self._seed * 1_000_003 + number)
        address = f"127.{1 + number // 62_500 % 250}.{number // 250 % 250}.{1 + number % 250}"
        async with asyncio.timeout(HANDSHAKE_SECONDS):
            reader, writer = await asyncio.open_connection(
                "127.0.0.1", self._aim.port, local_addr=(address, 0)
            )
        try:
            async with asyncio.timeout(HANDSHAKE_SECONDS):
                writer.write(self._shake(number))
                head = await reader.readuntil(b"\r\n\r\n")
            self.counts[f"handshakes answered {head[9:12].decode()}"] += 1
            if head[9:12] != b"101":
                return
            hearing = asyncio.create_task(self._hear(reader))
            try:
                await self._send(writer, hearing, messages(rnd))
            finally:
                hearing.cancel()
                with contextlib.suppress(asyncio.CancelledError, OSError):
                    await hearing
        finally:
            writer.transport.abort()

    async def _send(
        self,
        writer: asyncio.StreamWriter,
        hearing: "asyncio.Task[None]",
        stream: Iterator[tuple[str, bytes]],
    ) -> None:
        sent = 0
        while self._left > 0 and sent < FRAMES_OF_A_SOCKET and not hearing.done():
            some: list[tuple[str, bytes]] = []
            while len(some) < min(FRAMES_AT_ONCE, self._left):
                some.append(next(stream))
                if some[-1][0] in ENDING:
                    break
            self._left -= len(some)
            writer.write(b"".join(frame for _, frame in some))
            await writer.drain()
            sent += len(some)
            self.counts.update(kind for kind, _ in some)
            if some[-1][0] in ENDING:
                await asyncio.wait([hearing], timeout=END_SECONDS)
            await asyncio.sleep(0)
        self.counts["sockets"] += 1

    async def _hear(self, reader: asyncio.StreamReader) -> None:
        """Reads what comes until the end; counts the code by which the server closes."""
        while True:
            first, length = await reader.readexactly(2)
            if length >= 126:
                extended = await reader.readexactly(2 if length == 126 else 8)
                length = int.from_bytes(extended, "big")
            payload = await reader.readexactly(length)
            if first & 15 == _CLOSE:
                self.counts[f"closed with {int.from_bytes(payload[:2], 'big')}"] += 1
                return

    def _shake(self, number: int) -> bytes:
        board = self._aim.boards[number % len(self._aim.boards)]
        way = "public=1&edit=true" if number % 4 else f"token={self._aim.token}"
        return (
            f"GET /ws/canvas/{board}?{way} HTTP/1.1\r\n"
            f"Host: 127.0.0.1:{self._aim.port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
        ).encode()


def main() -> None:
    """The command."""
    # Elsewhere they would take no processor from the server and the people.
    os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    attack = Attack(Aim(**json.loads(sys.argv[3])), int(sys.argv[1]), int(sys.argv[2]))
    asyncio.run(attack.run())
    print(json.dumps(attack.counts))


if __name__ == "__main__":
    main()
