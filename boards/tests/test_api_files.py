"""REST: images. What is refused, what is kept of an upload, and how it is served."""

from __future__ import annotations

import io
import struct
import uuid
import zlib
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from PIL import Image, PngImagePlugin
from pytest_django.fixtures import Settings

from audit.origin import SYSTEM_ORIGIN
from boards.images import SAVE_OPTIONS
from boards.levels import AccessLevel
from boards.models import Board, BoardFile
from boards.services import board_trash
from boards.tests.factories import client_of, make_board
from boards.tokens import issue_access_token

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><script>alert(1)</script>"


@pytest.fixture(autouse=True)
def files_dir(settings: Settings, tmp_path: Path) -> Path:
    settings.CANVAS_FILES_DIR = tmp_path / "files"
    return tmp_path / "files"


def image_bytes(kind: str = "PNG", size: tuple[int, int] = (8, 6), **options: Any) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size, (200, 30, 90)).save(buffer, kind, **options)
    return buffer.getvalue()


def url(board_id: uuid.UUID, file_id: str = "file-1", query: str = "") -> str:
    return f"/api/v1/boards/{board_id}/files/{file_id}{query}"


def put(client: Client, path: str, body: bytes, mime: str = "image/png", **headers: str) -> Any:
    return client.put(path, body, content_type=mime, headers=headers)


def leftovers(files_dir: Path) -> list[str]:
    return [path.name for path in files_dir.rglob("*") if path.is_file()]


def test_who_may_not_edit_may_not_upload(
    alice: User, bob: User, charlie: User, files_dir: Path
) -> None:
    board = make_board(alice, shared_with={bob: AccessLevel.COMMENT})
    body = image_bytes()
    assert put(client_of(None), url(board.pk), body).status_code == 401
    assert put(client_of(charlie), url(board.pk), body).status_code == 404
    refused = put(client_of(bob), url(board.pk), body)
    assert refused.status_code == 403
    assert "not change it" in refused.json()["detail"]
    assert not BoardFile.objects.exists()
    assert leftovers(files_dir) == []


def test_private_and_missing_boards_answer_strangers_alike(
    board: Board, alice: User, charlie: User
) -> None:
    put(client_of(alice), url(board.pk), image_bytes())
    for client in (client_of(charlie), client_of(None)):
        for query in ("", "?public=1"):
            for file_id in ("file-1", "other"):
                private = client.get(url(board.pk, file_id, query))
                missing = client.get(url(uuid.uuid4(), file_id, query))
                assert private.status_code == missing.status_code
                assert private.status_code in {401, 404}
                assert private.content == missing.content


@pytest.mark.parametrize(
    ("body", "mime", "status", "message"),
    [
        (SVG, "image/svg+xml", 415, "SVG images can hold scripts"),
        (SVG, "image/png", 415, "not an image"),
        (HTML, "image/png", 415, "not an image"),
        (HTML, "text/html", 415, "PNG, JPEG, WebP and GIF"),
        (b"", "image/png", 415, "PNG, JPEG, WebP and GIF"),
        (b"x" * 100, "application/octet-stream", 415, "PNG, JPEG, WebP and GIF"),
        (image_bytes("BMP"), "image/png", 415, "not an image"),
        (image_bytes("TIFF"), "image/png", 415, "not an image"),
        (image_bytes("PNG", (300, 300))[:200], "image/png", 400, "damaged"),
        (image_bytes("JPEG", (300, 300))[:400], "image/jpeg", 400, "damaged"),
        (b"GIF89a" + b"\xff" * 40, "image/gif", 415, "not an image"),
        (b"RIFF\x10\x00\x00\x00WEBPVP8 ", "image/webp", 400, "damaged"),
    ],
)
def test_what_is_no_good_image_is_refused_with_a_reason(
    board: Board,
    alice: User,
    files_dir: Path,
    body: bytes,
    mime: str,
    status: int,
    message: str,
) -> None:
    response = put(client_of(alice), url(board.pk), body, mime)
    assert (response.status_code, message in response.json()["detail"]) == (status, True), (
        response.content
    )
    assert not BoardFile.objects.exists()
    assert leftovers(files_dir) == []


def test_too_many_bytes(board: Board, alice: User, settings: Settings, files_dir: Path) -> None:
    settings.CANVAS_MAX_FILE_BYTES = 2_000
    response = put(client_of(alice), url(board.pk), b"\x89PNG\r\n\x1a\n" + b"x" * 2_000)
    assert response.status_code == 413
    assert "Up to 0.002 MB" in response.json()["detail"]
    assert leftovers(files_dir) == []


