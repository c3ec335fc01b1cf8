"""Files of other programs give the same drawing, dropped on the page or sent by REST."""

import json
import urllib.request
from typing import Any

import pytest

from sync.tests.foreign_files import CSV, TLDRAW
from tests.conftest import OpenPage
from tests.patience import patient
from tests.server import Server, until
from tests.test_page_file_ages import comparable, elements_of

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

IDS = {"containerId", "frameId"}
ROUGHLY = 0.06
"""Chromium on Linux puts letters on whole pixels, which makes a text up to so much wider."""


def imported(server: Server, board: str, file: str, kind: str) -> dict[str, Any]:
    """The answer to an import by alice."""
    request = urllib.request.Request(f"{server.url}/api/v1/boards/{board}/import", file.encode())
    request.add_header("Content-Type", kind)
    request.add_header("Authorization", f"Bearer {server.token('alice')}")
    with urllib.request.urlopen(request, timeout=patient(40)) as response:
        return dict(json.load(response))


LINES = {"x", "y", "width", "height", "text"}
"""Of a text: these follow from how wide its letters are."""


def certain(element: dict[str, Any]) -> dict[str, Any]:
    """What does not depend on how wide letters are, without the ids of a board."""
    kept = {key: value for key, value in element.items() if key not in IDS}
    if element["type"] == "text":
        words = str(element["text"]).split()
        kept = {key: value for key, value in kept.items() if key not in LINES} | {"words": words}
    return kept | {key: element.get(key) is not None for key in IDS}


def test_a_dropped_file_is_what_rest_makes_of_it(server: Server, open_page: OpenPage) -> None:
    alice = open_page(server).sign_in("alice")
    for name, kind, file in (
        ("plan.tldr", "application/vnd.tldraw+json", TLDRAW),
        ("notes.csv", "text/csv", CSV),
    ):
        by_rest, dropped = server.new_board(), server.new_board()
        answer = imported(server, by_rest, file, kind)
        alice.open(dropped)
        alice.drop([[name, "", file]])
        until(alice.scene, lambda scene, answer=answer: len(scene) == len(answer["created"]))
        alice.until_status("saved")
        ours = comparable(elements_of(server, by_rest), set())
        theirs = comparable(elements_of(server, dropped), set())
        for one, other in zip(ours, theirs, strict=True):
            assert certain(one) == certain(other)
            for key in ("x", "y", "width", "height"):
                off = abs(one[key] - other[key])
                assert off <= ROUGHLY * max(one["width"], 20), (key, one, other)
