"""Drawings in pictures: PNG and SVG as Excalidraw exports them with their scene."""

import base64
import json
import zlib
from io import BytesIO
from typing import Any
from urllib.parse import quote, urlencode
from xml.sax.saxutils import escape

import pytest
from django.contrib.auth.models import User
from pytest_django.fixtures import Settings

from boards.models import Board
from boards.tests.factories import client_of
from sync.drawing.file import NotADrawingError, TooManyElementsError
from sync.drawing.picture import write_scene
from sync.programs.documents import document_now
from sync.tests.foreign_files import chunk, drawio_png, drawio_svg
from sync.tests.test_large_files import drawing

SCENE = json.dumps(drawing(2)).encode()
TYPE = "application/vnd.excalidraw+json"


def encoded(scene: bytes = SCENE, **other: Any) -> str:
    """As `encode` of Excalidraw's `data/encode.ts` does."""
    text = zlib.compress(scene).decode("latin-1")
    value = {"version": "1", "encoding": "bstring", "compressed": True, "encoded": text, **other}
    return json.dumps(value, ensure_ascii=False)


def png(text: str | bytes = encoded()) -> bytes:
    data = text.encode("latin-1") if isinstance(text, str) else text
    parts = [
        chunk(b"IHDR", b"\0" * 13),
        chunk(b"tEXt", b"Software\0other"),
        chunk(b"IDAT", b"\0" * 9000),
        chunk(b"tEXt", TYPE.encode() + b"\0" + data),
        chunk(b"IEND", b""),
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def svg(text: str = encoded(), version: int = 2, *, before: int = 1 << 20) -> bytes:
    data = base64.b64encode(text.encode("latin-1" if version > 1 else "utf-8")).decode()
    comments = f"<!-- payload-type:{TYPE} -->"
    comments += f"<!-- payload-version:{version} -->" if version > 1 else ""
    comments += f"<!-- payload-start -->{data}<!-- payload-end -->"
    long = "<!-- " + "x" * before + " -->"
    return f"<svg>{long}<metadata>{comments}</metadata><g/></svg>".encode()


def scene_of(picture: bytes, max_bytes: int = 10_000_000) -> bytes:
    scene = BytesIO()
    write_scene(BytesIO(picture), scene, max_bytes=max_bytes, end_step=lambda: None)
    return scene.getvalue()


def test_the_scene_comes_out_as_it_went_in() -> None:
    unpacked = encoded(compressed=False, encoded=SCENE.decode("latin-1"))
    for picture in (png(), svg(), svg(version=1), png(unpacked), svg(unpacked), png(SCENE)):
        assert scene_of(picture) == SCENE


@pytest.mark.parametrize(
    "picture",
    [
        b"",
        b"\x89PNG\r\n\x1a\n",
        b"\x89PNG\r\n\x1a\n" + b"\xff" * 100,
        b"\x89PNG\r\n\x1a\n" + chunk(b"a", b"") * 200_000,
        png("{}"),
        png("[" * 100_000),
        png(encoded(encoded="\u0142")[:-1].encode()),
        png(encoded(encoded="no deflate")),
        png(encoded(encoded=zlib.compress(SCENE)[:-9].decode("latin-1"))),
        png(encoded(encoded=7)),
        png(encoded(encoding="other")),
        png()[:-60],
        b"<svg/>",
        svg().replace(b"payload-start", b"payload-other"),
        svg().replace(b"payload-end", b"payload-other"),
        svg().replace(b"payload-start -->", b"payload-start -->\xff"),
    ],
)
def test_other_pictures_are_refused_in_words(picture: bytes) -> None:
    with pytest.raises(NotADrawingError, match="picture"):
        scene_of(picture)


def test_a_diagram_of_draw_io_comes_out_whole() -> None:
    """Whatever stands at the ends of the pieces that it is read in."""
    for before in range(14):
        text = "<mxfile>" + "x" * ((1 << 20) - before - 30) + '\u20ac&"<\n' * 5 + "</mxfile>"
        in_url = drawio_png(quote(text))
        in_xml = drawio_svg(escape(text, {'"': "&quot;", "\n": "&#10;"}))
        assert scene_of(in_url) == text.encode()
        assert scene_of(in_xml) == text.encode()
        with pytest.raises(TooManyElementsError):
            scene_of(in_url, max_bytes=1 << 20)


def test_a_scene_is_no_larger_than_it_may_be() -> None:
    bomb = zlib.compress(b" " * 200_000_000).decode("latin-1")
    for picture in (png(encoded(encoded=bomb)), svg(encoded(encoded=bomb))):
        with pytest.raises(TooManyElementsError):
            scene_of(picture, max_bytes=1_000_000)
    many = '{"x":[' + "1," * 9_000_000 + "1]}"
    for picture in (png(many), svg(many), png("x" * 40_000_000), svg("x" * 40_000_000)):
        with pytest.raises(TooManyElementsError):
            scene_of(picture)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("kind", "body"), [("image/png", png()), ("image/svg+xml", svg())])
def test_a_picture_becomes_a_board(kind: str, body: bytes, alice: User, settings: Settings) -> None:
    client = client_of(alice)
    address = f"/api/v1/boards/import?{urlencode({'title': 'Plan'})}"
    answer = client.post(address, body, content_type=kind)
    assert answer.status_code == 201, answer.content
    board = Board.objects.get()
    assert len(document_now(board.pk)[0].content()["elements"]) == 2
    added = client.post(f"/api/v1/boards/{board.pk}/import", body, content_type=kind)
    assert added.status_code == 200
    assert len(added.json()["created"]) == 2
    refused = client.post(address, b"<svg/>", content_type=kind)
    assert refused.status_code == 400
    assert "Embed scene" in refused.content.decode()
    settings.CANVAS_MAX_IMPORT_BYTES = len(body) + 100
    assert client.post(address, body, content_type=kind).status_code == 413, "both together"
    assert Board.objects.count() == 1
