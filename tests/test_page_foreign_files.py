"""Files of other programs give the same drawing, dropped on the page or sent by REST."""

import base64
import json
import urllib.request
from typing import Any

import pytest
from playwright.sync_api import expect

from sync.tests.foreign_files import (
    CSV,
    DRAWIO,
    DRAWIO_PNG,
    DRAWIO_SVG,
    PICTURES,
    TLDRAW,
    drawio_pictures,
)
from tests.conftest import OpenPage
from tests.patience import patient
from tests.server import Server, until
from tests.test_page_file_ages import comparable, elements_of

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

BOMB = '<!DOCTYPE a [<!ENTITY b "bbbbbbbb">]><mxfile><diagram>&b;</diagram></mxfile>'
REFERENCES = {"containerId", "frameId"}
BINDINGS = {"startBinding", "endBinding"}
ROUGHLY = 0.06
"""Chromium on Linux puts letters on whole pixels, which makes a text up to so much wider."""


def imported(server: Server, board: str, file: bytes, kind: str) -> dict[str, Any]:
    """The answer to an import by alice."""
    request = urllib.request.Request(f"{server.url}/api/v1/boards/{board}/import", file)
    request.add_header("Content-Type", kind)
    request.add_header("Authorization", f"Bearer {server.token('alice')}")
    with urllib.request.urlopen(request, timeout=patient(40)) as response:
        return dict(json.load(response))


LINES = {"x", "y", "width", "height", "text"}
"""Of a text: these follow from how wide its letters are."""


def certain(element: dict[str, Any], ids: list[str]) -> dict[str, Any]:
    """What does not depend on how wide letters are, with the numbers of elements as their ids."""
    words = {"words": str(element["text"]).split()} if element["type"] == "text" else {}
    kept = {key: value for key, value in element.items() if not words or key not in LINES} | words
    if "fileId" in kept:
        kept["fileId"] = True
    for key in kept.keys() & REFERENCES:
        kept[key] = ids.index(kept[key])
    for key in kept.keys() & BINDINGS:
        kept[key] = {**kept[key], "elementId": ids.index(kept[key]["elementId"])}
    return kept


def outside_of_their_shapes(elements: list[dict[str, Any]]) -> list[str]:
    """The words whose middle is not in the shape that they belong to."""
    by_id = {one["id"]: one for one in elements}
    found = []
    for one in elements:
        shape = by_id.get(one.get("containerId"))
        if shape is None or shape["type"] == "arrow":
            continue
        x = one["x"] + one["width"] / 2 - shape["x"]
        y = one["y"] + one["height"] / 2 - shape["y"]
        if not (0 < x < shape["width"] and 0 < y < shape["height"]):
            found.append(str(one["text"]))
    return found


def test_a_dropped_file_is_what_rest_makes_of_it(server: Server, open_page: OpenPage) -> None:
    alice = open_page(server).sign_in("alice")
    for name, kind, file in (
        ("plan.tldr", "application/vnd.tldraw+json", TLDRAW.encode()),
        ("notes.csv", "text/csv", CSV.encode()),
        ("plan.drawio", "application/vnd.jgraph.mxfile", DRAWIO.encode()),
        ("plan.drawio.png", "image/png", DRAWIO_PNG),
        ("plan.drawio.svg", "image/svg+xml", DRAWIO_SVG),
        ("faces.drawio", "application/vnd.jgraph.mxfile", drawio_pictures(*PICTURES).encode()),
    ):
        by_rest, dropped = server.new_board(), server.new_board()
        answer = imported(server, by_rest, file, kind)
        alice.open(dropped)
        alice.drop([[name, kind, base64.b64encode(file).decode()]])
        until(alice.scene, lambda scene, answer=answer: len(scene) == len(answer["created"]))
        alice.until_status("saved")
        ours, theirs = elements_of(server, by_rest), elements_of(server, dropped)
        ids = [[str(one["id"]) for one in elements] for elements in (ours, theirs)]
        pairs = zip(comparable(ours, set()), comparable(theirs, set()), strict=True)
        for one, other in pairs:
            assert certain(one, ids[0]) == certain(other, ids[1])
            for key in ("x", "y", "width", "height"):
                off = abs(one[key] - other[key])
                assert off <= ROUGHLY * max(one["width"], 20), (key, one, other)
        assert outside_of_their_shapes(ours) == outside_of_their_shapes(theirs) == []


_PICTURES = """async () => {
  const {api} = window.canvasBoard
  const seen = []
  for (const {fileId} of api.getSceneElements().filter(({type}) => type === 'image')) {
    const image = new Image()
    image.src = api.getFiles()[fileId]?.dataURL ?? ''
    await image.decode().catch(() => {})
    const paper = document.createElement('canvas')
    paper.width = paper.height = 1
    paper.getContext('2d').drawImage(image, 0, 0, 1, 1)
    seen.push([...paper.getContext('2d').getImageData(0, 0, 1, 1).data])
  }
  return seen
}"""


def test_pictures_of_draw_io_are_seen_by_others(server: Server, open_page: OpenPage) -> None:
    """Dropped or sent by REST: they are stored by the server, and nothing is fetched."""
    red, blue = [255, 0, 0, 255], [0, 0, 255, 255]
    file = drawio_pictures(*PICTURES)
    by_rest, dropped = server.new_board(bob="view"), server.new_board(bob="view")
    imported(server, by_rest, file.encode(), "application/vnd.jgraph.mxfile")
    alice = open_page(server).sign_in("alice").open(dropped)
    alice.drop([["faces.drawio", "", file]])
    alice.page.get_by_text("1 picture is elsewhere").wait_for()
    alice.page.get_by_text("1 element of “faces.drawio” could not be added.").wait_for()
    alice.until_status("saved")
    bob = open_page(server).sign_in("bob")
    for board in (by_rest, dropped):
        bob.open(board)
        until(lambda: bob.page.evaluate(_PICTURES), lambda seen: seen == [red, blue, red])
    assert alice.foreign_requests == bob.foreign_requests == []


def test_a_diagram_of_draw_io_stays_a_diagram(server: Server, open_page: OpenPage) -> None:
    board = server.new_board(bob="edit")
    alice = open_page(server).sign_in("alice").open(board)
    bob = open_page(server).sign_in("bob").open(board)
    alice.drop([["plan.xml", "text/xml", base64.b64encode(DRAWIO.encode()).decode()]])
    report = alice.page.get_by_text("1 shape became a box.")
    report.wait_for()
    expect(report).to_contain_text("was not fetched: https://evil.example/x.png")
    until(bob.scene, lambda scene: sum(one["type"] == "frame" for one in scene) == 2)
    alice.page.keyboard.press("Control+z")
    until(bob.scene, lambda scene: scene == [])
    for name, file in (("bomb.drawio", BOMB), ("other.xml", "<svg/>"), ("bad.drawio", "<mxfile")):
        alice.drop([[name, "", file]])
        alice.page.get_by_text(f"“{name}” contains no drawing").wait_for()
    assert alice.scene() == []
    assert alice.foreign_requests == []
