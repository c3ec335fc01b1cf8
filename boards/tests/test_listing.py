"""The list of boards: what is in it, how it is searched and sorted, and that it stays quick."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from boards.levels import AccessLevel
from boards.lifecycle.home import BOARDS_PER_PAGE
from boards.models import Board, BoardOpening, BoardPermission
from boards.spaces import marks
from boards.spaces.marks import opening_note
from boards.tests.factories import client_of, make_board

FETCH = {"X-Requested-With": "fetch"}


def titles(user: User, query: str = "") -> list[str]:
    content = client_of(user).get(f"/{query}").content.decode()
    return re.findall(r'class="board-card-title"[^>]*>([^<]*)<', content)


@pytest.fixture
def shelf(alice: User, bob: User) -> None:
    """Boards of alice and bob; each is as old as its number of days."""
    boards = [
        make_board(alice, title="Apple plan"),
        make_board(alice, title="banana"),
        make_board(bob, title="Cherry plan", shared_with={alice: AccessLevel.VIEW}),
        make_board(bob, title="Hidden plan"),
        make_board(alice, title="Old plan", is_trashed=True),
    ]
    for age, board in enumerate(boards, start=1):
        moment = timezone.now() - timedelta(days=age)
        Board.objects.filter(pk=board.pk).update(created_at=moment)
    Board.objects.filter(title="banana").update(last_activity_at=timezone.now())


@pytest.mark.usefixtures("shelf")
def test_views_of_the_list(alice: User, bob: User, charlie: User) -> None:
    assert titles(alice) == ["banana", "Apple plan", "Cherry plan"]
    assert titles(alice, "?show=mine") == ["banana", "Apple plan"]
    assert titles(alice, "?show=shared") == ["Cherry plan"]
    assert titles(alice, "?show=trash") == ["Old plan"]
    assert titles(bob, "?show=trash") == titles(charlie) == []


@pytest.mark.usefixtures("shelf")
def test_search_looks_at_titles_and_owners_and_never_at_others_boards(alice: User) -> None:
    assert titles(alice, "?q=PLAN") == ["Apple plan", "Cherry plan"]
    assert titles(alice, "?q=plan+bob") == ["Cherry plan"]
    assert titles(alice, "?q=plan&show=trash") == ["Old plan"]
    assert titles(alice, "?q=hidden") == []
    content = client_of(alice).get("/?q=<b>&show=mine").content.decode()
    assert "Nothing found for “&lt;b&gt;”" in content
    assert 'href="/?show=mine"' in content


@pytest.mark.usefixtures("shelf")
@pytest.mark.parametrize("words", ["%", "_", "'", '"', "\0", "a" * 5000, "🦆"])
def test_search_takes_any_text(alice: User, words: str) -> None:
    response = client_of(alice).get("/", {"q": words})
    assert response.status_code == 200
    assert len(response.content) < 60_000


@pytest.mark.usefixtures("shelf")
def test_orders(alice: User) -> None:
    assert titles(alice, "?sort=name") == ["Apple plan", "banana", "Cherry plan"]
    assert titles(alice, "?sort=created") == ["Apple plan", "banana", "Cherry plan"]
    assert titles(alice, "?sort=nonsense&show=nonsense") == ["banana", "Apple plan", "Cherry plan"]


def test_empty_views_say_what_comes_there(charlie: User) -> None:
    client = client_of(charlie)
    assert "Nothing is shared with you yet" in client.get("/?show=shared").content.decode()
    assert "The trash is empty" in client.get("/?show=trash").content.decode()
    assert "Create your first board" in client.get("/?show=mine").content.decode()


def test_scripts_get_the_list_alone(alice: User, board: Board) -> None:
    response = client_of(alice).get("/", headers=FETCH)
    content = response.content.decode()
    assert content.lstrip().startswith("<section")
    assert f'data-board="{board.pk}"' in content
    assert "X-Requested-With" in response["Vary"]
    assert client_of(None).get("/", headers=FETCH).status_code == 302


def test_pages_keep_the_view(alice: User) -> None:
    Board.objects.bulk_create(
        Board(owner=alice, title=f"Plan {number:02}") for number in range(BOARDS_PER_PAGE + 1)
    )
    content = client_of(alice).get("/?show=mine&q=plan&sort=name").content.decode()
    assert 'href="/?show=mine&amp;sort=name&amp;q=plan&amp;page=2"' in content
    assert titles(alice, "?show=mine&sort=name&q=plan&page=2") == [f"Plan {BOARDS_PER_PAGE}"]


def test_a_long_list_takes_no_more_queries_than_a_short_one(alice: User, bob: User) -> None:
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert client.get("/").status_code == 200
        return len(captured)

    client = client_of(alice)
    make_board(bob, shared_with={alice: AccessLevel.VIEW})
    queries()  # the first request of a session renews it
    short = queries()
    boards = Board.objects.bulk_create(
        Board(owner=owner, title=f"Board {number}")
        for number in range(250)
        for owner in (alice, bob)
    )
    BoardPermission.objects.bulk_create(
        BoardPermission(board=board, user=alice, level="edit")
        for board in boards
        if board.owner_id == bob.pk
    )
    assert queries() == short


def test_a_picture_is_shown_of_boards_that_have_a_drawing(alice: User, board: Board) -> None:
    address = f"/board/{board.pk}/thumbnail.svg"
    assert address not in client_of(alice).get("/").content.decode()
    Board.objects.update(head_seq=7)
    assert f'src="{address}?v=7"' in client_of(alice).get("/").content.decode()


def test_the_boards_opened_last_are_remembered_and_no_more(
    alice: User, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(marks, "RECENT_AT_MOST", 2)
    boards = [make_board(alice, title=str(number)) for number in range(4)]
    opening_note(board=boards[0], user=bob)
    for board in boards:
        opening_note(board=board, user=alice)
    rows = BoardOpening.objects.filter(user=alice).order_by("board__title")
    assert list(rows.values_list("board__title", flat=True)) == ["2", "3"]
    assert BoardOpening.objects.filter(user=bob).count() == 1
