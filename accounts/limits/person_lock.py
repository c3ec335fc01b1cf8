"""The lock behind which limits of one person are counted."""

from __future__ import annotations

from django.contrib.auth.models import User


def lock_person(user_id: int) -> None:
    """Until the transaction ends, nobody else adds to what this person has.

    Take it before the lock on a board. It does not block references to the account.
    """
    User.objects.select_for_update(no_key=True).only("pk").get(pk=user_id)
