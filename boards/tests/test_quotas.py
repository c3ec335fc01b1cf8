"""How much a board and a person may hold: told with the number, also to who come at once."""

from __future__ import annotations

import io
import re
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import yaml
from django.contrib.auth.models import User
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from audit.actor import SYSTEM
from audit.tests.actors import by
from boards.files.storage import file_store
from boards.levels import AccessLevel
from boards.lifecycle.basics import board_create
from boards.lifecycle.copies import board_duplicate
from boards.lifecycle.purge import board_purge
from boards.models import Board, BoardFile, ShareLink
from boards.quotas.checks import QuotaError, usage_of
from boards.sharing.links import MAX_ENDED_LINKS, share_link_create, share_link_revoke
from boards.tests.factories import client_of, make_board
from boards.tests.uploads import image_bytes, leftovers, put, url

JSON = "application/json"
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _own_files(settings: Any, tmp_path: Any) -> None:
    settings.CANVAS_FILES_DIR = tmp_path


def at_once(count: int, call: Callable[[int], Any]) -> list[Any]:
    """What calls on several threads return; exceptions of limits too."""
    found: list[Any] = []
    begin = threading.Barrier(count)

    def run(number: int) -> None:
        begin.wait()
        try:
            found.append(call(number))
        except QuotaError as refusal:
            found.append(refusal)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return found


# --- boards


def test_a_person_may_have_so_many_boards(alice: User, bob: User, settings: Any) -> None:
    settings.CANVAS_MAX_BOARDS_PER_PERSON = 3
    client = client_of(alice)
    board = make_board(alice)
    make_board(alice, is_trashed=True)
    assert client.post("/api/v1/boards", {"title": "Third"}, JSON).status_code == 201
    answers = [
        client.post("/api/v1/boards", {"title": "Fourth"}, JSON),
        client.post(f"/api/v1/boards/{board.pk}/duplicate", {}, JSON),
    ]
    for answer in answers:
        assert answer.status_code == 429
        assert answer.json()["code"] == "quota"
        assert "3 boards" in answer.json()["detail"]
        assert "trash" in answer.json()["detail"]
    page = client.post(reverse("board-create"), {"title": "Fourth"})
    assert page.status_code == 429
    assert "3 boards" in page.content.decode()
    copied = client.post(reverse("board-duplicate", args=[board.pk]))
    assert copied.status_code == 429
    assert Board.objects.filter(owner=alice).count() == 3
    assert client_of(bob).post("/api/v1/boards", {"title": "His"}, JSON).status_code == 201


def test_the_last_place_is_taken_once(alice: User, settings: Any) -> None:
    settings.CANVAS_MAX_BOARDS_PER_PERSON = 5
    found = at_once(12, lambda n: board_create(owner=alice, title=f"Board {n}", by=by(alice)))
    assert sum(isinstance(one, Board) for one in found) == 5
    assert sum(isinstance(one, QuotaError) for one in found) == 7
    assert Board.objects.filter(owner=alice).count() == 5


def test_what_is_purged_makes_room(alice: User, settings: Any) -> None:
    settings.CANVAS_MAX_BOARDS_PER_PERSON = 1
    board = make_board(alice, is_trashed=True)
    client = client_of(alice)
    assert client.post("/api/v1/boards", {"title": "New"}, JSON).status_code == 429
    board_purge(board=board, trashed_before=timezone.now() + timedelta(days=1), by=SYSTEM)
    assert client.post("/api/v1/boards", {"title": "New"}, JSON).status_code == 201


def test_nobody_fills_somebody_elses_place(
    alice: User, bob: User, board: Board, settings: Any
) -> None:
    settings.CANVAS_MAX_BOARDS_PER_PERSON = 1
    make_board(bob)
    path = f"/api/v1/boards/{board.pk}/transfer"
    assert client_of(alice).post(path, {"user": "bob"}, JSON).status_code == 429
    board.refresh_from_db()
    assert board.owner == alice


# --- bytes


