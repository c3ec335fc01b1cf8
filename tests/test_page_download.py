"""What "Download my changes" gives is taken again: by REST, and dropped on another board."""

import json
from base64 import b64decode
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from sync.tests.real_files import comparable, read
from tests.conftest import MakeServer, OpenPage
from tests.page import BoardPage
from tests.patience import patient
from tests.server import Server, until
from tests.test_excalidraw_files import drop_file, elements_on, exported, from_origin
from tests.test_page_copies import take_access_away

pytestmark = [
    pytest.mark.browser,
    pytest.mark.worker,
    pytest.mark.timeout(240),
]


@pytest.fixture(scope="module")
def server(make_server: MakeServer) -> Server:
    """Without the rate limit, by which a message that is too large would take half a minute."""
    return make_server(CANVAS_SOCKET_BYTES_PER_SECOND="1000000000")


def session_ends(page: BoardPage, _server: Server, _board: str) -> None:
    """The session is over while the page has no network."""
    page.lose_session()
    page.go_online()
    page.page.get_by_role("heading", name="You are signed out").wait_for()


def access_ends(page: BoardPage, server: Server, board: str) -> None:
    """Somebody takes the permission away meanwhile."""
    take_access_away(server, board)
    page.go_online()
    page.page.get_by_role("heading", name="You have no access").wait_for(timeout=1000 * patient(40))


def page_is_refused(page: BoardPage, _server: Server, _board: str) -> None:
    """The server has closed with 4413, and takes nothing more from this page."""
    page.page.evaluate("() => window.canvasBoard.provider.ws.send(new Uint8Array(32_000_001))")
    page.page.get_by_text("no longer accepts changes from this page").wait_for()


@pytest.mark.parametrize("end", [session_ends, access_ends, page_is_refused])
@pytest.mark.parametrize("name", ["drawn", "composed"])
def test_what_could_not_be_saved_is_taken_again_whole(
    server: Server,
    open_page: OpenPage,
    end: Callable[[BoardPage, Server, str], None],
    name: str,
) -> None:
    board, file = server.new_board(bob="edit"), read(name)
    bob = open_page(server).sign_in("bob").open(board)
    bob.until_status("Saved")
    bob.expected += ["status of 4", "Failed to load"]
    if end is page_is_refused:
        end(bob, server, board)
    else:
        bob.go_offline()
    drop_file(bob, file)
    until(bob.scene, lambda scene: len(scene) == len(comparable(file)))
    bob.page.evaluate("() => window.canvasBoard.flush()")
    drawn = elements_on(bob)
    until(lambda: bob.page.locator(".status").inner_text(), lambda text: "changes" in text)
    if end is not page_is_refused:
        end(bob, server, board)
    with bob.page.expect_download() as download:
        bob.page.get_by_role("button", name="Download my changes").click()
    downloaded = json.loads(download.value.path().read_text())
    assert downloaded["files"].keys() == file["files"].keys()
    assert_same(downloaded["elements"], drawn)

    imported, dropped = server.new_board(), server.new_board()
    answer = server.call("POST", f"boards/{imported}/import", downloaded, server.token("alice"))
    assert answer[0] == 200, answer
    alice = open_page(server).sign_in("alice").open(dropped)
    alice.until_status("Saved")
    drop_file(alice, downloaded)
    until(alice.scene, lambda scene: len(scene) == len(drawn))
    alice.until_status("Saved")
    for one in (imported, dropped):
        out = exported(server, one)
        assert_same(out["elements"], drawn)
        assert out["files"].keys() == file["files"].keys()
        for key, image in out["files"].items():
            assert pixels(image["dataURL"]) == pixels(file["files"][key]["dataURL"])


def pixels(data_url: str) -> tuple[tuple[int, int], bytes]:
    """Size and pixels: the server writes the bytes of images anew."""
    with Image.open(BytesIO(b64decode(data_url.partition(",")[2]))) as image:
        return image.size, image.convert("RGBA").tobytes()


def assert_same(found: list[dict[str, Any]], expected: list[dict[str, Any]]) -> None:
    """The same drawing, wherever on the board it stands."""
    assert from_origin(comparable({"elements": found})) == from_origin(
        comparable({"elements": expected})
    )
