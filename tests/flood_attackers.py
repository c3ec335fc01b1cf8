"""The attackers of `python -m tests.floods`: each kind of flood, as fast as one process can.

`python -m tests.flood_attackers KIND SECONDS ADDRESSES AIM`, the aim as JSON; plain sockets, no
library that would slow anything down.
"""

import contextlib
import json
import os
import selectors
import socket
import sys
import time
from collections.abc import Callable

from tests.flood_requests import ANSWERED, Aim

SOCKETS = 20
MASK = bytes(4)


def frame(first: int, payload: bytes) -> bytes:
    """A masked frame."""
    length = len(payload)
    if length < 126:
        head = bytes((first, 0x80 | length))
    elif length < 65_536:
        head = bytes((first, 0xFE)) + length.to_bytes(2, "big")
    else:
        head = bytes((first, 0xFF)) + length.to_bytes(8, "big")
    return head + MASK + payload


def _presence(number: int) -> bytes:
    state = b'{"cursor":{"x":%d,"y":1},"pad":"' % number + b"x" * 700 + b'"}'
    entry = b"\x01\x07" + bytes((number % 120 + 1,)) + _varuint(len(state)) + state
    return frame(0x82, b"\x01" + _varuint(len(entry)) + entry)


def _varuint(value: int) -> bytes:
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes((*out, value))


def _large_step1() -> bytes:
    clients = 20_000
    vector = _varuint(clients) + b"".join(_varuint(n + 1) + b"\x01" for n in range(clients))
    return frame(0x82, b"\x00\x00" + _varuint(len(vector)) + vector)


FRAMES: dict[str, Callable[[], bytes]] = {
    "pings": lambda: frame(0x89, b"") * 20_000,
    "fragments": lambda: frame(0x02, b"x") + frame(0x00, b"y") * 20_000,
    "empty": lambda: frame(0x02, b"") + frame(0x00, b"") * 20_000,
    "questions": lambda: (frame(0x82, b"\x03") + frame(0x82, b"\x00\x00\x01\x00")) * 5_000,
    "vectors": lambda: _large_step1() * 2,
    "presence": lambda: b"".join(map(_presence, range(500))),
    "many": lambda: frame(0x82, b"\x03" * 64) * 500,
    "large": lambda: frame(0x82, b"\x00\x02" + _varuint(60_000) + bytes(60_000)),
    "early": lambda: frame(0x82, b"\x03") * 5_000,
}
REQUESTS = ("half requests", "bodies", *ANSWERED)
WAITING = (*(kind for kind in FRAMES if kind != "early"), "half frames")
"""Their sockets send nothing before the handshake is answered: what comes earlier is refused."""
KINDS = (*FRAMES, "half frames", "reconnects", *REQUESTS)


class Attack:
    """Keeps some sockets of some addresses busy."""

    def __init__(self, kind: str, addresses: int, aim: Aim) -> None:
        self._kind, self._aim = kind, aim
        self._addresses = [
            f"127.0.{number // 200}.{number % 200 + 10}" for number in range(addresses)
        ]
        self._open: dict[socket.socket, memoryview] = {}
        self._halves: set[socket.socket] = set()
        self._answered: set[socket.socket] = set()
        self._selector = selectors.DefaultSelector()
        self._opened = self._asked = 0
        is_anonymous = kind in FRAMES
        path = (
            f"/ws/canvas/{aim.board}?public=1"
            if is_anonymous
            else f"/ws/canvas/{os.urandom(8).hex()}"
        )
        if kind == "reconnects":
            path = f"/ws/canvas/{aim.board}?token=nonsense"
        self._shake = (
            f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{aim.port}\r\nUpgrade: websocket\r\n"
            "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
        ).encode()
        self._blob = self._bytes()
        self.sent = 0

    def _bytes(self) -> bytes:
        if self._kind in FRAMES:
            return FRAMES[self._kind]()
        if self._kind == "half frames":
            return frame(0x82, bytes(7_900_000))[:7_800_000]
        if self._kind == "half requests":
            return b"GET / HTTP/1.1\r\n" + b"X-Pad: 1\r\n" * 100
        if self._kind == "bodies":
            body = b'{"username":[' + b"{}," * 20_000 + b'{}],"password":"x"}'
            head = b"POST /api/v1/auth/token HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n" % self._aim.port
            return head + (
                b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body) + body
            )
        return b""

    def _next(self) -> memoryview:
        """What is sent next."""
        if self._kind not in ANSWERED:
            return memoryview(self._blob)
        self._asked += 1
        return memoryview(ANSWERED[self._kind](self._aim, self._asked))

    def _connect(self) -> None:
        address = self._addresses[self._opened % len(self._addresses)]
        self._opened += 1
        one = socket.socket()
        one.setblocking(False)
        with contextlib.suppress(OSError):
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            one.bind((address, 0))
            with contextlib.suppress(BlockingIOError):
                one.connect(("127.0.0.1", self._aim.port))
            is_request = self._kind in REQUESTS
            self._open[one] = self._next() if is_request else memoryview(self._shake)
            self._selector.register(one, selectors.EVENT_READ | selectors.EVENT_WRITE)
            return
        one.close()

    def run(self, seconds: float) -> None:
        """Floods until the time is over."""
        until = time.monotonic() + seconds
        wanted = SOCKETS * max(len(self._addresses) // 4, 1)
        if self._kind in ("half requests", "half frames"):
            wanted = 150 * len(self._addresses)
        wanted = min(wanted, 1500)
        while time.monotonic() < until:
            for _ in range(min(wanted - len(self._open), 20)):
                self._connect()
            for key, events in self._selector.select(0.05):
                one = key.fileobj
                assert isinstance(one, socket.socket)
                if events & selectors.EVENT_READ:
                    self._read(one)
                if events & selectors.EVENT_WRITE and one in self._open:
                    self._write(one)

    def _read(self, one: socket.socket) -> None:
        try:
            if one.recv(65_536) and self._kind != "reconnects":
                is_first = self._kind in WAITING and one not in self._answered
                self._answered.add(one)
                if self._kind in ANSWERED or is_first:
                    self._selector.modify(one, selectors.EVENT_READ | selectors.EVENT_WRITE)
                return
        except BlockingIOError:
            return
        except OSError:
            pass
        self._end(one)

    def _end(self, one: socket.socket) -> None:
        self._open.pop(one, None)
        self._halves.discard(one)
        self._answered.discard(one)
        self._selector.unregister(one)
        one.close()

    def _write(self, one: socket.socket) -> None:
        left = self._open[one]
        if not left:
            if self._kind in WAITING and one not in self._answered:
                self._selector.modify(one, selectors.EVENT_READ)
                return
            if self._kind in ("reconnects", "half requests", "half frames"):
                if self._kind != "half frames" or one in self._halves:
                    self._selector.modify(one, selectors.EVENT_READ)
                    return
                self._halves.add(one)
            left = self._next()
        try:
            sent = one.send(left)
        except BlockingIOError:
            return
        except OSError:
            self._end(one)
            return
        self.sent += sent
        self._open[one] = left[sent:]
        if self._kind in ANSWERED and sent == len(left):
            self._selector.modify(one, selectors.EVENT_READ)


if __name__ == "__main__":
    # Elsewhere they would take no processor from the server and the people at all. A lower priority
    # alone still lets each of those wait for some milliseconds whenever it wakes up.
    os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    what, for_seconds, count, aim_of = sys.argv[1:]
    attack = Attack(what, int(count), Aim(**json.loads(aim_of)))
    attack.run(float(for_seconds))
    print(attack.sent)
