"""Frames on live sockets, most of them broken, while honest people draw on other boards.

    python -m proof.fuzz sockets --count 1000000

A server as users start it, and fifty people who draw an element each second and wait until it is
saved: first alone, then beside attackers who send so many frames to boards of their own. Nobody
honest may be closed, the process may not end, and what everybody drew is there in the end.
"""

import asyncio
import json
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from proof.fuzz.attackers import Aim
from proof.fuzz.results import ROOT
from tests.floods import Seen, memory_mb, person
from tests.own_loop import run_apart
from tests.server import Server

PEOPLE = 50
BOARDS = 10
ATTACKED = 20
SETTINGS = {"CANVAS_ACCESS_TOKEN_SECONDS": "86400"}
"""A long run outlasts a token."""


@dataclass
class Outcome:
    """What was sent, and what honest people noticed; times in milliseconds."""

    sent: dict[str, int]
    before: dict[str, float]
    during: dict[str, float]
    seconds: float
    growth_mb: float
    closed: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    """Boards that do not hold what each of their people drew last."""

    @property
    def frames(self) -> int:
        """How many were sent."""
        kinds = ("awareness", "repeated", "question", "frame", "update", "garbage", "stream")
        return sum(self.sent.get(kind, 0) for kind in kinds)

    def counts(self) -> dict[str, Any]:
        """For the results."""
        return {
            "frames": self.frames,
            "sent": self.sent,
            "honest before": self.before,
            "honest during": self.during,
            "honest sockets closed": len(self.closed),
            "boards that lack something": len(self.missing),
            "seconds": round(self.seconds),
            "memory grown by MB": round(self.growth_mb),
        }


def _times(seen: Seen) -> dict[str, float]:
    """How long it took from an edit until it was saved; begins to count again."""
    ordered = sorted(seen.seconds)
    seen.seconds = []
    p99 = ordered[min(int(len(ordered) * 0.99), len(ordered) - 1)]
    ms = {"p50 ms": statistics.median(ordered), "p99 ms": p99, "max ms": ordered[-1]}
    return {"edits": len(ordered), **{name: round(1000 * one, 1) for name, one in ms.items()}}


def _attacked(server: Server) -> Aim:
    """Boards of bob, which anybody may edit by their public links."""
    token, boards = server.token("bob"), []
    for _ in range(ATTACKED):
        board = server.new_board("bob")
        body = {"user": None, "level": "edit"}
        status, answer = server.call("POST", f"boards/{board}/permissions", body, token)
        assert status == 201, answer
        boards.append(board)
    return Aim(server.port, boards, token)


async def fuzz(server: Server, count: int, *, seed: int, before_seconds: float) -> Outcome:
    """Sends so many frames; returns what people noticed before and meanwhile."""
    token, aim = server.token("alice"), _attacked(server)
    boards = [server.new_board() for _ in range(BOARDS)]
    seen, stop = Seen(), asyncio.Event()
    urls = [f"{server.socket_base}/{board}?token={token}&saved=1" for board in boards]
    people = [
        asyncio.create_task(person(urls[number % BOARDS], number, seen, stop))
        for number in range(PEOPLE)
    ]
    while len(seen.seconds) < 2 * PEOPLE and not seen.closed:  # noqa: ASYNC110
        await asyncio.sleep(0.1)
    _times(seen)
    await asyncio.sleep(before_seconds)
    before, memory = _times(seen), memory_mb(server.pid)
    started = time.monotonic()
    command = [sys.executable, "-m", "proof.fuzz.attackers", str(count), str(seed), aim.json]
    attackers = await asyncio.create_subprocess_exec(
        *command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    said, errors = await attackers.communicate()
    assert attackers.returncode == 0, errors.decode()[-2000:]
    seconds = time.monotonic() - started
    during, grown = _times(seen), memory_mb(server.pid) - memory
    stop.set()
    await asyncio.gather(*people)
    assert server.is_alive(), "the server has ended"
    sent = json.loads(said.splitlines()[-1])
    missing = [board for number, board in enumerate(boards) if not _has_all(server, board, number)]
    return Outcome(sent, before, during, seconds, grown, list(seen.closed), missing)


def _has_all(server: Server, board: str, number: int) -> bool:
    """Whether everybody who draws on this board has their element on it."""
    status, answer = server.call("GET", f"boards/{board}/elements", None, server.token("alice"))
    assert status == 200, answer
    found = {element["id"] for element in answer["elements"]}
    return {str(one) for one in range(PEOPLE) if one % BOARDS == number} <= found


def run(count: int, *, seed: int, before_seconds: float = 60.0) -> Outcome:
    """The same on a server of its own."""
    with tempfile.TemporaryDirectory(prefix="canvas-fuzz-") as directory:
        server = Server(Path(directory), static_root=Path(directory, "static"), **SETTINGS)
        try:
            server.start()
            return run_apart(fuzz(server, count, seed=seed, before_seconds=before_seconds))
        finally:
            server.stop()
