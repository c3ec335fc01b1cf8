"""Boards that the server draws, and what it answers."""

from typing import Any
from xml.etree import ElementTree

from django.contrib.auth.models import User

from boards.models import Board
from boards.tests.factories import client_of
from sync.tests.rest import write

SVG = "{http://www.w3.org/2000/svg}"


def shape(element_id: str, kind: str = "rectangle", **properties: Any) -> dict[str, Any]:
    """An element of a file, with everything that the editor would give it."""
    return {
        "id": element_id,
        "type": kind,
        "x": 0,
        "y": 0,
        "width": 100,
        "height": 50,
        "angle": 0,
        "strokeColor": "#1e1e1e",
        "backgroundColor": "transparent",
        "fillStyle": "solid",
        "strokeWidth": 2,
        "strokeStyle": "solid",
        "roughness": 1,
        "opacity": 100,
        "groupIds": [],
        "frameId": None,
        "roundness": None,
        "seed": 7,
        "isDeleted": False,
        "boundElements": None,
        "link": None,
        "locked": False,
        **properties,
    }


def text(element_id: str, words: str, **properties: Any) -> dict[str, Any]:
    own = {
        "text": words,
        "originalText": words,
        "fontSize": 20,
        "fontFamily": 5,
        "textAlign": "left",
        "verticalAlign": "top",
        "containerId": None,
        "autoResize": True,
        "lineHeight": 1.25,
    }
    return shape(element_id, "text", **{**own, **properties})


def frame(element_id: str, x: float, y: float, name: str = "") -> dict[str, Any]:
    return shape(element_id, "frame", x=x, y=y, width=300, height=200, name=name or None)


def put(board: Board, user: User, *elements: dict[str, Any]) -> None:
    """Imports the elements into a board, as a person does."""
    answer = write(user, board, "import", {"type": "excalidraw", "elements": list(elements)})
    assert answer.status_code == 200, answer.content
    board.refresh_from_db()


def get(user: User | None, board: Board, kind: str, query: str = "", **headers: str) -> Any:
    address = f"/api/v1/boards/{board.pk}/export.{kind}?{query}"
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return client_of(user).get(address, headers=sent)


def body_of(answer: Any) -> bytes:
    """All of an answer, which may come in pieces."""
    assert answer.status_code == 200, answer.content
    return b"".join(answer) if answer.streaming else bytes(answer.content)


def svg_of(answer: Any) -> ElementTree.Element:
    return ElementTree.fromstring(body_of(answer))


def texts_in(svg: ElementTree.Element) -> list[str]:
    return ["".join(one.itertext()) for one in svg.iter(f"{SVG}text")]
