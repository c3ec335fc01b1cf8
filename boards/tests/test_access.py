"""The whole table of who may do what: actor, state of the board, way in, and what was asked for."""

from __future__ import annotations

import itertools

import pytest
from django.contrib.auth.models import AnonymousUser, User
from pytest_django import DjangoAssertNumQueries

from boards.access.resolve import BoardFacts, Entry, resolve_access, resolve_many
from boards.access.subjects import PermissionRow
from boards.levels import AccessLevel
from boards.models import Board, BoardPermission, ShareLink
from boards.tests import matrix
from boards.tests.factories import make_board, make_user
from boards.tests.world import make_space

NONE, VIEW, COMMENT, EDIT = AccessLevel
People = dict[str, User | AnonymousUser | None]
ACTORS = [actor for actor in matrix.LEVELS if "link" not in actor and actor != "switched off"]
PUBLIC = {None: "private", VIEW: "public view", COMMENT: "public comment", EDIT: "public edit"}


@pytest.fixture
def cast(alice: User, dana: User, db: None) -> People:
    names = (*matrix.GIVEN, *matrix.IN_SPACE, "stranger")
    people: People = {name: make_user(name) for name in names}
    return people | {"owner": alice, "staff": dana, "anonymous": AnonymousUser()}


def board_for(cast: People, public: AccessLevel | None) -> Board:
    shared = {
        user: AccessLevel(matrix.LEVELS[name])
        for name, user in cast.items()
        if name in matrix.GIVEN and isinstance(user, User)
    }
    owner = cast["owner"]
    assert isinstance(owner, User)
    people = {name: user for name, user in cast.items() if isinstance(user, User)}
    return make_board(owner, shared_with=shared, public=public, space=make_space(people))


def expected(
    actor: str, public: AccessLevel | None, entry: Entry, wants_edit: bool
) -> tuple[AccessLevel, str]:
    """What the table says."""
    state = PUBLIC[public]
    if entry is Entry.PUBLIC:
        level = AccessLevel(matrix.public_level_of(state, wants_edit=wants_edit))
        return level, "public" if level else "none"
    return AccessLevel(matrix.level_of(actor, state)), matrix.way_of(actor, state)


CASES = list(itertools.product(ACTORS, Entry, (False, True)))
"""Who asks, by which way in, and whether for the right to edit."""


@pytest.mark.parametrize("public", PUBLIC)
def test_board_in_the_trash_gives_nobody_a_level(cast: People, public: AccessLevel | None) -> None:
    board = board_for(cast, public)
    Board.objects.update(deleted_at="2026-01-01T00:00:00Z")
    board.refresh_from_db()
    for actor, entry, wants_edit in CASES:
        access = resolve_access(board, user=cast[actor], entry=entry, wants_edit=wants_edit)
        case = f"{actor} {entry} {wants_edit}"
        assert access.level is NONE, case
        assert not access.can_view, case
        may_restore = actor in matrix.MANAGERS and entry is Entry.BOARD
        assert access.can_manage is may_restore, case


@pytest.mark.parametrize("public", PUBLIC)
def test_level_of_actor(cast: People, public: AccessLevel | None) -> None:
    board = board_for(cast, public)
    for actor, entry, wants_edit in CASES:
        access = resolve_access(board, user=cast[actor], entry=entry, wants_edit=wants_edit)
        case = f"{actor} {entry} {wants_edit}"
        assert (access.level, access.via) == expected(actor, public, entry, wants_edit), case
        assert access.board_id == board.pk, case
        assert access.access_version == board.access_version, case
        assert access.is_owner is (actor == "owner" and entry is Entry.BOARD), case
        managed = actor in matrix.MANAGERS and entry is Entry.BOARD
        assert access.can_manage is managed, case
        assert access.can_view is (access.level >= VIEW), case
        assert access.can_comment is (access.level >= COMMENT), case
        assert access.can_edit is (access.level >= EDIT), case


@pytest.mark.parametrize("actor", ["owner", "editor", "staff"])
def test_switched_off_account_counts_as_no_account(cast: People, actor: str) -> None:
    user = cast[actor]
    assert isinstance(user, User)
    user.is_active = False
    for public in (None, VIEW):
        board = board_for(cast, public)
        access = resolve_access(board, user=user)
        anonymous = resolve_access(board, user=None)
        assert access == anonymous == resolve_access(board, user=AnonymousUser())


def test_asking_never_raises(cast: People) -> None:
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


def test_a_row_that_names_nobody_is_not_the_public() -> None:
    row = PermissionRow("edit", None, None, is_public=False, is_inherited=False)
    with pytest.raises(LookupError):
        _ = row.kind


@pytest.mark.parametrize("locked", [False, True])
@pytest.mark.parametrize("public", [None, VIEW, COMMENT, EDIT])
def test_many_boards_at_once_are_resolved_as_one_by_one(
    cast: People,
    public: AccessLevel | None,
    locked: bool,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    shared = board_for(cast, public)
    owner = cast["owner"]
    assert isinstance(owner, User)
    boards = [shared, make_board(owner), make_board(owner, public=public)]
    if locked:
        Board.objects.update(locked_at="2026-01-01T00:00:00Z")
    gone = make_board(owner, public=EDIT)
    Board.objects.filter(pk=gone.pk).update(deleted_at="2026-01-01T00:00:00Z")
    boards = list(Board.objects.filter(pk__in=[*(one.pk for one in boards), gone.pk]))
    for actor in ACTORS:
        user = cast[actor]
        if isinstance(user, User):
            one_by_one = {board.pk: resolve_access(board, user=user) for board in boards}
            with django_assert_num_queries(3):
                assert resolve_many(boards, user=user) == one_by_one, actor


def test_a_link_that_somebody_opened_is_nobody_elses(alice: User, charlie: User) -> None:
    """Also where everybody on the board is resolved at once."""
    board = make_board(alice)
    link = ShareLink.objects.create(board=board, level="edit")
    other = ShareLink.objects.create(board=make_board(alice), level="edit")
    facts = BoardFacts(board, users=[charlie], link_ids=[link.pk, other.pk])
    levels = [
        resolve_access(board, user=user, link_ids=link_ids, facts=facts).level
        for user, link_ids in (
            (charlie, [link.pk]),
            (charlie, []),
            (None, [link.pk]),
            (None, []),
            (None, [other.pk]),
        )
    ]
    assert levels == [EDIT, NONE, EDIT, NONE, NONE]
