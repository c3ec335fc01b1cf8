"""My boards: the list, and what its forms do."""

from __future__ import annotations

import re
import time
import uuid
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from pytest_django.fixtures import Settings

from audit.tests.actors import by
from boards.levels import AccessLevel
from boards.models import Board
from boards.spaces.folders import folder_create
from boards.spaces.services import space_create
from boards.tests.factories import board_rows, client_of, make_board

ACTIONS = ("rename", "trash", "restore")


def test_anonymous_is_asked_to_sign_in(board: Board) -> None:
    client = client_of(None)
    assert client.get("/")["Location"] == "/login?next=/"
    assert client.post("/boards", {"title": "x"}).status_code == 302
    for action in ACTIONS:
        path = f"/board/{board.pk}/{action}"
        assert client.post(path, {"title": "x"})["Location"] == f"/login?next={path}"
    assert Board.objects.get().title == "Roadmap"


@pytest.mark.parametrize("action", ACTIONS)
def test_stranger_cannot_change_and_learns_nothing(
    board: Board, charlie: User, action: str
) -> None:
    client = client_of(charlie)
    for board_id in (board.pk, uuid.uuid4()):
        assert client.post(f"/board/{board_id}/{action}", {"title": "x"}).status_code == 404
    board.refresh_from_db()
    assert (board.title, board.is_trashed) == ("Roadmap", False)


@pytest.mark.parametrize("action", ["rename", "trash"])
def test_collaborator_is_told_that_only_the_owner_can(board: Board, bob: User, action: str) -> None:
    response = client_of(bob).post(f"/board/{board.pk}/{action}", {"title": "x"})
    assert response.status_code == 403
    assert b"Only the owner" in response.content
    board.refresh_from_db()
    assert (board.title, board.is_trashed) == ("Roadmap", False)
    assert board_rows().get().data["reason"] == "not_manager"


@pytest.mark.parametrize("action", ["create", *ACTIONS])
def test_a_foreign_site_cannot_submit_the_forms(board: Board, alice: User, action: str) -> None:
    client = client_of(alice, enforce_csrf_checks=True)
    path = "/boards" if action == "create" else f"/board/{board.pk}/{action}"
    assert client.post(path, {"title": "x"}).status_code == 403
    assert client.get(path).status_code == 405


def test_empty_state_says_what_to_do(charlie: User) -> None:
    content = client_of(charlie).get("/").content.decode()
    assert "No boards yet" in content
    assert "Create your first board" in content


def test_list_shows_level_owner_and_activity(alice: User, bob: User) -> None:
    make_board(alice, title="<i>Given</i>", shared_with={bob: AccessLevel.VIEW})
    make_board(bob, title="Mine")
    make_board(alice, title="Hidden")
    content = client_of(bob).get("/").content.decode()
    assert "&lt;i&gt;Given&lt;/i&gt;" in content
    assert "Can view" in content
    assert "by alice" in content
    assert "badge owner" not in content, "no word on one's own"
    assert "created just now</time>" in content
    assert "Hidden" not in content


def test_activity_is_told_in_the_largest_unit_that_fits(alice: User) -> None:
    moment = timezone.now() - timedelta(hours=3, minutes=20)
    Board.objects.filter(pk=make_board(alice).pk).update(last_activity_at=moment)
    content = client_of(alice).get("/").content.decode().replace("\xa0", " ")
    assert "changed 3 hours ago</time>" in content


def test_only_own_boards_have_actions(board: Board, alice: User, bob: User) -> None:
    action = f"/board/{board.pk}/trash".encode()
    assert action in client_of(alice).get("/").content
    assert action not in client_of(bob).get("/").content


def test_create_opens_the_new_board(alice: User) -> None:
    response = client_of(alice).post("/boards", {"title": "  Plans "})
    board = Board.objects.get()
    assert (board.title, board.owner) == ("Plans", alice)
    assert response["Location"] == f"/board/{board.pk}"
    assert board_rows().get().action == "room_create"


def test_one_click_makes_an_untitled_board(alice: User) -> None:
    response = client_of(alice).post("/boards")
    board = Board.objects.get()
    assert (board.title, response["Location"]) == ("Untitled", f"/board/{board.pk}")


