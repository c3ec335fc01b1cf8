"""Libraries on the board page: kept, used again, shared, without network, and as files."""

import json
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Locator, expect

from tests.conftest import OpenPage
from tests.note_pages import FIELD, until_texts
from tests.page import PNG, BoardPage
from tests.server import Server, until

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

REFUSED = "Nothing was changed: you don't have edit access to this board."
BOX: dict[str, Any] = {"id": "a", "type": "rectangle", "x": 0, "y": 0, "width": 90, "height": 60}


def keep(server: Server, user: str, library: str, *names: str, **more: Any) -> None:
    """Leaves these items in a library, and no others."""
    token = server.token(user)
    status, answer = server.call("GET", f"libraries/{library}/items", token=token)
    assert status == 200
    for item in answer["items"]:
        server.call("DELETE", f"libraries/{library}/items/{item['id']}", token=token)
    for name in names:
        body = {"name": name, "elements": [BOX], **more}
        path = f"libraries/{library}/items/{uuid4()}"
        assert server.call("PUT", path, body, token)[0] == 201


def kept(server: Server, user: str, library: str = "mine") -> list[str]:
    _, answer = server.call("GET", f"libraries/{library}/items", token=server.token(user))
    return [item["name"] for item in answer["items"]]


def show(page: BoardPage) -> Locator:
    """Opens the panel; gives the part of one's own library."""
    page.page.keyboard.press("Shift+L")
    page.page.get_by_role("heading", name="Library").wait_for()
    return part(page, "My library")


def part(page: BoardPage, title: str) -> Locator:
    return page.page.locator("details", has=page.page.locator("summary", has_text=title))


def names(own: Locator) -> list[str]:
    return own.locator(".library-name").all_inner_texts()


def types(page: BoardPage) -> list[str]:
    return sorted(element["type"] for element in page.scene())


def test_what_is_selected_is_kept_live_and_used_on_other_boards(
    server: Server, open_page: OpenPage
) -> None:
    keep(server, "alice", "mine")
    alice = open_page(server).sign_in("alice").open(server.new_board())
    device = open_page(server).sign_in("alice").open(server.new_board())
    elsewhere = show(device)
    own = show(alice)
    alice.page.get_by_role("button", name="Add the selection").click()
    alice.page.get_by_text("Select something on the board first.").wait_for()
    alice.page.keyboard.press("Escape")
    alice.draw_rectangle(400, 300)
    alice.page.mouse.click(460, 300)
    own = show(alice)
    alice.page.get_by_role("button", name="Add the selection").click()
    alice.page.keyboard.type("A good box")
    alice.page.keyboard.press("Enter")
    until(lambda: names(elsewhere), lambda shown: shown == ["A good box"])
    elsewhere.get_by_role("button", name="A good box", exact=True).click()
    until(lambda: types(device), lambda shown: shown == ["rectangle"])
    device.page.get_by_text("“A good box” is on the board.").wait_for()
    # The keys are for what was inserted.
    device.page.keyboard.press("Control+z")
    until(device.scene, lambda scene: scene == [])
    assert alice.scene()[0]["id"] not in json.dumps(device.content())
    expect(own.locator("svg")).to_have_count(1)


def test_an_item_is_dragged_where_it_is_wanted(server: Server, open_page: OpenPage) -> None:
    keep(server, "alice", "mine", "One", "Two")
    alice = open_page(server).sign_in("alice").open(server.new_board())
    own = show(alice)
    tile = own.get_by_role("button", name="One", exact=True)
    tile.drag_to(alice.page.locator("canvas.interactive"), target_position={"x": 500, "y": 400})
    until(lambda: types(alice), lambda shown: shown == ["rectangle"])
    (box,) = alice.scene()
    at = alice.page.evaluate(
        "() => { const s = window.canvasBoard.api.getAppState();"
        " return [500 - s.scrollX, 400 - s.scrollY] }"
    )
    assert abs(box["x"] + 45 - at[0]) < 5
    assert abs(box["y"] + 30 - at[1]) < 5
    own.get_by_role("button", name="Two", exact=True).drag_to(tile)
    until(lambda: names(own), lambda shown: shown == ["Two", "One"])
    until(lambda: kept(server, "alice"), lambda shown: shown == ["Two", "One"])


