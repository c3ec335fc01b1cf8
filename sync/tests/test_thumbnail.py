"""Small pictures of boards: what they show, who gets them, and that no document breaks them."""

import math
import random
import time
import uuid
from typing import Any
from xml.etree import ElementTree

import pytest
from django.contrib.auth.models import User
from django.core.cache import caches

from boards.levels import AccessLevel
from boards.limits.expensive import work_queue
from boards.models import Board
from boards.tests.factories import client_of, make_board
from sync.drawing.elements import encode_element
from sync.drawing.thumbnail import HEIGHT, MAX_BYTES, WIDTH, thumbnail
from sync.models import DocumentSnapshot, DocumentUpdate, LoadAttempt
from sync.programs.demo_board import demo_document
from sync.storage.store import append_update

SVG = "{http://www.w3.org/2000/svg}"
ALLOWED = {"svg", "g", "rect", "ellipse", "circle", "path", "text", "tspan"}
BASE = {"x": 10, "y": 20, "width": 200, "height": 100, "strokeColor": "#e03131", "index": "a0"}
LINE = {"points": [[0, 0], [100, 50], [200, 0]], "width": 200, "height": 50}


def drawing(*elements: dict[str, Any], **meta: Any) -> Any:
    groups = {str(at): encode_element({**BASE, **one}) for at, one in enumerate(elements)}
    return {"elements": groups, "meta": meta}


def parts(picture: str) -> list[ElementTree.Element]:
    """All elements of the picture, which has to be well-formed and hold nothing active."""
    found = list(ElementTree.fromstring(picture).iter())
    for part in found:
        assert part.tag.removeprefix(SVG) in ALLOWED, part.tag
        for name, value in part.attrib.items():
            assert not name.startswith("on"), name
            assert "url(" not in value, value
            assert "href" not in name, name
            assert "nan" not in value, value
            assert "inf" not in value, value
    return found


@pytest.mark.parametrize(
    ("element", "tag"),
    [
        ({"type": "rectangle", "roundness": {"type": 3}}, "rect"),
        ({"type": "ellipse", "backgroundColor": "#a5d8ff", "fillStyle": "hachure"}, "ellipse"),
        ({"type": "diamond", "angle": 0.5, "opacity": 40}, "path"),
        ({"type": "line", **LINE}, "path"),
        ({"type": "arrow", "endArrowhead": "arrow", "roundness": {"type": 2}, **LINE}, "path"),
        ({"type": "freedraw", "strokeStyle": "dashed", **LINE}, "path"),
        ({"type": "text", "text": "Hello\nworld", "fontSize": 40, "textAlign": "center"}, "text"),
        ({"type": "frame", "name": "This week"}, "rect"),
        ({"type": "image", "fileId": "x"}, "circle"),
        ({"type": "embeddable", "link": "https://example.org"}, "rect"),
    ],
)
def test_every_kind_of_element_is_seen(element: dict[str, Any], tag: str) -> None:
    tags = [part.tag for part in parts(thumbnail(drawing(element)))[2:]]
    assert SVG + tag in tags


def test_the_drawing_fills_the_picture_and_stays_inside() -> None:
    picture = thumbnail(drawing(*({"type": "rectangle", "x": x, "y": 0} for x in (-9000, 9000))))
    xs = [float(part.attrib["x"]) for part in parts(picture)[2:]]
    assert min(xs) == 16
    assert max(xs) < WIDTH - 16
    lone = parts(thumbnail(drawing({"type": "rectangle"})))[2]
    assert float(lone.attrib["width"]) == 150
    assert float(lone.attrib["y"]) == pytest.approx((HEIGHT - 75) / 2)


def test_what_is_deleted_or_malformed_is_left_out() -> None:
    content = drawing({"type": "rectangle", "isDeleted": True}, {"type": "rectangle"})
    content["elements"] |= {"x": 5, "y": {}, "z": {"type": "text", "pos": [0, 0], "text": {}}}
    assert len(parts(thumbnail(content))) == 3


def test_text_and_colours_never_become_markup() -> None:
    evil = '"><script>alert(1)</script><!--&'
    picture = thumbnail(
        drawing(
            {"type": "text", "text": evil + "\x00\x0b\ufffe\ud800", "fontSize": 20},
            {"type": "rectangle", "strokeColor": evil, "backgroundColor": "url(#x)"},
            {"type": "ellipse", "strokeColor": "#12345;", "fillStyle": evil, "strokeStyle": evil},
            viewBackgroundColor=evil,
        )
    )
    texts = [part.text for part in parts(picture) if part.tag == f"{SVG}tspan"]
    assert texts == [evil]
    assert "url(" not in picture


ODD: list[Any] = [None, True, -1, 0, 1e308, -1e308, math.inf, -math.inf, math.nan, 10**400]
ODD += ["", "x", [], [[]], [[1]], [["a", "b"]], {}, {"a": 1}, [[math.nan, math.inf]] * 3]


