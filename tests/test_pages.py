"""What people do around boards: sign in, create, share, rename and delete one."""

import itertools
import re

import pytest
from playwright.sync_api import Route, expect

from tests.conftest import OpenPage
from tests.page import until_open
from tests.server import PASSWORD, Server, until

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]


def test_a_wrong_password_is_told_and_lets_nobody_in(server: Server, open_page: OpenPage) -> None:
    page = open_page(server).page
    page.goto(f"{server.url}/login")
    page.get_by_label("Username").fill("alice")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_text("do not match").wait_for()
    page.goto(f"{server.url}/")
    assert "/login" in page.url


def test_a_board_from_its_making_to_the_trash_and_back(server: Server, open_page: OpenPage) -> None:
    alice = open_page(server).sign_in_by_form("alice")
    page = alice.page
    page.get_by_role("button", name="New board").first.click()
    page.wait_for_url(re.compile("/board/"))
    board = page.url.rsplit("/", 1)[1]
    page.goto(f"{server.url}/")
    card = page.locator(f'[data-board="{board}"]')
    card.get_by_role("link", name="Untitled").wait_for()
    card.locator("summary").click()
    card.get_by_role("textbox").fill("Quarterly plan")
    card.get_by_role("button", name="Rename").click()
    page.locator(".board-card", has_text="Quarterly plan").wait_for()
    alice.open(board)
    assert page.title().startswith("Quarterly plan")

    # shared in the dialog, without leaving the board
    page.get_by_role("button", name="Share").click()
    dialog = page.locator("dialog[open]")
    dialog.get_by_label("Username, group or email address").fill("nobody-here")
    dialog.get_by_role("button", name="Add").click()
    dialog.get_by_text("Nobody here has this username").wait_for()
    dialog.get_by_label("Username, group or email address").fill("bob")
    dialog.get_by_role("button", name="Add").click()
    dialog.get_by_text("Bob").first.wait_for()
    page.keyboard.press("Escape")
    drawn = alice.draw_rectangle(400, 300)
    bob = open_page(server).sign_in_by_form("bob")
    bob.page.get_by_role("link", name="Quarterly plan").wait_for()
    bob.open(board).until_content(lambda content: drawn in content)

    # renamed, thrown away, taken back
    page.goto(f"{server.url}/")
    card = page.locator(".board-card", has_text="Quarterly plan")
    card.locator("summary").click()
    card.get_by_role("textbox").fill("Yearly plan")
    card.get_by_role("button", name="Rename").click()
    card = page.locator(".board-card", has_text="Yearly plan")
    card.locator("summary").click()
    page.on("dialog", lambda dialog: dialog.accept())
    bob.expected.append("status of 404")  # he may be asking for comments in this moment
    card.get_by_role("button", name=re.compile("trash", re.IGNORECASE)).click()
    page.get_by_role("link", name="Trash").click()
    page.get_by_role("button", name="Restore Yearly plan").click()
    page.get_by_text("“Yearly plan” is back.").wait_for()
    page.goto(f"{server.url}/")
    page.locator(".board-card", has_text="Yearly plan").wait_for()
    alice.open(board).until_content(lambda content: drawn in content)


def test_a_space_its_folders_and_several_boards_at_once(
    server: Server, open_page: OpenPage
) -> None:
    page, token = (alice := open_page(server).sign_in_by_form("alice")).page, server.token("alice")
    for title in ("Lynx one", "Lynx two"):
        server.call("POST", "boards", {"title": title}, token)
    page.reload()
    page.get_by_label("New space", exact=True).click()
    page.get_by_label("Name of the new space").fill("Cats")
    page.get_by_role("button", name="Create space").click()
    page.get_by_role("heading", name="Cats").wait_for()
    page.get_by_text("This space is empty").wait_for()
    page.get_by_text("New folder", exact=True).click()
    page.get_by_label("Name of the new folder").fill("Wild")
    page.get_by_role("button", name="Create folder").click()
    page.get_by_role("link", name="Wild").wait_for()

    # both at once, by key and by mouse, to the folder
    page.goto(f"{server.url}/?q=lynx")
    page.get_by_role("link", name="Lynx one").focus()
    page.keyboard.press("x")
    page.get_by_text("1 board chosen").wait_for()
    page.get_by_label("Choose Lynx two").check()
    page.get_by_text("2 boards chosen").wait_for()
    page.get_by_label("Where to move them").select_option(label="Wild")
    page.get_by_role("button", name="Move", exact=True).click()
    page.get_by_text("2 boards moved.").wait_for()
    page.get_by_role("link", name="Cats", exact=True).click()
    page.get_by_role("link", name="Wild").click()
    page.get_by_role("heading", name="Wild").wait_for()
    expect(page.locator(".board-card")).to_have_count(2)

    # a star in place, which the list of stars shows; and members see the same
    page.get_by_role("button", name="Star Lynx one").click()
    page.get_by_role("button", name="Star Lynx one", pressed=True).wait_for()
    page.get_by_role("link", name="Cats", exact=True).first.click()
    page.get_by_role("link", name="Members").click()
    page.get_by_label("Username or group").fill("bob")
    page.get_by_role("button", name="Add").click()
    page.get_by_label("Level of Bob").wait_for()
    page.goto(f"{server.url}/?show=starred")
    page.get_by_role("link", name="Lynx one").wait_for()
    bob = open_page(server).sign_in_by_form("bob").page
    bob.get_by_role("link", name="Cats", exact=True).click()
    bob.get_by_role("link", name="Wild").click()
    bob.get_by_role("link", name="Lynx two").wait_for()
    assert alice.foreign_requests == []


