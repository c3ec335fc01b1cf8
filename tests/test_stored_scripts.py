"""Scripts stored in any text never run on any page (stored XSS)."""

import http.cookiejar
import json
import re
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest

from tests.conftest import OpenPage
from tests.page import BoardPage
from tests.server import Server, until
from tests.test_page_versions import open_panel

pytestmark = [pytest.mark.browser, pytest.mark.first_visit, pytest.mark.timeout(240)]

CORPUS = (
    "<script>alert(1)</script>",
    "</title></textarea></style></script><script>alert(2)</script>",
    "\"><img src=x onerror='alert(3)'>",
    "'><svg/onload=alert(4)>",
    '<iframe srcdoc="<script>parent.alert(5)</script>"></iframe>',
    "<details open ontoggle=alert(6)>",
    "<a href=javascript:alert(7)>javascript:alert(7)</a>",
    "--><!--<math><mi xlink:href=data:x,<script>alert(8)</script>",
    "{% load x %}{{ request }}${alert(9)}`-alert(9)-`\\u003cscript\\u003e",
)
REFUSED_LINKS = (
    "javascript:alert(1)",
    " JaVaScRiPt:alert(1)",
    "java\tscript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:alert(1)",
)
LINKS = (
    '"><script>alert(1)</script>',
    "https://example.org/\"onmouseover='alert(1)'",
)

_REPORT_VIOLATIONS = """document.addEventListener('securitypolicyviolation', event =>
  report(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`))"""
_DANGEROUS_LINKS = """() => [...document.links].map(link => link.href)
  .filter(href => /^\\s*(javascript|data|vbscript):/i.test(href))"""
_FOREIGN_MARKUP = """() => [...document.querySelectorAll(
  'iframe, img[src=x], [onload], [onerror]')].map(element => element.outerHTML)"""
_SELECT = "id => window.canvasBoard.api.updateScene({appState: {selectedElementIds: {[id]: true}}})"
_DROP = """name => {
  const transfer = new DataTransfer()
  transfer.items.add(new File(['{}'], name, {type: 'application/vnd.excalidraw+json'}))
  for (const kind of ['dragenter', 'dragover', 'drop'])
    document.querySelector('.excalidraw canvas.interactive').dispatchEvent(new DragEvent(kind,
      {dataTransfer: transfer, bubbles: true, cancelable: true, clientX: 600, clientY: 400}))
}"""
_PEOPLE = """
from django.contrib.auth.models import Group, User
from audit.actions import AuditVia
from audit.actor import Actor
from audit.origin import SYSTEM_ORIGIN
from boards.access.subjects import Subject
from boards.levels import AccessLevel
from boards.models import Board
from boards.sharing.permissions import permission_grant
from boards.sharing.requests import access_request_create
board = Board.objects.get(pk={board!r})
alice = User.objects.get(username="alice")
alice.first_name = {corpus!r}[2]
alice.save()
for number, text in enumerate({corpus!r}):
    user = User.objects.create(username=f"{{number}}{{text}}"[:150], first_name=text)
    access_request_create(board=board, user=user, level=AccessLevel.VIEW, message=text,
                          by=Actor(user, SYSTEM_ORIGIN, AuditVia.SESSION))
    group = Group.objects.create(name=text)
    permission_grant(board=board, subject=Subject(group=group), level=AccessLevel.VIEW,
                     by=Actor(alice, SYSTEM_ORIGIN, AuditVia.SESSION))
"""


class Watch:
    """Watches for everything that must not happen in a window."""

    def __init__(self, page: BoardPage) -> None:
        self.page = page
        self.found: list[str] = []
        page.page.on("dialog", self._on_dialog)
        page.context.expose_function("report", lambda what: self.found.append(what))
        page.context.add_init_script(_REPORT_VIOLATIONS)
        # A style that the browser's own error page carries, and pages that are not there.
        page.expected += ["status of 404"]

    def _on_dialog(self, dialog: Any) -> None:
        self.found.append(f"dialog {dialog.message}")
        dialog.dismiss()

    def look(self, what: str) -> None:
        """Nothing ran, and nothing is there that would."""
        page = self.page.page
        page.wait_for_timeout(50)
        assert self.found == [], what
        assert page.evaluate(_DANGEROUS_LINKS) == [], what
        assert page.evaluate(_FOREIGN_MARKUP) == [], what


def elements() -> Iterator[dict[str, Any]]:
    """Texts, names and links, on elements of every kind that carries them."""
    for number, text in enumerate(CORPUS):
        place = {"x": 40 * number, "y": 60 * number, "width": 200, "height": 25}
        yield {"id": f"t{number}", "type": "text", "text": text, "originalText": text, **place}
        yield {"id": f"f{number}", "type": "frame", "name": text, **place}
        generated = {"generationData": {"status": "done", "html": text}}
        yield {"id": f"i{number}", "type": "iframe", "customData": generated, **place}
    for number, link in enumerate(LINKS):
        place = {"x": 400 + 60 * number, "y": 100, "width": 50, "height": 50}
        for kind in ("rectangle", "embeddable"):
            yield {"id": f"{kind}{number}", "type": kind, "link": link, **place}


