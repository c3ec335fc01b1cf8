"""Search from end to end: what is drawn and written is found, by those who may see it alone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, User
from django.utils import timezone

from audit.tests.actors import by
from boards.comments.services import author_of_user, thread_create
from boards.identity.tokens import issue_access_token, link_token
from boards.levels import AccessLevel
from boards.lifecycle.basics import board_restore, board_trash
from boards.models import Board, BoardPermission, ShareLink
from boards.sharing.links import share_link_create
from boards.tests.factories import client_of, make_board, make_user
from boards.tests.matrix import GIVEN, IN_SPACE, LEVELS, SIGNED_IN, STATES
from boards.tests.world import enter_state, make_world
from sync.programs.search_index import index_all
from sync.tests.searches import draw, elements_found, found, search_at_once, shown

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    search_at_once(monkeypatch)


# --- what is found


def test_titles_texts_and_comments_are_found(board: Board, alice: User) -> None:
    draw(board, alice, {"e1": "The quarterly Büdget is late", "e2": "else"})
    thread = thread_create(
        board=board,
        anchor={"element_id": "e1", "dx": 0, "dy": 0},
        body="Who pays the budget?",
        author=author_of_user(alice),
    )
    index_all()
    result = found(alice, "budg")
    (text,) = result["texts"]
    assert text["board"] == {"id": str(board.pk), "title": "Roadmap"}
    assert text["element"] == "e1"
    assert shown(text["excerpt"]) == "The quarterly [Büdget] is late"
    (comment,) = result["comments"]
    assert (comment["thread"], comment["element"], comment["author"]) == (
        str(thread.pk),
        "e1",
        "alice",
    )
    assert shown(comment["excerpt"]) == "Who pays the [budget]?"
    (title,) = found(alice, "ROAD")["boards"]
    assert (title["id"], shown(title["parts"])) == (str(board.pk), "[Roadmap]")


def test_words_may_stand_in_different_places_of_one_board(board: Board, alice: User) -> None:
    other = make_board(alice, title="Elsewhere")
    draw(board, alice, {"a": "red apples", "b": "green pears", "c": "red pears"})
    draw(other, alice, {"d": "red only"})
    index_all()
    assert elements_found(alice, "red pears") == ["c", "b", "a"], "with both words first"
    assert elements_found(alice, "roadmap green") == ["b"]
    assert elements_found(alice, '"red pears"') == ["c"]
    assert elements_found(alice, "red absent") == []


def test_scripts_without_spaces(board: Board, alice: User) -> None:
    draw(
        board,
        alice,
        {"zh": "今天的会议记录在这里", "ja": "議事録を共有する", "th": "รายงานการประชุม"},
    )
    index_all()
    assert elements_found(alice, "会议") == ["zh"]
    assert elements_found(alice, "议会") == [], "neighbours, in order"
    assert elements_found(alice, "共有") == ["ja"]
    assert elements_found(alice, "ประชุม") == ["th"]


@pytest.mark.parametrize(
    "q",
    ["!!!", '"', "'", "a' OR 1=1 --", "NEAR(x)", "x*y", "-x", "a:b", "\\", "% _", "(((", "&|!<->"],
)
def test_no_query_is_an_error(board: Board, alice: User, q: str) -> None:
    draw(board, alice, {"e": "x y"})
    index_all()
    found(alice, q)
    assert client_of(alice).get("/", {"q": q}).status_code == 200


def test_a_query_is_bounded(alice: User) -> None:
    client = client_of(alice)
    for bad in (f"q={'x' * 201}", "q=", "", "q=x&limit=51", "q=x&limit=0"):
        assert client.get(f"/api/v1/search?{bad}").status_code == 400
    assert client.get("/api/v1/search", {"q": "x", "board": "no id"}).status_code == 400


def test_one_board_does_not_fill_the_answer(board: Board, alice: User) -> None:
    other = make_board(alice, title="Other")
    draw(other, alice, {"there": "many words"})
    draw(board, alice, {f"e{n}": f"many things {n}" for n in range(20)})
    index_all()
    assert len(elements_found(alice, "many")) == 4
    assert elements_found(alice, "many", board=str(other.pk))[0] == "there"
    assert len(elements_found(alice, "many", limit=2)) == 2


def test_too_many_searches_are_refused(
    board: Board, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("boards.api.throttles.SearchThrottle.rate", "2/min", raising=False)
    client = client_of(alice)
    codes = [client.get("/api/v1/search", {"q": "x"}).status_code for _ in range(3)]
    assert codes == [200, 200, 429]


def test_the_list_finds_the_same(board: Board, alice: User) -> None:
    draw(board, alice, {"e": "quarterly numbers"})
    make_board(alice, title="Unrelated")
    index_all()
    client = client_of(alice)
    listed = client.get("/api/v1/boards", {"q": "quarterly road"}).json()["results"]
    assert [one["id"] for one in listed] == [str(board.pk)]
    assert client.get("/api/v1/boards", {"q": "oadma"}).json()["count"] == 1
    assert client.get("/api/v1/boards", {"q": "++"}).json()["count"] == 0


# --- who finds it


@pytest.mark.parametrize("state", STATES)
def test_who_finds_what(state: str) -> None:
    world = make_world()
    draw(world.board, world.people["owner"], {"e": "kumquat"})
    thread_create(
        board=world.board,
        anchor={"x": 0, "y": 0},
        body="kumquat",
        author=author_of_user(world.people["owner"]),
    )
    Board.objects.filter(pk=world.board.pk).update(title="kumquat")
    index_all()
    enter_state(world.board, state)
    for actor in LEVELS:
        answer = world.clients[actor].get("/api/v1/search", {"q": "kumquat"})
        if actor not in SIGNED_IN:
            assert answer.status_code == 401, actor
            continue
        result = answer.json()
        # Public boards and those of superusers are in nobody's list.
        sees = state != "trashed" and actor in {*GIVEN, *IN_SPACE, "owner"}
        for kind in ("boards", "texts", "comments"):
            assert bool(result[kind]) == sees, (state, actor, kind)
        listed = world.clients[actor].get("/api/v1/boards", {"q": "kumquat"}).json()["count"]
        assert listed == sees, (state, actor)


def test_a_link_counts_once_it_was_opened(board: Board, alice: User, charlie: User) -> None:
    draw(board, alice, {"e": "kumquat"})
    index_all()
    link = share_link_create(board=board, level=AccessLevel.VIEW, label="", by=by(alice))
    client = client_of(charlie)
    assert elements_found(client, "kumquat") == []
    client.get(f"/board/{board.pk}", {"token": link_token(link)})
    assert elements_found(client, "kumquat") == ["e"]
    headers = {"Authorization": f"Bearer {issue_access_token(charlie)[0]}"}
    program = client.get("/api/v1/search", {"q": "kumquat"}, headers=headers)
    assert program.json()["texts"] == [], "a token has no session"
    board_trash(board=board, by=by(alice))
    assert elements_found(client, "kumquat") == []
    board_restore(board=board, by=by(alice))
    assert elements_found(client, "kumquat") == ["e"]
    ShareLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert elements_found(client, "kumquat") == []


def test_a_group_counts(board: Board, alice: User, charlie: User) -> None:
    draw(board, alice, {"e": "kumquat"})
    index_all()
    group = Group.objects.create(name="team")
    BoardPermission.objects.create(board=board, group=group, level="view")
    assert elements_found(charlie, "kumquat") == []
    charlie.groups.add(group)
    assert elements_found(charlie, "kumquat") == ["e"]
    charlie.groups.clear()
    assert elements_found(charlie, "kumquat") == []


def test_foreign_boards_change_neither_the_order_nor_the_numbers(
    board: Board, alice: User, charlie: User
) -> None:
    draw(board, alice, {"a": "rare common", "b": "common", "c": "rare", "d": "common common"})
    index_all()
    before = [found(alice, q) for q in ("rare common", "common", "rar")]
    foreign = make_board(charlie, title="rare rare")
    draw(foreign, charlie, {f"f{n}": "rare " * n for n in range(1, 30)})
    index_all()
    assert [found(alice, q) for q in ("rare common", "common", "rar")] == before


@pytest.mark.parametrize("level", [AccessLevel.VIEW, AccessLevel.COMMENT])
def test_people_are_those_of_boards_where_one_may_comment(
    alice: User, charlie: User, level: AccessLevel
) -> None:
    erin = make_user("erin")
    make_user("erinaceus")  # shares nothing with charlie
    make_user("erina", is_active=False)
    make_board(alice, shared_with={charlie: level, erin: AccessLevel.VIEW})
    names = [person["username"] for person in found(charlie, "erin")["people"]]
    assert names == (["erin"] if level is AccessLevel.COMMENT else [])
    assert bool(found(charlie, "alice")["people"]) == (level is AccessLevel.COMMENT)
