"""The same board in Chromium, Firefox and WebKit: each window is a person in another engine."""

from collections.abc import Callable, Iterator
from functools import cache

import pytest
from playwright.sync_api import Browser

from tests.conftest import MakeServer
from tests.engines.chromium import ChromiumWindow
from tests.engines.firefox import FirefoxWindow
from tests.engines.imports import FILES, drop_all, drop_pdf, types_of
from tests.engines.webkit import WebKitWindow
from tests.engines.window import Window
from tests.server import Server, until
from tests.services import Missing
from tests.test_page_fonts import differs

pytestmark = [pytest.mark.browser, pytest.mark.worker, pytest.mark.timeout(240)]

PEOPLE = {"chromium": "alice", "firefox": "bob", "webkit": "charlie"}
OTHER = {"chromium": "firefox", "firefox": "webkit", "webkit": "chromium"}

Open = Callable[[str], Window]

_FONTS = """() => [...document.fonts].filter(face => face.status === 'loaded')
  .map(face => face.family.replaceAll('"', ''))"""
_REDRAW = """async () => {
  const { api } = window.canvasBoard
  const elements = api.getSceneElements().map(element => ({ ...element }))
  api.updateScene({ elements, captureUpdate: 'NEVER' })
  for (let frame = 0; frame < 3; frame += 1) await new Promise(requestAnimationFrame)
}"""
_SELECTED = """() => Object.entries(window.canvasBoard.api.getAppState().selectedElementIds)
  .filter(([, isSelected]) => isSelected).map(([id]) => id)"""
_HAS_LOADED = """() => document.querySelector('.library-section[open] .library-item') !== null
  && ![...document.querySelectorAll('.library-section[open] .panel-note')]
    .some(note => note.textContent === 'Loading…')"""
_IS_OPEN_SECTION = """title => [...document.querySelectorAll('.library-section[open] summary')]
  .some(summary => summary.textContent.startsWith(title))"""
_IS_KEPT = """async () => {
  await navigator.serviceWorker.ready
  return (await (await caches.open('canvas-pages')).keys()).length > 0
}"""
_NOTE_COPY = """() => {
  const { clipboard } = navigator
  const write = clipboard.writeText.bind(clipboard)
  clipboard.writeText = async text => {
    await write(text)
    window.hasCopied = true
  }
}"""
"""Nobody is as quick as a driver, which pastes before the system has what was copied."""
_PICTURES = """async () => {
  const { api } = window.canvasBoard
  const sizes = []
  for (const { type, fileId } of api.getSceneElements()) {
    const file = api.getFiles()[fileId]
    if (type !== 'image' || !file) continue
    const image = new Image()
    image.src = file.dataURL
    await image.decode()
    sizes.push(image.naturalWidth)
  }
  return sizes
}"""
"""How wide the pictures on the canvas are that have their bytes."""
_POINTERS = """() => [...window.canvasBoard.api.getAppState().collaborators.values()]
  .filter(({ pointer }) => pointer).map(({ username }) => username)"""


@pytest.fixture(scope="module")
def server(make_server: MakeServer) -> Server:
    """A server for this module: it is stopped in between."""
    return make_server()


@pytest.fixture(scope="module")
def start(
    server: Server, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Open]:
    """Starts a window that has seen nothing yet, and signs its person in."""
    opened: list[Window] = []

    def start(engine: str) -> Window:
        folder = tmp_path_factory.mktemp(engine)
        try:
            if engine == "chromium":
                browser: Browser = request.getfixturevalue("browser")
                opened.append(ChromiumWindow(folder, browser))
            else:
                opened.append({"firefox": FirefoxWindow, "webkit": WebKitWindow}[engine](folder))
        except Missing as missing:
            pytest.fail(str(missing))
        return opened[-1].sign_in(server, PEOPLE[engine])

    yield start
    for window in opened:
        window.close()


@pytest.fixture(scope="module")
def windows(start: Open) -> Open:
    """Gives the window of an engine, the same one for all tests of the module."""
    return cache(start)


@pytest.fixture(params=list(PEOPLE))
def engine(request: pytest.FixtureRequest) -> str:
    """Each of the three in turn."""
    return str(request.param)


@pytest.fixture
def me(windows: Open, engine: str) -> Iterator[Window]:
    """Whom the test is about. Nothing may have failed on the page."""
    window = windows(engine)
    yield window
    assert window.errors() == []


