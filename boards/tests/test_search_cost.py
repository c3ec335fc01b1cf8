"""What a search costs: queries, and the steps that SQLite takes for them.

Steps are counted, not time, so the numbers are the same on every machine. A plan that reads the
boards, texts or permissions of others makes them grow with what others have.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

import pytest
from django.contrib.auth.models import Group, User
from django.core.paginator import Paginator
from django.db import connection
from django.test.utils import CaptureQueriesContext

from boards.access import people
from boards.access.selectors import board_ids_visible_to
from boards.levels import AccessLevel
from boards.lifecycle.listing import Listing
from boards.models import Board, BoardPermission, SearchText, ShareLink, Space, TextKind
from boards.models.spaces import SpacePermission
from boards.search import reach
from boards.search.index import indexed_words
from boards.search.selectors import search
from boards.tests.factories import make_board, make_user

pytestmark = pytest.mark.django_db
OWN, FOREIGN = 30, 600
QUERIES = ("plan", "pl", "p", "red", '"red pears"', "red plan", "red blue", "absent", "büro", "bob")
MOST_QUERIES = 26
MOST_GROWTH = 50
"""Deeper trees of keys, and one more name: less than a look at each board."""
Cost = dict[str, int]
Cast = dict[str, tuple[User, list[ShareLink]]]


@contextmanager
def steps() -> Iterator[list[int]]:
    """Counts the steps of SQLite's virtual machine, in hundreds."""
    counted = [0]

    def note() -> int:
        counted[0] += 1
        return 0

    connection.ensure_connection()
    connection.connection.set_progress_handler(note, 100)
    try:
        yield counted
    finally:
        connection.connection.set_progress_handler(None, 0)


def steps_of(work: Callable[[], object]) -> int:
    work()
    with steps() as counted:
        work()
    return counted[0]


def written(boards: list[Board], *texts: str) -> None:
    SearchText.objects.bulk_create(
        SearchText(board=board, kind=kind, key=key, text=text, words=indexed_words(kind, text))
        for board in boards
        for kind, key, text in (
            (TextKind.TITLE, "", board.title),
            *((TextKind.ELEMENT, f"e{n}", text) for n, text in enumerate(texts)),
        )
    )


def many(owner: User, count: int, title: str, *texts: str) -> list[Board]:
    boards = Board.objects.bulk_create(
        Board(owner=owner, title=f"{title} {number}") for number in range(count)
    )
    written(boards, *texts)
    return boards


def what_others_have(guest_name: str, *words: str) -> None:
    """Boards with these words, and permissions, of which nobody here has any."""
    stranger, guest = make_user("stranger"), make_user(guest_name)
    boards = many(stranger, FOREIGN, *words)
    BoardPermission.objects.bulk_create(
        BoardPermission(board=board, user=guest, level="edit") for board in boards
    )


def costs(person: User, links: list[ShareLink]) -> Cost:
    link_ids = [link.pk for link in links]
    found = {
        query: steps_of(partial(search, person, query, link_ids=link_ids, limit=20))
        for query in QUERIES
    }
    for query in ("plan", "red", "absent"):
        found[f"list: {query}"] = steps_of(partial(listed, person, query))
    return found


def listed(person: User, words: str) -> None:
    list(Paginator(Listing(words=words).boards(person), 48).get_page(1))


def people_with_boards() -> Cast:
    """Each sees `OWN` boards, in a way of their own."""
    owner, given, member, neighbour, linked, admin = (
        make_user(name, is_superuser=name == "admin")
        for name in ("owner", "given", "member", "neighbour", "linked", "admin")
    )
    team, circle = Group.objects.create(name="team"), Group.objects.create(name="circle")
    member.groups.add(team)
    neighbour.groups.add(circle)
    boards = many(owner, OWN, "Plan", "red pears", "blue")
    space = Space.objects.create(name="s", owner=owner)
    SpacePermission.objects.create(space=space, group=circle, level="comment")
    Board.objects.update(space=space)
    BoardPermission.objects.bulk_create(
        BoardPermission(board=board, level="comment", **subject)
        for board in boards
        for subject in ({"user": given}, {"user": admin}, {"group": team})
    )
    links = ShareLink.objects.bulk_create(ShareLink(board=board, level="view") for board in boards)
    found: Cast = {one.username: (one, []) for one in (owner, given, member, neighbour, admin)}
    return {**found, "linked": (linked, links)}


@pytest.mark.parametrize(
    ("few", "words"),
    [
        pytest.param(200, ("bobby", "Plan", "red and green pears", "blue Büro"), id="few boards"),
        # Here others who have the same words and names are looked at.
        pytest.param(0, ("guest", "Other", "white", "black"), id="many boards"),
    ],
)
def test_a_search_costs_the_same_whatever_others_have(
    few: int, words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reach, "FEW_BOARDS", few)
    monkeypatch.setattr(people, "FEW_BOARDS", few)
    cast = people_with_boards()
    before = {name: costs(*one) for name, one in cast.items()}
    what_others_have(*words)
    after = {name: costs(*one) for name, one in cast.items()}
    grown = {
        (name, query): (before[name][query], after[name][query])
        for name, query in itertools.product(before, before["owner"])
        if after[name][query] > before[name][query] + MOST_GROWTH
    }
    assert grown == {}


@pytest.mark.parametrize("few", [200, 0], ids=["few boards", "many boards"])
def test_a_search_takes_a_few_queries(few: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reach, "FEW_BOARDS", few)
    monkeypatch.setattr(people, "FEW_BOARDS", few)
    cast = people_with_boards()
    for person, links in cast.values():
        for query in QUERIES:
            with CaptureQueriesContext(connection) as queries:
                search(person, query, link_ids=[link.pk for link in links], limit=20)
            assert len(queries) <= MOST_QUERIES, query


def test_people_with_a_name_are_looked_for_in_a_few_queries(alice: User) -> None:
    """However many there are, whom one does not see."""
    User.objects.bulk_create(User(username=f"anna{n}", first_name="Anna") for n in range(400))
    bert = make_user("bert")
    User.objects.filter(pk=bert.pk).update(first_name="Zoanna")
    make_board(alice, shared_with={bert: AccessLevel.EDIT})
    with CaptureQueriesContext(connection) as queries:
        found = search(alice, "anna", limit=20)
    assert [one.username for one in found.people] == ["bert"], "also after 400 of that name"
    assert len(queries) <= MOST_QUERIES


def test_boards_of_a_person_are_found_by_keys(alice: User) -> None:
    """Not by reading all boards that are not in the trash."""
    sql, parameters = board_ids_visible_to(alice).order_by().query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}", parameters)
        plan = [row[-1] for row in cursor.fetchall()]
    of_boards = [line for line in plan if "boards_board " in line]
    assert of_boards
    assert all("(owner_id=?)" in line or "id=?)" in line for line in of_boards), plan
