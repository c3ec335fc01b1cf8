"""Many people who only move their pointers: raw presence messages on a few sockets."""

import json
import math
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from types import TracebackType
from typing import Self

from playwright.sync_api import Page
from websockets.sync.client import ClientConnection, connect

from sync.wire.awareness import Entry, encode_entries
from sync.wire.frames import encode_awareness
from tests.server import Server

FIRST_CLIENT_ID = 1_000_000
MOVES_PER_SECOND = 10

FRAMES = """seconds => new Promise(resolve => {
  const gaps = []
  let last = performance.now()
  const end = last + seconds * 1000
  const step = now => {
    gaps.push(now - last)
    last = now
    if (now < end) requestAnimationFrame(step)
    else resolve(gaps.slice(1))
  }
  requestAnimationFrame(step)
})"""
"""Milliseconds from frame to frame, for some seconds."""


class Crowd:
    """Pages of one account, each on its own socket, because a viewer has only one client."""

    def __init__(self, server: Server, board: str, people: int, user: str = "bob") -> None:
        token = server.token(user)
        self._stack = ExitStack()
        self._people = people
        self._clock = 0
        self._sockets: list[ClientConnection] = [
            self._stack.enter_context(
                connect(f"{server.socket_base}/{board}?token={token}", max_queue=None)
            )
            for _ in range(people)
        ]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()

    def move(self) -> None:
        """Moves everyone once."""
        self._clock += 1
        for person in range(self._people):
            turn = self._clock / 5 + person
            place = {"x": 300 + 40 * person % 700 + 60 * math.cos(turn), "y": 300 * math.sin(turn)}
            pointer = {**place, "tool": "pointer"}
            state = {"pointer": pointer, "button": "up", "selected": [], "state": "active"}
            entry = Entry(FIRST_CLIENT_ID + person, self._clock, json.dumps(state).encode())
            socket = self._sockets[person]
            socket.send(encode_awareness(encode_entries([entry])))

    def run(self, seconds: float) -> int:
        """Moves everyone ten times a second; returns how many moves were sent."""
        until = time.monotonic() + seconds
        before = self._clock
        while time.monotonic() < until:
            self.move()
            time.sleep(1 / MOVES_PER_SECOND)
        return (self._clock - before) * self._people


def frames_among(
    page: Page, server: Server, board: str, people: int, seconds: float
) -> tuple[list[float], float]:
    """Milliseconds from frame to frame while `people` move; and how often they moved a second."""
    with Crowd(server, board, people) as crowd, ThreadPoolExecutor() as pool:
        crowd.move()
        page.wait_for_function(
            "count => window.canvasBoard.api.getAppState().collaborators.size > count", arg=people
        )
        running = pool.submit(crowd.run, seconds + 1)
        gaps: list[float] = page.evaluate(FRAMES, seconds)
        return gaps, running.result() / (seconds + 1)
