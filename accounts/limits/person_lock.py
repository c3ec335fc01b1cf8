"""The locks behind which limits of one person are counted, and sockets are let in."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db import connection

_HOLD = "SELECT 1 FROM auth_user WHERE id = %s FOR SHARE"


def lock_person(user_id: int) -> None:
    """Until the transaction ends, nobody else adds to what this person has.

    Take it before the lock on a board. It does not block references to the account.
    """
    User.objects.select_for_update(no_key=True).only("pk").get(pk=user_id)


def hold_person(user_id: int) -> None:
    """Until the transaction ends, the account does not change, nor does `lock_person` return.

    Any number of transactions may hold it at once. Django has no query for that lock; SQLite has
    one writer and needs none.
    """
    if connection.features.has_select_for_update:
        with connection.cursor() as cursor:
            cursor.execute(_HOLD, [user_id])
