"""Two people and a stock client on one board, in real browsers."""

import pytest
from websockets.sync.client import connect

from sync.tests import hostile
from sync.wire import frames
from tests.conftest import MakeStockClient, OpenPage
from tests.page import BoardPage, alive
from tests.patience import patient
from tests.server import Server, StockClient, until

pytestmark = [pytest.mark.browser, pytest.mark.worker, pytest.mark.timeout(180)]


def all_equal(*who: BoardPage | StockClient) -> None:
    """Waits until everyone holds the same elements."""

    def contents() -> list[object]:
        return [w.content() if isinstance(w, BoardPage) else w.call("content") for w in who]

    until(contents, lambda contents: all(content == contents[0] for content in contents))


def test_a_viewer_sees_everything_and_can_change_nothing(
    server: Server, open_page: OpenPage
) -> None:
    board = server.new_board(bob="edit", charlie="view")
    editor = open_page(server).sign_in("alice").open(board)
    viewer = open_page(server).sign_in("charlie").open(board)
    drawn = editor.draw_rectangle(500, 300)
    viewer.until_content(lambda content: drawn in content)
    until(viewer.scene, lambda scene: [e["id"] for e in scene] == [drawn])
    before = editor.content()

    viewer.page.keyboard.press("r")
    viewer.drag((300, 500), (400, 600))
    viewer.select(500, 340)
    viewer.page.keyboard.press("Delete")
    viewer.drag((500, 340), (700, 500))

    client = hostile.author_of("intruder")
    headers = {"Origin": server.url, "Cookie": viewer.session_cookie()}
    with connect(f"{server.socket_base}/{board}", additional_headers=headers) as raw:
        raw.send(frames.encode_step1(b"\x00"))
        for frame in (frames.encode_update(client), frames.encode_step2(client)):
            raw.send(frame)
        raw.send(frames.encode_step1(b"\x00"))
        # The second answer comes when all this was read; presence of others may come between.
        for _ in range(2):
            while raw.recv(timeout=patient(20))[:2] != b"\x00\x01":
                pass

    later = editor.draw_rectangle(700, 500)
    viewer.until_content(lambda content: later in content)
    assert {id: editor.content()[id] for id in before} == before
    assert set(editor.content()) == {drawn, later}
    late = open_page(server).sign_in("bob").open(board)
    assert set(late.content()) == {drawn, later}


def test_three_clients_see_what_each_draws_moves_recolours_and_deletes(
    own_server: Server, open_page: OpenPage, stock_client: MakeStockClient
) -> None:
    board = own_server.new_board(bob="edit")
    alice = open_page(own_server).sign_in("alice").open(board)
    bob = open_page(own_server).sign_in("bob").open(board)
    stock = stock_client(own_server, board, own_server.token("alice")).until_synced()

    first = alice.draw_rectangle(400, 300)
    second = bob.draw_rectangle(700, 300)
    stock.call("set", id="stock", values=_rectangle(420, 560))
    for page in (alice, bob):
        page.until_content(lambda content: {first, second, "stock"} <= set(content))
        until(page.scene, lambda scene: len(scene) == 3)
    all_equal(alice, bob, stock)

    x, y = alice.content()[first]["pos"]
    bob.select(400, 340)  # what alice drew
    bob.drag((400, 340), (400, 440))
    alice.until_content(lambda content: content[first]["pos"] == [x, y + 100])
    alice.select(700, 340)  # what bob drew
    alice.colour("#e03131")
    stock.until("content", lambda content: content[second]["strokeColor"] == "#e03131")
    bob.until_content(lambda content: content[second]["strokeColor"] == "#e03131")

    stock.call("set", id=first, values={"backgroundColor": "#b2f2bb"})
    alice.until_content(lambda content: content[first].get("backgroundColor") == "#b2f2bb")
    alice.page.keyboard.press("Delete")
    bob.until_content(lambda content: bool(content[second].get("del")))
    until(bob.scene, lambda scene: second not in [e["id"] for e in scene])
    all_equal(alice, bob, stock)

    # everyone has a name
    people = stock.until("people", lambda people: len(people) >= 2)
    assert {person.get("user", {}).get("name") for person in people} >= {"Alice", "Bob"}

    # a restart, and a fresh browser
    alice.until_status("Saved")
    before = alice.content()
    own_server.kill()
    own_server.start()
    fresh = open_page(own_server).sign_in("bob").open(board)
    assert fresh.content() == before
    until(fresh.scene, lambda scene: {e["id"] for e in scene} == set(alive(before)))
    alice.until_status("Saved", seconds=40)
    third = alice.draw_rectangle(800, 550)
    fresh.until_content(lambda content: third in content)