def test_a_copy_counts_for_who_makes_it(
    alice: User, bob: User, board: Board, settings: Any
) -> None:
    settings.CANVAS_MAX_BYTES_PER_PERSON = 1_000_000
    Board.objects.filter(pk=board.pk).update(document_bytes=600_000)
    path = f"/api/v1/boards/{board.pk}/duplicate"
    refused = client_of(alice).post(path, {}, JSON)
    assert refused.status_code == 413
    assert "1 MB" in refused.json()["detail"]
    assert client_of(bob).post(path, {}, JSON).status_code == 201
    assert Board.objects.count() == 2


def test_images_of_a_copy_count_again(alice: User, bob: User, board: Board) -> None:
    assert put(client_of(alice), url(board.pk), image_bytes()).status_code == 201
    board.refresh_from_db()
    file = BoardFile.objects.get()
    size = file.size_bytes
    assert board.image_bytes == size
    image = {"type": "image", "x": 0, "y": 0, "width": 9, "height": 9, "fileId": file.file_id}
    elements = f"/api/v1/boards/{board.pk}/elements"
    assert client_of(alice).post(elements, {"create": [image]}, JSON).status_code == 200
    copy = board_duplicate(board=board, owner=bob, by=by(bob))
    assert copy.image_bytes == size
    assert usage_of(bob.pk).image_bytes == size


@pytest.mark.parametrize(
    ("setting", "status", "word"),
    [
        ("CANVAS_MAX_BOARD_IMAGES", 429, "1 images"),
        ("CANVAS_MAX_BOARD_IMAGE_BYTES", 413, "0.0001 MB"),
        ("CANVAS_MAX_BYTES_PER_PERSON", 413, "0.0001 MB"),
    ],
)
def test_images_have_limits(
    setting: str, status: int, word: str, alice: User, board: Board, settings: Any, tmp_path: Any
) -> None:
    client = client_of(alice)
    assert put(client, url(board.pk), image_bytes()).status_code == 201
    setattr(settings, setting, 1 if status == 429 else 100)
    refused = put(client, url(board.pk, "file-2"), image_bytes("PNG", (50, 50)))
    assert refused.status_code == status
    assert word in refused.json()["detail"]
    assert leftovers(tmp_path) == ["file-1"]
    assert put(client, url(board.pk), image_bytes()).status_code == 200, "what is there stays"


def test_images_that_come_at_once_do_not_pass_the_limit(
    alice: User, board: Board, settings: Any
) -> None:
    settings.CANVAS_MAX_BOARD_IMAGES = 3

    def upload(number: int) -> Any:
        stream = io.BytesIO(image_bytes())
        return file_store(board=board, file_id=f"file-{number}", stream=stream, user=alice)

    found = at_once(8, upload)
    assert sum(isinstance(one, QuotaError) for one in found) == 5
    assert BoardFile.objects.count() == 3
    board.refresh_from_db()
    assert board.image_bytes == sum(row.size_bytes for row in BoardFile.objects.all())


# --- links and comments


def link(board: Board, alice: User) -> ShareLink:
    return share_link_create(board=board, level=AccessLevel.VIEW, by=by(alice))


def test_links_have_a_limit(alice: User, board: Board, settings: Any) -> None:
    settings.CANVAS_MAX_BOARD_LINKS = 2
    found = at_once(5, lambda _: link(board, alice))
    assert sum(isinstance(one, ShareLink) for one in found) == 2
    path = f"/api/v1/boards/{board.pk}/links"
    refused = client_of(alice).post(path, {"level": "view"}, JSON)
    assert refused.status_code == 429
    assert "2 links" in refused.json()["detail"]
    form = {"operation": "link_create", "level": "view", "days": "", "label": ""}
    page = client_of(alice).post(reverse("share", args=[board.pk]), form)
    assert page.status_code == 422
    assert "2 links" in page.content.decode()
    share_link_revoke(link=ShareLink.objects.all()[0], by=by(alice))
    assert client_of(alice).post(path, {"level": "view"}, JSON).status_code == 201


def test_links_that_ended_are_forgotten_in_time(alice: User, board: Board) -> None:
    ended = timezone.now() - timedelta(days=1)
    ShareLink.objects.bulk_create(
        ShareLink(board=board, level="view", revoked_at=ended, label=str(number))
        for number in range(MAX_ENDED_LINKS + 30)
    )
    kept = link(board, alice)
    assert ShareLink.objects.count() == MAX_ENDED_LINKS + 1
    assert ShareLink.objects.filter(pk=kept.pk).exists()


