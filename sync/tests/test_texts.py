"""Texts that programs write have a size that fits, and are what people find when they edit them."""

from typing import Any

import pytest
from django.contrib.auth.models import User

from boards.models import Board
from sync.drawing.texts import text_width
from sync.tests.rest import elements_on, write

pytestmark = pytest.mark.django_db(transaction=True)

TEXT: dict[str, Any] = {"id": "t", "type": "text", "x": 100, "y": 0, "text": "Hello"}


def _write(board: Board, alice: User, **batch: list[dict[str, Any]]) -> None:
    answer = write(alice, board, "elements", batch)
    assert answer.status_code == 200, answer.content


def _created(board: Board, alice: User, **properties: Any) -> dict[str, Any]:
    _write(board, alice, create=[{**TEXT, **properties}])
    return elements_on(board)["t"]


def _changed(board: Board, alice: User, **properties: Any) -> dict[str, Any]:
    _write(board, alice, change=[{"id": "t", **properties}])
    return elements_on(board)["t"]


def test_a_new_text_is_as_large_as_its_words(board: Board, alice: User) -> None:
    text = _created(board, alice, text="Hello\nWorld, and more", fontSize=36)
    assert text["width"] == text_width("World, and more", 36)
    assert text["height"] == 2 * 36 * 1.25
    assert text["originalText"] == "Hello\nWorld, and more"


@pytest.mark.parametrize(("words", "lines"), [("a\n", 2), ("a\r\nb", 2), ("a\u2028b", 1), ("", 1)])
def test_lines_are_those_of_the_editor(board: Board, alice: User, words: str, lines: int) -> None:
    assert _created(board, alice, text=words)["height"] == lines * 20 * 1.25


def test_a_given_size_is_kept(board: Board, alice: User) -> None:
    text = _created(board, alice, width=300, height=40)
    assert (text["width"], text["height"]) == (300, 40)
    text = _changed(board, alice, text="Hello, and much more of it", width=500)
    assert (text["width"], text["height"]) == (500, 40)


def test_other_words_have_another_size_and_are_what_is_edited(board: Board, alice: User) -> None:
    before = _created(board, alice)
    after = _changed(board, alice, text="Hello, and much more of it")
    assert after["width"] == text_width("Hello, and much more of it", 20) > before["width"]
    assert after["originalText"] == after["text"]
    assert after["x"] == before["x"]
    assert _changed(board, alice, fontSize=40)["width"] == pytest.approx(2 * after["width"])


@pytest.mark.parametrize(("align", "share"), [("center", 0.5), ("right", 1.0)])
def test_it_grows_from_where_it_is_aligned(
    board: Board, alice: User, align: str, share: float
) -> None:
    before = _created(board, alice, textAlign=align)
    after = _changed(board, alice, text="Hello, and much more of it")
    grown = after["width"] - before["width"]
    assert after["x"] == pytest.approx(before["x"] - grown * share)


def test_what_has_nothing_to_do_with_words_changes_no_size(board: Board, alice: User) -> None:
    before = _created(board, alice, width=300, height=40)
    after = _changed(board, alice, x=5, strokeColor="#ff0000")
    assert {key: after[key] for key in ("width", "height", "text", "originalText")} == {
        key: before[key] for key in ("width", "height", "text", "originalText")
    }


@pytest.mark.parametrize("given", [{"autoResize": False}, {"containerId": "box"}])
def test_a_size_that_a_person_or_a_container_set_is_kept(
    board: Board, alice: User, given: dict[str, Any]
) -> None:
    box = {"id": "box", "type": "rectangle", "x": 0, "y": 0, "width": 200, "height": 80}
    _write(board, alice, create=[box, {**TEXT, "width": 90, "height": 25, **given}])
    after = _changed(board, alice, text="Hello, and much more of it")
    assert (after["width"], after["height"]) == (90, 25)
    assert after["originalText"] == after["text"]


def test_other_elements_keep_the_usual_size(board: Board, alice: User) -> None:
    _write(board, alice, create=[{"id": "r", "type": "rectangle", "x": 0, "y": 0}])
    element = elements_on(board)["r"]
    assert (element["width"], element["height"]) == (100, 100)
    assert "originalText" not in element


def test_wide_letters_are_wide_and_marks_have_no_width() -> None:
    assert text_width("日本", 20) == 40
    assert text_width("e\u0301", 20) == text_width("e", 20)
    assert text_width("🎉", 20) == 25
    assert text_width("iiii", 20, 3) == text_width("MMMM", 20, 3)
