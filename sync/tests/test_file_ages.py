"""Files of any age come in by the editor's rules: nothing of them is lost without being named."""

import json
import os
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command

from boards.models import Board
from boards.tests.factories import client_of, make_board
from sync.drawing.model import EDITOR_KEYS
from sync.drawing.restoring import restored
from sync.tests.file_corpus import corpus_file

pytestmark = pytest.mark.django_db
SEEDS = range(int(os.environ.get("CANVAS_TEST_FILES", "105")))
MADE_ANEW = {"id", "index", *EDITOR_KEYS}
"""Ids, the order, and what an editor counts for itself; old forms have become new ones."""


def sent(user: User, board: Board, file: Any) -> dict[str, Any]:
    answer = client_of(user).post(f"/api/v1/boards/{board.pk}/import", file, "application/json")
    assert answer.status_code == 200, answer.content
    return dict(answer.json())


def exported(user: User, board: Board) -> list[dict[str, Any]]:
    content = client_of(user).get(f"/api/v1/boards/{board.pk}/export").content
    return list(json.loads(content)["elements"])


def test_no_property_of_any_age_is_lost_without_being_named(alice: User) -> None:
    ages = set()
    for seed in SEEDS:
        age, file = corpus_file(seed)
        ages.add(age)
        board = make_board(alice, title=f"{seed}")
        answer = sent(alice, board, file)
        named = {(one["element"], one["property"]) for one in answer["left_out"]}
        assert len(named) == answer["left_out_count"]
        living = [
            (number, element)
            for number, element in enumerate(file["elements"], 1)
            if not element["isDeleted"]
        ]
        out = exported(alice, board)
        assert len(out) == len(living) == len(answer["created"])
        for (number, element), kept in zip(living, out, strict=True):
            wanted = restored(element)
            for key, value in wanted.items():
                is_own = kept["type"] in ("hologram", "mindmap") and key == "status"
                if (key in MADE_ANEW and not is_own) or (number, key) in named:
                    continue
                if key == "groupIds" and isinstance(value, list):
                    assert len(kept[key]) == len(value)
                else:
                    assert kept[key] == value, (seed, number, key)
    assert len(ages) == 7


FILE_OF_2020 = {
    "type": "excalidraw",
    "version": 1,
    "elements": [
        {
            **{"id": "d", "type": "draw", "x": 0, "y": 0, "width": 100, "height": 60, "seed": 1},
            **{"points": [[0, 0], [50, 60], [100, 0]], "strokeSharpness": "round"},
            **{"strokeColor": "#000000", "fillStyle": "hachure", "boundElementIds": []},
        },
        {
            **{"id": "b", "type": "rectangle", "x": 0, "y": 80, "width": 10, "height": 10},
            **{"strokeSharpness": "round", "boundElementIds": ["a"]},
        },
        {
            **{"id": "a", "type": "arrow", "x": 0, "y": 90, "width": 40, "height": 20},
            **{"startBinding": {"elementId": "b", "gap": 1}},
        },
        {
            **{"id": "e", "type": "text", "x": 0, "y": 100, "width": 60, "height": 25},
            **{"text": "old words", "font": "20px Cascadia", "baseline": 18},
        },
    ],
}


def test_a_file_of_2020_is_what_the_editor_makes_of_it(alice: User) -> None:
    board = make_board(alice)
    sent(alice, board, FILE_OF_2020)
    stroke, box, arrow, text = exported(alice, board)
    assert (stroke["type"], stroke["roundness"]) == ("line", {"type": 2})
    assert box["roundness"] == {"type": 1}
    assert box["boundElements"] == [{"id": arrow["id"], "type": "arrow"}]
    assert arrow["startBinding"] == {"elementId": box["id"], "gap": 1, "focus": 0}
    assert (arrow["points"], arrow["endArrowhead"]) == ([[0, 0], [40, 20]], "arrow")
    assert (text["fontSize"], text["fontFamily"], text["lineHeight"]) == (20, 3, 1.25)
    assert text["originalText"] == "old words"


