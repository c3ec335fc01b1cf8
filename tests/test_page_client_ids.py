"""Someone takes a page's client id while it is offline: its work comes back under another one."""

from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from sync.tests import hostile
from sync.wire import frames
from tests.conftest import OpenPage
from tests.page import BoardPage, until_open
from tests.patience import patient
from tests.server import Server, until

pytestmark = [pytest.mark.browser, pytest.mark.worker, pytest.mark.timeout(180)]


def client_id(page: BoardPage) -> int:
    return int(page.page.evaluate("() => window.canvasBoard.doc.clientID"))


def clock_of(page: BoardPage) -> int:
    """How much the page has written under its client id."""
    return int(
        page.page.evaluate(
            """() => {
              const { doc } = window.canvasBoard
              const last = doc.store.clients.get(doc.clientID)?.at(-1)
              return last ? last.id.clock + last.length : 0
            }"""
        )
    )


def take_over(server: Server, board: str, query: str, client: int, clock: int) -> bool:
    """Writes under someone else's client id; returns whether the server accepted it."""
    with connect(f"{server.socket_base}/{board}?saved=1&{query}", max_size=None) as socket:
        socket.send(frames.encode_step1(b"\x00"))
        socket.send(frames.encode_update(hostile.junk_of(client, clock, 400)))
        return _is_saved(socket, client, clock + 400)


def _is_saved(socket: ClientConnection, client: int, clock: int) -> bool:
    try:
        while True:
            data = socket.recv(timeout=patient(20))
            assert isinstance(data, bytes)
            kind, at = frames.read_varuint(data, 0)
            if kind == frames.MessageType.SAVED:
                clocks = frames.decode_state_vector(frames.read_bytes(data, at)[0])
                if clocks.get(client, 0) >= clock:
                    return True
    except ConnectionClosed:
        return False


def stored(server: Server, board: str) -> set[str]:
    """The ids of the elements that the server has."""
    status, body = server.call("GET", f"boards/{board}/elements", token=server.token("alice"))
    assert status == 200
    return {element["id"] for element in body["elements"]}


def open_public(server: Server, board: str) -> None:
    body = {"user": None, "level": "edit"}
    status, _ = server.call("POST", f"boards/{board}/permissions", body, server.token("alice"))
    assert status == 201


@pytest.mark.parametrize("who", ["member", "guest"])
def test_nobody_takes_the_id_of_a_page_that_is_away(
    server: Server, open_page: OpenPage, who: str
) -> None:
    board = server.new_board(bob="edit")
    open_public(server, board)
    page = open_page(server)
    page = (
        page.sign_in("alice").open(board)
        if who == "member"
        else page.open(board, "/public?edit=true")
    )
    first = page.draw_rectangle(400, 250)
    page.until_status("Saved")
    clock = clock_of(page)
    page.go_offline()
    second = page.draw_rectangle(700, 250)
    for query in (f"token={server.token('bob')}", "public=1&edit=true"):
        assert not take_over(server, board, query, client_id(page), clock)
    page.go_online()
    page.until_status("Saved", seconds=40)
    assert stored(server, board) == {first, second}


@pytest.mark.parametrize("who", ["member", "guest"])
def test_work_under_an_id_that_somebody_took_comes_back(
    own_server: Server, open_page: OpenPage, who: str
) -> None:
    """After a restart the server does not remember an id under which nobody has written."""
    board = own_server.new_board(bob="edit")
    open_public(own_server, board)
    page = open_page(own_server)
    page = (
        page.sign_in("alice").open(board)
        if who == "member"
        else page.open(board, "/public?edit=true")
    )
    page.until_status("Saved")
    page.go_offline()
    drawn = {page.draw_rectangle(400, 250), page.draw_rectangle(700, 250)}
    until(lambda: page.page.locator(".status").inner_text(), lambda text: "2 changes" in text)
    own_server.stop()
    own_server.start()
    token = own_server.token("bob")
    taken = client_id(page)
    assert take_over(own_server, board, f"token={token}", taken, 0)

    page.go_online()
    until(lambda: stored(own_server, board), lambda ids: ids == drawn, 40)
    until(lambda: _status(page), lambda text: text == "Saved", 40)
    assert client_id(page) != taken
    assert {element["id"] for element in page.scene()} == drawn
    page.page.reload()
    until_open(page.page)
    page.until_status("Saved")
    assert {element["id"] for element in page.scene()} == drawn


def _status(page: BoardPage) -> Any:
    """What the badge says; nothing while the page begins again."""
    return page.page.evaluate("() => document.querySelector('.status-label')?.textContent ?? ''")
