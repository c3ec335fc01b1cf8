"""Files that Excalidraw itself wrote come in and go out again as the same drawing.

What "the same" means is written in `real_files.py`. `tests/test_excalidraw_files.py` asks the
editor itself.
"""

import copy
import json
import os
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.contrib.auth.models import User

from boards.models import Board
from boards.tests.factories import client_of, make_board
from sync.tests.real_files import FILES, comparable, read


@pytest.fixture(autouse=True)
def _files(settings: Any, tmp_path: Path) -> None:
    settings.CANVAS_FILES_DIR = tmp_path


def import_file(user: User, board: Board, file: Any) -> Any:
    path = f"/api/v1/boards/{board.pk}/import"
    return client_of(user).post(path, file, "application/json")


def exported(user: User, board: Board) -> dict[str, Any]:
    return dict(json.loads(client_of(user).get(f"/api/v1/boards/{board.pk}/export").content))


def test_the_files_hold_every_type_of_element() -> None:
    elements = [element for name in FILES for element in read(name)["elements"]]
    assert {element["type"] for element in elements} == {
        *("rectangle", "diamond", "ellipse", "line", "arrow", "freedraw", "text"),
        *("image", "embeddable", "frame", "magicframe"),
    }


@pytest.mark.django_db
@pytest.mark.parametrize("name", FILES)
def test_a_real_file_comes_out_as_it_went_in(alice: User, name: str) -> None:
    board, file = make_board(alice), read(name)
    answer = import_file(alice, board, file)
    assert answer.status_code == 200, answer.content
    out = exported(alice, board)
    assert comparable(out) == comparable(file)
    assert out["appState"]["viewBackgroundColor"] == file["appState"]["viewBackgroundColor"]
    images = {element["fileId"] for element in file["elements"] if element["type"] == "image"}
    assert out["files"].keys() == images == file["files"].keys()
    again = make_board(alice, title="Again")
    assert import_file(alice, again, out).status_code == 200
    assert comparable(exported(alice, again)) == comparable(file)


# --- damaged on the way

ODD: list[Any] = [
    *(None, True, 0, -1, 1.5, 1e308, 2**63, 10**40, "", "x", "\ud800", "\0"),
    *([], {}, [[]], [None], [{}], {"id": []}, [{"id": {}, "type": 5}], {"elementId": {}}),
    *([1e400], -1e400, {"a": {"b": 2**70}}, ["a"] * 300, "y" * 100_000),
]


def damaged(file: Any, random: Random) -> Any:
    """The file with a few places in it put wrong: replaced, removed, doubled or swapped."""
    for _ in range(random.choice((1, 1, 2, 5, 20))):
        place, key = _some_place(file, random)
        match random.randrange(5):
            case 0 | 1 | 2:
                place[key] = copy.deepcopy(random.choice(ODD))
            case 3:
                del place[key]
            case _:
                other, other_key = _some_place(file, random)
                place[key] = copy.deepcopy(other[other_key])
    return file


def _some_place(file: Any, random: Random) -> tuple[Any, Any]:
    """A container somewhere in the file and a key of it; elements are met the most."""
    place: Any = file
    while True:
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        key = random.choice(keys)
        inner = place[key]
        if not isinstance(inner, dict | list) or not inner or random.random() < 0.2:
            return place, key
        place = inner


@pytest.mark.django_db
@pytest.mark.parametrize("name", FILES)
def test_a_damaged_file_is_taken_or_refused_with_a_reason(alice: User, name: str) -> None:
    """`CANVAS_FILE_EXAMPLES` of them, 40 by default; a failure names its seed."""
    codes: dict[int, int] = {}
    for seed in range(int(os.environ.get("CANVAS_FILE_EXAMPLES", "40"))):
        board = make_board(alice)
        file = damaged(read(name), Random(seed))
        answer = import_file(alice, board, json.dumps(file))
        assert answer.status_code in (200, 400, 413), (seed, answer.content)
        codes[answer.status_code] = codes.get(answer.status_code, 0) + 1
        if answer.status_code == 400:
            assert answer.json()["detail"], seed
        else:
            exported(alice, board)
            client_of(alice).get(f"/api/v1/boards/{board.pk}/elements").json()
    assert codes.keys() >= {200, 400}, codes


@pytest.mark.django_db
def test_what_newer_editors_write_is_kept(alice: User) -> None:
    """Bindings without focus and gap, closed lines, generated frames: all of later versions."""
    file = read("composed")
    by_id = {element["id"]: element for element in file["elements"]}
    by_id["line"]["polygon"] = True
    by_id["bound"]["startBinding"] = {
        **{"elementId": "labelled", "mode": "orbit", "fixedPoint": [0.9, 0.5]}
    }
    by_id["sharp"] |= {"type": "iframe", "customData": {"generationData": {"status": "done"}}}
    board = make_board(alice)
    assert import_file(alice, board, file).status_code == 200
    assert comparable(exported(alice, board)) == comparable(file)


@pytest.mark.django_db
def test_elements_that_share_an_id_all_come_in(alice: User) -> None:
    file = read("composed")
    twin = next(one for one in file["elements"] if one["id"] == "sharp")
    board = make_board(alice)
    answer = import_file(alice, board, {**file, "elements": [twin, {**twin, "x": 500}]})
    assert len(set(answer.json()["created"])) == 2
    assert [element["x"] for element in exported(alice, board)["elements"]] == [twin["x"], 500]


@pytest.mark.django_db
def test_a_board_with_a_drawing_keeps_its_background(alice: User) -> None:
    board = make_board(alice)
    import_file(alice, board, read("drawn"))
    import_file(alice, board, read("composed"))
    assert exported(alice, board)["appState"]["viewBackgroundColor"] == "#ffffff"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("property", "value", "reason"),
    [
        ("boundElements", [{"id": []}], "Element 2 of this file is damaged. `boundElements` has"),
        ("groupIds", [[]], "`groupIds` has to be a list of texts."),
        ("text", "\ud83d", "`text` holds half a character."),
        ("x", 10**400, "`x` holds a number that is too large."),
        ("customData", {"a": 1e400}, "`customData` holds a number that is too large."),
    ],
)
def test_the_answer_says_what_is_wrong(alice: User, property: str, value: Any, reason: str) -> None:
    first, second, *_ = read("composed")["elements"]
    file = {"type": "excalidraw", "elements": [first, {**second, property: value}]}
    text = json.dumps(file).replace("Infinity", "1e400")
    answer = import_file(alice, make_board(alice), text)
    assert answer.status_code == 400
    assert reason in answer.json()["detail"]


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["import", "elements", "versions", "permissions"])
def test_json_that_is_nested_without_end_is_refused(alice: User, path: str) -> None:
    url = f"/api/v1/boards/{make_board(alice).pk}/{path}"
    answer = client_of(alice).post(url, "[" * 100_000, "application/json")
    assert answer.status_code == 400
    assert answer.json()["detail"]