def test_everything_is_done_by_keys(server: Server, open_page: OpenPage) -> None:
    keep(server, "alice", "mine", "One", "Two", "Three")
    alice = open_page(server).sign_in("alice").open(server.new_board())
    own = show(alice)
    until(lambda: names(own), lambda shown: shown == ["One", "Two", "Three"])
    keys = alice.page.keyboard
    own.get_by_role("button", name="One", exact=True).focus()
    keys.press("Alt+ArrowRight")
    until(lambda: names(own), lambda shown: shown == ["Two", "One", "Three"])
    keys.press("F2")
    keys.type("First of all")
    keys.press("Enter")
    until(lambda: names(own), lambda shown: shown == ["Two", "First of all", "Three"])
    expect(own.get_by_role("button", name="First of all", exact=True)).to_be_focused()
    keys.press("ArrowRight")
    keys.press("Delete")
    until(lambda: names(own), lambda shown: shown == ["Two", "First of all"])
    until(lambda: kept(server, "alice"), lambda shown: shown == ["Two", "First of all"])
    alice.page.locator(".library-foot").get_by_role("button", name="Undo").focus()
    keys.press("Enter")
    until(lambda: kept(server, "alice"), lambda shown: shown == ["Two", "First of all", "Three"])
    expect(own.get_by_role("button", name="First of all", exact=True)).to_be_focused()
    assert alice.scene() == []
    own.get_by_role("button", name="Two", exact=True).focus()
    keys.press("Enter")
    until(lambda: types(alice), lambda shown: shown == ["rectangle"])
    keys.press("Escape")
    expect(alice.page.get_by_role("heading", name="Library")).to_have_count(0)


def test_who_may_not_edit_looks_and_is_refused(server: Server, open_page: OpenPage) -> None:
    keep(server, "bob", "mine", "One")
    board = server.new_board(bob="comment")
    bob = open_page(server).sign_in("bob").open(board)
    own = show(bob)
    tile = own.get_by_role("button", name="One", exact=True)
    tile.click()
    bob.page.get_by_text(REFUSED).wait_for()
    bob.page.evaluate("() => window.canvasBoard.api.setToast(null)")
    expect(bob.page.get_by_text(REFUSED)).to_have_count(0)
    tile.drag_to(bob.page.locator("canvas.interactive"), target_position={"x": 400, "y": 400})
    bob.page.get_by_text(REFUSED).wait_for()
    assert bob.content() == {}


def test_files_come_in_and_go_out_and_nothing_of_a_bad_one(
    server: Server, open_page: OpenPage, tmp_path: Path
) -> None:
    keep(server, "alice", "mine")
    alice = open_page(server).sign_in("alice").open(server.new_board())
    own = show(alice)
    image = {**BOX, "id": "i", "type": "image", "fileId": "picture", "status": "saved"}
    strange = {**BOX, "id": "s", "type": "hologram", "depth": [1, 2.5]}
    url = f"data:image/png;base64,{PNG}"
    files = {"picture": {"id": "picture", "mimeType": "image/png", "dataURL": url}}
    items = [{"name": "Picture", "elements": [image]}, {"name": "Strange", "elements": [strange]}]
    new = {"type": "excalidrawlib", "version": 2, "libraryItems": items, "files": files}
    old = {"type": "excalidrawlib", "version": 1, "library": [[BOX]]}
    dropped = [
        ["new.excalidrawlib", "", json.dumps(new)],
        ["old.excalidrawlib", "", json.dumps(old)],
    ]
    assert alice.drop(dropped, target=".library-section")
    alice.page.get_by_text("3 drawings were added.").wait_for()
    assert names(own) == ["Picture", "Strange", "Drawing 3"]
    for bad in ('{"type": "excalidrawlib", "library": [[{"x": 1}], 7]}', "nonsense"):
        alice.drop([["bad.excalidrawlib", "", bad]], target=".library-section")
        alice.page.get_by_text("bad.excalidrawlib” is no library").wait_for()
        alice.drop([["new.txt", "", "[]"]], target=".library-section")
        alice.page.get_by_text("new.txt” is no library").wait_for()
    many = json.dumps({"type": "excalidrawlib", "library": [[BOX]] * 10_000})
    alice.drop([["many.excalidrawlib", "", many]], target=".library-section")
    alice.page.get_by_text("A library can have 1000 items. Nothing was added.").wait_for()
    assert len(kept(server, "alice")) == 3

    own.get_by_role("button", name="Picture", exact=True).click()
    own.get_by_role("button", name="Strange", exact=True).click()
    content = alice.until_content(lambda shown: len(shown) == 2)
    assert {one["type"] for one in content.values()} == {"image", "hologram"}
    assert [one["depth"] for one in content.values() if one["type"] == "hologram"] == [[1, 2.5]]
    until(
        lambda: alice.page.evaluate("() => window.canvasBoard.doc.getMap('files').toJSON()"),
        lambda shown: "picture" in shown,
    )
    with alice.page.expect_download() as download:
        own.get_by_role("button", name="Save as a file").click()
    path = tmp_path / "library.excalidrawlib"
    download.value.save_as(path)
    file = json.loads(path.read_text())
    assert [item["name"] for item in file["libraryItems"]] == ["Picture", "Strange", ""]
    assert file["libraryItems"][1]["elements"][0]["depth"] == [1, 2.5]
    assert list(file["files"]) == ["picture"]


