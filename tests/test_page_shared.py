"""A browser shared by several people: nobody gets anything of the previous person."""

import io
import urllib.request
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.conftest import OpenPage
from tests.page import BoardPage, until_open
from tests.patience import patient
from tests.server import Server, until

pytestmark = [pytest.mark.browser, pytest.mark.worker, pytest.mark.timeout(180)]

_STATUS_OF = "address => fetch(address).then(answer => answer.status)"
_KEPT = """async () => {
  const pages = []
  for (const name of await caches.keys()) {
    if (!name.startsWith("canvas-pages")) continue
    for (const {url} of await (await caches.open(name)).keys()) pages.push(url)
  }
  const databases = (await indexedDB.databases()).map(({name}) => name)
  return {pages, databases, items: JSON.stringify(Object.entries(localStorage))}
}"""
_WORKER_IS_READY = "() => navigator.serviceWorker.ready.then(() => true)"


def private_board(server: Server) -> tuple[str, str]:
    """A board of alice's with a text and an image; its id and the image's address."""
    board = server.new_board()
    token = server.token("alice")
    text = {"id": "e1", "type": "text", "text": "Between us", "x": 300, "y": 300}
    answer = server.call("POST", f"boards/{board}/elements", {"create": [text]}, token)
    assert answer[0] == 200, answer
    data = io.BytesIO()
    Image.new("RGB", (16, 16), (255, 0, 0)).save(data, "PNG")
    address = f"{server.url}/api/v1/boards/{board}/files/image-1"
    request = urllib.request.Request(
        address,
        method="PUT",
        data=data.getvalue(),
        headers={"Content-Type": "image/png", "Authorization": f"Bearer {token}"},
    )
    with urllib.request.urlopen(request, timeout=patient(20)) as response:
        assert response.status == 201
    return board, address


def opened_by_alice(server: Server, open_page: OpenPage, board: str, image: str) -> BoardPage:
    """A browser in which alice has seen her board, its picture and its image."""
    page = open_page(server).sign_in("alice").open(board)
    page.until_status("Saved")
    page.page.evaluate(_WORKER_IS_READY)
    page.open(board)
    page.until_status("Saved")
    assert page.page.evaluate(_STATUS_OF, image) == 200
    assert page.page.evaluate(_STATUS_OF, f"/board/{board}/thumbnail.svg?v=1") == 200
    until(
        lambda: page.page.evaluate(_KEPT),
        lambda kept: any(board in url for url in kept["pages"]),
    )
    return page


def end_of_session(page: BoardPage, server: Server, how: str) -> None:
    """She signs out, or her session is simply over."""
    if how == "signed out":
        page.page.goto(f"{server.url}/")
        page.sign_out()
        page.page.wait_for_url(f"{server.url}/login*")
    else:
        page.lose_session()


def until_nothing_is_kept(page: BoardPage, board: str) -> dict[str, Any]:
    """Waits until neither pages nor copies nor names of the board are there."""

    def is_clean(kept: dict[str, Any]) -> bool:
        names = [*kept["pages"], *kept["databases"]]
        return not any(board in name for name in names) and "Test" not in kept["items"]

    return dict(until(lambda: page.page.evaluate(_KEPT), is_clean))


@pytest.mark.parametrize("how", ["signed out", "session ended"])
def test_the_next_person_gets_nothing(server: Server, open_page: OpenPage, how: str) -> None:
    board, image = private_board(server)
    page = opened_by_alice(server, open_page, board, image)
    end_of_session(page, server, how)
    page.sign_in_by_form("bob")
    page.expected += ["status of 404", "ERR_INTERNET_DISCONNECTED"]

    # At once, before anything else was asked of the server.
    page.go_offline()
    page.page.goto(f"{server.url}/board/{board}")
    expect(page.page.get_by_role("heading", name="You are offline")).to_be_visible()
    expect(page.page.get_by_text("Test", exact=True)).to_have_count(0)
    page.go_online()

    page.page.goto(f"{server.url}/")
    until_nothing_is_kept(page, board)
    assert page.page.evaluate(_STATUS_OF, image) == 404
    assert page.page.evaluate(_STATUS_OF, f"/board/{board}/thumbnail.svg?v=1") == 404
    answer = page.page.goto(f"{server.url}/board/{board}")
    assert answer is not None
    assert answer.status == 404


