"""What a browser keeps of boards: gone after signing out, and never lost silently."""

import pytest
from playwright.sync_api import Download

from tests.conftest import OpenPage
from tests.kept import until_stored
from tests.page import BoardPage, until_open
from tests.patience import patient
from tests.server import Server, until

pytestmark = [pytest.mark.browser, pytest.mark.worker, pytest.mark.timeout(180)]


def databases(page: BoardPage) -> list[str]:
    """Boards that this browser keeps."""
    names = page.page.evaluate("async () => (await indexedDB.databases()).map(({name}) => name)")
    return [name for name in names if name.startswith("canvas:") and name != "canvas:probe"]


def take_access_away(server: Server, board: str) -> None:
    """The owner removes the only permission of the board."""
    token = server.token("alice")
    rows = server.call("GET", f"boards/{board}/permissions", token=token)[1]
    rows = rows["results"] if isinstance(rows, dict) else rows
    path = f"boards/{board}/permissions/{rows[0]['id']}"
    assert server.call("DELETE", path, token=token)[0] == 204


def test_signing_out_takes_the_copies_along_and_asks_when_work_would_be_lost(
    server: Server, open_page: OpenPage
) -> None:
    board = server.new_board()
    alice = open_page(server).sign_in("alice").open(board)
    alice.draw_rectangle(400, 300)
    alice.until_status("Saved")
    assert len(databases(alice)) == 1
    alice.page.goto(f"{server.url}/")
    alice.sign_out()
    alice.page.wait_for_url(f"{server.url}/login*")
    assert databases(alice) == []

    alice.sign_in("alice").open(board)
    alice.go_offline()
    alice.draw_rectangle(700, 300)
    until(lambda: alice.page.locator(".status").inner_text(), lambda text: "1 change" in text)
    alice.page.close()
    alice.go_online()
    alice.page = alice.context.new_page()
    alice.page.goto(f"{server.url}/")
    asked: list[str] = []

    def refuse(dialog: object) -> None:
        asked.append(dialog.message)  # type: ignore[attr-defined]
        dialog.dismiss()  # type: ignore[attr-defined]

    alice.page.on("dialog", refuse)
    alice.sign_out()
    until(lambda: asked, lambda asked: len(asked) == 1)
    assert "“Test”: 1" in asked[0]
    alice.wait(500)  # in which it would leave
    assert alice.page.url == f"{server.url}/"
    assert len(databases(alice)) == 1


def test_who_loses_access_keeps_his_unsaved_work_as_a_file(
    server: Server, open_page: OpenPage
) -> None:
    board = server.new_board(bob="edit")
    bob = open_page(server).sign_in("bob").open(board)
    bob.until_status("Saved")
    bob.go_offline()
    mine = bob.draw_rectangle(400, 300)
    until(lambda: bob.page.locator(".status").inner_text(), lambda text: "1 change" in text)
    bob.page.keyboard.press("c")
    bob.page.mouse.click(700, 400)
    bob.page.get_by_role("textbox", name="Write a comment").fill("Too small?\nI think so.")
    bob.page.keyboard.press("Enter")
    until(lambda: bob.page.locator(".status").inner_text(), lambda text: "2 changes" in text)
    take_access_away(server, board)
    bob.expected.append("status of 404")  # the comment is refused
    bob.go_online()
    bob.page.get_by_role("heading", name="You have no access").wait_for(timeout=1000 * patient(40))
    bob.page.get_by_text("2 changes could not be saved").wait_for()
    downloads: list[Download] = []
    bob.page.on("download", lambda download: downloads.append(download))
    bob.page.get_by_role("button", name="Download my changes").click()
    until(lambda: (bob.page.title(), len(downloads)), lambda found: found[1] == 2)
    texts = {one.suggested_filename: one.path().read_text() for one in downloads}
    assert set(texts) == {"Test.excalidraw", "Test - comments.txt"}
    assert mine in texts["Test.excalidraw"]
    assert "Comments on “Test” that were not sent" in texts["Test - comments.txt"]
    assert "Too small?\nI think so." in texts["Test - comments.txt"]


def test_who_may_only_comment_keeps_his_unsent_words_too(
    server: Server, open_page: OpenPage
) -> None:
    board = server.new_board(bob="comment")
    bob = open_page(server).sign_in("bob").open(board)
    bob.page.get_by_role("heading", name="Test").wait_for()
    bob.go_offline()
    bob.page.keyboard.press("c")
    bob.page.mouse.click(700, 400)
    bob.page.get_by_role("textbox", name="Write a comment").fill("From the train")
    bob.page.keyboard.press("Enter")
    bob.page.get_by_text("Not sent yet").wait_for()
    take_access_away(server, board)
    bob.expected.append("status of 404")  # the comment is refused
    bob.go_online()
    bob.page.get_by_role("heading", name="You have no access").wait_for(timeout=1000 * patient(40))
    with bob.page.expect_download() as download:
        bob.page.get_by_role("button", name="Download my changes").click()
    assert download.value.suggested_filename == "Test - comments.txt"
    assert "From the train" in download.value.path().read_text()


def test_what_the_server_refuses_can_be_downloaded_and_discarded(
    server: Server, open_page: OpenPage
) -> None:
    board = server.new_board()
    alice = open_page(server).sign_in("alice").open(board)
    saved = alice.draw_rectangle(400, 300)
    alice.until_status("Saved")
    until_stored(alice, "committed")
    malformed = "() => window.canvasBoard.provider.ws.send(new Uint8Array([0, 2, 255]))"
    alice.page.evaluate(malformed)
    alice.page.get_by_text("no longer accepts changes from this page").wait_for()
    refused = alice.draw_rectangle(700, 300)
    with alice.page.expect_download() as download:
        alice.page.get_by_role("button", name="Download my changes").click()
    text = download.value.path().read_text()
    assert refused in text
    assert saved not in text

    alice.page.on("dialog", lambda dialog: dialog.accept())
    with alice.page.expect_navigation():
        alice.page.get_by_role("button", name="Discard my copy").click()
    until_open(alice.page)
    assert set(alice.content()) == {saved}
    alice.until_status("Saved")
