"""Below a path of a host that other sites share, everything works as at the root."""

import urllib.error
import urllib.request
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest

from tests.conftest import MakeServer, OpenPage
from tests.kept import until_stored
from tests.nginx import nginx
from tests.page import BoardPage
from tests.patience import patient
from tests.server import Server, SignedIn, StockClient, until
from tests.test_page_offline import open_offline

pytestmark = pytest.mark.timeout(180)
PREFIX = "/canvas"


@pytest.fixture(scope="module")
def prefixed(make_server: MakeServer) -> Server:
    """`make run` with a path, and nothing in front."""
    return make_server(CANVAS_PATH_PREFIX=PREFIX, CANVAS_TRUSTED_PROXY_HOPS="0")


@pytest.fixture
def behind_nginx(prefixed: Server) -> Iterator[Server]:
    """The same server as people reach it through a proxy."""
    with nginx([f"127.0.0.1:{prefixed.port}"], CANVAS_PATH_PREFIX=PREFIX) as proxy:
        front = Server(prefixed.log.parent, static_root=prefixed.log.parent)
        front.prefix = PREFIX
        front.use_port(proxy.port)
        yield front


class _Addresses(HTMLParser):
    """Collects what a page leads to, loads and sends forms to."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Takes the addresses of one element."""
        for name, value in attrs:
            if name in {"href", "src", "action", "formaction", "data-copy"} and value:
                self.found.append(value)


def _draw_together(server: Server, open_page: OpenPage) -> tuple[str, BoardPage, BoardPage]:
    board = server.new_board(bob="edit")
    alice = open_page(server).sign_in("alice").open(board)
    bob = open_page(server).sign_in("bob").open(board)
    first = alice.draw_rectangle(400, 300)
    second = bob.draw_rectangle(700, 300)
    for page in (alice, bob):
        until(page.scene, lambda scene: {one["id"] for one in scene} == {first, second})
    bob.until_status("Saved")
    return board, alice, bob


@pytest.mark.browser
@pytest.mark.worker
def test_two_people_draw_and_one_reloads_without_network(
    prefixed: Server, open_page: OpenPage
) -> None:
    board, alice, bob = _draw_together(prefixed, open_page)
    kept_pages = """async () => (await (await caches.open('canvas-pages/canvas')).keys()).length"""
    until(lambda: bob.page.evaluate(kept_pages), lambda pages: pages > 0)
    scope = bob.page.evaluate("async () => (await navigator.serviceWorker.ready).scope")
    assert scope == f"{prefixed.url}/"
    until_stored(bob, "committed")
    bob.page.close()
    bob.go_offline()
    open_offline(bob, board)
    until(bob.scene, lambda scene: len(scene) == 2)
    mine = bob.draw_rectangle(700, 500)
    bob.go_online()
    alice.until_content(lambda content: mine in content, seconds=40)

    outside = [
        url
        for url in alice.page.evaluate("performance.getEntriesByType('resource').map(e => e.name)")
        if url.startswith(prefixed.origin) and not url.startswith(f"{prefixed.url}/")
    ]
    assert outside == []
    cookies = {one["name"]: one for one in alice.context.cookies()}
    assert {one["path"] for one in cookies.values()} == {PREFIX}
    assert {"sessionid_canvas", "csrftoken_canvas"} <= set(cookies)

    # Signing out by a form clears the device.
    alice.page.goto(f"{prefixed.url}/")
    alice.sign_out()
    alice.page.wait_for_url(f"{prefixed.url}/login")


@pytest.mark.browser
@pytest.mark.worker
def test_two_people_draw_with_nginx_in_front(behind_nginx: Server, open_page: OpenPage) -> None:
    board, _alice, bob = _draw_together(behind_nginx, open_page)
    kept_pages = """async () => (await (await caches.open('canvas-pages/canvas')).keys()).length"""
    until(lambda: bob.page.evaluate(kept_pages), lambda pages: pages > 0)
    bob.go_offline()
    open_offline(bob, board)
    until(bob.scene, lambda scene: len(scene) == 2, patient(20))


def test_every_address_on_a_page_leads_below_the_path(
    prefixed: Server, open_page: OpenPage
) -> None:
    board = prefixed.new_board(bob="edit")
    page = open_page(prefixed).sign_in("admin")
    alice = open_page(prefixed).sign_in("alice")
    looked_at = 0
    for window, paths in (
        (alice, ["", f"board/{board}", f"board/{board}/share", f"board/{board}/activity"]),
        (alice, [f"board/{board}/versions", "login", "no-such-page"]),
        (page, ["admin/", "admin/boards/board/", "admin/status"]),
    ):
        window.expected.append("status of 404")
        for path in paths:
            answer = window.context.request.get(f"{prefixed.url}/{path}")
            addresses = _Addresses()
            addresses.feed(answer.text())
            looked_at += len(addresses.found)
            strays = [
                one
                for one in addresses.found
                if one.startswith(("/", prefixed.origin))
                and not f"{one.removeprefix(prefixed.origin)}/".startswith(f"{PREFIX}/")
            ]
            assert strays == [], path
    assert looked_at > 60


def test_rest_and_its_description_are_below_the_path(prefixed: Server) -> None:
    token, board = prefixed.token("alice"), prefixed.new_board()
    body = {"level": "view", "label": "guests"}
    status, link = prefixed.call("POST", f"boards/{board}/links", body, token)
    assert status == 201
    assert link["url"].startswith(f"{prefixed.url}/board/{board}?token=")
    with urllib.request.urlopen(f"{prefixed.url}/api/schema", timeout=20) as answer:
        text = answer.read().decode()
    assert f"servers:\n- url: {PREFIX}\n" in text
    assert "\n  /api/v1/boards:\n" in text
    # Bodies have the limits of their address, not those of an unknown one.
    drawing = {"create": [{"id": "a" * 20, "type": "text", "text": "x" * 60_000}] * 2}
    status, answer = prefixed.call("POST", f"boards/{board}/elements", drawing, token)
    assert status != 413, answer


def test_no_cookie_leaves_the_path(prefixed: Server) -> None:
    board = prefixed.new_board()
    alice = SignedIn(prefixed, "alice")
    assert alice.session_key
    assert alice.post(f"board/{board}/trash") == 200  # with a message on the page that follows
    assert alice.post("language", language="de", next=f"{PREFIX}/") == 200
    assert alice.cookie_paths == {PREFIX}


def test_a_stock_client_connects_below_the_path(prefixed: Server) -> None:
    board = prefixed.new_board()
    client = StockClient.alone(prefixed, board, prefixed.token("alice"))
    try:
        client.until_synced()
    finally:
        client.close()


def test_outside_the_path_there_are_only_probes(prefixed: Server) -> None:
    def status_of(path: str) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(f"{prefixed.origin}{path}", timeout=20) as answer:
                return answer.status, answer.url
        except urllib.error.HTTPError as error:
            return error.code, path

    board = prefixed.new_board()
    assert status_of("/healthz") == (200, f"{prefixed.origin}/healthz")
    assert status_of("/") == (200, f"{prefixed.url}/login?next=/canvas/")
    assert status_of(PREFIX)[0] == 200
    for path in ("/login", f"/board/{board}", "/api/schema", "/canvasses/login", "/admin/"):
        assert status_of(path)[0] == 404, path
