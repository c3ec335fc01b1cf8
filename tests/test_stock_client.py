"""A stock y-websocket client, knowing nothing of this project, works and loses nothing."""

import base64
import os
import sqlite3
from pathlib import Path
from typing import Any

from tests.conftest import MakeStockClient
from tests.server import Server, until

KILLS = range(0, 10, int(os.environ.get("CANVAS_TEST_KILL_STEP", "3")))


def test_strangers_get_a_close_code(server: Server, stock_client: MakeStockClient) -> None:
    board = server.new_board()
    anonymous = stock_client(server, board)
    stranger = stock_client(server, board, server.token("charlie"))
    foreign = stock_client(server, board, "not.a.token")
    for client, code in ((anonymous, 4001), (stranger, 4003), (foreign, 4001)):
        state = client.until("state", lambda state: state["closes"])
        assert state["closes"][0]["code"] == code
        assert state["closes"][0]["reason"]
        assert not state["synced"]


def test_two_stock_clients_draw_on_one_board(server: Server, stock_client: MakeStockClient) -> None:
    board = server.new_board(bob="edit")
    a = stock_client(server, board, server.token("alice")).until_synced()
    b = stock_client(server, board, server.token("bob")).until_synced()
    a.call("set", id="e1", values={"type": "rectangle", "pos": [1, 2]})
    b.until("content", lambda content: "e1" in content)
    b.call("set", id="e1", values={"strokeColor": "#f00"})
    a.until("content", lambda content: content["e1"].get("strokeColor") == "#f00")
    a.call("announce", state={"user": {"name": "Mallory"}, "cursor": [1, 1]})
    people = b.until("people", lambda people: any("cursor" in person for person in people))
    names = [person["user"]["name"] for person in people if "cursor" in person]
    assert names == ["Alice"]


def test_work_of_a_client_that_was_offline_is_merged(
    server: Server, stock_client: MakeStockClient
) -> None:
    board = server.new_board(bob="edit")
    a = stock_client(server, board, server.token("alice")).until_synced()
    b = stock_client(server, board, server.token("bob")).until_synced()
    a.call("set", id="e1", values={"type": "rectangle", "pos": [0, 0], "strokeColor": "#000"})
    b.until("content", lambda content: "e1" in content)
    b.call("disconnect")
    b.call("set", id="e1", values={"strokeColor": "#f00"})
    b.call("set", id="e2", values={"type": "ellipse"})
    a.call("set", id="e1", values={"pos": [7, 7]})
    b.call("connect")
    expected = {
        "e1": {"pos": [7, 7], "strokeColor": "#f00", "type": "rectangle"},
        "e2": {"type": "ellipse"},
    }
    for client in (a, b):
        assert client.until("content", lambda content: content == expected)


def test_what_anyone_has_seen_survives_kill_9(
    own_server: Server, stock_client: MakeStockClient
) -> None:
    """Killed while two people draw more and more; each start shows at least what the other had
    seen. `CANVAS_TEST_KILL_STEP=1` kills it ten times instead of four.
    """
    board = own_server.new_board(bob="edit")
    for round_number in KILLS:
        a = stock_client(own_server, board, own_server.token("alice")).until_synced()
        b = stock_client(own_server, board, own_server.token("bob")).until_synced()
        for index in range(20 + 30 * round_number):
            a.call("set", id=f"r{round_number}-{index}", values={"type": "rectangle"})
        last = f"r{round_number}-{5 * round_number}"
        b.until("content", lambda content, last=last: last in content)
        own_server.kill()
        seen = b.call("content")
        a.close()
        b.close()
        own_server.start()
        late = stock_client(own_server, board, own_server.token("bob")).until_synced()
        after = late.call("content")
        assert {id: after.get(id) for id in seen} == seen
        late.close()


def test_a_drain_ends_quickly_and_loses_nothing(
    own_server: Server, stock_client: MakeStockClient
) -> None:
    board = own_server.new_board(bob="edit")
    a = stock_client(own_server, board, own_server.token("alice")).until_synced()
    for index in range(200):
        a.call("set", id=f"e{index}", values={"type": "rectangle"})
    assert own_server.stop() < 10
    own_server.start()
    # The stock provider reconnects by itself and sends what had not arrived.
    late = stock_client(own_server, board, own_server.token("bob")).until_synced()
    late.until("content", lambda content: len(content) == 200)


def test_a_thousand_moves_are_compacted_to_the_size_of_the_content(
    own_server: Server, stock_client: MakeStockClient, tmp_path: Path
) -> None:
    board, fresh = own_server.new_board(), own_server.new_board()
    token = own_server.token("alice")
    a = stock_client(own_server, board, token).until_synced()
    a.call("set", id="e1", values={"type": "rectangle", "pos": [0, 0]})
    a.call("moves", id="e1", count=1000)
    f = stock_client(own_server, fresh, token).until_synced()
    f.call("set", id="e1", values={"type": "rectangle", "pos": [1000, -1000]})
    for board_id in (board, fresh):
        late = stock_client(own_server, board_id, token).until_synced()
        late.until("content", lambda content: content.get("e1", {}).get("pos") == [1000, -1000])
    own_server.manage("compact_boards")
    sizes = {board_id: _stored_bytes(own_server, board_id) for board_id in (board, fresh)}
    assert sizes[board] <= 2 * sizes[fresh], sizes
    late = stock_client(own_server, board, token).until_synced()
    assert late.call("content") == f.call("content")


def _stored_bytes(server: Server, board: str) -> int:
    path = Path(server.environment["CANVAS_DATA_DIR"]) / "canvas.sqlite3"
    with sqlite3.connect(path) as database:
        total = 0
        for table in ("sync_documentupdate", "sync_documentsnapshot"):
            query = f"SELECT coalesce(sum(length(payload)), 0) FROM {table} WHERE board_id = ?"
            total += database.execute(query, [board.replace("-", "")]).fetchone()[0]
    return total


def test_the_stored_rows_load_in_real_yjs(server: Server, stock_client: MakeStockClient) -> None:
    board = server.new_board()
    a = stock_client(server, board, server.token("alice")).until_synced()
    for index in range(50):
        a.call("set", id=f"e{index % 10}", values={"type": "rectangle", "pos": [index, index]})
    expected = a.call("content")
    reader = stock_client(server, board)  # without a token: it only ever gets the rows

    def content_of_rows() -> Any:
        for payload in _payloads(server, board):
            reader.call("applyUpdate", update=base64.b64encode(payload).decode())
        return reader.call("content")

    until(content_of_rows, lambda content: content == expected)


def _payloads(server: Server, board: str) -> list[bytes]:
    path = Path(server.environment["CANVAS_DATA_DIR"]) / "canvas.sqlite3"
    with sqlite3.connect(path) as database:
        query = "SELECT payload FROM sync_documentupdate WHERE board_id = ? ORDER BY seq"
        return [row[0] for row in database.execute(query, [board.replace("-", "")])]
