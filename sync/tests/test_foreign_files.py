"""Files of other programs, by REST and by the command: tldraw, draw.io and CSV."""

import base64
import io
import json
import time
import zlib
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from PIL import Image
from pytest_django.fixtures import Settings

from boards.models import Board, BoardFile
from boards.tests.factories import client_of, make_board
from sync.rendering.reading import MAX_BYTES
from sync.tests.foreign_files import (
    CSV,
    DRAWIO,
    DRAWIO_PNG,
    DRAWIO_SVG,
    PICTURES,
    RED,
    TLDRAW,
    drawio_pictures,
    drawio_png,
    drawio_svg,
    in_style,
    tldraw,
)
from sync.tests.rest import elements_on

pytestmark = pytest.mark.django_db(transaction=True)

TLDRAW_TYPE = "application/vnd.tldraw+json"
DRAWIO_TYPE = "application/vnd.jgraph.mxfile"


def sent(user: User, board: Board, file: str | bytes, kind: str) -> Any:
    """The answer to an import."""
    return client_of(user).post(f"/api/v1/boards/{board.pk}/import", file, content_type=kind)


def types_on(board: Board) -> dict[str, int]:
    """How many elements of each type there are."""
    types = [str(one["type"]) for one in elements_on(board).values()]
    return {kind: types.count(kind) for kind in sorted(set(types))}


ZIPPED = base64.b64encode(zlib.compress(b" " * 30_000_000, 9)[2:-4]).decode()
"""Thirty megabytes as a diagram of draw.io has them: without head and sum."""
OF_TLDRAW = {
    **{"arrow": 2, "diamond": 1, "ellipse": 1, "frame": 1, "freedraw": 2, "image": 1, "line": 1},
    **{"rectangle": 4, "text": 5},
}


OF_DRAWIO = {
    **{"arrow": 5, "diamond": 1, "ellipse": 1, "frame": 2},
    **{"rectangle": 11, "text": 14},
}


@pytest.mark.parametrize(
    ("file", "kind"),
    [
        (CSV, "text/csv"),
        (TLDRAW, TLDRAW_TYPE),
        (DRAWIO, DRAWIO_TYPE),
        (DRAWIO_PNG, "image/png"),
        (DRAWIO_SVG, "image/svg+xml"),
    ],
)
def test_only_people_who_may_edit_import(
    alice: User, bob: User, charlie: User, file: str | bytes, kind: str
) -> None:
    board = make_board(alice)
    board.permissions.create(user=bob, level="comment")
    assert sent(charlie, board, file, kind).status_code == 404
    assert sent(bob, board, file, kind).status_code == 403
    assert elements_on(board) == {}


@pytest.mark.parametrize("kind", [TLDRAW_TYPE, "application/json"])
def test_a_drawing_of_tldraw_comes_in_and_what_does_not_is_counted(alice: User, kind: str) -> None:
    board = make_board(alice)
    answer = sent(alice, board, TLDRAW, kind)
    assert answer.status_code == 200, answer.content
    assert answer.json()["left_out_count"] == 2
    assert types_on(board) == OF_TLDRAW
    elements = list(elements_on(board).values())
    frame = next(one for one in elements if one["type"] == "frame")
    assert [one["type"] for one in elements if one["frameId"] == frame["id"]] == ["ellipse", "text"]


@pytest.mark.parametrize("kind", [DRAWIO_TYPE, "application/json"])
def test_a_diagram_of_draw_io_comes_in_with_its_edges_bound(alice: User, kind: str) -> None:
    board = make_board(alice)
    answer = sent(alice, board, '<?xml version="1.0"?>\n' + DRAWIO, kind)
    assert answer.status_code == 200, answer.content
    assert answer.json()["left_out_count"] == 1
    assert types_on(board) == OF_DRAWIO
    elements = elements_on(board)
    ends = [
        (one["startBinding"], one["endBinding"])
        for one in elements.values()
        if one["type"] == "arrow"
    ]
    bound = [end["elementId"] for pair in ends for end in pair if end]
    assert len(bound) == 8
    assert set(bound) <= set(elements)
    [left] = answer.json()["left_out"]
    assert left["property"] == "fileId"
    assert left["reason"] == "was not fetched: https://evil.example/x.png"
    placeholder = elements[answer.json()["created"][left["element"] - 1]]
    assert placeholder["link"] == "https://evil.example/x.png"
    assert placeholder["strokeStyle"] == "dashed"