def test_too_many_bytes_behind_a_small_content_length(
    board: Board, alice: User, settings: Settings, files_dir: Path
) -> None:
    settings.CANVAS_MAX_FILE_BYTES = 2_000
    body = b"\x89PNG\r\n\x1a\n" + b"x" * 200_000
    client = client_of(alice)
    for length in ("", "nonsense"):
        response = client.generic(
            "PUT", url(board.pk), body, content_type="image/png", CONTENT_LENGTH=length
        )
        assert response.status_code in {413, 415}, "never read as one of ours"
    assert leftovers(files_dir) == []


def png_bomb(width: int, height: int) -> bytes:
    """A few bytes that say they are very many pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    pixels = chunk(b"IDAT", zlib.compress(b"\0" * 1_000_000, 9))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + pixels + chunk(b"IEND", b"")


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize(
    ("width", "height"),
    [(10_000, 10_000), (60_000, 60_000), (2**31 - 1, 2**31 - 1), (1, 2**31 - 1)],
)
def test_a_decompression_bomb_is_refused_by_its_header(
    board: Board, alice: User, files_dir: Path, width: int, height: int
) -> None:
    bomb = png_bomb(width, height)
    assert len(bomb) < 5_000
    response = put(client_of(alice), url(board.pk), bomb)
    assert response.status_code == 400
    assert "too many pixels" in response.json()["detail"]
    assert leftovers(files_dir) == []


@pytest.mark.parametrize(
    ("file_id", "statuses"),
    [
        ("..", {400, 404}),
        ("%2e%2e", {400, 404}),
        ("..%2f..%2fsecret_key", {404}),
        ("%2Fetc%2Fpasswd", {404}),
        ("a.png", {400}),
        ("a%00b", {400}),
        ("%C3%A9", {400}),
        ("a" * 65, {400}),
        ("a b", {400}),
    ],
)
def test_a_file_id_is_never_a_path(
    board: Board, alice: User, files_dir: Path, file_id: str, statuses: set[int]
) -> None:
    response = put(client_of(alice), url(board.pk, file_id), image_bytes())
    assert response.status_code in statuses
    assert leftovers(files_dir) == []
    assert client_of(alice).get(url(board.pk, file_id)).status_code == 404


def test_a_foreign_site_cannot_upload(board: Board, alice: User) -> None:
    for client in (
        client_of(alice, enforce_csrf_checks=True),
        client_of(None, enforce_csrf_checks=True),
    ):
        response = put(client, url(board.pk), image_bytes())
        assert response.status_code == 403
        assert "CSRF" in response.json()["detail"]


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_an_image_is_kept_encoded_anew_and_served_safely(
    board: Board, alice: User, bob: User, files_dir: Path, kind: str
) -> None:
    mime = f"image/{kind.lower()}"
    created = put(client_of(bob), url(board.pk), image_bytes(kind) + HTML, mime)
    assert created.status_code == 201
    row = BoardFile.objects.get()
    assert created.json() == {
        "id": "file-1",
        "mime": mime,
        "size": row.size_bytes,
        "width": 8,
        "height": 6,
    }
    assert row.uploaded_by == bob
    assert leftovers(files_dir) == ["file-1"]
    response = client_of(alice).get(url(board.pk))
    assert response.status_code == 200
    assert response["Content-Type"] == mime
    assert len(response.content) == row.size_bytes
    assert b"<script>" not in response.content
    with Image.open(io.BytesIO(response.content)) as image:
        assert image.format == kind
    assert response["Cache-Control"] == "private, max-age=31536000, immutable"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Disposition"].startswith('inline; filename="file-1.')
    assert "sandbox" in response["Content-Security-Policy"]


def test_metadata_does_not_survive_but_the_turn_does(board: Board, alice: User) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # lies on its side
    exif[0x010F] = "SECRETCAM"
    text = PngImagePlugin.PngInfo()
    text.add_text("Author", "SECRETNAME")
    jpeg = image_bytes("JPEG", exif=exif, comment=b"SECRETCOMMENT", icc_profile=b"SECRETPROFILE")
    png = image_bytes("PNG", pnginfo=text, exif=exif)
    gif = image_bytes("GIF", comment=b"SECRETCOMMENT")
    webp = image_bytes("WEBP", exif=exif, xmp=b"<x>SECRETXMP</x>")
    bodies = {"image/jpeg": jpeg, "image/png": png, "image/gif": gif, "image/webp": webp}
    for number, (mime, body) in enumerate(bodies.items()):
        assert b"SECRET" in body
        answer = put(client_of(alice), url(board.pk, f"f{number}"), body, mime)
        assert answer.status_code == 201, answer.content
        stored = client_of(alice).get(url(board.pk, f"f{number}")).content
        assert b"SECRET" not in stored
        size = (answer.json()["width"], answer.json()["height"])
        assert size == ((8, 6) if mime == "image/gif" else (6, 8))


def test_transparency_survives(board: Board, alice: User) -> None:
    buffer = io.BytesIO()
    Image.new("RGBA", (4, 4), (255, 0, 0, 0)).save(buffer, "PNG")
    put(client_of(alice), url(board.pk), buffer.getvalue())
    content = client_of(alice).get(url(board.pk)).content
    with Image.open(io.BytesIO(content)) as image:
        assert image.convert("RGBA").getpixel((0, 0)) == (255, 0, 0, 0)


def test_of_an_animation_the_first_picture_is_kept(board: Board, alice: User) -> None:
    frames = [Image.new("P", (5, 5), color) for color in range(3)]
    buffer = io.BytesIO()
    frames[0].save(buffer, "GIF", save_all=True, append_images=frames[1:])
    assert put(client_of(alice), url(board.pk), buffer.getvalue(), "image/gif").status_code == 201
    with Image.open(io.BytesIO(client_of(alice).get(url(board.pk)).content)) as image:
        assert getattr(image, "n_frames", 1) == 1


def test_the_same_id_again_changes_nothing(board: Board, alice: User, bob: User) -> None:
    first = put(client_of(alice), url(board.pk), image_bytes())
    again = put(client_of(bob), url(board.pk), image_bytes(size=(50, 50)))
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json()
    assert BoardFile.objects.get().uploaded_by == alice


def test_an_upload_heals_a_row_that_lost_its_bytes(board: Board, alice: User) -> None:
    put(client_of(alice), url(board.pk), image_bytes())
    BoardFile.objects.get().path.unlink()
    assert client_of(alice).get(url(board.pk)).status_code == 404
    assert put(client_of(alice), url(board.pk), image_bytes(size=(9, 9))).status_code == 201
    assert BoardFile.objects.get().width == 9


def test_one_id_on_two_boards_is_two_files(board: Board, alice: User) -> None:
    other = make_board(alice)
    put(client_of(alice), url(board.pk), image_bytes())
    assert client_of(alice).get(url(other.pk)).status_code == 404


def test_visitors_of_a_public_link(alice: User) -> None:
    """An edit link lets them upload, with the CSRF token of their page; a view link only look."""
    board = make_board(alice, public=AccessLevel.EDIT)
    client = client_of(None, enforce_csrf_checks=True)
    page = client.get(f"/board/{board.pk}/public?edit=true")
    assert page.status_code == 200
    token = client.cookies["csrftoken"].value
    path = url(board.pk, query="?public=1")
    assert put(client, path, image_bytes(), **{"X-CSRFToken": token}).status_code == 201
    assert BoardFile.objects.get().uploaded_by is None
    assert client.get(path).status_code == 200
    view_only = make_board(alice, public=AccessLevel.VIEW)
    path = url(view_only.pk, query="?public=1")
    assert put(client, path, image_bytes(), **{"X-CSRFToken": token}).status_code == 403
    owner = client_of(alice)
    assert put(owner, path, image_bytes()).status_code == 403, "also for the owner"


def test_files_of_a_board_in_the_trash_are_gone(board: Board, alice: User) -> None:
    put(client_of(alice), url(board.pk), image_bytes())
    board_trash(board=board, actor=alice, origin=SYSTEM_ORIGIN)
    assert client_of(alice).get(url(board.pk)).status_code == 404


def test_upload_and_list_with_a_bearer_token(board: Board, bob: User) -> None:
    client = Client(
        enforce_csrf_checks=True,
        headers={"Authorization": f"Bearer {issue_access_token(bob)[0]}"},
    )
    assert put(client, url(board.pk), image_bytes()).status_code == 201
    assert put(client, f"{url(board.pk, 'f2')}/", image_bytes()).status_code == 201
    listed = client.get(f"/api/v1/boards/{board.pk}/files").json()
    assert [row["id"] for row in listed] == ["file-1", "f2"]


def test_uploads_are_limited_reading_is_not(board: Board, alice: User) -> None:
    client = client_of(alice)
    codes = [put(client, url(board.pk), image_bytes()).status_code for _ in range(121)]
    assert codes == [201] + [200] * 119 + [429]
    assert client.get(url(board.pk)).status_code == 200


def test_every_accepted_kind_has_a_way_to_be_saved() -> None:
    assert set(SAVE_OPTIONS) == {"image/png", "image/jpeg", "image/webp", "image/gif"}
