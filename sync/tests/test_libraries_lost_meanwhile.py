"""Whose right to change a library is taken away during their request changes nothing."""

import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import User

from audit.models import AuditLog
from audit.tests.actors import by
from boards.libraries.selectors import Place, changed_library
from boards.libraries.services import NewItem, item_put
from boards.models import LibraryItem, Space
from boards.spaces.services import space_create, space_transfer
from boards.tests.factories import client_of, make_user

BOX = {"id": "a", "type": "rectangle", "x": 0, "y": 0, "width": 9, "height": 9}
FILE = {"type": "excalidrawlib", "version": 1, "library": [[BOX]]}
WRITES = {
    "add": ("put", "items/{new}", {"elements": [BOX]}),
    "replace": ("put", "items/{item}", {"elements": [BOX], "name": "New"}),
    "rename": ("patch", "items/{item}", {"name": "New"}),
    "delete": ("delete", "items/{item}", None),
    "import": ("post", "import", FILE),
}


def give_the_space_away(user: User, space: Space) -> None:
    space_transfer(space=space, new_owner=make_user("new"), by=by(user))


def take_superuser_away(user: User, space: Space) -> None:
    User.objects.filter(pk=user.pk).update(is_superuser=False)


def deactivate(user: User, space: Space) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)


def kept() -> tuple[list[Any], int]:
    """The items of all libraries, and how many rows of the audit log tell of changes."""
    rows = AuditLog.objects.filter(data__has_key="item")
    return list(LibraryItem.objects.order_by("pk").values()), rows.count()


@pytest.mark.django_db
@pytest.mark.parametrize("write", WRITES)
@pytest.mark.parametrize(
    ("library", "change"),
    [
        ("space", give_the_space_away),
        ("everybody", take_superuser_away),
        ("everybody", deactivate),
        ("mine", deactivate),
    ],
)
def test_nothing_changes_after_the_right_was_taken_away(
    alice: User,
    monkeypatch: pytest.MonkeyPatch,
    library: str,
    change: Callable[[User, Space], None],
    write: str,
) -> None:
    User.objects.filter(pk=alice.pk).update(is_superuser=library == "everybody")
    alice.refresh_from_db()
    space = space_create(owner=alice, name="Design", by=by(alice))
    key = str(space.pk) if library == "space" else library
    item, client = uuid4(), client_of(alice)
    item_put(
        place=changed_library(alice, key),
        key=item,
        item=NewItem.of("Old", [BOX], {}),
        position=None,
        by=by(alice),
    )
    before = (
        list(LibraryItem.objects.values()),
        AuditLog.objects.filter(data__has_key="item").count(),
    )

    def found(user: User, name: str) -> Place:
        place = changed_library(user, name)
        change(user, space)
        return place

    monkeypatch.setattr("sync.api.views_libraries.changed_library", found)
    method, path, body = WRITES[write]
    address = f"/api/v1/libraries/{key}/{path.format(new=uuid4(), item=item)}"
    content: Any = json.dumps(body) if body is not None else ""
    answer = getattr(client, method)(address, content, content_type="application/json")
    assert answer.status_code in (403, 404), answer.content
    after = (
        list(LibraryItem.objects.values()),
        AuditLog.objects.filter(data__has_key="item").count(),
    )
    assert after == before