def test_comments_have_a_limit_on_the_board(alice: User, board: Board, settings: Any) -> None:
    settings.CANVAS_MAX_BOARD_COMMENTS = 2
    client, path = client_of(alice), f"/api/v1/boards/{board.pk}/comments"
    thread = client.post(path, {"anchor": {"x": 1, "y": 2}, "body": "One"}, JSON).json()
    replies = f"{path}/{thread['id']}/replies"
    assert client.post(replies, {"body": "Two"}, JSON).status_code == 201
    for refused in (
        client.post(replies, {"body": "Three"}, JSON),
        client.post(path, {"anchor": {"x": 1, "y": 2}, "body": "Three"}, JSON),
    ):
        assert refused.status_code == 429
        assert "2 comments" in refused.json()["detail"]


# --- seen before the limit


def test_usage_is_told_to_its_person_alone(alice: User, bob: User, board: Board) -> None:
    Board.objects.filter(pk=board.pk).update(document_bytes=7, version_bytes=20, image_bytes=300)
    usage = client_of(alice).get("/api/v1/usage").json()
    assert (usage["boards"], usage["stored_bytes"], usage["image_bytes"]) == (1, 327, 300)
    assert (usage["max_boards"], usage["is_nearly_full"]) == (2000, False)
    assert client_of(bob).get("/api/v1/usage").json()["stored_bytes"] == 0
    assert client_of(None).get("/api/v1/usage").status_code == 401


def test_a_warning_comes_before_the_limit(alice: User, board: Board, settings: Any) -> None:
    client = client_of(alice)
    assert "data-usage" not in client.get("/").content.decode()
    Board.objects.filter(pk=board.pk).update(document_bytes=160_000_000)
    page = client.get("/").content.decode()
    assert "nearly full" in page
    assert client.get("/api/v1/usage").json()["nearly_full_boards"] == [str(board.pk)]
    settings.CANVAS_MAX_BYTES_PER_PERSON = 200_000_000
    text = re.sub(r"\s+", " ", client.get("/").content.decode())
    assert "You own 1 of 2000 boards" in text
    assert client.get("/api/v1/usage").json()["is_nearly_full"] is True


def test_the_admin_shows_what_is_used(alice: User, dana: User, board: Board) -> None:
    Board.objects.filter(pk=board.pk).update(document_bytes=170_000_000)
    client = client_of(dana)
    assert "nearly full" in client.get("/admin/boards/board/").content.decode()
    detail = client.get(f"/admin/boards/board/{board.pk}/change/").content.decode()
    assert "162.1\xa0MB of 190.7\xa0MB" in detail
    people = client.get("/admin/auth/user/").content.decode()
    assert '<td class="field-boards_owned">1</td>' in people
    assert '<td class="field-stored">162.1\xa0MB</td>' in people
    person = client.get(f"/admin/auth/user/{alice.pk}/change/").content.decode()
    assert "1 of 2000 boards" in person


def test_the_schema_says_so() -> None:
    schema = client_of(None).get("/api/schema?format=json").content.decode()
    paths = yaml.safe_load(schema)["paths"]
    board = "/api/v1/boards/{board_id}"
    for path, method, codes in (
        ("/api/v1/boards", "post", {"413", "429"}),
        (f"{board}/duplicate", "post", {"413", "429", "503"}),
        (f"{board}/transfer", "post", {"413", "429"}),
        (f"{board}/files/{{file_id}}", "put", {"413", "429"}),
        (f"{board}/links", "post", {"429"}),
        (f"{board}/comments", "post", {"429"}),
        (f"{board}/versions", "post", {"413", "429", "503"}),
        (f"{board}/elements", "post", {"413", "429"}),
        (f"{board}/elements", "get", {"429", "503"}),
        (f"{board}/import", "post", {"413", "429", "503"}),
        ("/api/v1/boards/import", "post", {"413", "429", "503"}),
        (f"{board}/export", "get", {"429", "503"}),
    ):
        assert codes <= set(paths[path][method]["responses"]), (path, method)
