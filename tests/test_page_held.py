"""Somebody holds a part of what hangs together while somebody else moves another: arrows, elbows,
labels, frames and groups keep their bindings, and fit, in both pages.

`CANVAS_TEST_HELD=all pytest tests/test_page_held.py` for every pair, online and after an offline
stretch.
"""

import itertools
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.page import BoardPage
from tests.server import Server, until

pytestmark = [pytest.mark.browser, pytest.mark.worker, pytest.mark.timeout(300)]

DRIVER = Path(__file__).with_name("held.js")
_DRAWN = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
_IS_CONNECTED = "() => window.canvasBoard.provider.wsconnected"


class Person:
    """One page, and the drawing that both are at."""

    def __init__(self, page: BoardPage) -> None:
        self.board = page
        self.page = page.page
        self.serial = 0

    def id(self, name: str) -> str:
        """The element's id in the drawing that is there now."""
        return f"{name}{self.serial}"

    def point(self, x: float, y: float) -> tuple[float, float]:
        """Where a place of the drawing is in the window."""
        left, top = self.page.evaluate("() => held.offset()")
        return x + left, y + top

    def press(self, x: float, y: float, by: tuple[float, float]) -> None:
        """Takes hold at a place and moves by `by`, without letting go."""
        start = self.point(x, y)
        self.page.mouse.move(*start)
        self.page.mouse.down()
        self.page.mouse.move(start[0] + by[0], start[1] + by[1], steps=6)

    def click(self, x: float, y: float) -> None:
        """Selects what is there, and waits for its handles: nobody takes hold of one before."""
        self.page.mouse.click(*self.point(x, y))
        self.page.evaluate(_DRAWN)

    def move(self, *names: str, keys: str = "ArrowDown", times: int = 12, group: str = "") -> None:
        """Moves elements by the keyboard, as the editor does it."""
        groups = [self.id(group)] if group else []
        self.page.evaluate(
            "([ids, groups]) => held.select(ids, groups)", [[self.id(n) for n in names], groups]
        )
        for _ in range(times):
            self.page.keyboard.press(f"Shift+{keys}")

    def problems(self) -> list[str]:
        """What does not hang together any more."""
        return list(self.page.evaluate("n => held.problems(n)", self.serial))


def _bend(who: Person) -> None:
    who.click(500, 240)
    who.press(570, 240, (0, 60))


def _elbow(who: Person) -> None:
    who.click(470, 380)
    who.press(570, 380, (0, 40))


def _resize(who: Person) -> None:
    who.click(320, 215)
    who.press(314, 194, (-30, -20))


def _label(who: Person) -> None:
    who.page.mouse.dblclick(*who.point(380, 240))
    who.page.keyboard.type("more ")


HELD: dict[str, Callable[[Person], None]] = {
    "bends the arrow": _bend,
    "carries the arrow": lambda who: who.press(500, 240, (4, 6)),
    "pushes the elbow": _elbow,
    "carries the left box": lambda who: who.press(320, 215, (20, 40)),
    "resizes the left box": _resize,
    "writes the label": _label,
    "carries the member": lambda who: who.press(360, 505, (20, 10)),
    "carries the group": lambda who: who.press(700, 465, (20, 10)),
}


def _enlarge(who: Person) -> None:
    who.click(820, 215)
    who.press(826, 194, (40, -30))
    who.page.mouse.up()


def _raise(who: Person) -> None:
    who.move("left", times=0)
    who.page.keyboard.press("Control+Shift+]")


def _frame(who: Person) -> None:
    who.move("frame", keys="ArrowRight", times=40)


DONE: dict[str, Callable[[Person], None]] = {
    "left moves": lambda who: who.move("left"),
    "right moves": lambda who: who.move("right"),
    "both boxes move": lambda who: who.move("left", "right"),
    "arrow moves": lambda who: who.move("straight", times=1),
    "frame moves": _frame,
    "group moves": lambda who: who.move("one", "two", group="group"),
    "right grows": _enlarge,
    "left comes to the front": _raise,
}

SOME = {
    ("bends the arrow", "right moves"),
    ("bends the arrow", "both boxes move"),
    ("carries the arrow", "left moves"),
    ("pushes the elbow", "right moves"),
    ("pushes the elbow", "left moves"),
    ("carries the left box", "right moves"),
    ("resizes the left box", "both boxes move"),
    ("carries the member", "frame moves"),
    ("carries the group", "group moves"),
}
EVERY = list(itertools.product(HELD, DONE))
IS_WHOLE = os.environ.get("CANVAS_TEST_HELD") == "all"
ONLINE = [pair for pair in EVERY if IS_WHOLE or pair in SOME]
OFFLINE = EVERY if IS_WHOLE else []
CASES = [(*pair, False) for pair in ONLINE] + [(*pair, True) for pair in OFFLINE]


def _name(value: Any) -> str:
    return ("online", "offline")[value] if isinstance(value, bool) else str(value).replace(" ", "-")


@pytest.fixture(scope="module")
def people(browser: Browser, server: Server) -> Iterator[tuple[Person, Person]]:
    """Alice and Bob at one board, for all pairs."""
    board = server.new_board(bob="edit")
    pages = []
    for user in ("alice", "bob"):
        page = BoardPage(browser, server)
        page.context.add_init_script(path=DRIVER)
        pages.append(page.sign_in(user).open(board))
    yield Person(pages[0]), Person(pages[1])
    for page in pages:
        page.context.close()
    assert [error for page in pages for error in page.errors] == []


@pytest.mark.parametrize(("holds", "does", "is_offline"), CASES, ids=_name)
def test_what_hangs_together_stays_together(
    people: tuple[Person, Person], holds: str, does: str, is_offline: bool
) -> None:
    alice, bob = people
    for who in people:
        who.serial += 1
    alice.page.evaluate("n => held.draw(n)", alice.serial)
    # On the canvas, which follows the document with the next frame.
    until(bob.board.scene, lambda scene: any(one["id"] == alice.id("two") for one in scene))
    bob.page.evaluate("() => held.select([], [])")
    assert bob.problems() == []
    if is_offline:
        alice.board.go_offline()
        until(lambda: alice.page.evaluate(_IS_CONNECTED), lambda connected: not connected)
    HELD[holds](alice)
    DONE[does](bob)
    bob.page.keyboard.press("Escape")
    bob.page.evaluate("() => window.canvasBoard.flush()")
    if not is_offline:
        until(lambda: (alice.board.content(), bob.board.content()), lambda both: both[0] == both[1])
    alice.page.mouse.up()
    alice.page.keyboard.press("Escape")
    alice.page.keyboard.press("Escape")
    if is_offline:
        alice.board.go_online()
        alice.board.until_status("Saved", seconds=60)
    until(lambda: alice.problems() + bob.problems(), lambda wrong: wrong == [], seconds=8)
    until(lambda: (alice.board.content(), bob.board.content()), lambda both: both[0] == both[1])
    # And so it stays, once everybody's changes have arrived.
    alice.board.wait(300)
    assert alice.problems() + bob.problems() == []
