"""REST: uploads that are refused, and that nothing of them stays."""

from __future__ import annotations

import uuid
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from pytest_django.fixtures import Settings

from boards.levels import AccessLevel
from boards.models import Board, BoardFile
from boards.tests.factories import client_of, make_board
from boards.tests.uploads import HTML, SVG, image_bytes, leftovers, png_bomb, put, url


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


def test_uploads_are_limited_reading_is_not(board: Board, alice: User) -> None:
    client = client_of(alice)
    codes = [put(client, url(board.pk), image_bytes()).status_code for _ in range(121)]
    assert codes == [201] + [200] * 119 + [429]
    assert client.get(url(board.pk)).status_code == 200


def test_bytes_without_a_type_are_what_they_hold(board: Board, bob: User, files_dir: Path) -> None:
    """Generated clients send `application/octet-stream`."""
    client, bytes_of = client_of(bob), "application/octet-stream"
    for body in (SVG, HTML, b""):
        assert put(client, url(board.pk), body, bytes_of).status_code in (400, 415)
    made = put(client, url(board.pk), image_bytes("WEBP"), bytes_of)
    assert (made.status_code, made.json()["mime"]) == (201, "image/webp")
    assert leftovers(files_dir) == ["file-1"]
