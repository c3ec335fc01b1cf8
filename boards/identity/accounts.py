"""The present row of an account, as it is read for everyone who connects."""

from __future__ import annotations

from django.contrib.auth.models import User

from boards.compiled import Rows, by_key

_account = Rows(lambda: by_key(User)().select_related("credentials_epoch", "profile"))


def account_now(user_id: int) -> User | None:
    """The account with its epoch and its profile, or None."""
    return _account.first(id=user_id)