def board_with_everything(server: Server) -> str:
    """A board that carries the corpus wherever a text can be stored."""
    token = server.token("alice")

    def create(path: str, body: object) -> None:
        status, answer = server.call("POST", path, body, token)
        assert status in (200, 201), (path, status, answer)

    for text in CORPUS:
        create("boards", {"title": text})
    board = server.new_board(bob="comment")
    server.manage("shell", "-c", _PEOPLE.format(board=board, corpus=CORPUS))
    create(f"boards/{board}/elements", {"create": list(elements())})
    for link in REFUSED_LINKS:
        for kind in ("rectangle", "embeddable"):
            element = {"type": kind, "link": link}
            refused = server.call("POST", f"boards/{board}/elements", {"create": [element]}, token)
            assert refused[0] == 400, (kind, link)
    for number, text in enumerate(CORPUS):
        anchor = {"x": 60 * number, "y": 300}
        create(f"boards/{board}/comments", {"anchor": anchor, "body": text})
        create(f"boards/{board}/versions", {"name": text})
        create(f"boards/{board}/links", {"level": "view", "label": text})
    create(f"boards/{board}/permissions", {"user": None, "level": "comment"})
    comment_as_guest(server, board)
    title = {"title": "".join(CORPUS[:3])}
    assert server.call("PATCH", f"boards/{board}", title, token)[0] == 200
    return board


def comment_as_guest(server: Server, board: str) -> None:
    """Somebody by the public link, under a name of their choice."""
    jar = http.cookiejar.CookieJar()
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    opener.open(f"{server.url}/board/{board}/public?edit=true").read()
    csrf = next(cookie.value for cookie in jar if cookie.name == "csrftoken")
    for number, text in enumerate(CORPUS):
        anchor = {"x": 60 * number, "y": 500}
        body = {"anchor": anchor, "body": text, "guest_name": text[:60]}
        request = urllib.request.Request(
            f"{server.url}/api/v1/boards/{board}/comments?public=1",
            data=json.dumps(body).encode(),
            headers={"Content-Type": "application/json", "X-CSRFToken": str(csrf)},
        )
        assert opener.open(request).status == 201


PAGES = (
    "/?q=%3Cscript%3Ealert(1)%3C/script%3E",
    "/?trash=1",
    "/board/{board}/share",
    "/board/{board}/activity",
    "/board/00000000-0000-4000-8000-000000000000",
    "/login?next=javascript:alert(1)",
)
ADMIN_PAGES = (
    "",
    "status",
    "boards/board/",
    "boards/board/{board}/change/",
    "boards/board/{board}/history/",
    "boards/sharelink/",
    "boards/accessrequest/",
    "boards/commentthread/",
    "sync/version/",
    "sync/documentupdate/",
    "auth/user/",
    "auth/group/",
    "audit/auditlog/?q=%3Cscript%3E",
)


def test_nothing_that_was_stored_runs(own_server: Server, open_page: OpenPage) -> None:
    board = board_with_everything(own_server)
    alice, admin, guest = (Watch(open_page(own_server)) for _ in range(3))
    alice.page.sign_in("alice")
    for path in PAGES:
        alice.page.page.goto(own_server.url + path.format(board=board))
        alice.look(path)
    admin.page.sign_in("admin")
    for path in ADMIN_PAGES:
        admin.page.page.goto(f"{own_server.url}/admin/{path.format(board=board)}")
        admin.look(path)
    page = admin.page.page
    page.goto(f"{own_server.url}/admin/boards/board/")
    for box in page.locator(".action-select").all():
        box.check()
    page.locator("select[name=action]").select_option("make_private")
    page.get_by_role("button", name="Go").click()
    page.get_by_role("button", name="Make private").wait_for()
    admin.look("the question of the admin")
    page.goto(f"{own_server.url}/admin/boards/commentthread/")
    page.locator("#result_list th a").first.click()
    admin.look("a thread in the admin")

    look_at_the_board(alice, board)
    guest.page.open(board, "/public?edit=true")
    guest.look("the public link")
    guest.page.page.locator(".pin:visible").first.click()
    guest.look("a thread")


def look_at_the_board(alice: Watch, board: str) -> None:
    """The board page with all its panels and dialogs."""
    page = alice.page.open(board).page
    alice.look("the board")
    until(lambda: len(alice.page.scene()), lambda count: count >= 2 * len(CORPUS))
    for number in range(len(LINKS)):
        page.evaluate(_SELECT, f"rectangle{number}")
        alice.look(f"the link {LINKS[number]}")
    page.locator(".pin:visible").first.click()
    alice.look("a thread")
    page.keyboard.press("Escape")
    for name in ("Version history", "Activity"):
        panel = open_panel(alice.page, name)
        panel.get_by_text("alert(1)").first.wait_for()
        alice.look(name)
        page.keyboard.press("Escape")
    page.get_by_role("button", name="Share").click()
    page.locator("dialog[open]").get_by_text("alert(1)").first.wait_for()
    alice.look("the share dialog")
    page.keyboard.press("Escape")
    page.evaluate(_DROP, "<img src=x onerror=alert(1)>.excalidraw")
    page.get_by_text(re.compile("onerror=alert")).first.wait_for()
    alice.look("a dropped file")
