"""Drawing on a real server: readers who go away, a server that is killed, and everybody else."""

import os
import socket
import time
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import MakeServer
from tests.drawn import drawing_for, picture
from tests.server import Server, until

pytestmark = [pytest.mark.system, pytest.mark.timeout(120)]

SLOW: dict[str, Any] = {
    **{"type": "rectangle", "x": 0, "y": 0, "width": 500_000, "height": 500_000},
    **{"backgroundColor": "#ff0000", "fillStyle": "cross-hatch", "strokeWidth": 1},
}


TICKS = os.sysconf("SC_CLK_TCK")
PATIENT = {"CANVAS_DRAWING_SECONDS": "600"}
"""So that a drawing that ends early has been ended, and not by its own limits."""


def slow_board(server: Server) -> str:
    """A board that takes longer to draw than any test."""
    board = server.new_board()
    body = {"create": [SLOW, {**SLOW, "x": 1_000_000}]}
    status, answer = server.call("POST", f"boards/{board}/elements", body, server.token("alice"))
    assert status == 200, answer
    return board


def ask(server: Server, board: str) -> socket.socket:
    """Asks for the picture and does not wait for it."""
    host, port = server.url.removeprefix("http://").split(":")
    asking = socket.create_connection((host, int(port)))
    asking.sendall(
        f"GET /api/v1/boards/{board}/export.svg HTTP/1.1\r\nHost: {host}:{port}\r\n"
        f"Authorization: Bearer {server.token('alice')}\r\n\r\n".encode()
    )
    return asking


def seconds_of_work(pid: int) -> float | None:
    """How long a process had a processor; None when it is not there."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] == "Z" else (int(fields[11]) + int(fields[12])) / TICKS


def assert_ends(pid: int) -> None:
    """The process works for three seconds more at most: on a busy machine a clock tells nothing."""
    began = seconds_of_work(pid) or 0.0
    while (worked := seconds_of_work(pid)) is not None:
        assert worked - began < 3, "it goes on"
        time.sleep(0.05)


def test_the_process_ends_with_its_reader(make_server: MakeServer) -> None:
    server = make_server(**PATIENT)
    asking = ask(server, slow_board(server))
    (child,) = until(lambda: drawing_for(server.pid), lambda found: len(found) == 1)
    asking.close()
    assert_ends(child)
    assert drawing_for(server.pid) == []


def test_the_process_ends_with_the_server_however_that_ends(make_server: MakeServer) -> None:
    server = make_server(**PATIENT)
    asking = ask(server, slow_board(server))
    (child,) = until(lambda: drawing_for(server.pid), lambda found: len(found) == 1)
    server.kill()
    assert_ends(child)
    asking.close()


def test_a_server_stops_soon_while_it_draws(make_server: MakeServer) -> None:
    server = make_server(**PATIENT)
    asking = ask(server, slow_board(server))
    (child,) = until(lambda: drawing_for(server.pid), lambda found: len(found) == 1)
    server.stop()
    assert_ends(child)
    asking.close()


def test_others_are_answered_while_boards_are_drawn(server: Server) -> None:
    slow, other = slow_board(server), server.new_board()
    first, second = ask(server, slow), ask(server, slow)
    until(lambda: drawing_for(server.pid), lambda found: len(found) >= 1)
    took = []
    for _ in range(20):
        started = time.monotonic()
        assert server.call("GET", f"boards/{other}", None, server.token("alice"))[0] == 200
        took.append(time.monotonic() - started)
    assert drawing_for(server.pid), "it was still being drawn"
    assert sorted(took)[10] < 0.5
    first.close()
    second.close()


def test_one_person_can_not_take_all_places(make_server: MakeServer) -> None:
    server = make_server(CANVAS_DRAWINGS_PER_PERSON="2", CANVAS_DRAWINGS_PER_MINUTE="5")
    slow = slow_board(server)
    waiting = [ask(server, slow) for _ in range(2)]
    until(lambda: drawing_for(server.pid), lambda found: len(found) >= 1)
    address = f"boards/{slow}/export.svg"

    def refusal() -> Any:
        return server.call("GET", address, None, server.token("alice"))

    _, answer = until(refusal, lambda one: one[0] == 429)
    assert "2 such requests" in answer["detail"] or "5 times a minute" in answer["detail"]
    other = server.new_board(owner="bob")
    assert picture(server, other, "svg", "bob").startswith(b"<svg")
    for one in waiting:
        one.close()