@pytest.mark.parametrize(
    ("title", "message"),
    [
        ("a\x07b", "characters that cannot be shown"),
        ("a" * 201, "at most 200 characters"),
    ],
)
def test_create_with_a_bad_title_says_why(alice: User, title: str, message: str) -> None:
    response = client_of(alice).post("/boards", {"title": title})
    assert response.status_code == 422
    assert message in response.content.decode()
    assert not Board.objects.exists()


def test_rename(board: Board, alice: User) -> None:
    client = client_of(alice)
    client.post(f"/board/{board.pk}/rename", {"title": "Plans"})
    board.refresh_from_db()
    assert board.title == "Plans"
    response = client.post(f"/board/{board.pk}/rename", {"title": ""}, follow=True)
    assert "“Plans” was not renamed. Give the board a title." in response.content.decode()


def test_trash_and_restore(board: Board, alice: User) -> None:
    client = client_of(alice)
    response = client.post(f"/board/{board.pk}/trash", follow=True)
    content = response.content.decode()
    assert "“Roadmap” is in the trash." in content
    assert "Roadmap" in client.get("/?show=trash").content.decode()
    assert "Nothing" not in client.get("/?show=trash&q=road").content.decode()
    assert client.post(f"/board/{board.pk}/trash").status_code == 404
    assert client.post(f"/board/{board.pk}/rename", {"title": "x"}).status_code == 404
    content = client.post(f"/board/{board.pk}/restore", follow=True).content.decode()
    assert "“Roadmap” is back." in content
    assert "The trash is empty" in client.get("/?show=trash").content.decode()
    assert client.post(f"/board/{board.pk}/restore").status_code == 404


def test_collaborator_cannot_restore(alice: User, bob: User) -> None:
    board = make_board(alice, shared_with={bob: AccessLevel.EDIT}, is_trashed=True)
    assert client_of(bob).post(f"/board/{board.pk}/restore").status_code == 404


def test_long_lists_come_in_pages(alice: User) -> None:
    for number in range(49):
        make_board(alice, title=f"Board {number:02}")
    client = client_of(alice)
    assert "Page 1 of 2" in client.get("/").content.decode()
    assert "Board 00" in client.get("/?page=2").content.decode()
    assert client.get("/?page=nonsense").status_code == 200


def test_a_page_says_whom_a_browser_keeps_boards_for(alice: User, settings: Settings) -> None:
    settings.CANVAS_OFFLINE_DAYS = 3
    for client, person in ((client_of(alice), str(alice.pk)), (client_of(None), "")):
        page = client.get("/login" if person == "" else "/").content.decode()
        found = re.search(r'data-person="(\d*)" data-keep-until="(\d+)" data-keep-days="3"', page)
        assert found is not None
        assert found[1] == person
        assert int(found[2]) == pytest.approx(time.time() + 3 * 86400, abs=5)
    client = client_of(alice)
    session = client.session
    session.set_expiry(60)
    session.save()
    found = re.search(r'data-keep-until="(\d+)"', client.get("/").content.decode())
    assert found is not None
    assert int(found[1]) == pytest.approx(time.time() + 60, abs=5)


def test_several_boards_are_moved_starred_trashed_and_restored(alice: User, bob: User) -> None:
    space = space_create(owner=alice, name="Design", by=by(alice))
    folder = folder_create(space=space, name="Wild", parent=None, by=by(alice))
    boards = [make_board(alice, title=title) for title in ("One", "Two")]
    others = make_board(bob, title="Three", shared_with={alice: AccessLevel.EDIT})
    client = client_of(alice)
    chosen = [str(board.pk) for board in (*boards, others)]

    def do(operation: str, **values: str) -> str:
        values = {"operation": operation, "next": "/?q=o", **values}
        response = client.post("/boards/chosen", {"board": chosen, **values}, follow=True)
        assert response.redirect_chain[0][0] == "/?q=o"
        return str(response.content.decode())

    page = do("move", place=f"{space.pk}/{folder.pk}")
    assert "2 boards moved." in page
    assert "1 board stayed as it was" in page
    assert set(Board.objects.filter(folder=folder)) == set(boards)
    assert "Choose where to move them." in do("move", place=str(uuid.uuid4()))
    assert "3 boards starred." in do("star")
    assert "2 boards are in the trash." in do("trash")
    assert "2 boards are back." in do("restore")
    others.refresh_from_db()
    assert (others.space, others.is_trashed) == (None, False)