def test_no_value_at_any_place_breaks_it() -> None:
    kinds = (
        "rectangle",
        "ellipse",
        "diamond",
        "line",
        "arrow",
        "freedraw",
        "text",
        "image",
        "frame",
    )
    keys: tuple[str, ...] = (
        "angle",
        "opacity",
        "strokeWidth",
        "roundness",
        "fontSize",
        "lineHeight",
        "fontFamily",
    )
    keys += ("strokeColor", "backgroundColor", "textAlign", "endArrowhead", "index")
    chance = random.Random(7)
    for _ in range(1500):
        groups = encode_element({**BASE, **LINE, "text": "x", "type": chance.choice(kinds)})
        for key in chance.sample(keys, 3):
            groups[key] = chance.choice(ODD)
        groups["pos"] = [chance.choice(ODD), chance.choice(ODD)]
        groups["size"] = [chance.choice(ODD), chance.choice(ODD)]
        if chance.random() < 0.1:
            groups[chance.choice(("pos", "size", "path", "text", "type"))] = chance.choice(ODD)
        for part in ("path", "text"):
            if isinstance(groups.get(part), dict):
                groups[part] |= {"points": chance.choice(ODD), "text": chance.choice(ODD)}
        parts(thumbnail({"elements": {"a": groups}, "meta": {}}))


def test_a_huge_board_costs_little() -> None:
    points = [[math.sin(i) * 900, math.cos(i * 1.7) * 900] for i in range(2000)]
    content = drawing(
        *(
            {"type": "freedraw", "points": points, "x": i * 40, "y": i % 70 * 40}
            for i in range(100)
        ),
        *({"type": "text", "text": "word " * 4000, "x": i * 9, "y": i} for i in range(4000)),
    )
    started = time.process_time()
    picture = thumbnail(content)
    assert time.process_time() - started < 3
    assert len(picture.encode()) <= MAX_BYTES + 10
    parts(picture)


# --- the page


@pytest.fixture
def drawn(alice: User, bob: User) -> Board:
    caches["thumbnails"].clear()
    board = make_board(alice, shared_with={bob: AccessLevel.VIEW})
    append_update(board.pk, demo_document(), alice.pk)
    board.refresh_from_db()
    return board


def test_who_may_view_gets_a_picture_that_can_do_nothing(drawn: Board, bob: User) -> None:
    response = client_of(bob).get(f"/board/{drawn.pk}/thumbnail.svg")
    assert response.status_code == 200
    assert response["Content-Type"] == "image/svg+xml; charset=utf-8"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "private, no-cache"
    assert "Worth it?" in response.content.decode()
    parts(response.content.decode())


def test_strangers_learn_nothing(drawn: Board, charlie: User) -> None:
    private = client_of(charlie).get(f"/board/{drawn.pk}/thumbnail.svg")
    missing = client_of(charlie).get(f"/board/{uuid.uuid4()}/thumbnail.svg")
    assert private.status_code == missing.status_code == 404
    assert client_of(None).get(f"/board/{drawn.pk}/thumbnail.svg").status_code == 302


def test_it_is_drawn_once_for_each_state(drawn: Board, alice: User, bob: User) -> None:
    address = f"/board/{drawn.pk}/thumbnail.svg"
    first = client_of(bob).get(address)
    DocumentUpdate.objects.all().delete()
    DocumentSnapshot.objects.all().delete()
    assert client_of(alice).get(address).content == first.content
    again = client_of(bob).get(address, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    Board.objects.filter(pk=drawn.pk).update(deleted_at=drawn.created_at)
    gone = client_of(bob).get(address, headers={"If-None-Match": first["ETag"]})
    assert gone.status_code == 404


def test_a_change_makes_another_picture(drawn: Board, bob: User) -> None:
    client, address = client_of(bob), f"/board/{drawn.pk}/thumbnail.svg"
    first = client.get(f"{address}?v={drawn.head_seq}")
    assert first["Cache-Control"] == "private, no-cache"
    body = {"create": [{"type": "text", "x": 0, "y": 0, "text": "Brand new"}]}
    owner = client_of(drawn.owner)
    path = f"/api/v1/boards/{drawn.pk}/elements"
    assert owner.post(path, body, "application/json").status_code == 200
    second = client.get(f"{address}?v={drawn.head_seq}")
    assert second["ETag"] != first["ETag"]
    assert second["Cache-Control"] == "private, no-cache"
    assert "Brand new" in second.content.decode()


def test_a_board_that_cannot_be_read_has_no_picture_and_is_counted(drawn: Board, bob: User) -> None:
    DocumentUpdate.objects.all().delete()
    response = client_of(bob).get(f"/board/{drawn.pk}/thumbnail.svg")
    assert response.status_code == 404
    assert LoadAttempt.objects.get(board=drawn).unfinished == 1


def test_small_boards_are_drawn_while_large_ones_are_waited_for(
    drawn: Board, bob: User, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A list asks for dozens of pictures at once, and each is asked for by itself."""
    settings.CANVAS_EXPENSIVE_WAITING = 1
    settings.CANVAS_EXPENSIVE_PER_MINUTE = 1
    client, address = client_of(bob), f"/board/{drawn.pk}/thumbnail.svg"
    with work_queue.place("somebody else"):
        assert client.get(address).status_code == 200
        caches["thumbnails"].clear()
        monkeypatch.setattr("sync.programs.pages.SMALL_BYTES", 0)
        assert client.get(address).status_code == 503
