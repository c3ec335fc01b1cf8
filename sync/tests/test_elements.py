"""The group model in Python: what is shared of an element, and that nothing gets lost in it."""

from __future__ import annotations

from typing import Any

import pytest

from sync.drawing.demo import demo_elements
from sync.drawing.elements import decode_element, encode_element, is_deleted

NEVER_SHARED = {"id", "version", "versionNonce", "updated", "status", "lastCommittedPoint"}
RECTANGLE: dict[str, Any] = {
    "id": "r1",
    "type": "rectangle",
    "x": 1.5,
    "y": -2,
    "width": 30,
    "height": 40,
    "angle": 0,
    "isDeleted": False,
    "index": "a0",
    "boundElements": [{"id": "t1", "type": "text"}, {"id": "a1", "type": "arrow"}],
    "version": 7,
    "versionNonce": 99,
    "updated": 1700000000000,
    "status": "saved",
}


def test_bookkeeping_of_one_editor_is_never_shared() -> None:
    for element in [RECTANGLE, *demo_elements()]:
        assert not NEVER_SHARED & encode_element(element).keys()


def test_what_one_gesture_writes_together_is_one_key() -> None:
    assert encode_element(RECTANGLE) == {
        "type": "rectangle",
        "pos": [1.5, -2],
        "size": [30, 40],
        "angle": 0,
        "index": "a0",
        "bound:t1": "text",
        "bound:a1": "arrow",
        "del": False,
    }


@pytest.mark.parametrize("kind", ["line", "arrow", "freedraw"])
def test_the_size_of_a_path_is_part_of_the_path(kind: str) -> None:
    path = {"points": [[0, 0], [3, 4]], "width": 3, "height": 4}
    groups = encode_element({"id": "p", "type": kind, "x": 0, "y": 0, **path})
    assert groups["path"] == path
    assert "size" not in groups


def test_the_size_of_a_text_is_part_of_the_text() -> None:
    text = {"text": "a\nb", "originalText": "a b", "width": 9, "height": 50, "autoResize": True}
    groups = encode_element({"id": "t", "type": "text", "x": 0, "y": 0, **text})
    assert groups["text"] == text
    assert "size" not in groups


def test_deleting_is_a_tombstone() -> None:
    groups = encode_element({**RECTANGLE, "isDeleted": True})
    assert groups["del"] == {"by": None, "at": 1700000000000}
    assert decode_element("r1", groups)["isDeleted"] is True


@pytest.mark.parametrize(
    ("groups", "expected"),
    [({}, False), ({"del": False}, False), ({"del": None}, False), ({"del": {"by": "1"}}, True)],
)
def test_a_missing_tombstone_means_alive(groups: dict[str, Any], expected: bool) -> None:
    assert is_deleted(groups) is expected


def test_an_index_that_is_not_known_yet_is_left_out() -> None:
    assert "index" not in encode_element({**RECTANGLE, "index": None})


def test_every_demo_element_survives_the_way_there_and_back() -> None:
    for element in demo_elements():
        restored = decode_element(element["id"], encode_element(element))
        element["boundElements"] = (
            sorted(element["boundElements"], key=lambda bound: str(bound["id"]))
            if element["boundElements"]
            else None
        )
        assert restored == element
