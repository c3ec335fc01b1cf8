"""Creates the demo: users that can sign in, and a board that shows what the product can do."""

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet
from pycrdt import Doc, Map

from audit.actor import actor_of_command
from boards.access.subjects import PUBLIC, Subject
from boards.levels import AccessLevel
from boards.lifecycle.basics import board_create
from boards.models import Board
from boards.sharing.permissions import permission_grant
from sync.drawing.demo import demo_elements
from sync.drawing.elements import encode_element
from sync.storage.store import append_update

DEMO_TITLE = "Welcome to the canvas"
DEMO_ADMIN = "admin"
DEMO_LOGINS = ("alice", "bob", "charlie", DEMO_ADMIN)


def find_demo_board() -> Board | None:
    """The demo board; None if it is in the trash or was never created."""
    return _demo_boards().filter(deleted_at=None).first()


def create_demo() -> Board:
    """Creates the demo users and board if they are missing; changes nothing that exists.

    A demo board in the trash stays there and is returned: someone put it there on purpose.
    """
    alice, bob, charlie, _ = (_demo_user(name) for name in DEMO_LOGINS)
    board = _demo_boards().first()
    if board is not None:
        return board
    by = actor_of_command("create_demo", alice)
    with transaction.atomic():
        board = board_create(owner=alice, title=DEMO_TITLE, by=by)
        for user, level in ((bob, AccessLevel.EDIT), (charlie, AccessLevel.VIEW)):
            permission_grant(board=board, subject=Subject(user=user), level=level, by=by)
        permission_grant(board=board, subject=PUBLIC, level=AccessLevel.VIEW, by=by)
        append_update(board.pk, demo_document(), alice.pk)
    return board


def demo_document() -> bytes:
    """The demo drawing as one Yjs update."""
    doc: Doc[Map[object]] = Doc(client_id=1)
    elements = doc.get("elements", type=Map)
    with doc.transaction():
        for element in demo_elements():
            elements[str(element["id"])] = Map(encode_element(element))
        doc.get("meta", type=Map)["schema"] = 1
    return doc.get_update()


def _demo_boards() -> QuerySet[Board]:
    return Board.objects.filter(title=DEMO_TITLE, owner__username="alice").order_by("created_at")


def _demo_user(username: str) -> User:
    is_admin = username == DEMO_ADMIN
    user, is_new = User.objects.get_or_create(
        username=username,
        defaults={
            "first_name": username.capitalize(),
            "is_staff": is_admin,
            "is_superuser": is_admin,
        },
    )
    if is_new:
        user.set_password(settings.CANVAS_DEMO_PASSWORD)
        user.save(update_fields=["password"])
    return user
