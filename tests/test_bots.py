"""The programs of docs/bots.md do what it says: they run from its text, against a real server."""

import os
import re
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import MakeServer
from tests.patience import patient
from tests.ports import free_port
from tests.server import ROOT, Server, until

TEXT = (ROOT / "docs" / "bots.md").read_text()


def program(name: str, folder: Path) -> Path:
    """One of the document's programs as a file: the block whose first line names it."""
    (code,) = (
        block
        for block in re.findall(r"^```(?:python|js)\n(.*?)^```", TEXT, re.DOTALL | re.MULTILINE)
        if name in block.partition("\n")[0]
    )
    path = folder / name
    path.write_text(code)
    return path


def environment(server: Server, board: str, user: str = "bob") -> dict[str, str]:
    """With a token of the user for this board alone."""
    body = {"name": f"bot of {board}", "scopes": [f"board:{board}:edit"]}
    status, token = server.call("POST", "tokens", body, server.token(user))
    assert status == 201, token
    return {
        **os.environ,
        "CANVAS_URL": server.url,
        "CANVAS_BOARD": board,
        "CANVAS_TOKEN": token["token"],
    }


def drawn(server: Server, board: str) -> dict[str, Any]:
    status, answer = server.call("GET", f"boards/{board}/elements", token=server.token("alice"))
    assert status == 200, answer
    return {element["id"]: element for element in answer["elements"]}


def run_chart(path: Path, env: dict[str, str], *values: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(path), *values]
    return subprocess.run(
        command, env=env, capture_output=True, text=True, timeout=patient(60), check=False
    )


def test_the_chart_is_drawn_and_brought_up_to_date(server: Server, tmp_path: Path) -> None:
    board = server.new_board(bob="edit", charlie="view")
    chart, env = program("chart.py", tmp_path), environment(server, board)
    first = run_chart(chart, env, "builds=12", "failures=3")
    assert first.returncode == 0, first.stderr
    assert "The board is at" in first.stdout
    shown = drawn(server, board)
    assert shown.keys() == {
        f"chart-{name}-{part}" for name in ("builds", "failures") for part in ("bar", "label")
    }
    assert shown["chart-builds-bar"]["width"] == 120
    server.call(
        "POST",
        f"boards/{board}/elements",
        {"delete": ["chart-failures-bar"]},
        server.token("alice"),
    )
    assert run_chart(chart, env, "builds=20", "failures=4").returncode == 0
    shown = drawn(server, board)
    assert shown["chart-builds-bar"]["width"] == 200
    assert shown["chart-failures-label"]["text"] == "failures: 4"
    assert "chart-failures-bar" not in shown, "what a person deleted stays so"
    refused = run_chart(chart, environment(server, board, "charlie"), "builds=1")
    assert refused.returncode == 1
    assert "not change it" in refused.stderr


@pytest.mark.timeout(90)
def test_the_counter_follows_the_board(server: Server, tmp_path: Path) -> None:
    board, token = server.new_board(bob="edit"), server.token("alice")
    (tmp_path / "node_modules").symlink_to(ROOT / "frontend" / "node_modules")
    counter = program("counter.mjs", tmp_path)

    def draw(**batch: Any) -> None:
        status, answer = server.call("POST", f"boards/{board}/elements", batch, token)
        assert status == 200, answer

    def text() -> str | None:
        found = drawn(server, board).get("counter-label")
        return found and found["text"]

    draw(create=[{"id": "a", "type": "rectangle"}])
    with subprocess.Popen(["node", str(counter)], env=environment(server, board)) as bot:
        try:
            until(text, lambda said: said == "1 elements")
            draw(create=[{"id": name, "type": "ellipse"} for name in "bcd"], delete=["a"])
            until(text, lambda said: said == "3 elements")
            assert bot.poll() is None
        finally:
            bot.kill()
    assert drawn(server, board)["b"]["type"] == "ellipse", "it changes nothing of others"


def test_each_line_becomes_a_note(server: Server, tmp_path: Path) -> None:
    board = server.new_board(bob="edit")
    done = subprocess.run(
        [sys.executable, str(program("notes.py", tmp_path))],
        env=environment(server, board),
        input="First idea\n\nAn idea that needs more than one line of its note\n",
        capture_output=True,
        text=True,
        timeout=patient(60),
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "2 notes" in done.stdout
    shown = drawn(server, board)
    assert len(shown) == 4
    for number in range(2):
        note, text = shown[f"note-{number}"], shown[f"note-{number}-text"]
        assert note["customData"] == {"note": True}
        assert note["boundElements"] == [{"id": text["id"], "type": "text"}]
        assert text["containerId"] == note["id"]
        assert note["y"] < text["y"] < text["y"] + text["height"] < note["y"] + note["height"]


def is_open(port: int) -> bool:
    """Whether something listens there."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


WEBHOOK = """
from django.contrib.auth.models import User
from audit.actor import SYSTEM
from boards.webhooks.services import CHOICES, webhook_create
alice = User.objects.get(username="alice")
print(webhook_create(owner=alice, name="CI", url="{url}", events=CHOICES, by=SYSTEM)[1])
"""


@pytest.mark.timeout(120)
def test_the_listeners_hear_what_happens(make_server: MakeServer, tmp_path: Path) -> None:
    server = make_server(CANVAS_WEBHOOK_NETWORKS="127.0.0.0/8")
    listeners = []
    try:
        for command, name in ((sys.executable, "listener.py"), ("node", "listener.mjs")):
            port, path = str(free_port()), program(name, tmp_path)
            code = WEBHOOK.format(url=f"http://127.0.0.1:{port}/")
            secret = server.manage("shell", "-v", "0", "-c", code).strip()
            env = {**os.environ, "CANVAS_WEBHOOK_SECRET": secret, "PORT": port}
            heard = tmp_path / f"{name}.heard"
            with heard.open("w") as file:
                listeners.append(
                    (subprocess.Popen([command, str(path)], env=env, stdout=file), heard)
                )
            until(lambda port=port: is_open(int(port)), bool, seconds=patient(30))
        board = server.new_board(bob="edit")
        token = server.token("bob")
        server.call(
            "POST", f"boards/{board}/comments", {"anchor": {"x": 0, "y": 0}, "body": "?"}, token
        )
        batch = {"create": [{"id": "a", "type": "rectangle"}]}
        server.call("POST", f"boards/{board}/elements", batch, token)
        expected = {
            f"{what}: Test"
            for what in ("board.created", "board.shared", "board.commented", "board.changed")
        }
        for process, heard in listeners:
            until(
                lambda heard=heard: set(heard.read_text().splitlines()),
                lambda lines: lines == expected,
                seconds=patient(40),
            )
            assert process.poll() is None
    finally:
        for process, _ in listeners:
            process.kill()
            process.wait()
