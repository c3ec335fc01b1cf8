"""REST: what is kept of an upload, and how it is served."""

from __future__ import annotations

import io
import random
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import User
from django.test import AsyncClient, Client
from PIL import Image, PngImagePlugin

from audit.tests.actors import by
from boards.files.images import SAVE_OPTIONS
from boards.identity.tokens import issue_access_token
from boards.levels import AccessLevel
from boards.lifecycle.basics import board_trash
from boards.models import Board, BoardFile
from boards.tests.factories import client_of, make_board
from boards.tests.uploads import HTML, image_bytes, leftovers, put, url


def test_files_of_a_board_in_the_trash_are_gone(board: Board, alice: User) -> None:
    put(client_of(alice), url(board.pk), image_bytes())
    board_trash(board=board, by=by(alice))
    assert client_of(alice).get(url(board.pk)).status_code == 404


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
    assert response["Cache-Control"] == "no-store"
    again = client_of(alice).get(url(board.pk), headers={"If-None-Match": response["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
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


def test_upload_and_list_with_a_bearer_token(board: Board, bob: User) -> None:
    client = Client(
        enforce_csrf_checks=True,
        headers={"Authorization": f"Bearer {issue_access_token(bob)[0]}"},
    )
    assert put(client, url(board.pk), image_bytes()).status_code == 201
    assert put(client, f"{url(board.pk, 'f2')}/", image_bytes()).status_code == 201
    listed = client.get(f"/api/v1/boards/{board.pk}/files").json()
    assert [row["id"] for row in listed] == ["file-1", "f2"]


def test_every_accepted_kind_has_a_way_to_be_saved() -> None:
    assert set(SAVE_OPTIONS) == {"image/png", "image/jpeg", "image/webp", "image/gif"}


@pytest.mark.django_db(transaction=True)
async def test_a_large_image_is_sent_in_pieces(board: Board, alice: User) -> None:
    buffer = io.BytesIO()
    Image.frombytes("RGB", (700, 700), random.Random(1).randbytes(700 * 700 * 3)).save(
        buffer, "PNG"
    )

    def upload() -> int:
        return int(put(client_of(alice), url(board.pk), buffer.getvalue()).status_code)

    assert await sync_to_async(upload)() == 201
    client = AsyncClient()
    await client.aforce_login(alice)
    response: Any = await client.get(url(board.pk))
    assert response.streaming
    pieces = [piece async for piece in response.streaming_content]
    assert max(map(len, pieces)) <= 65_536
    kept = await BoardFile.objects.aget(file_id="file-1")
    assert b"".join(pieces) == kept.path.read_bytes()
    assert int(response["Content-Length"]) == kept.size_bytes > 1_000_000
