"""Elements made to hurt: the server refuses them in words, and a page that meets them works on."""

import contextlib
import json
import random

import pytest
from pycrdt import Map

from sync.document.document import Document
from sync.drawing.scene import elements_of
from sync.tests.histories import Author
from sync.wire.frames import MalformedError
from sync.wire.update import parse
from tests.conftest import OpenPage
from tests.poison import USABLE_SECONDS, open_poisoned, poison, store
from tests.server import Server, until

ZOOM = "() => window.canvasBoard.api.getAppState().zoom.value"
DRAWN = """() => new Promise((done) =>
  requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))))"""
COUNT_CANVASES = """() => {
  const create = document.createElement.bind(document);
  window.canvases = 0;
  document.createElement = (name, ...more) => {
    if (name === "canvas") window.canvases += 1;
    return create(name, ...more);
  };
}"""


@pytest.mark.parametrize("seed", range(5))
def test_the_server_takes_poison_or_says_what_is_wrong(seed: int) -> None:
    rnd = random.Random(seed)
    outcomes = set()
    for number in range(60):
        element_id, groups = json.loads(json.dumps(poison(rnd, number)))
        author = Author()
        author.elements[element_id] = Map(groups)
        update = author.doc.get_update()
        document = Document()
        outcome = "refused"
        with contextlib.suppress(MalformedError):
            assert document.take(update, parse(update), 1)
            document.apply(update)
            elements_of(document.content())
            outcome = "taken"
        outcomes.add(outcome)
    assert outcomes == {"taken", "refused"}


@pytest.mark.browser
@pytest.mark.timeout(120)
def test_a_page_works_on_beside_poison_and_writes_none_of_it(
    server: Server, open_page: OpenPage
) -> None:
    rnd = random.Random(7)
    board = server.new_board()
    store(server, board, [poison(rnd, number) for number in range(60)])
    alice = open_page(server).sign_in("alice")
    alice.expected.append("can not be shown")
    assert open_poisoned(alice, board) < 2 * USABLE_SECONDS


@pytest.mark.browser
def test_small_elements_are_drawn_without_a_picture_of_each(
    server: Server, open_page: OpenPage
) -> None:
    def box(number: int) -> tuple[str, dict[str, object]]:
        pos = [number % 20 * 110, number // 20 * 110]
        return f"p{number}", {"type": "rectangle", "pos": pos, "size": [60, 40], "index": "a1"}

    board = server.new_board()
    store(server, board, [box(number) for number in range(400)])
    alice = open_page(server).sign_in("alice").open(board)
    until(alice.scene, lambda scene: len(scene) == 400)
    alice.page.evaluate(COUNT_CANVASES)
    for key in ("Shift+1", "Control+-", "Control+="):
        zoom = alice.page.evaluate(ZOOM)
        alice.page.keyboard.press(key)
        if key != "Shift+1":  # the board may have been opened like that
            until(lambda: alice.page.evaluate(ZOOM), lambda now, was=zoom: now != was)
        alice.page.evaluate(DRAWN)
    assert alice.page.evaluate(ZOOM) < 0.4
    assert alice.page.evaluate("() => window.canvases") < 100
