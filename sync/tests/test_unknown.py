"""Types, properties and values that nobody here knows: kept whole, whatever is done beside them."""

import json
from typing import Any

import pytest
from django.contrib.auth.models import User

from boards.models import Board
from boards.tests.factories import client_of, make_board
from sync.drawing.elements import decode_element, encode_element
from sync.drawing.thumbnail import thumbnail
from sync.programs.documents import document_now
from sync.programs.search_index import element_texts
from sync.storage.compaction import compact_board

PLACE = {"x": 10, "y": 20, "width": 30, "height": 40, "index": "a0"}
HOLOGRAM: dict[str, Any] = {
    **{"id": "hologram", "type": "hologram", **PLACE, "groupIds": ["g"], "depth": 7},
    **{"layers": [{"name": "one", "at": [1, 2, 3]}], "points": [[0, 0, 5]], "text": "glowing"},
    **{"angle": 5000, "status": "done", "size": "large", "path": {"d": "M0 0"}, "del": 0},
    **{"bound:x": 1, "other:y": None, "locked": "by nobody", "fillStyle": "dots"},
    **{"startBinding": {"to": [1]}, "originalText": 5, "pressures": {"a": 1}, "opacity": 250},
}
NOTE: dict[str, Any] = {
    **{"id": "note", "type": "stickynote", **PLACE, "groupIds": ["g"]},
    **{"backgroundColor": "#ffec99", "boundElements": [{"id": "words", "type": "text"}]},
}
WORDS: dict[str, Any] = {
    **{"id": "words", "type": "text", **PLACE, "text": "inside", "originalText": "inside"},
    **{"containerId": "note", "baseFontSize": 16, "labelPosition": {"side": "top"}},
}
BOX: dict[str, Any] = {
    **{"id": "box", "type": "rectangle", **PLACE, "groupIds": ["g"], "fillStyle": "dots"},
    **{"strokeOptions": {"taper": [1, 2]}, "created": 1, "roundness": "soft"},
}
BOUNDLESS = {"type": "hologram", **PLACE}
LEFT_BEHIND = {"id", "version", "versionNonce", "updated", "index", "isDeleted", "boundElements"}
"""What an import makes anew, and with it the references below."""
REFERENCES = {"groupIds", "containerId"}


def file_of(*elements: dict[str, Any]) -> dict[str, Any]:
    return {"type": "excalidraw", "version": 9, "elements": list(elements)}


def imported(user: User, board: Board, *elements: dict[str, Any]) -> None:
    answer = client_of(user).post(
        f"/api/v1/boards/{board.pk}/import", file_of(*elements), "application/json"
    )
    assert answer.status_code == 200, answer.content


def exported(user: User, board: Board) -> dict[str, dict[str, Any]]:
    """What an export says of the elements, by type, without ids."""
    answer = client_of(user).get(f"/api/v1/boards/{board.pk}/export")
    return {element["type"]: element for element in json.loads(answer.content)["elements"]}


def comparable(element: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in element.items() if key not in {*LEFT_BEHIND, *REFERENCES}}


@pytest.mark.django_db
def test_what_nobody_knows_comes_out_as_it_went_in(alice: User) -> None:
    board, again = make_board(alice), make_board(alice, title="Again")
    imported(alice, board, HOLOGRAM, NOTE, WORDS, BOX)
    out = exported(alice, board)
    for element in (HOLOGRAM, NOTE, WORDS, BOX):
        assert comparable(out[element["type"]]).items() >= comparable(element).items()
    assert (
        len({tuple(out[one]["groupIds"]) for one in ("hologram", "stickynote", "rectangle")}) == 1
    )
    assert out["text"]["containerId"] == out["stickynote"]["id"]
    assert out["stickynote"]["boundElements"] == [{"id": out["text"]["id"], "type": "text"}]
    imported(alice, again, *out.values())
    for kind, element in exported(alice, again).items():
        assert comparable(element) == comparable(out[kind])


@pytest.mark.django_db
def test_a_hundred_edits_around_it_and_of_it_change_nothing_else(alice: User) -> None:
    board, client = make_board(alice), client_of(alice)
    imported(alice, board, HOLOGRAM, BOX)
    before = exported(alice, board)
    ids = [element["id"] for element in before.values()]
    path = f"/api/v1/boards/{board.pk}"
    for step in range(100):
        change = [{"id": one, "x": step, "strokeColor": f"#0000{step:02}"} for one in ids]
        answer = client.post(f"{path}/elements", {"change": change}, "application/json")
        assert answer.status_code == 200, answer.content
    kept = client.post(f"{path}/versions", {"name": "kept"}, "application/json").json()["id"]
    answer = client.post(f"{path}/elements", {"delete": ids}, "application/json")
    assert answer.status_code == 200
    assert exported(alice, board) == {}
    assert client.post(f"{path}/versions/{kept}/restore").status_code == 200
    compact_board(board.pk)
    for kind, element in exported(alice, board).items():
        assert element == {**before[kind], "x": 99, "strokeColor": "#000099"}


@pytest.mark.django_db
def test_copies_pictures_and_search_have_it(alice: User) -> None:
    board, client = make_board(alice), client_of(alice)
    imported(alice, board, HOLOGRAM, BOX)
    copy = client.post(f"/api/v1/boards/{board.pk}/duplicate", {}, "application/json").json()["id"]
    other = Board.objects.get(pk=copy)
    assert exported(alice, other) == exported(alice, board)
    content = document_now(board.pk)[0].content()
    assert "stroke-dasharray" in thumbnail(content)
    texts, _ = element_texts(board.pk)
    assert [one.text for one in texts.values()] == ["glowing"]


def test_the_keys_of_an_unknown_element_are_stable() -> None:
    groups = encode_element(HOLOGRAM)
    assert groups["other:points"] == [[0, 0, 5]]
    assert encode_element(decode_element("hologram", groups)) == groups


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("property", "reason"),
    [
        ({"deep": json.loads("[" * 20 + "]" * 20)}, "is nested deeper than 16"),
        ({"long": "x" * 100_001}, "has more than 100000 characters"),
        ({"wide": [1] * 20_001}, "has more than 20000 items"),
        ({"many": ["x" * 99_999] * 3}, "is larger than 262144 characters"),
        ({"points": [[0] * 20_001]}, "has more than 20000 items"),
        ({"k" * 201: 1}, "is not a name that can be kept"),
        ({"__proto__": {"a": 1}}, "is not a name that can be kept"),
    ],
)
def test_it_is_bounded(alice: User, property: dict[str, Any], reason: str) -> None:
    path = f"/api/v1/boards/{make_board(alice).pk}/import"
    file = file_of({"id": "a", **BOUNDLESS, **property})
    answer = client_of(alice).post(path, file, "application/json")
    assert answer.status_code == 200
    [name] = property
    left_out = {"element": 1, "property": name[:50], "reason": reason}
    assert answer.json()["left_out"] == [left_out]