@pytest.fixture
def other(windows: Open, engine: str) -> Iterator[Window]:
    """A person in another engine."""
    window = windows(OTHER[engine])
    yield window
    assert window.errors() == []


@pytest.fixture
def board(server: Server, engine: str) -> str:
    """A board of the person whom the test is about, which the other one may edit."""
    return server.new_board(PEOPLE[engine], **{PEOPLE[OTHER[engine]]: "edit"})


def create(server: Server, engine: str, board: str, elements: list[dict[str, object]]) -> None:
    """Elements that were there before anybody came."""
    token = server.token(PEOPLE[engine])
    answer = server.call("POST", f"boards/{board}/elements", {"create": elements}, token)
    assert answer[0] == 200, answer


def test_two_engines_draw_together(server: Server, me: Window, other: Window, board: str) -> None:
    me.open(server, board)
    other.open(server, board)
    mine = me.draw_rectangle(400, 300, 200, 120)
    until(other.content, lambda content: mine in content)
    theirs = other.draw_rectangle(700, 300, 200, 120)
    until(me.content, lambda content: theirs in content)
    # WebKit's driver lets the mouse leave the window whenever it lets a button go.
    other.hover((720, 600))
    until(lambda: me.run(_POINTERS), lambda names: names == [PEOPLE[other.engine].title()])

    # a label in it, with letters that need another key, and a copy of both
    me.press("v")
    me.double_click((500, 360))
    me.type("Größe 7")
    me.press("Escape")
    until(
        lambda: [e["text"] for e in other.scene() if e["text"]], lambda texts: texts == ["Größe 7"]
    )
    me.run(_NOTE_COPY)
    me.press("Control", "c")
    me.until("() => window.hasCopied")
    me.click((500, 600))
    me.press("Control", "v")
    until(other.scene, lambda scene: [e["text"] for e in scene].count("Größe 7") == 2)

    # one's own alone is undone
    me.press("Control", "z")
    until(other.scene, lambda scene: [e["text"] for e in scene].count("Größe 7") == 1)
    assert {mine, theirs} <= set(other.content())
    me.press("v")
    me.click((700, 360))
    until(lambda: me.run(_SELECTED), lambda ids: ids == [theirs])
    me.press("Delete")
    until(other.content, lambda content: theirs not in content)
    me.until_saved()


def test_texts_are_in_their_fonts_at_first_sight(
    server: Server, start: Open, me: Window, engine: str, board: str
) -> None:
    families = {5: "Excalifont", 6: "Nunito", 8: "Comic Shanns"}
    texts = [
        {"id": f"t{at}", "type": "text", "text": f"Handwritten {at}", "fontFamily": family}
        for at, family in enumerate(families)
    ]
    places = [
        {**text, "x": 250, "y": 200 + 90 * at, "fontSize": 48, "width": 500, "height": 60}
        for at, text in enumerate(texts)
    ]
    create(server, engine, board, places)
    me.open(server, board)
    until(lambda: me.run(_FONTS), lambda loaded: set(families.values()) <= set(loaded))
    fresh = start(engine).open(server, board)

    def looks_else() -> bool:
        # Redrawn each time: a part of a font may still have been on its way.
        me.run(_REDRAW)
        return differs(fresh.canvas(), me.canvas())

    until(looks_else, lambda does: not does)


def test_comments_come_and_go(server: Server, me: Window, other: Window, board: str) -> None:
    me.open(server, board)
    other.open(server, board)
    me.press("c")
    me.shows("body", "Click where your comment belongs")
    me.click((600, 400))
    me.place_of("textarea", "Write a comment")
    me.type("Is this right?")
    me.press("Enter")
    other.click_on(".pin")
    other.shows("[role=dialog]", "Is this right?")
    other.click_on("[role=dialog] textarea", "Reply")
    other.type("It is.")
    other.press("Enter")
    me.shows("[role=dialog]", "It is.")
    me.press("Escape")


