"""A board page in a real Chromium, used as a person uses it: mouse, keyboard, network."""

import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, Route, ViewportSize

from tests.patience import patient
from tests.server import PASSWORD, Server, until
from tests.words import in_german

VIEWPORT: ViewportSize = {"width": 1280, "height": 800}

PNG = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk"
    "+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
"""A picture of one pixel, in base64."""

_DROP = """([files, text, target]) => {
  const dataTransfer = new DataTransfer()
  for (const [name, type, content] of files) {
    const bytes = type && Uint8Array.from(atob(content), c => c.charCodeAt(0))
    dataTransfer.items.add(new File([bytes || content], name, {type}))
  }
  if (text) dataTransfer.setData('text/plain', text)
  const where = {bubbles: true, cancelable: true, clientX: 640, clientY: 400, dataTransfer}
  const element = document.querySelector(target)
  return ['dragover', 'drop'].map(kind => !element.dispatchEvent(new DragEvent(kind, where)))
}"""
_CONTENT = """() => {
  const all = window.canvasBoard.doc.getMap('elements').toJSON()
  return Object.fromEntries(Object.keys(all).sort().map(id => [id, all[id]]))
}"""
_SCENE = """() => window.canvasBoard.api.getSceneElements().map(
  e => ({id: e.id, type: e.type, x: e.x, y: e.y, strokeColor: e.strokeColor, index: e.index}))"""


_NO_SUCH_FILE = "/static/board/assets/no-such-file.js"
_IS_CUT_OFF = "file => fetch(file).then(() => false, () => true)"
"""The service worker asks for files that it does not have."""

_SAVED = ("saved", "gespeichert")
_IS_SAVED = "() => window.canvasBoard?.status().kind === 'saved'"
_IS_OPEN = """() => window.canvasBoard?.provider.synced
  && document.querySelector(".pin-layer") !== null
  && document.querySelector(".note-authors") !== null"""


def alive(content: dict[str, Any]) -> dict[str, Any]:
    """The elements of a document that are not deleted."""
    return {id: element for id, element in content.items() if not element.get("del")}


def until_open(page: Page) -> None:
    """Waits until a board is in sync with the server, and all parts of its page are there: a part
    that comes later would miss a click, or the network that a test takes away.
    """
    page.wait_for_function(_IS_OPEN)


def sign_out(page: Page) -> None:
    """Signs out by the avatar menu of a page of the site."""
    page.locator(".account-menu > summary").click()
    page.get_by_role("button", name="Sign out", exact=True).click()


