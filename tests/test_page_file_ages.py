"""Files of any age give the same drawing, dropped on the page or sent by REST."""

import json
from typing import Any

import pytest

from sync.drawing.model import DRAWN_TYPES
from sync.tests.file_corpus import corpus_file
from tests.conftest import OpenPage
from tests.server import Server, until

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

ANEW = {"id", "index", "groupIds", "boundElements", "updated", "version", "versionNonce"}
FILES = 35


def elements_of(server: Server, board: str) -> list[dict[str, Any]]:
    """What an export of the board has, with places relative to the first element."""
    status, file = server.call("GET", f"boards/{board}/export", token=server.token("alice"))
    assert status == 200
    return list(file["elements"])


def upright(element: dict[str, Any]) -> dict[str, Any]:
    """The same place with a size above zero."""
    sizes = {"x": element["width"], "y": element["height"]}
    return element | {
        "x": element["x"] + min(sizes["x"], 0),
        "y": element["y"] + min(sizes["y"], 0),
        "width": abs(sizes["x"]),
        "height": abs(sizes["y"]),
    }


def comparable(elements: list[dict[str, Any]], named: set[tuple[int, str]]) -> list[dict[str, Any]]:
    """Without what is made anew or was named as left out; a null is the same as nothing, and a size
    below zero the same as one to the other side.
    """
    elements = [upright(element) for element in elements]
    x, y = elements[0]["x"], elements[0]["y"]
    return [
        {
            key: value
            for key, value in element.items()
            if value is not None and key not in ANEW and (place, key) not in named
        }
        | {"x": round(element["x"] - x, 3), "y": round(element["y"] - y, 3)}
        | {"groups": len(element["groupIds"])}
        for place, element in enumerate(elements)
    ]


def test_a_dropped_file_is_what_rest_makes_of_it(server: Server, open_page: OpenPage) -> None:
    elements = [
        {**element, "id": f"{seed}-{element['id']}"}
        for seed in range(FILES)
        for element in corpus_file(seed)[1]["elements"]
        if not element["isDeleted"] and isinstance(element.get("groupIds", []), list)
    ]
    file = {"type": "excalidraw", "version": 2, "elements": elements, "files": {}}
    by_rest, dropped = server.new_board(), server.new_board()
    path = f"boards/{by_rest}/import"
    status, answer = server.call("POST", path, file, server.token("alice"))
    assert status == 200, answer
    named = {(one["element"] - 1, one["property"]) for one in answer["left_out"]}
    alice = open_page(server).sign_in("alice").open(dropped)
    alice.drop([["ages.excalidraw", "", json.dumps(file)]])
    until(alice.scene, lambda scene: len(scene) == len(elements))
    alice.until_status("saved")
    ours = comparable(elements_of(server, by_rest), named)
    theirs = comparable(elements_of(server, dropped), named)
    assert len(ours) == len(theirs) == len(elements)
    for one, other, element in zip(ours, theirs, elements, strict=True):
        if element["type"] not in DRAWN_TYPES:  # the editor gives it what every element has
            other = {key: other.get(key) for key in one}
        assert other == one, element["id"]
