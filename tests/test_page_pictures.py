"""Pictures of people on a board: on comments, in suggestions, and in the bar of who is here."""

import io

import pytest
from PIL import Image
from playwright.sync_api import FilePayload, Locator, expect

from tests.conftest import MakeServer, OpenPage
from tests.page import BoardPage
from tests.server import Server
from tests.test_page_comments import begin_comment, comment_at

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]


@pytest.fixture(scope="module")
def prefixed(make_server: MakeServer) -> Server:
    """Below a path, so that addresses of pictures are right there too."""
    return make_server(CANVAS_PATH_PREFIX="/canvas")


def upload_picture(page: BoardPage, colour: str) -> str:
    """Takes a picture on the account page; returns its address."""
    out = io.BytesIO()
    Image.new("RGB", (300, 200), colour).save(out, "PNG")
    page.page.goto(f"{page.server.url}/account")
    upload = FilePayload(name="me.png", mimeType="image/png", buffer=out.getvalue())
    page.page.locator("input[type=file]").set_input_files([upload])
    page.page.get_by_role("button", name="Use this picture").click()
    page.page.get_by_text("Your picture is saved.").wait_for()
    return page.page.locator(".avatar-large img").get_attribute("src") or ""


def expect_picture(image: Locator, address: str) -> None:
    """It is shown, with pixels."""
    expect(image).to_have_attribute("src", address)
    expect(image).to_have_js_property("naturalWidth", 192)


def test_pictures_are_where_names_are_and_guests_see_initials(
    prefixed: Server, open_page: OpenPage
) -> None:
    board = prefixed.new_board(bob="comment")
    body = {"user": None, "level": "view"}
    path = f"boards/{board}/permissions"
    assert prefixed.call("POST", path, body, prefixed.token("alice"))[0] == 201
    bob = open_page(prefixed).sign_in("bob")
    address = upload_picture(bob, "teal")
    assert address.startswith("/canvas/account/picture/")
    bob.open(board)
    comment_at(bob, 500, 300, "Is this right?")
    expect_picture(bob.page.locator(".pin img"), address)

    alice = open_page(prefixed).sign_in("alice").open(board)
    expect_picture(alice.page.locator(".pin img"), address)
    expect_picture(alice.page.locator(".UserList img, .UserList__wrapper img").first, address)
    begin_comment(alice, 700, 500).fill("Look, @b")
    option = alice.page.get_by_role("option", name="Bob")
    expect_picture(option.locator("img"), address)
    alice.page.keyboard.press("Escape")

    guest = open_page(prefixed)
    asked: list[str] = []
    guest.page.on("request", lambda request: asked.append(request.url))
    guest.open(board, "/public")
    pin = guest.page.locator(".pin .avatar")
    expect(pin).to_have_text("B")
    expect(guest.page.locator("img[src*=picture]")).to_have_count(0)
    assert [url for url in asked if "/account/" in url] == []

    # A changed picture has another address; what others have of the first becomes initials.
    bob.page.goto(f"{prefixed.url}/account")
    changed = upload_picture(bob, "orange")
    assert changed != address
    alice.expected.append("404")
    alice.page.reload()
    expect_picture(alice.page.locator(".pin img"), changed)
