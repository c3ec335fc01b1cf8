"""Presenting and following: one person shows, others see it; and fifty people at once."""

import io
import itertools
import os
import statistics
import time
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.conftest import OpenPage
from tests.page import BoardPage
from tests.patience import Stopwatch
from tests.presences import FRAMES, frames_among
from tests.server import Server, until

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

_VIEW = """() => {
  const { scrollX, scrollY, zoom, width, height } = window.canvasBoard.api.getAppState()
  return [width / 2 / zoom.value - scrollX, height / 2 / zoom.value - scrollY].map(Math.round)
}"""
_TRAILS = """() =>
  [...document.querySelectorAll(".SVGLayer path")].filter(one => one.getAttribute("d")).length"""
_COUNT_FRAMES = """{
  const ask = window.requestAnimationFrame.bind(window)
  window.framesAsked = 0
  window.requestAnimationFrame = draw => { window.framesAsked += 1; return ask(draw) }
}"""
_FRAMES = """() => {
  window.framesAsked = 0
  return new Promise(tell => setTimeout(() => tell(window.framesAsked), 1000))
}"""
_FOLLOWED = "() => window.canvasBoard.provider.awareness.getLocalState().follow ?? null"
_PEOPLE = """() => [...window.canvasBoard.api.getAppState().collaborators.values()].filter(
  one => one.socketId && !one.isCurrentUser).map(
  ({username, userState, pointer, button}) => ({username, userState, pointer, button}))"""

_SELECTED_BY_OTHERS = """() => [...window.canvasBoard.api.getAppState().collaborators.values()]
  .flatMap(one => Object.keys(one.selectedElementIds ?? {}))"""
_LEFT_EDGE = """id => {
  const { api } = window.canvasBoard
  const { scrollX, scrollY, zoom, offsetLeft, offsetTop } = api.getAppState()
  const { x, y, height } = api.getSceneElements().find(element => element.id === id)
  return [(x + scrollX) * zoom.value + offsetLeft,
    (y + height / 2 + scrollY) * zoom.value + offsetTop]
}"""


def middle(page: BoardPage) -> list[int]:
    """The place of the drawing that is in the middle of the window."""
    return list(page.page.evaluate(_VIEW))


def at_rest(page: BoardPage, place: list[float]) -> list[int]:
    """The middle once the canvas has moved to where this place of the drawing is in it."""
    return list(until(lambda: middle(page), lambda at: at == pytest.approx(place, abs=2)))


def others(page: BoardPage) -> list[Any]:
    """Who is shown to be there."""
    return list(page.page.evaluate(_PEOPLE))


