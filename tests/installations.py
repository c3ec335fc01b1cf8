"""Fills an empty installation with every kind of row that an archive carries.

manage.py shell -c "from tests.installations import fill; fill(1000)"
"""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group, Permission, User
from django.db import transaction

from accounts.models import (
    CredentialsEpoch,
    Notification,
    Picture,
    Profile,
    ProviderGroup,
    ServiceAccount,
    UnwantedMail,
)
from audit.actor import SYSTEM
from boards.libraries.selectors import libraries_of
from boards.libraries.services import NewItem, item_put
from boards.lifecycle.basics import board_create, board_trash
from boards.models import (
    Board,
    BoardOpening,
    BoardPermission,
    BoardStar,
    Comment,
    CommentThread,
    ShareLink,
)
from boards.tests.uploads import image_bytes
from boards.tests.world import World, make_world
from sync.drawing.scene import elements_create
from sync.models import DocumentUpdate
from sync.programs.new_boards import document_begin_prepare
from sync.programs.versions import version_create
from sync.programs.writes import document_change
from sync.storage.compaction import compact_board


def fill(boards: int) -> World:
    """Makes people, groups and boards: one with everything, others with a drawing."""
    world = make_world()
    board, alice = world.board, world.people["owner"]
    _people(alice)
    _sharing(board, alice)
    _comments(board, alice, world.people["editor"])
    BoardStar.objects.create(board=board, user=alice)
    _libraries(alice)
    BoardOpening.objects.create(board=board, user=alice, opened_at=board.created_at)
    draw(board, alice, 0)
    version_create(board=board, name="First", author=alice)
    compact_board(board.pk)
    draw(board, alice, 1)
    assert DocumentUpdate.objects.filter(board=board).exists()
    board_trash(board=_other(alice, "In the trash"), by=SYSTEM)
    for number in range(boards - Board.objects.count()):
        _other(alice, f"Board {number}")
    return world


def draw(board: Board, user: User, number: int) -> None:
    """Draws on a board, with unknown properties, and shows its image."""

    def change(roots: dict[str, Any]) -> None:
        shapes: list[dict[str, Any]] = [
            {"type": "rectangle", "x": number * 7, "y": n * 50, "width": 40, "height": 30}
            for n in range(10)
        ]
        shapes[0]["customData"] = {"other": ["program", 1.5]}
        elements_create(roots, shapes)

    document_change(board=board, user=user, change=change)


def _people(alice: User) -> None:
    group = Group.objects.create(name="Team")
    group.permissions.add(Permission.objects.get(codename="export_auditlog"))
    alice.groups.add(group)
    alice.user_permissions.add(Permission.objects.get(codename="view_board"))
    Profile.objects.create(user=alice, language="de", theme="dark", picture_key="alice-picture")
    Picture.objects.create(user=alice, key="alice-picture", image=b"a picture")
    UnwantedMail.objects.create(user=alice, kind=Notification.Kind.REPLY)
    Notification.objects.create(
        reader=alice, kind=Notification.Kind.SHARED, place=uuid4(), actor_name="Bob"
    )
    CredentialsEpoch.objects.create(user=alice, number=3)
    ProviderGroup.objects.create(group=group)
    bot = User.objects.create(username="ci-bot", password=make_password(None))
    ServiceAccount.objects.create(user=bot, purpose="Draws the builds.", created_by=alice)
    EmailAddress.objects.create(user=alice, email="alice@example.org", verified=True, primary=True)
    SocialAccount.objects.create(user=alice, provider="oidc", uid="alice-1")
    Authenticator.objects.create(user=alice, type=Authenticator.Type.TOTP, data={"secret": "x"})


def _libraries(alice: User) -> None:
    box = {"id": "a", "type": "rectangle", "x": 0, "y": 0.5, "width": 9, "height": 9}
    item = NewItem.of("Box ☂", [box], {})
    for place in (shown.place for shown in libraries_of(alice)):
        item_put(place=place, key=uuid4(), item=item, position=1.5, by=SYSTEM)


def _sharing(board: Board, alice: User) -> None:
    group = Group.objects.get(name="Team")
    BoardPermission.objects.create(board=board, group=group, level="comment", granted_by=alice)
    hashed = make_password("a secret")
    ShareLink.objects.create(board=board, level="view", password_hash=hashed, created_by=alice)
    board.files.update(size_bytes=len(image_bytes()), uploaded_by=alice)


def _comments(board: Board, alice: User, bob: User) -> None:
    anchor = {"element_id": "e1", "dx": 0.25, "dy": 1e22}
    thread = CommentThread.objects.create(board=board, anchor=anchor)
    body = "Sehr schön ☂\n@bob"
    comment = Comment.objects.create(thread=thread, author=alice, author_name="Alice", body=body)
    comment.mentions.add(bob)


def _other(owner: User, title: str) -> Board:
    def change(roots: dict[str, Any]) -> None:
        shape = {"type": "rectangle", "y": 0, "width": 40, "height": 30}
        elements_create(roots, [{**shape, "x": n * 70} for n in range(20)])

    board = board_create(owner=owner, title=title, by=SYSTEM)
    write = document_begin_prepare(board.pk, owner, change)
    with transaction.atomic():
        write()
    return board
