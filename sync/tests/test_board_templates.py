"""Boards from templates: complete, in the creator's language, from page and REST."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import translation

from audit.models import AuditLog
from boards.lifecycle.templates import BoardTemplate
from boards.models import Board
from boards.tests.factories import client_of
from sync.drawing.scene import elements_of
from sync.drawing.templates import template_elements
from sync.drawing.texts import text_width
from sync.models import DocumentUpdate
from sync.programs.documents import document_now
from sync.tests.test_demo import BASE, EXTRA

JSON = "application/json"
CASES = list(itertools.product(BoardTemplate, ("en", "de")))


def texts_on(board: Board) -> set[str]:
    elements = elements_of(document_now(board.pk)[0].content())
    return {element["originalText"] for element in elements if element["type"] == "text"}


@pytest.mark.parametrize(("template", "language"), CASES)
def test_a_drawing_is_complete_and_bound(template: BoardTemplate, language: str) -> None:
    with translation.override(language):
        elements = template_elements(template)
    by_id = {element["id"]: element for element in elements}
    assert len(by_id) == len(elements)
    assert [element["index"] for element in elements] == sorted(e["index"] for e in elements)
    for element in elements:
        keys = element.keys() - ({"customData"} if element["id"].startswith("note-") else set())
        assert keys == BASE | EXTRA[element["type"]], element["id"]
        for binding in (element.get("startBinding"), element.get("endBinding")):
            if binding:
                entry = {"id": element["id"], "type": "arrow"}
                assert entry in by_id[binding["elementId"]]["boundElements"]
        if element["frameId"]:
            assert is_inside(element, by_id[element["frameId"]])


@pytest.mark.parametrize(("template", "language"), CASES)
def test_words_fit_into_their_shapes(template: BoardTemplate, language: str) -> None:
    with translation.override(language):
        elements = template_elements(template)
    by_id = {element["id"]: element for element in elements}
    for element in elements:
        if element["type"] != "text":
            continue
        lines = element["text"].split("\n")
        assert " ".join(lines) == element["originalText"]
        widest = max(text_width(line, element["fontSize"]) for line in lines)
        assert element["width"] == pytest.approx(widest)
        container = by_id.get(element["containerId"])
        if container and container["type"] != "arrow":
            assert is_inside(element, container), element["text"]


def is_inside(element: dict[str, Any], frame: dict[str, Any]) -> bool:
    return all(
        frame[at] <= element[at] and element[at] + element[size] <= frame[at] + frame[size]
        for at, size in (("x", "width"), ("y", "height"))
    )


@pytest.mark.parametrize("template", BoardTemplate)
def test_a_board_begins_with_the_drawing(alice: User, template: BoardTemplate) -> None:
    client = client_of(alice)
    response = client.post("/boards", {"title": "  ", "template": template.value})
    board = Board.objects.get()
    assert response["Location"] == f"/board/{board.pk}"
    assert (board.title, board.owner, board.head_seq) == (str(template.label), alice, 1)
    drawn = elements_of(document_now(board.pk)[0].content())
    plan = template_elements(template)
    assert [element["type"] for element in drawn] == [element["type"] for element in plan]
    assert not {element["id"] for element in drawn} & {element["id"] for element in plan}
    assert AuditLog.objects.get(action="room_create").data == {"template": template.value}
    assert client.get(f"/board/{board.pk}/thumbnail.svg").status_code == 200


def test_words_on_it_are_those_of_who_makes_it(alice: User) -> None:
    data = {"title": "", "template": "kanban"}
    client_of(alice).post("/boards", data, headers={"Accept-Language": "de"})
    assert {"Zu tun", "In Arbeit", "Fertig"} <= texts_on(Board.objects.get())


def test_a_title_that_was_typed_stays(alice: User) -> None:
    client_of(alice).post("/boards", {"title": "Sprint 12", "template": "kanban"})
    assert Board.objects.get().title == "Sprint 12"


def test_what_is_no_template_makes_no_board(alice: User) -> None:
    client = client_of(alice)
    response = client.post("/boards", {"title": "x", "template": "../x"})
    assert response.status_code == 422
    assert "There is no such template." in response.content.decode()
    body = {"title": "x", "template": "other"}
    assert client.post("/api/v1/boards", body, JSON).status_code == 400
    assert client.get("/templates/other.svg").status_code == 404
    assert not Board.objects.exists()


def test_programs_use_templates_too(alice: User) -> None:
    client = client_of(alice)
    body = {"title": "By REST", "template": "retrospective"}
    response = client.post("/api/v1/boards", body, JSON)
    assert response.status_code == 201
    assert "template" not in response.json()
    assert "What went well" in texts_on(Board.objects.get())
    assert client.post("/api/v1/boards", {"title": "Empty"}, JSON).status_code == 201
    assert DocumentUpdate.objects.count() == 1


def test_the_list_shows_what_templates_look_like(alice: User) -> None:
    client = client_of(alice)
    content = client.get("/").content.decode()
    assert '<details class="templates" open>' in content
    for name in BoardTemplate.values:
        assert f'src="/templates/{name}.svg?l=en"' in content
        picture = client.get(f"/templates/{name}.svg")
        assert picture["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert client_of(None).get("/templates/kanban.svg").status_code == 302
    client.post("/boards", {"title": "x"})
    assert '<details class="templates">' in client.get("/").content.decode()