@pytest.mark.parametrize(
    ("picture", "kind"), [(DRAWIO_PNG, "image/png"), (DRAWIO_SVG, "image/svg+xml")]
)
def test_a_picture_of_draw_io_is_its_diagram(alice: User, picture: bytes, kind: str) -> None:
    plain, board = make_board(alice), make_board(alice)
    sent(alice, plain, DRAWIO, DRAWIO_TYPE)
    answer = sent(alice, board, picture, kind)
    assert answer.status_code == 200, answer.content
    assert answer.json()["left_out_count"] == 1
    assert types_on(board) == OF_DRAWIO
    texts = [
        sorted(str(one.get("originalText", "")) for one in elements_on(where).values())
        for where in (plain, board)
    ]
    assert texts[0] == texts[1]


LONG = f"<mxfile>{' ' * (MAX_BYTES + 1)}</mxfile>"


@pytest.mark.parametrize(
    ("picture", "kind", "code", "reason"),
    [
        (drawio_png("%3Cmxfile%3E%"), "image/png", 400, "damaged"),
        (drawio_png("%3Cmxfile%3E%FF"), "image/png", 400, "damaged"),
        (drawio_png("%3Cmxfile%3E%C3"), "image/png", 400, "damaged"),
        (drawio_png("%3Cmxfile%3E"), "image/png", 400, "not a .drawio file"),
        (drawio_png("words"), "image/png", 400, "not an Excalidraw file"),
        (drawio_png(LONG), "image/png", 413, "larger than 20 MB"),
        (drawio_svg(LONG.replace("<", "&lt;")), "image/svg+xml", 413, "larger than 20 MB"),
        (drawio_svg("&lt;mxfile>")[:-8], "image/svg+xml", 400, "not a .drawio file"),
        (b'<svg content="&lt;mxfile', "image/svg+xml", 400, "damaged"),
        (b"<svg><g content='&lt;mxfile'/></svg>", "image/svg+xml", 400, "no drawing in it"),
    ],
)
def test_damaged_and_too_large_pictures_are_refused(
    alice: User, picture: bytes, kind: str, code: int, reason: str
) -> None:
    board = make_board(alice)
    answer = sent(alice, board, picture, kind)
    assert answer.status_code == code, answer.content
    assert reason in answer.json()["detail"]
    assert elements_on(board) == {}


def colour_in(board: Board, file_id: object) -> tuple[object, tuple[int, int]]:
    """The colour in the middle of a stored image, and its size."""
    row = BoardFile.objects.get(board=board, file_id=file_id)
    with Image.open(row.path) as image:
        middle = (image.width // 2, image.height // 2)
        return image.convert("RGB").getpixel(middle), image.size


def test_pictures_in_a_diagram_become_images_and_nothing_is_fetched(alice: User) -> None:
    board = make_board(alice)
    answer = sent(alice, board, drawio_pictures(*PICTURES), DRAWIO_TYPE)
    assert answer.status_code == 200, answer.content
    assert answer.json()["left_out_count"] == 2
    reasons = [one["reason"] for one in answer.json()["left_out"]]
    assert reasons == ["was not fetched: https://evil.example/x.png"]
    assert types_on(board) == {"image": 3, "rectangle": 1}
    images = [one for one in elements_on(board).values() if one["type"] == "image"]
    images.sort(key=lambda one: float(str(one["x"])))
    assert [(one["width"], one["height"]) for one in images] == [(120, 80)] * 3
    ids = [one["fileId"] for one in images]
    assert ids[0] == ids[2] != ids[1]
    assert colour_in(board, ids[0]) == ((255, 0, 0), (8, 8))
    # Twice as large as on the board, as the page draws it.
    assert colour_in(board, ids[1]) == ((0, 0, 255), (240, 160))
    assert BoardFile.objects.filter(board=board).count() == 2


@pytest.mark.parametrize("start", ["", "/", "../../../../../../", "file:///"])
def test_a_picture_reads_no_file_of_the_server(alice: User, tmp_path: Path, start: str) -> None:
    secret = tmp_path / "secret.png"
    secret.write_bytes(RED)
    # The process that reads stands at the root of the system.
    name = start + str(secret).lstrip("/")
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'width="30" height="20"><image href="{name}" xlink:href="{name}" width="30" height="20"/>'
        "</svg>"
    )
    board = make_board(alice)
    answer = sent(
        alice, board, drawio_pictures(in_style("image/svg+xml", svg.encode())), DRAWIO_TYPE
    )
    assert answer.status_code == 200, answer.content
    assert types_on(board) == {"image": 1}
    assert not BoardFile.objects.filter(board=board).exists(), "It stays without bytes."


def test_a_damaged_picture_is_left_out(alice: User) -> None:
    board = make_board(alice)
    damaged = in_style("image/png", RED[:40])
    answer = sent(alice, board, drawio_pictures(damaged), DRAWIO_TYPE)
    assert answer.status_code == 200, answer.content
    [left] = answer.json()["left_out"]
    assert (left["element"], left["property"]) == (1, "fileId")
    assert types_on(board) == {"image": 1}
    assert not BoardFile.objects.filter(board=board).exists()