def test_a_board_is_shared(server: Server, me: Window, other: Window, engine: str) -> None:
    alone = server.new_board(PEOPLE[engine])
    me.open(server, alone)
    mine = me.draw_rectangle(400, 300)
    me.click_on("button", "Share")
    me.click_on("dialog #share-user")
    me.type(PEOPLE[other.engine])
    me.click_on("dialog button", "Add")
    me.shows("dialog", PEOPLE[other.engine].title())
    me.press("Escape")
    other.open(server, alone)
    until(other.content, lambda content: mine in content)
    theirs = other.draw_rectangle(700, 300)
    until(me.content, lambda content: theirs in content)


def test_a_board_is_exported(server: Server, me: Window, board: str) -> None:
    me.open(server, board)
    me.draw_rectangle(400, 300, 200, 120)
    me.double_click((500, 360))
    me.type("Plan")
    me.press("Escape")
    me.press("Control", "Shift", "e")
    me.click_on("button", "Export to PNG")
    assert me.downloaded(".png").read_bytes().startswith(b"\x89PNG\r\n")
    me.click_on("button", "Export to SVG")
    drawn = me.downloaded(".svg").read_text()
    assert "Plan" in drawn
    assert "font-family: Excalifont; src: url(data:font/woff2;base64," in drawn


def test_files_of_other_programs_are_added(
    server: Server, me: Window, other: Window, board: str
) -> None:
    me.open(server, board)
    other.open(server, board)
    assert list(drop_all(me)) == list(FILES)
    me.until_saved()
    # Their pictures are stored: the other person has the bytes from the server.
    until(lambda: sorted(other.run(_PICTURES)), lambda sizes: sizes == [8, 8, 8, 60])
    until(other.content, lambda content: content.keys() == me.content().keys())


def test_pages_of_a_pdf_become_pictures(
    server: Server, me: Window, other: Window, board: str
) -> None:
    me.open(server, board)
    other.open(server, board)
    drop_pdf(me, 2)
    until(lambda: types_of(other, set()), lambda types: types == {"frame": 2, "image": 2})
    until(lambda: sorted(other.run(_PICTURES)), lambda sizes: len(sizes) == 2 and sizes[0] > 500)
    me.until_saved()


def test_a_library_is_used(server: Server, me: Window, other: Window, board: str) -> None:
    me.open(server, board)
    other.open(server, board)
    me.press("Shift", "l")
    # What is open loads, and moves what is below it.
    me.until(_HAS_LOADED)
    me.click_on("summary", "Retrospective")
    me.until(_IS_OPEN_SECTION, "Retrospective")
    me.click_on(".library-item button", "Mood")
    until(lambda: types_of(other, set()), lambda types: types == {"ellipse": 9, "line": 3})
    me.press("Escape")


def test_work_goes_on_without_network(
    server: Server, me: Window, other: Window, board: str
) -> None:
    me.open(server, board)
    first = me.draw_rectangle(300, 300)
    me.until_saved()
    me.until(_IS_KEPT)
    # A second visit has everything that the worker keeps.
    me.open(server, board)
    until(me.content, lambda content: first in content)
    other.open(server, board)
    server.stop()
    try:
        second = me.draw_rectangle(500, 300)
        me.shows(".status", "1 change")
        me.go(f"{server.url}/board/{board}")
        until(me.content, lambda content: {first, second} <= set(content))
        third = me.draw_rectangle(700, 300)
        theirs = other.draw_rectangle(900, 300)
    finally:
        server.start()
    for window in (me, other):
        until(window.content, lambda content: {first, second, third, theirs} <= set(content), 60)
        window.until_saved()


def test_a_thousand_elements(
    server: Server, me: Window, other: Window, engine: str, board: str
) -> None:
    create(
        server,
        engine,
        board,
        [
            {
                "id": f"e{at}",
                "type": "rectangle",
                "x": 300 + 40 * (at % 40),
                "y": 100 + 40 * (at // 40),
            }
            | {"width": 30, "height": 30}
            for at in range(1000)
        ],
    )
    for window in (me, other):
        window.open(server, board)
        until(window.scene, lambda scene: len(scene) == 1000)
    mine = me.draw_rectangle(600, 300)
    until(other.content, lambda content: mine in content)
    me.scroll((640, 400), 300, 400)
    where = "() => window.canvasBoard.api.getAppState().scrollY"
    until(lambda: me.run(where), lambda down: down < -100)
    me.press("Control", "a")
    me.press("ArrowDown")
    until(lambda: other.content()["e999"]["pos"][1], lambda y: y > 100 + 40 * 24)