def _rectangle(x: float, y: float) -> dict[str, object]:
    return {
        "type": "rectangle",
        "seed": 1,
        "pos": [x, y],
        "size": [100, 60],
        "angle": 0,
        "strokeColor": "#1e1e1e",
        "backgroundColor": "transparent",
        "fillStyle": "solid",
        "strokeWidth": 2,
        "strokeStyle": "solid",
        "roughness": 1,
        "opacity": 100,
        "roundness": None,
        "index": "aZ",
        "groupIds": [],
        "frameId": None,
        "link": None,
        "locked": False,
    }


def test_work_done_offline_comes_back_to_all(
    server: Server, open_page: OpenPage, stock_client: MakeStockClient
) -> None:
    board = server.new_board(bob="edit")
    alice = open_page(server).sign_in("alice").open(board)
    bob = open_page(server).sign_in("bob").open(board)
    stock = stock_client(server, board, server.token("bob")).until_synced()
    shared = alice.draw_rectangle(400, 300)
    bob.until_content(lambda content: shared in content)
    bob.until_status("Saved")

    bob.go_offline()
    mine = bob.draw_rectangle(700, 300)
    until(lambda: bob.page.locator(".status").inner_text(), lambda text: "offline" in text.lower())
    until(lambda: bob.page.locator(".status").inner_text(), lambda text: "1" in text)
    theirs = alice.draw_rectangle(400, 550)
    stock.call("set", id=shared, values={"strokeColor": "#2f9e44"})
    stock.until("content", lambda content: theirs in content)
    assert theirs not in bob.content()
    assert mine not in alice.content()

    bob.go_online()
    alice.until_content(lambda content: mine in content, seconds=40)
    bob.until_content(lambda content: theirs in content)
    all_equal(alice, bob, stock)
    bob.until_status("Saved")


def test_work_done_offline_survives_closing_the_tab(server: Server, open_page: OpenPage) -> None:
    board = server.new_board(bob="edit")
    alice = open_page(server).sign_in("alice").open(board)
    bob = open_page(server).sign_in("bob").open(board)
    bob.go_offline()
    mine = bob.draw_rectangle(700, 300)
    until(lambda: bob.page.locator(".status").inner_text(), lambda text: "1" in text)
    bob.page.close()
    bob.go_online()
    bob.page = bob.context.new_page()
    bob.open(board)
    alice.until_content(lambda content: mine in content)
    bob.until_status("Saved")


def test_colour_by_one_and_move_by_the_other_at_the_same_moment_both_stay(
    server: Server, open_page: OpenPage
) -> None:
    board = server.new_board(bob="edit")
    alice = open_page(server).sign_in("alice").open(board)
    bob = open_page(server).sign_in("bob").open(board)
    shape = alice.draw_rectangle(400, 300)
    until(bob.scene, lambda scene: len(scene) == 1)
    start = alice.content()[shape]["pos"]

    # Neither has the other's edit: both are made offline, and reconnect together.
    for page in (alice, bob):
        page.go_offline()
    alice.select(400, 340)
    alice.drag((400, 340), (500, 440))
    bob.select(400, 340)
    bob.colour("#e03131")
    for page in (alice, bob):
        page.go_online()
    for page in (alice, bob):
        content = page.until_content(
            lambda content: (
                content[shape]["strokeColor"] == "#e03131" and content[shape]["pos"] != start
            ),
            seconds=40,
        )
        assert content[shape]["pos"] == [start[0] + 100, start[1] + 100]
        until(page.scene, lambda scene: scene[0]["strokeColor"] == "#e03131")
    all_equal(alice, bob)


def test_hostile_updates_on_a_live_socket_hurt_nobody(
    server: Server, open_page: OpenPage, stock_client: MakeStockClient
) -> None:
    """With an editor's credentials; the process survives, others draw, and real Yjs loads the
    board.
    """
    board = server.new_board(bob="edit")
    alice = open_page(server).sign_in("alice").open(board)
    pid = server.pid
    drawn = [alice.draw_rectangle(400, 300)]
    query = f"token={server.token('bob')}"
    corpus = {**hostile.CORPUS, **hostile.GAPS}
    for make in corpus.values():
        with connect(f"{server.socket_base}/{board}?{query}", max_size=None) as raw:
            raw.send(frames.encode_step1(b"\x00"))
            raw.recv(timeout=patient(20))
            raw.send(frames.encode_update(make()))
            raw.close()
    for payload in hostile.STATE_VECTORS.values():
        with connect(f"{server.socket_base}/{board}?{query}") as raw:
            raw.send(frames.encode_step1(payload))
            raw.close()
    drawn.append(alice.draw_rectangle(700, 500))
    alice.until_status("Saved")
    assert server.is_alive()
    assert server.pid == pid
    late = stock_client(server, board, server.token("bob")).until_synced()
    assert set(late.call("content")) == set(drawn)
    fresh = open_page(server).sign_in("bob").open(board)
    until(fresh.scene, lambda scene: {e["id"] for e in scene} == set(drawn))


