"""Takes second factors away from people who lost theirs."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.contrib.auth.models import User
from django.db import transaction


@transaction.atomic
def second_factor_remove(user: User) -> bool:
    """Removes the app, the passkeys and the recovery codes of a person; False if they had none.

    `accounts.sign_in.receivers` records it.
    """
    _, by_model = Authenticator.objects.filter(user=user).delete()
    return bool(by_model)
