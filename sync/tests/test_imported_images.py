"""Images in files that are imported: kinds that boards do not keep, and what cannot be taken."""

import base64
import io
import json
import time
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from PIL import Image
from pytest_django.fixtures import Settings

from boards.models import Board, BoardFile
from boards.tests.factories import client_of, make_board
from boards.tests.uploads import image_bytes, png_bomb
from sync.programs.documents import document_now
from sync.rendering import converting
from sync.tests.rest import elements_on

pytestmark = pytest.mark.django_db(transaction=True)

RED = (200, 30, 90)
"""The colour of `image_bytes`."""
SHAPE = {"id": "r", "type": "rectangle", "x": 0, "y": 0, "width": 40, "height": 30}
SIZE = (60, 30)


def svg(inside: str = '<rect width="60" height="30" fill="rgb(200,30,90)"/>') -> bytes:
    """An SVG of SIZE."""
    return f'<svg xmlns="http://www.w3.org/2000/svg" width="60" height="30">{inside}</svg>'.encode()


BOMB = svg(
    '<filter id="f"><feTurbulence baseFrequency="0.01" numOctaves="1000"/></filter>'
    + '<rect width="2000" height="2000" filter="url(#f)"/>' * 200
).replace(b'width="60" height="30"', b'width="2000" height="2000"')
"""Minutes of noise in a few kilobytes."""


def url(mime: str, data: bytes) -> str:
    """As Excalidraw keeps images in its files."""
    return f"data:{mime};base64,{base64.b64encode(data).decode()}"


def drawing(*images: tuple[str, str]) -> dict[str, Any]:
    """A file with a shape, and an element for each image: its name and its address."""
    shown = {**SHAPE, "type": "image", "width": SIZE[0], "height": SIZE[1], "status": "saved"}
    elements = [{**shown, "id": f"i{n}", "fileId": name} for n, (name, _) in enumerate(images)]
    files = {
        name: {"id": name, "mimeType": data.partition(";")[0][5:], "dataURL": data, "created": 1}
        for name, data in images
    }
    return {"type": "excalidraw", "elements": [SHAPE, *elements], "files": files}


def brought(user: User, board: Board, file: dict[str, Any]) -> dict[str, Any]:
    """The answer to an import."""
    path = f"/api/v1/boards/{board.pk}/import"
    answer = client_of(user).post(path, json.dumps(file), content_type="application/json")
    assert answer.status_code == 200, answer.content
    return dict(answer.json())


def files_of(board: Board) -> dict[str, Any]:
    """What the document says of its images."""
    return dict(document_now(board.pk)[0].content()["files"])