class BoardPage:
    """One person's window."""

    def __init__(self, browser: Browser | BrowserContext, server: Server, **options: Any) -> None:
        """A context has the options it was started with, and maybe a window that is still empty."""
        self.server = server
        self._is_german = str(options.get("locale", "")).startswith("de")
        self.errors: list[str] = []
        # What the browser reports when a test takes the network away, or for a refused form.
        self.expected = ["net::ERR_", "WebSocket connection to", "status of 422"]
        self.context: BrowserContext = (
            browser.new_context(**{"viewport": VIEWPORT, **options})
            if isinstance(browser, Browser)
            else browser
        )
        self.context.set_default_timeout(1000 * patient(30))
        empty = (page for page in self.context.pages if page.url == "about:blank")
        self.page: Page = next(empty, None) or self.context.new_page()
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", self._on_console)
        self.foreign_requests: list[str] = []
        self.page.on("request", self._on_request)

    def _on_console(self, message: Any) -> None:
        is_expected = any(text in message.text for text in self.expected)
        if (
            message.type == "error"
            and not is_expected
            and _NO_SUCH_FILE not in str(message.location)
        ):
            self.errors.append(f"{message.text} {message.location}")

    def _on_request(self, request: Any) -> None:
        if not request.url.startswith((self.server.url, "data:", "blob:")):
            self.foreign_requests.append(request.url)

    def sign_in(self, username: str) -> "BoardPage":
        """Sends what the form sends, from this browser; the window stays where it is."""
        login = f"{self.server.url}/login"
        asked = self.context.request.get(login)
        csrf = re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', asked.text())
        form = {"csrfmiddlewaretoken": csrf[0], "username": username, "password": PASSWORD}
        headers = {"Origin": self.server.origin, "Referer": login}
        answer = self.context.request.post(login, form=form, headers=headers, max_redirects=0)
        assert answer.status == 302, answer.text()
        return self

    def sign_in_by_form(self, username: str) -> "BoardPage":
        """Signs in as people do, and is at the list of boards then."""
        self.page.goto(f"{self.server.url}/login")
        self.page.get_by_label("Username").fill(username)
        self.page.get_by_label("Password").fill(PASSWORD)
        self.page.get_by_role("button", name="Sign in", exact=True).click()
        self.page.wait_for_url(f"{self.server.url}/")
        return self

    def open(self, board: str, suffix: str = "") -> "BoardPage":
        """Opens the board and waits until a person can work with it (see `until_open`)."""
        self.page.goto(f"{self.server.url}/board/{board}{suffix}")
        until_open(self.page)
        return self

    def intercept(self, addresses: str, handle: Callable[[Route], None]) -> None:
        """Lets `handle` say what becomes of the page's requests.

        Chromium lets some pass for a moment after it has said that it asks, so this waits until it
        does.
        """
        probe = f"{self.server.url}/healthz"
        self.page.route(probe, lambda route: route.fulfill(status=204))
        self.page.route(addresses, handle)
        asked = "probe => fetch(probe).then(answer => answer.status)"
        until(lambda: self.page.evaluate(asked, probe), lambda status: status == 204)

    def sign_out(self) -> None:
        """By the avatar menu. The bell may be asking in the moment in which the session ends."""
        self.expected.append("401 (Unauthorized)")
        sign_out(self.page)

    def lose_session(self) -> None:
        """Takes the cookies away, as when a session has run out. A page that is open learns of it
        by the answer to what it asks next.
        """
        self.expected.append("401 (Unauthorized)")
        self.context.clear_cookies()

    def wait(self, milliseconds: int) -> None:
        """Lets time pass on the page; only where a person would wait too."""
        self.page.wait_for_timeout(milliseconds)

    # --- what the page shows

    def word(self, english: str, **values: str) -> str:
        """What the page says for this text of ours, in the language of the window."""
        text = in_german(english) if self._is_german else english
        for name, value in values.items():
            text = text.replace(f"%({name})s", value).replace(f"{{{name}}}", value)
        return text

    def content(self) -> dict[str, Any]:
        """The document's elements."""
        return dict(self.page.evaluate(_CONTENT))

    def scene(self) -> list[dict[str, Any]]:
        """What is on the canvas, without deleted elements."""
        return list(self.page.evaluate(_SCENE))

    def status(self) -> str:
        """What the status badge says."""
        return self.page.locator(".status-label").inner_text()

    def until_content(self, condition: Any, seconds: float = 20) -> Any:
        """Waits until the document satisfies `condition`."""
        return until(self.content, condition, seconds)

    def until_status(self, text: str, seconds: float = 20) -> str:
        """Waits until the badge contains `text`. "Saved" counts only if it is still right when
        everything that was done on the page is counted: the badge may be a moment late.
        """
        wanted = text.lower()

        def is_so(shown: str) -> bool:
            if wanted not in shown.lower():
                return False
            return wanted not in _SAVED or bool(self.page.evaluate(_IS_SAVED))

        return str(until(self.status, is_so, seconds))

    # --- what a person does

    def draw_rectangle(self, x: float, y: float, width: float = 120, height: float = 80) -> str:
        """Draws with the rectangle tool; returns the new element's id."""
        before = {element["id"] for element in self.scene()}
        self.page.keyboard.press("r")
        self.drag((x, y), (x + width, y + height))
        self.page.keyboard.press("Escape")
        scene = until(self.scene, lambda scene: {e["id"] for e in scene} - before)
        self.page.evaluate("() => window.canvasBoard.flush()")
        return str(next(e["id"] for e in scene if e["id"] not in before))

    def drag(self, start: tuple[float, float], end: tuple[float, float], steps: int = 8) -> None:
        """Presses, moves and lets go."""
        mouse = self.page.mouse
        mouse.move(*start)
        mouse.down()
        mouse.move(*end, steps=steps)
        mouse.up()

    def select(self, x: float, y: float) -> None:
        """Clicks on the outline at a point of the window."""
        self.page.keyboard.press("v")
        self.page.mouse.click(x, y)

    def colour(self, hex_colour: str) -> None:
        """Picks a stroke colour for what is selected."""
        self.page.get_by_test_id(f"color-top-pick-{hex_colour}").first.click()

    def drop(
        self, files: list[list[str]], text: str = "", target: str = "canvas.interactive"
    ) -> bool:
        """Drops files (name, type, content; of images in base64) or a text from elsewhere.

        Returns whether the page took it: otherwise the browser would open the file.
        """
        return all(self.page.evaluate(_DROP, [files, text, target]))

    def go_offline(self) -> None:
        """Takes the network away, from the page and from its service worker: one that is just being
        started learns of it later.
        """
        self.context.set_offline(True)
        if not self.page.is_closed():
            until(
                lambda: self.page.evaluate(_IS_CUT_OFF, f"{self.server.url}{_NO_SUCH_FILE}"), bool
            )

    def go_online(self) -> None:
        """Brings the network back."""
        self.context.set_offline(False)

    def session_cookie(self) -> str:
        """The cookie header of the signed-in session."""
        cookies = self.context.cookies(self.server.url)
        return "; ".join(f"{cookie['name']}={cookie['value']}" for cookie in cookies)
