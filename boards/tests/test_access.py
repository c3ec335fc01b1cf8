"""The whole table of who may do what: actor, state of the board, way in, and what was asked for."""

from __future__ import annotations

import itertools

import pytest
from django.contrib.auth.models import AnonymousUser, User

from boards.access.resolve import Entry, resolve_access
from boards.levels import AccessLevel
from boards.models import Board, BoardPermission
from boards.tests.factories import make_board, make_user

NONE, VIEW, COMMENT, EDIT = AccessLevel
ACTORS = ("owner", "editor", "commenter", "viewer", "stranger", "anonymous", "nobody", "superuser")
OWN_LEVEL = {"owner": EDIT, "superuser": EDIT, "editor": EDIT, "commenter": COMMENT, "viewer": VIEW}
OWN_VIA = {"owner": "owner", "superuser": "staff"}


@pytest.fixture
def cast(alice: User, dana: User, db: None) -> dict[str, User | AnonymousUser | None]:
    people: dict[str, User | AnonymousUser | None] = {
        name: make_user(name) for name in ("editor", "commenter", "viewer", "stranger")
    }
    return people | {
        "owner": alice,
        "superuser": dana,
        "anonymous": AnonymousUser(),
        "nobody": None,
    }


def board_for(cast: dict[str, User | AnonymousUser | None], public: AccessLevel | None) -> Board:
    shared = {
        user: OWN_LEVEL[name]
        for name, user in cast.items()
        if name in {"editor", "commenter", "viewer"} and isinstance(user, User)
    }
    owner = cast["owner"]
    assert isinstance(owner, User)
    return make_board(owner, shared_with=shared, public=public)


def expected(
    actor: str, public: AccessLevel | None, entry: Entry, wants_edit: bool
) -> tuple[AccessLevel, str]:
    """The rules in words: public entry, public row only, capped at view unless asked for more;
    else the highest that applies, the own row winning a tie."""
    public_level = public or NONE
    if entry is Entry.PUBLIC:
        level = public_level if wants_edit else min(public_level, VIEW)
        return level, "public" if level else "none"
    own = OWN_LEVEL.get(actor, NONE)
    if own and own >= public_level:
        return own, OWN_VIA.get(actor, "user")
    return public_level, "public" if public_level else "none"


@pytest.mark.parametrize("entry", Entry)
@pytest.mark.parametrize("wants_edit", [False, True])
@pytest.mark.parametrize("public", [None, VIEW, COMMENT, EDIT])
@pytest.mark.parametrize("actor", ACTORS)
def test_board_in_the_trash_gives_nobody_a_level(
    cast: dict[str, User | AnonymousUser | None],
    actor: str,
    public: AccessLevel | None,
    wants_edit: bool,
    entry: Entry,
) -> None:
    board = board_for(cast, public)
    Board.objects.update(deleted_at="2026-01-01T00:00:00Z")
    board.refresh_from_db()
    access = resolve_access(board, user=cast[actor], entry=entry, wants_edit=wants_edit)
    assert access.level is NONE
    assert not access.can_view
    may_restore = actor in {"owner", "superuser"} and entry is Entry.BOARD
    assert access.can_manage is may_restore


@pytest.mark.parametrize("entry", Entry)
@pytest.mark.parametrize("wants_edit", [False, True])
@pytest.mark.parametrize("public", [None, VIEW, COMMENT, EDIT])
@pytest.mark.parametrize("actor", ACTORS)
def test_level_of_actor(
    cast: dict[str, User | AnonymousUser | None],
    actor: str,
    public: AccessLevel | None,
    wants_edit: bool,
    entry: Entry,
) -> None:
    board = board_for(cast, public)
    access = resolve_access(board, user=cast[actor], entry=entry, wants_edit=wants_edit)
    assert (access.level, access.via) == expected(actor, public, entry, wants_edit)
    assert access.board_id == board.pk
    assert access.access_version == board.access_version
    assert access.is_owner is (actor == "owner" and entry is Entry.BOARD)
    assert access.can_manage is (actor in {"owner", "superuser"} and entry is Entry.BOARD)
    assert access.can_view is (access.level >= VIEW)
    assert access.can_comment is (access.level >= COMMENT)
    assert access.can_edit is (access.level >= EDIT)


@pytest.mark.parametrize("actor", ["owner", "editor", "superuser"])
def test_switched_off_account_counts_as_no_account(
    cast: dict[str, User | AnonymousUser | None], actor: str
) -> None:
    user = cast[actor]
    assert isinstance(user, User)
    user.is_active = False
    for public in (None, VIEW):
        board = board_for(cast, public)
        access = resolve_access(board, user=user)
        anonymous = resolve_access(board, user=None)
        assert access == anonymous


def test_asking_never_raises(cast: dict[str, User | AnonymousUser | None]) -> None:
    for actor, public in itertools.product(ACTORS, (None, VIEW, COMMENT, EDIT)):
        board = board_for(cast, public)
        access = resolve_access(board, user=cast[actor], entry=Entry.PUBLIC, wants_edit=True)
        assert access.level <= (public or NONE)


def test_a_permission_on_one_board_says_nothing_about_another(alice: User, bob: User) -> None:
    make_board(alice, shared_with={bob: EDIT}, public=EDIT)
    other = make_board(alice)
    assert resolve_access(other, user=bob).level is NONE
    assert resolve_access(other, user=None, entry=Entry.PUBLIC).level is NONE


def test_staff_without_superuser_is_a_stranger(board: Board) -> None:
    helper = make_user("helper")
    helper.is_staff = True
    helper.save()
    assert resolve_access(board, user=helper).level is NONE


def test_one_query_at_most(board: Board, bob: User, django_assert_max_num_queries: object) -> None:
    BoardPermission.objects.create(board=board, is_public=True, level="view")
    with django_assert_max_num_queries(1):  # type: ignore[operator]
        resolve_access(board, user=bob)