def add_frame(page: BoardPage, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Draws a frame."""
    page.page.keyboard.press("f")
    page.drag(start, end)
    page.page.keyboard.press("Escape")


def test_a_page_on_which_nothing_happens_rests(server: Server, open_page: OpenPage) -> None:
    board = server.new_board(bob="edit")
    windows = [open_page(server).sign_in(name) for name in ("alice", "bob")]
    for window in windows:
        window.page.add_init_script(_COUNT_FRAMES)
        window.open(board)
    windows[0].draw_rectangle(300, 300)
    for window in windows:
        until(lambda window=window: window.page.evaluate(_FRAMES), lambda count: count == 0)


def test_who_presents_is_followed_from_frame_to_frame(server: Server, open_page: OpenPage) -> None:
    board = server.new_board(bob="view")
    alice = open_page(server).sign_in("alice").open(board)
    bob = open_page(server).sign_in("bob").open(board)
    add_frame(alice, (700, 300), (900, 400))
    add_frame(alice, (300, 310), (500, 410))
    drawn = {element["id"] for element in alice.scene()}
    right, left = [[one["x"] + 100, one["y"] + 50] for one in alice.scene()]
    before = middle(alice)

    alice.page.keyboard.press("Shift+P")
    bar = alice.page.get_by_role("region", name="Presentation")
    expect(bar.get_by_text("1 / 2")).to_be_visible()
    expect(alice.page.locator(".board-bar")).to_be_hidden()
    first = at_rest(alice, left)
    expect(bob.page.get_by_text("Alice is presenting")).to_be_visible()
    bob.page.get_by_role("button", name="Follow", exact=True).click()
    expect(bob.page.get_by_text("You see what Alice presents")).to_be_visible()
    until(lambda: middle(bob), lambda at: at == pytest.approx(first, abs=25))
    alice.page.keyboard.press(" ")
    expect(bar.get_by_text("2 / 2")).to_be_visible()
    alice.page.keyboard.press("r")  # no tool of the editor's: the laser would draw a rectangle
    alice.page.keyboard.press("ArrowRight")
    second = at_rest(alice, right)
    until(lambda: middle(bob), lambda at: at == pytest.approx(second, abs=25))

    # the laser, while its button is down
    alice.page.mouse.move(500, 400)
    alice.page.mouse.down()
    alice.page.mouse.move(600, 450, steps=5)
    pointer = {"tool": "laser", "button": "down"}
    until(
        lambda: [{"tool": one["pointer"]["tool"], "button": one["button"]} for one in others(bob)],
        lambda found: found == [pointer],
    )
    # Bob's page rested until now.
    places = itertools.cycle([(500, 400), (600, 450)])

    def trails() -> int:
        alice.page.mouse.move(*next(places), steps=3)
        return int(bob.page.evaluate(_TRAILS))

    until(trails, lambda count: count == 1)
    alice.page.mouse.up()
    until(lambda: bob.page.evaluate(_TRAILS), lambda count: count == 0)

    bob.page.get_by_role("button", name="Stop following").click()
    expect(bob.page.get_by_text("Alice is presenting")).to_be_visible()
    bob.page.get_by_role("button", name="Follow", exact=True).click()
    expect(bob.page.get_by_text("You see what Alice presents")).to_be_visible()
    alice.page.keyboard.press("Escape")
    expect(bar).to_have_count(0)
    expect(alice.page.locator(".board-bar")).to_be_visible()
    expect(bob.page.get_by_text("Alice is presenting")).to_have_count(0)
    assert {element["id"] for element in alice.scene()} == drawn, "no key reached the editor"
    until(lambda: middle(alice), lambda at: at == before)
    # People who followed the presentation no longer follow after it.
    until(lambda: bob.page.evaluate(_FOLLOWED), lambda followed: followed is None)


def ink(page: BoardPage, element: str) -> bool:
    """Whether the left edge of a rectangle can be seen."""
    left, top = page.page.evaluate(_LEFT_EDGE, element)
    shot = page.page.screenshot(clip={"x": left - 8, "y": top - 8, "width": 16, "height": 16})
    grey = list(Image.open(io.BytesIO(shot)).convert("L").tobytes())
    return max(grey) - min(grey) > 60


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_but_the_frame_is_presented(
    server: Server, open_page: OpenPage, scheme: str
) -> None:
    board = server.new_board(bob="edit")
    alice = open_page(server, color_scheme=scheme).sign_in("alice").open(board)
    bob = open_page(server).sign_in("bob").open(board)
    add_frame(alice, (400, 250), (800, 600))
    inside = alice.draw_rectangle(560, 360)
    outside = alice.draw_rectangle(830, 360)
    bob.until_content(lambda content: outside in content)
    bob.select(562, 400)
    until(lambda: alice.page.evaluate(_SELECTED_BY_OTHERS), lambda ids: ids == [inside])
    assert ink(alice, outside)

    alice.page.keyboard.press("Shift+P")
    until(lambda: ink(alice, outside), lambda seen: not seen)
    until(lambda: ink(alice, inside), bool)
    until(lambda: alice.page.evaluate(_SELECTED_BY_OTHERS), lambda ids: ids == [])
    # a closer look takes along what covers the rest
    alice.page.mouse.move(800, 400)
    alice.page.keyboard.down("Control")
    alice.page.mouse.wheel(0, 200)
    alice.page.keyboard.up("Control")
    until(lambda: ink(alice, outside), lambda seen: not seen)
    until(lambda: ink(alice, inside), bool)

    # the bar goes when the mouse rests, and comes back with it
    bar = alice.page.get_by_role("region", name="Presentation")
    opacity = "node => Number(getComputedStyle(node).opacity)"
    until(lambda: bar.evaluate(opacity), lambda value: value == 0)
    alice.page.mouse.move(640, 420)
    until(lambda: bar.evaluate(opacity), lambda value: value == 1)
    alice.page.keyboard.press("Escape")
    until(lambda: ink(alice, outside), bool)
    until(lambda: alice.page.evaluate(_SELECTED_BY_OTHERS), lambda ids: ids == [inside])


def test_on_a_phone_nothing_but_the_drawing_is_presented(
    server: Server, open_page: OpenPage
) -> None:
    board = server.new_board()
    phone = {"width": 390, "height": 780}
    alice = open_page(server, viewport=phone, has_touch=True).sign_in("alice").open(board)
    toolbar = alice.page.locator(".App-toolbar--mobile")
    expect(toolbar).to_be_visible()
    alice.page.keyboard.press("Shift+P")
    bar = alice.page.get_by_role("region", name="Presentation")
    expect(bar).to_be_visible()
    expect(toolbar).to_be_hidden()
    for shown in alice.page.locator(".layer-ui__wrapper, .App-bottom-bar, .board-bar").all():
        expect(shown).to_be_hidden()
    bar.get_by_role("button", name="End the presentation").click()
    expect(toolbar).to_be_visible()


def test_people_have_the_name_that_the_server_knows_and_their_state(
    server: Server, open_page: OpenPage
) -> None:
    board = server.new_board(bob="view")
    alice = open_page(server).sign_in("alice").open(board)
    bob = open_page(server).sign_in("bob").open(board)
    bob.page.evaluate(
        """() => window.canvasBoard.provider.awareness.setLocalStateField(
          'user', {id: '1', name: 'The boss'})"""
    )
    until(lambda: others(alice), lambda found: [one["username"] for one in found] == ["Bob"])
    hide = """state => {
      Object.defineProperty(document, 'visibilityState', {value: state, configurable: true})
      document.dispatchEvent(new Event('visibilitychange'))
    }"""
    for state, shown in (("hidden", "away"), ("visible", "active")):
        bob.page.evaluate(hide, state)
        until(lambda: others(alice)[0]["userState"], lambda found, shown=shown: found == shown)


def test_fifty_people_who_move_leave_the_page_usable(server: Server, open_page: OpenPage) -> None:
    """`CANVAS_PEOPLE=50 CANVAS_PEOPLE_SECONDS=10 pytest -s` prints the figures of a longer run."""
    people = int(os.environ.get("CANVAS_PEOPLE", "50"))
    seconds = float(os.environ.get("CANVAS_PEOPLE_SECONDS", "3"))
    board = server.new_board(bob="view")
    alice = open_page(server).sign_in("alice").open(board)
    alice.draw_rectangle(500, 300)
    quiet = alice.page.evaluate(FRAMES, 1)
    watch, began = Stopwatch(), time.monotonic()
    gaps, moves = frames_among(alice.page, server, board, people, seconds)
    busy = (time.monotonic() - began) / watch.seconds
    ordered = sorted(gaps)
    median, p95 = statistics.median(ordered), ordered[int(len(ordered) * 0.95)]
    late = sum(1 for gap in ordered if gap > 50)
    print(
        f"{people} people, {moves:.0f} moves/s: frame median {median:.1f} ms,"
        f" p95 {p95:.1f} ms, over 50 ms {late} of {len(ordered)};"
        f" alone median {statistics.median(quiet):.1f} ms"
    )
    assert median < 50 * busy
    assert p95 < 250 * busy