def test_lines_become_notes(alice: User) -> None:
    board = make_board(alice)
    answer = sent(alice, board, CSV.encode(), "text/csv; charset=utf-8")
    assert answer.status_code == 200, answer.content
    assert types_on(board) == {"rectangle": 16, "text": 16}
    texts = {one["originalText"] for one in elements_on(board).values() if one["type"] == "text"}
    assert {"First\n1", 'two; "2"\nmore', "Äpfel, Öl\ngrößer"} <= texts


@pytest.mark.parametrize(
    ("file", "kind", "code", "reason"),
    [
        (json.dumps(tldraw(version=2)), TLDRAW_TYPE, 400, "newer tldraw (format 2)"),
        ("[1, 2", TLDRAW_TYPE, 400, "not a .tldr file"),
        ("drawing", TLDRAW_TYPE, 400, "not a .tldr file"),
        ("a\n" * 2_001, "text/csv", 400, "more than 2000 lines"),
        (" ,\n", "text/csv", 400, "no lines"),
        ("a" * (MAX_BYTES + 1), "text/csv", 413, "larger than 20 MB"),
        ("<mxfile><diagram>" + ZIPPED + "</diagram></mxfile>", DRAWIO_TYPE, 400, "20 MB unpacked"),
        ("<mxfile><diagram>", DRAWIO_TYPE, 400, "not a .drawio file"),
        ("<a>" * 300_000, DRAWIO_TYPE, 400, "not a .drawio file"),
        (
            "<mxGraphModel><root>" + "<mxCell/>" * 20_001 + "</root></mxGraphModel>",
            DRAWIO_TYPE,
            400,
            "more than 20000 elements",
        ),
        ('{"tldrawFileFormatVersion": 1, "records": [' + "[" * 200_000, TLDRAW_TYPE, 400, "not a"),
    ],
)
def test_what_is_refused_is_refused_with_a_sentence(
    alice: User, file: str, kind: str, code: int, reason: str
) -> None:
    board = make_board(alice)
    answer = sent(alice, board, file, kind)
    assert answer.status_code == code, answer.content
    assert reason in answer.json()["detail"]
    assert elements_on(board) == {}


def test_what_takes_too_long_is_ended(alice: User, settings: Settings) -> None:
    settings.CANVAS_DRAWING_SECONDS = 1
    board = make_board(alice)
    started = time.monotonic()
    answer = sent(alice, board, ("many words and more of them " * 60 + "\n") * 2_000, "text/csv")
    assert answer.status_code == 413
    assert "too much time or memory" in answer.json()["detail"]
    assert time.monotonic() - started < 30
    assert elements_on(board) == {}


def test_a_server_without_front_end_says_so(
    alice: User, settings: Settings, tmp_path: Path
) -> None:
    settings.FRONTEND_DRAWN = tmp_path
    answer = sent(alice, make_board(alice), CSV, "text/csv")
    assert answer.status_code == 503
    assert "no built front end" in answer.json()["detail"]


def test_a_new_board_is_made_of_such_a_file_or_none(alice: User) -> None:
    client = client_of(alice)
    path = "/api/v1/boards/import?title=Notes"
    answer = client.post(path, CSV, content_type="text/csv")
    assert answer.status_code == 201, answer.content
    assert types_on(Board.objects.get(pk=answer.json()["id"])) == {"rectangle": 16, "text": 16}
    assert client.post(path, "\n", content_type="text/csv").status_code == 400
    assert Board.objects.count() == 1


def test_the_command_takes_them_by_their_names(alice: User, tmp_path: Path) -> None:
    for name, file, types in (
        ("notes.CSV", CSV, {"rectangle": 16, "text": 16}),
        ("plan.tldr", TLDRAW, OF_TLDRAW),
        ("plan.json", TLDRAW, OF_TLDRAW),
        ("plan.drawio", DRAWIO, OF_DRAWIO),
        ("plan.xml", DRAWIO, OF_DRAWIO),
        ("plan.drawio.png", DRAWIO_PNG, OF_DRAWIO),
        ("plan.drawio.svg", DRAWIO_SVG, OF_DRAWIO),
    ):
        path = tmp_path / name
        path.write_bytes(file if isinstance(file, bytes) else file.encode())
        out, err = io.StringIO(), io.StringIO()
        call_command("import_board", str(path), owner="alice", stdout=out, stderr=err)
        assert types_on(Board.objects.get(pk=out.getvalue().strip())) == types
        assert ("Left out: " in err.getvalue()) == (name != "notes.CSV")
    path = tmp_path / "bad.tldr"
    path.write_text("no drawing")
    with pytest.raises(CommandError, match=r"not a \.tldr file"):
        call_command("import_board", str(path), owner="alice")
    assert Board.objects.count() == 7