def test_a_space_shares_its_library_live(server: Server, open_page: OpenPage) -> None:
    token = server.token("alice")
    _, space = server.call("POST", "spaces", {"name": "Design team"}, token)
    path = f"spaces/{space['id']}/permissions"
    server.call("POST", path, {"user": "bob", "level": "edit"}, token)
    keep(server, "alice", space["id"], "Ours")
    keep(server, "bob", "mine")
    bob = open_page(server).sign_in("bob").open(server.new_board("bob"))
    show(bob)
    ours = part(bob, "Design team")
    ours.locator("summary").click()
    until(lambda: names(ours), lambda shown: shown == ["Ours"])
    expect(ours.get_by_role("button", name="Add the selection")).to_have_count(0)
    alice = open_page(server).sign_in("alice").open(server.new_board())
    show(alice)
    owned = part(alice, "Design team")
    owned.locator("summary").click()
    owned.get_by_role("button", name="More about “Ours”").click()
    alice.page.get_by_role("button", name="Rename", exact=True).click()
    alice.page.keyboard.type("Of all of us")
    alice.page.keyboard.press("Enter")
    until(lambda: names(ours), lambda shown: shown == ["Of all of us"])
    ours.get_by_role("button", name="More about “Of all of us”").click()
    expect(bob.page.get_by_role("button", name="Rename", exact=True)).to_have_count(0)
    bob.page.get_by_role("button", name="Copy to “My library”").click()
    until(lambda: kept(server, "bob"), lambda shown: shown == ["Of all of us"])


def test_a_guest_keeps_a_library_on_the_device(server: Server, open_page: OpenPage) -> None:
    board = server.new_board()
    token = server.token("alice")
    public = {"user": None, "level": "edit"}
    assert server.call("POST", f"boards/{board}/permissions", public, token)[0] == 201
    guest = open_page(server).open(board, "/public?edit=true")
    guest.draw_rectangle(400, 300)
    own = show(guest)
    guest.page.get_by_text("It stays on this device, because you are not signed in.").wait_for()
    guest.page.get_by_role("button", name="Add the selection").click()
    guest.page.keyboard.type("Mine")
    guest.page.keyboard.press("Enter")
    until(lambda: names(own), lambda shown: shown == ["Mine"])
    guest.open(board, "/public?edit=true")
    own = show(guest)
    until(lambda: names(own), lambda shown: shown == ["Mine"])


@pytest.mark.worker
def test_changes_without_network_are_sent_by_a_later_page(
    server: Server, open_page: OpenPage
) -> None:
    keep(server, "alice", "mine", "One", "Two")
    alice = open_page(server).sign_in("alice").open(server.new_board())
    own = show(alice)
    until(lambda: names(own), lambda shown: shown == ["One", "Two"])
    alice.go_offline()
    own.get_by_role("button", name="One", exact=True).focus()
    alice.page.keyboard.press("F2")
    alice.page.keyboard.type("Renamed")
    alice.page.keyboard.press("Enter")
    part(alice, "Flow charts").get_by_role("button", name="More about “Start”").click()
    alice.page.get_by_role("button", name="Copy to “My library”").click()
    until(lambda: names(own), lambda shown: shown == ["Renamed", "Two", "Start"])
    # Meanwhile on another device:
    keep_first = kept(server, "alice")
    assert keep_first == ["One", "Two"]
    body = {"name": "From elsewhere", "elements": [BOX]}
    path = f"libraries/mine/items/{uuid4()}"
    assert server.call("PUT", path, body, server.token("alice"))[0] == 201
    alice.page.close()
    alice.go_online()
    alice.page = alice.context.new_page()
    # The panel stays closed.
    alice.open(server.new_board())
    until(
        lambda: sorted(kept(server, "alice")),
        lambda shown: shown == ["From elsewhere", "Renamed", "Start", "Two"],
    )


def test_a_thousand_items_are_drawn_as_they_are_seen(server: Server, open_page: OpenPage) -> None:
    keep(server, "charlie", "mine")
    file = {"type": "excalidrawlib", "library": [[BOX]] * 1000}
    answer = server.call("POST", "libraries/mine/import", file, server.token("charlie"))
    assert answer == (200, {"created": 1000, "left_out": [], "left_out_count": 0})
    charlie = open_page(server).sign_in("charlie").open(server.new_board("charlie"))
    own = show(charlie)
    expect(own.locator(".library-tile")).to_have_count(1000)
    until(lambda: own.locator("svg").count(), lambda count: count > 10)
    assert own.locator("svg").count() < 100
    own.get_by_role("button", name="Drawing 1000", exact=True).scroll_into_view_if_needed()
    last = own.locator("li").last
    expect(last.locator("svg")).to_have_count(1)
    assert own.locator("svg").count() < 200


def test_the_note_of_the_starter_set_is_a_sticky_note(server: Server, open_page: OpenPage) -> None:
    alice = open_page(server).sign_in("alice").open(server.new_board())
    show(alice)
    retro = part(alice, "Retrospectives")
    retro.locator("summary").click()
    retro.get_by_role("button", name="Note", exact=True).click()
    until_texts(alice, "Idea")
    alice.page.keyboard.press("Escape")
    alice.page.keyboard.press("Enter")
    alice.page.locator(FIELD).wait_for()
    alice.page.keyboard.press("Control+a")
    alice.page.keyboard.type("Mine")
    alice.page.keyboard.press("Tab")
    alice.page.keyboard.type("Next")
    alice.page.keyboard.press("Escape")
    until_texts(alice, "Mine", "Next")
