"""People don't get what was deleted before they were let in, whichever way they come."""

from collections.abc import Callable

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import Group, User
from django.db import transaction
from django.test import Client

from audit.tests.actors import by
from boards.access.subjects import PUBLIC, Subject
from boards.levels import AccessLevel
from boards.lifecycle.copies import board_duplicate
from boards.models import AccessRequest, Board, BoardPermission
from boards.sharing.links import share_link_create
from boards.sharing.permissions import permission_grant
from boards.sharing.requests import access_request_resolve
from boards.sharing.transfer import board_transfer
from sync.api.base import EDITORS_ONLY
from sync.drawing.scene import Roots, elements_change, elements_create, elements_delete
from sync.programs.documents import document_now
from sync.programs.writes import document_change
from sync.storage.log import read_head, read_stored
from sync.tests.conftest import Open

DELETED, OVERWRITTEN, KEPT = "word that was deleted", "word of before", "word of today"
Grant = Callable[[Board, User], object]


def text(element_id: str, words: str) -> dict[str, object]:
    return {"id": element_id, "type": "text", "text": words, "originalText": words, "x": 1, "y": 1}


def draw_and_delete(board: Board, user: User) -> None:
    def draw(roots: Roots) -> None:
        elements_create(roots, [text("t1", DELETED), text("t2", OVERWRITTEN)])

    def erase(roots: Roots) -> None:
        elements_delete(roots, ["t1"], user.pk)
        elements_change(roots, [text("t2", KEPT)])

    document_change(board=board, user=user, change=draw)
    document_change(board=board, user=user, change=erase)


def holds(data: bytes) -> tuple[bool, bool, bool]:
    return tuple(word.encode() in data for word in (DELETED, OVERWRITTEN, KEPT))  # type: ignore[return-value]


def by_request(board: Board, user: User) -> object:
    request = AccessRequest.objects.create(board=board, user=user, level="view")
    return access_request_resolve(request=request, level=AccessLevel.VIEW, by=by(board.owner))


def to_group(board: Board, user: User) -> object:
    group = Group.objects.create(name="team")
    return permission_grant(
        board=board, subject=Subject(group=group), level=AccessLevel.VIEW, by=by(board.owner)
    )


def by_joining_a_group(board: Board, user: User) -> object:
    group = Group.objects.create(name="team")
    BoardPermission.objects.create(board=board, group=group, level="view")
    user.groups.add(group)
    return group


GRANTS: dict[str, Grant] = {
    "person": lambda board, user: permission_grant(
        board=board, subject=Subject(user=user), level=AccessLevel.VIEW, by=by(board.owner)
    ),
    "public": lambda board, user: permission_grant(
        board=board, subject=PUBLIC, level=AccessLevel.VIEW, by=by(board.owner)
    ),
    "link": lambda board, user: share_link_create(
        board=board, level=AccessLevel.VIEW, by=by(board.owner)
    ),
    "new owner": lambda board, user: board_transfer(
        board=board, new_owner=user, by=by(board.owner)
    ),
    "group": to_group,
    "joining a group": by_joining_a_group,
    "request": by_request,
}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", GRANTS)
def test_a_grant_removes_what_was_deleted(board: Board, alice: User, bob: User, name: str) -> None:
    draw_and_delete(board, alice)
    assert holds(document_now(board.pk)[0].diff()) == (True, False, True)
    GRANTS[name](board, bob)
    assert holds(document_now(board.pk)[0].diff()) == (False, False, True)


@pytest.mark.django_db(transaction=True)
def test_a_grant_inside_a_transaction_removes_it_when_that_is_done(
    board: Board, alice: User, bob: User
) -> None:
    draw_and_delete(board, alice)
    with transaction.atomic():
        GRANTS["person"](board, bob)
    assert holds(document_now(board.pk)[0].diff()) == (False, False, True)


@pytest.mark.django_db
def test_a_copy_has_nothing_of_it(board: Board, alice: User, bob: User) -> None:
    draw_and_delete(board, alice)
    copy = board_duplicate(board=board, owner=bob, by=by(bob))
    head = read_head(copy.pk)
    assert head is not None
    assert holds(b"".join(read_stored(copy.pk, head.seq).updates)) == (False, False, True)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_open", [True, False])
async def test_the_first_frame_of_an_anonymous_viewer_has_nothing_of_it(
    board: Board, alice: User, connect: Open, is_open: bool
) -> None:
    await sync_to_async(draw_and_delete)(board, alice)
    if is_open:
        await connect(board, alice)
    await sync_to_async(GRANTS["public"])(board, alice)
    viewer = await connect(board, None, "public=1")
    data = viewer.doc.get_update()
    assert holds(data) == (False, False, True)


@pytest.mark.django_db
def test_versions_are_for_who_may_edit(board: Board, alice: User, bob: User) -> None:
    GRANTS["person"](board, bob)
    client = Client()
    client.force_login(bob)
    response = client.get(f"/api/v1/boards/{board.pk}/versions")
    assert response.status_code == 403
    assert response.json()["detail"] == EDITORS_ONLY