def test_what_is_left_out_is_named_with_its_element_and_the_reason(alice: User) -> None:
    box = {"type": "rectangle", "x": 0, "y": 0, "width": 1, "height": 1}
    file = {
        "type": "excalidraw",
        "elements": [box, {**box, "id": "b", "link": "javascript:x", "deep": [[]] * 20_001}],
    }
    answer = sent(alice, make_board(alice), file)
    assert len(answer["created"]) == 2
    assert answer["left_out"] == [
        {"element": 2, "property": "link", "reason": "has to be a link that does no harm"},
        {"element": 2, "property": "deep", "reason": "has more than 20000 items"},
    ]
    many = {**box, **{f"new{number}": number for number in range(350)}}
    answer = sent(alice, make_board(alice), {"type": "excalidraw", "elements": [many]})
    assert (len(answer["left_out"]), answer["left_out_count"]) == (100, 150)


def test_the_command_takes_the_same_and_names_the_same(alice: User, tmp_path: Path) -> None:
    for seed in (0, 1, 3, 6, 13, 20):
        _, file = corpus_file(seed)
        path = tmp_path / f"{seed}.excalidraw"
        path.write_text(json.dumps(file))
        out, err = StringIO(), StringIO()
        call_command("import_board", str(path), owner="alice", stdout=out, stderr=err)
        board = make_board(alice, title="REST")
        answer = sent(alice, board, file)
        made = exported(alice, Board.objects.get(pk=out.getvalue().strip()))
        ours = {"id", "groupIds", "index", "boundElements"}
        assert [{k: v for k, v in one.items() if k not in ours} for one in made] == [
            {k: v for k, v in one.items() if k not in ours} for one in exported(alice, board)
        ]
        assert err.getvalue().count("Left out") == answer["left_out_count"]


def test_a_library_comes_in_rows_and_a_whiteboard_as_a_drawing(alice: User) -> None:
    box = {"id": "same", "type": "rectangle", "x": 5, "y": 5, "width": 900, "height": 10}
    label = {"id": "t", "type": "text", "x": 5, "y": 5, "width": 9, "height": 9, "text": "a"}
    label["containerId"] = "same"
    old = {"type": "excalidrawlib", "library": [[box], [box, label], [box]]}
    items = [{"id": f"{n}", "elements": one} for n, one in enumerate(old["library"])]
    for file in (old, {"type": "excalidrawlib", "version": 2, "libraryItems": items}):
        board = make_board(alice)
        sent(alice, board, file)
        out = exported(alice, board)
        assert [(one["x"], one["y"]) for one in out] == [(0, 0), (940, 0), (940, 0), (0, 50)]
        assert out[2]["containerId"] == out[1]["id"]
        assert len(out[1]["groupIds"]) == 1
        assert out[1]["groupIds"] == out[2]["groupIds"]
    board = make_board(alice)
    sent(alice, board, {"elements": [box], "files": {}, "scrollToContent": True})
    assert len(exported(alice, board)) == 1


@pytest.mark.parametrize(
    ("file", "code", "reason"),
    [
        ({"type": "excalidrawlib", "libraryItems": [[]] * 1001}, 413, "more than 1,000 items"),
        ({"type": "excalidrawlib", "libraryItems": [7]}, 400, "Item 1 of this library is damaged."),
        ({"type": "excalidrawlib", "elements": []}, 400, "The elements of this file are damaged."),
        ({"type": "tldraw", "elements": []}, 400, "This is not an Excalidraw file."),
        ({"files": {}}, 400, "This is not an Excalidraw file."),
    ],
)
def test_other_files_are_refused_with_a_sentence(
    alice: User, file: dict[str, Any], code: int, reason: str
) -> None:
    board = make_board(alice)
    path = f"/api/v1/boards/{board.pk}/import"
    answer = client_of(alice).post(path, file, "application/json")
    assert answer.status_code == code
    assert reason in answer.json()["detail"]
    assert exported(alice, board) == []