def test_while_nobody_is_signed_in_kept_boards_stay_closed(
    server: Server, open_page: OpenPage
) -> None:
    board, image = private_board(server)
    page = opened_by_alice(server, open_page, board, image)
    page.lose_session()
    page.page.goto(f"{server.url}/login")
    until(
        lambda: page.page.evaluate(
            "async () => (await (await caches.match('/board/holder'))?.json())?.person"
        ),
        lambda person: person == "",
    )
    page.expected.append("ERR_INTERNET_DISCONNECTED")
    page.go_offline()
    page.page.goto(f"{server.url}/board/{board}")
    expect(page.page.get_by_role("heading", name="You are offline")).to_be_visible()
    page.go_online()
    page.sign_in_by_form("alice")
    page.go_offline()
    page.page.goto(f"{server.url}/board/{board}")
    page.page.wait_for_function("() => window.canvasBoard?.api.getSceneElements().length === 1")


def test_work_that_was_not_sent_waits_for_its_author(server: Server, open_page: OpenPage) -> None:
    board, image = private_board(server)
    page = opened_by_alice(server, open_page, board, image)
    page.expected += ["status of 404", "ERR_INTERNET_DISCONNECTED"]
    page.go_offline()
    drawn = page.draw_rectangle(700, 300)
    until(lambda: page.page.locator(".status").inner_text(), lambda text: "1 change" in text)
    page.page.close()
    page.lose_session()
    page.go_online()

    page.page = page.context.new_page()
    page.sign_in_by_form("bob")
    kept = until(
        lambda: page.page.evaluate(_KEPT), lambda kept: not any(board in u for u in kept["pages"])
    )
    assert any(board in name for name in kept["databases"])
    assert "Test" not in kept["items"]
    expect(page.page.get_by_text("only on this device")).to_have_count(0)
    page.sign_out()
    page.page.wait_for_url(f"{server.url}/login*")

    page.sign_in_by_form("alice")
    expect(page.page.get_by_text("has changes that are only on this device")).to_be_visible()
    page.page.get_by_role("link", name="has changes that are only on this device").click()
    until_open(page.page)
    page.until_status("Saved")
    assert drawn in page.content()


def test_a_session_that_ends_under_an_open_board_closes_what_is_kept(
    server: Server, open_page: OpenPage
) -> None:
    board, image = private_board(server)
    page = opened_by_alice(server, open_page, board, image)
    page.expected.append("ERR_INTERNET_DISCONNECTED")
    headers = {"Referer": f"{server.url}/", "X-CSRFToken": csrf_token(page, server)}
    assert page.context.request.post(f"{server.url}/logout", headers=headers).ok
    page.page.get_by_role("heading", name="You are signed out").wait_for()
    page.go_offline()
    for path in (f"/board/{board}", "/"):
        page.page.goto(f"{server.url}{path}")
        expect(page.page.get_by_role("heading", name="You are offline")).to_be_visible()
        expect(page.page.get_by_text("Test", exact=True)).to_have_count(0)
    page.go_online()
    page.sign_in_by_form("alice")
    page.go_offline()
    page.page.goto(f"{server.url}/board/{board}")
    page.page.wait_for_function("() => window.canvasBoard?.api.getSceneElements().length === 1")


def test_a_board_left_open_is_closed_when_somebody_else_signs_in(
    server: Server, open_page: OpenPage
) -> None:
    board, image = private_board(server)
    page = opened_by_alice(server, open_page, board, image)
    page.expected.append("status of 404")
    left_open = page.page
    page.page = page.context.new_page()
    page.lose_session()
    page.sign_in_by_form("bob")
    until(lambda: left_open.title(), lambda title: "Test" not in title)
    expect(left_open.get_by_text("Test", exact=True)).to_have_count(0)
    assert left_open.evaluate("() => window.canvasBoard") is None
    until_nothing_is_kept(page, board)


def csrf_token(page: BoardPage, server: Server) -> str:
    """What a form of the page would send."""
    cookies = page.context.cookies(server.url)
    return next(one["value"] for one in cookies if one["name"] == "csrftoken")
