"""The two ways to the texts of a search, and what bounds them."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.db.models import Q

from boards.access import people as people_seen
from boards.access.people import people_named, people_visible_to
from boards.levels import AccessLevel
from boards.models import Board, BoardPermission, SearchText, Space, SpacePermission, TextKind
from boards.search import reach
from boards.search.index import indexed_words
from boards.search.selectors import search
from boards.tests.factories import make_board, make_user

pytestmark = pytest.mark.django_db
TEXTS = (
    "red apples",
    "red pears, green",
    "Büro 学生会议",
    "redder",
    "v1.2 of the Straße",
    "greens",
)
QUERIES = (
    *("red", "re", "r", "red pears", '"red pears"', "pears red", "apples green", "buro", "学生"),
    *("生学", "v1.2", "strasse of", "absent", "red absent", "green red apples", "title", "plan"),
)


def write(board: Board, *texts: str) -> None:
    """Rows of the index: the title, elements and no comments."""
    rows = [(TextKind.TITLE, "", board.title)]
    rows += [(TextKind.ELEMENT, f"e{n}", text) for n, text in enumerate(texts)]
    SearchText.objects.bulk_create(
        SearchText(board=board, kind=kind, key=key, text=text, words=indexed_words(kind, text))
        for kind, key, text in rows
    )


def seen(user: User, query: str) -> Any:
    found = search(user, query, limit=20)
    return [one.id for one in found.boards], [
        (one.board_id, one.element_id, one.excerpt) for one in found.texts
    ]


def test_all_ways_find_the_same(
    alice: User, bob: User, charlie: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    group, space = Group.objects.create(name="team"), Space.objects.create(name="s", owner=alice)
    bob.groups.add(group)
    boards = [make_board(alice, title=f"Plan {n}") for n in range(8)]
    for number, board in enumerate(boards):
        write(board, *TEXTS[number % 3 :], TEXTS[number % 2])
    BoardPermission.objects.create(board=boards[0], user=bob, level="view")
    BoardPermission.objects.create(board=boards[1], group=group, level="edit")
    SpacePermission.objects.create(space=space, group=group, level="view")
    Board.objects.filter(pk__in=[boards[2].pk, boards[3].pk]).update(space=space)
    monkeypatch.setattr(reach, "NEWEST", 2)
    monkeypatch.setattr(reach, "FOLLOWED", (2, 5, None))
    found = []
    for few, named, known in ((200, 200, 200), (0, 200, 200), (0, 0, 200), (0, 0, 0)):
        monkeypatch.setattr(reach, "FEW_BOARDS", few)
        monkeypatch.setattr(reach, "NAMED_BOARDS", named)
        monkeypatch.setattr(reach, "KNOWN_BOARDS", known)
        found.append({(u.pk, q): seen(u, q) for u in (alice, bob, charlie) for q in QUERIES})
    assert found[0] == found[1] == found[2] == found[3]
    assert len({board for board, *_ in found[0][bob.pk, "red"][1]}) == 4
    assert found[0][charlie.pk, "red"] == ([], [])


def test_words_in_different_places_are_looked_for_in_few_texts(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reach, "FEW_TEXTS", 6)
    boards = [make_board(alice, title="Plan") for _ in range(3)]
    for board in boards:
        write(board, "red", "green", "blue")
    assert {board for board, *_ in seen(alice, "red green")[1]} == {boards[2].pk}, "the newest"


@pytest.mark.parametrize("few", [1_000, 0])
def test_both_ways_find_the_same_people(few: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people_seen, "FEW_BOARDS", few)
    monkeypatch.setattr(people_seen, "_NAMED_LIKE_FIRST", 3)
    people = [make_user(name) for name in ("ann", "ben", "cleo", "dan", "eve", "fay", "gil")]
    ann, ben, cleo, dan, eve, fay, gil = people
    group, space = Group.objects.create(name="team"), Space.objects.create(name="s", owner=dan)
    eve.groups.add(group)
    fay.groups.add(group)
    make_board(ann, shared_with={ben: AccessLevel.COMMENT, cleo: AccessLevel.VIEW})
    inside = make_board(dan)
    Board.objects.filter(pk=inside.pk).update(space=space)
    SpacePermission.objects.create(space=space, user=ben, level="comment")
    BoardPermission.objects.create(board=inside, group=group, level="edit")
    SpacePermission.objects.create(space=space, user=gil, level="view")
    make_board(ann, shared_with={eve: AccessLevel.EDIT}, is_trashed=True)
    hidden = make_user("hidden", is_active=False)
    make_board(hidden, shared_with={ann: AccessLevel.EDIT})
    for user in people:
        found = people_named(user, Q(), 20)
        assert {user, *found} == {user, *people_visible_to(user)}, user
        assert found == sorted(found, key=lambda one: one.username)
        assert people_named(user, Q(), 2) == found[:2]
        assert people_named(user, Q(username__startswith="e"), 20) == [
            one for one in found if one == eve
        ]
    assert people_named(ben, Q(), 20) == [ann, cleo, dan, eve, fay, gil]
    assert people_named(eve, Q(), 20) == [ben, dan, fay, gil], "nobody of a board in the trash"
    assert people_named(gil, Q(), 20) == people_named(cleo, Q(), 20) == []