@pytest.mark.parametrize(
    ("mime", "data", "size"),
    [
        ("image/svg+xml", svg(), (120, 60)),
        (
            "image/svg+xml",
            svg().replace(b' width="60" height="30">', b' viewBox="0 0 60 30">', 1),
            (120, 60),
        ),
        ("image/bmp", image_bytes("BMP"), (8, 6)),
        ("image/x-icon", image_bytes("ICO", (16, 16)), (16, 16)),
        ("image/vnd.microsoft.icon", image_bytes("ICO", (16, 16)), (16, 16)),
        ("image/avif", image_bytes("AVIF"), (8, 6)),
        ("image/jfif", image_bytes("JPEG"), (8, 6)),
        ("image/svg+xml", svg().replace(b"60", b"60000000"), (4096, 1)),
    ],
)
def test_images_of_every_kind_that_the_editor_takes_come_in(
    alice: User, mime: str, data: bytes, size: tuple[int, int]
) -> None:
    board = make_board(alice)
    answer = brought(alice, board, drawing(("abc", url(mime, data))))
    assert answer["left_out"] == []
    row = BoardFile.objects.get(board=board, file_id="abc")
    assert (row.width, row.height) == size
    assert files_of(board)["abc"]["mime"] == row.mime
    with Image.open(row.path) as image:
        middle = image.convert("RGB").getpixel((image.width // 2, image.height // 2))
    assert isinstance(middle, tuple)
    assert all(abs(one - wanted) < 12 for one, wanted in zip(middle, RED, strict=True))


@pytest.mark.parametrize(
    ("name", "address", "reason"),
    [
        ("abc", url("image/png", image_bytes()[:50]), "refused: This image is damaged"),
        ("abc", url("image/png", b"words"), "refused: This is not an image"),
        ("abc", url("image/png", png_bomb(60_000, 60_000)), "refused: This image has too many"),
        ("abc", url("image/svg+xml", b"<svg>"), "(image/svg+xml) that could not be converted"),
        ("abc", url("image/bmp", image_bytes("BMP")[:20]), "(image/bmp) that could not be"),
        ("abc", url("image/avif", image_bytes()), "(image/avif) that could not be converted"),
        ("abc", url("image/tiff", image_bytes("TIFF")), "refused: This is not an image"),
        ("abc", "data:image/png;base64,%%%", "damaged"),
        ("abc", "data:image/png,words", "damaged"),
        ("abc", "https://evil.example/x.png", "damaged"),
        ("a/../b", url("image/png", image_bytes()), "is no name of an image"),
    ],
)
def test_what_cannot_be_taken_is_named_and_the_rest_comes_in(
    alice: User, name: str, address: str, reason: str
) -> None:
    board = make_board(alice)
    whole = ("whole", url("image/png", image_bytes()))
    answer = brought(alice, board, drawing((name, address), whole, (name, address)))
    [left] = answer["left_out"]
    assert (left["element"], left["property"]) == (2, "fileId")
    assert reason in left["reason"]
    assert answer["left_out_count"] == 1
    assert set(files_of(board)) == {"whole"}
    shown = [one["fileId"] for one in elements_on(board).values() if one["type"] == "image"]
    assert sorted(map(str, shown)) == sorted([name, name, "whole"])


def test_one_picture_that_takes_too_long_takes_only_those_after_it(
    alice: User, settings: Settings
) -> None:
    settings.CANVAS_DRAWING_SECONDS = 3
    board = make_board(alice)
    good = url("image/svg+xml", svg())
    began = time.monotonic()
    file = drawing(("a", good), ("bomb", url("image/svg+xml", BOMB)), ("c", good))
    answer = brought(alice, board, file)
    assert time.monotonic() - began < 20
    assert set(files_of(board)) == {"a"}
    assert [one["element"] for one in answer["left_out"]] == [3, 4]


@pytest.mark.parametrize("limit", ["MAX_PICTURES", "MAX_BYTES"])
def test_there_is_a_limit_to_what_is_converted_at_once(
    alice: User, monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    monkeypatch.setattr(converting, limit, 2 if limit == "MAX_PICTURES" else 2 * len(svg()) + 1)
    board = make_board(alice)
    answer = brought(
        alice, board, drawing(*((f"n{n}", url("image/svg+xml", svg())) for n in range(4)))
    )
    assert set(files_of(board)) == {"n0", "n1"}
    assert [one["element"] for one in answer["left_out"]] == [4, 5]


def test_a_new_board_from_a_file_and_the_command_say_the_same(
    alice: User, tmp_path: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    file = json.dumps(drawing(("abc", url("image/png", b"words"))))
    path = "/api/v1/boards/import?title=Plan"
    answer = client_of(alice).post(path, file, content_type="application/json")
    assert answer.status_code == 201, answer.content
    [left] = answer.json()["left_out"]
    assert answer.json()["left_out_count"] == 1
    saved = tmp_path / "x.excalidraw"
    saved.write_text(file)
    out, err = io.StringIO(), io.StringIO()
    call_command("import_board", str(saved), "--owner", "alice", stdout=out, stderr=err)
    assert f"Left out: `fileId` of element 2 {left['reason']}." in err.getvalue()
    assert Board.objects.count() == 2


def test_a_picture_of_somebody_loads_nothing(alice: User, tmp_path: Any) -> None:
    secret = tmp_path / "secret.png"
    secret.write_bytes(image_bytes())
    board = make_board(alice)
    for name in (str(secret), f"file://{secret}", "https://evil.example/x.png"):
        inside = f'<image href="{name}" width="60" height="30"/>'
        brought(alice, board, drawing((f"n{len(name)}", url("image/svg+xml", svg(inside)))))
    for row in BoardFile.objects.filter(board=board):
        with Image.open(row.path) as image:
            assert image.convert("RGBA").getchannel("A").getextrema() == (0, 0), "It is empty."


def test_a_library_with_a_damaged_image_says_so(alice: User) -> None:
    element = {**SHAPE, "id": "i", "type": "image", "fileId": "abc"}
    items = [{"id": "1", "status": "unpublished", "elements": [element, SHAPE]}]
    file = {"type": "excalidrawlib", "version": 2, "libraryItems": items}
    client = client_of(alice)
    for entry, reason in (
        ({"mimeType": "image/png", "dataURL": "data:image/png;base64,%"}, "is damaged"),
        ({"mimeType": "image/svg+xml", "dataURL": url("image/svg+xml", svg())}, "do not keep"),
    ):
        answer = client.post(
            "/api/v1/libraries/mine/import",
            json.dumps({**file, "files": {"abc": entry}}),
            content_type="application/json",
        )
        assert answer.status_code == 200, answer.content
        assert answer.json()["created"] == 1
        [left] = answer.json()["left_out"]
        assert (left["element"], left["property"]) == (1, "fileId")
        assert reason in left["reason"]