def test_images_go_to_the_server_and_not_into_the_document(
    server: Server, open_page: OpenPage
) -> None:
    board = server.new_board(bob="edit")
    alice = open_page(server).sign_in("alice").open(board)
    bob = open_page(server).sign_in("bob").open(board)
    alice.page.mouse.move(600, 400)
    alice.page.evaluate(_PASTE_IMAGE)
    content = alice.until_content(
        lambda content: any(element["fileId"] for element in content.values())
    )
    (element,) = content.values()
    files = "() => window.canvasBoard.doc.getMap('files').toJSON()"
    stored = until(lambda: alice.page.evaluate(files), lambda stored: element["fileId"] in stored)
    assert stored[element["fileId"]]["mime"] == "image/png"
    shown = "() => Object.keys(window.canvasBoard.api.getFiles())"
    until(lambda: bob.page.evaluate(shown), lambda ids: element["fileId"] in ids)
    size = "() => window.canvasBoard.doc.getMap('elements').size"
    assert bob.page.evaluate(size) == 1
    assert "data:image" not in str(alice.content())


_PASTE_IMAGE = """async () => {
  const canvas = document.createElement('canvas')
  canvas.width = canvas.height = 64
  const context = canvas.getContext('2d')
  context.fillStyle = '#e03131'
  context.fillRect(0, 0, 64, 64)
  const blob = await new Promise(done => canvas.toBlob(done, 'image/png'))
  const data = new DataTransfer()
  data.items.add(new File([blob], 'red.png', { type: 'image/png' }))
  const event = new ClipboardEvent('paste', { clipboardData: data, bubbles: true })
  document.dispatchEvent(event)
}"""


def test_undo_takes_back_ones_own_work_alone(server: Server, open_page: OpenPage) -> None:
    board = server.new_board(bob="edit")
    alice = open_page(server).sign_in("alice").open(board)
    bob = open_page(server).sign_in("bob").open(board)
    mine = alice.draw_rectangle(400, 300)
    theirs = bob.draw_rectangle(700, 300)
    until(alice.scene, lambda scene: len(scene) == 2)
    alice.page.keyboard.press("Control+z")
    bob.until_content(lambda content: bool(content[mine].get("del")))
    assert not bob.content()[theirs].get("del")
    alice.page.keyboard.press("Control+Shift+z")
    bob.until_content(lambda content: not content[mine].get("del"))


@pytest.mark.parametrize(("suffix", "may_edit"), [("", False), ("?edit=true", False)])
def test_a_view_link_shows_the_board_and_says_what_it_allows(
    server: Server, open_page: OpenPage, suffix: str, may_edit: bool
) -> None:
    board = server.new_board()
    token = server.token("alice")
    body = {"user": None, "level": "view"}
    assert server.call("POST", f"boards/{board}/permissions", body, token)[0] == 201
    alice = open_page(server).sign_in("alice").open(board)
    drawn = alice.draw_rectangle(400, 300)
    guest = open_page(server).open(board, f"/public{suffix}")
    guest.until_content(lambda content: drawn in content)
    guest.page.keyboard.press("r")
    guest.drag((600, 500), (700, 600))
    assert set(guest.content()) == {drawn}
    if suffix:
        assert guest.page.get_by_text("viewing", exact=False).first.is_visible()


def test_who_comes_back_sees_at_once_who_is_there(server: Server, open_page: OpenPage) -> None:
    """People who don't move are included: their presence is sent again and must be accepted."""
    board = server.new_board(bob="edit")
    alice = open_page(server).sign_in("alice").open(board)
    bob = open_page(server).sign_in("bob").open(board)
    people = """() => [...window.canvasBoard.provider.awareness.getStates().values()]
      .map(state => state.user?.name).sort()"""
    until(lambda: bob.page.evaluate(people), lambda names: names == ["Alice", "Bob"])
    bob.go_offline()
    until(lambda: bob.page.evaluate(people), lambda names: "Alice" not in names)
    bob.go_online()
    bob.until_status("Saved", seconds=40)
    until(lambda: bob.page.evaluate(people), lambda names: names == ["Alice", "Bob"], seconds=5)
    alice.until_status("Saved")