def test_the_admin_works_under_the_content_policy(server: Server, open_page: OpenPage) -> None:
    admin = open_page(server).sign_in_by_form("admin")
    for path in ("boards/board", "audit/auditlog", "sync/documentupdate", "sync/documentsnapshot"):
        response = admin.page.goto(f"{server.url}/admin/{path}/")
        assert response is not None
        assert response.status == 200


def test_the_list_follows_what_is_typed_and_drawn(server: Server, open_page: OpenPage) -> None:
    alice = open_page(server).sign_in_by_form("alice")
    page, token = alice.page, server.token("alice")
    boards = {}
    for title in ("Zebra one", "Zebra two", "Giraffe"):
        boards[title] = str(server.call("POST", "boards", {"title": title}, token)[1]["id"])
    page.reload()
    zebras = page.locator(".board-card", has_text="Zebra")
    card = page.locator(f'[data-board="{boards["Zebra one"]}"]')
    assert card.locator("img").count() == 0

    # what others draw comes by itself when the page is looked at again
    rectangle = {"type": "rectangle", "x": 0, "y": 0, "backgroundColor": "#ffc9c9"}
    path = f"boards/{boards['Zebra one']}/elements"
    assert server.call("POST", path, {"create": [rectangle]}, token)[0] == 200
    page.evaluate("() => window.dispatchEvent(new Event('focus'))")
    picture = card.locator("img")
    picture.wait_for()
    until(lambda: picture.evaluate("image => image.naturalWidth"), lambda width: width > 0)

    page.keyboard.press("/")
    page.keyboard.type("zebra")
    page.wait_for_url(re.compile("q=zebra"))
    assert zebras.count() == page.locator(".board-card").count() == 2
    page.get_by_label("Sort by").select_option("name")
    page.wait_for_url(re.compile("sort=name"))
    first, second = (zebras.nth(at).get_by_role("link").first for at in (0, 1))
    first.focus()
    page.keyboard.press("ArrowRight")
    assert second.evaluate("link => link === document.activeElement")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(boards["Zebra two"]))
    page.go_back()
    assert page.get_by_label("Search boards").input_value() == "zebra"


def test_another_language_is_chosen_on_any_page_and_lasts(
    server: Server, open_page: OpenPage
) -> None:
    # The choice stays with the account: nobody else here reads German as admin.
    admin = open_page(server)
    page = admin.page
    page.goto(f"{server.url}/login")
    page.get_by_label("Language").click()
    page.get_by_role("button", name="Deutsch").click()
    page.get_by_label("Benutzername").fill("admin")
    page.get_by_label("Passwort").fill(PASSWORD)
    page.get_by_role("button", name="Anmelden", exact=True).click()
    page.get_by_role("heading", name="Alle Boards").wait_for()
    admin.open(server.new_board(admin="edit"))
    admin.until_status("Gespeichert")
    # the editor's own words too
    page.get_by_test_id("main-menu-trigger").click()
    page.get_by_text("Exportiere Bild...").wait_for()
    page.get_by_role("button", name="English").click()
    page.wait_for_function("() => document.documentElement.lang === 'en'")
    until_open(page)
    admin.until_status("Saved")
    assert admin.foreign_requests == []


@pytest.mark.first_visit
def test_a_page_that_loses_its_network_while_it_loads_tries_again_by_itself(
    server: Server, open_page: OpenPage
) -> None:
    board = server.new_board()
    alice = open_page(server).sign_in("alice")
    asked: list[str] = []

    def cut(route: Route) -> None:
        asked.append("page" if "/main-" in route.request.url else "server")
        if asked.count("server") < 2:
            route.abort("internetdisconnected")
        else:
            route.continue_()

    alice.page.route("**/assets/main-*.js", cut)
    alice.page.route("**/healthz", cut)
    alice.page.goto(f"{server.url}/board/{board}")
    alert = alice.page.get_by_role("alert")
    expect(alert).to_have_text("The board could not be loaded. It is tried again by itself.")
    until_open(alice.page)
    in_turn = [what for what, _ in itertools.groupby(asked)]
    assert in_turn == ["page", "server", "page"], "Not before the server answers."
    kept = alice.page.evaluate("() => sessionStorage.getItem('canvas-load-failures')")
    assert kept is None, "The next time is a first one."
