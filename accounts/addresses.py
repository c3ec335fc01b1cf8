"""Who has which mail address.

An address belongs to the account that has verified it, or that an administrator or an identity
provider gave it to. An address that somebody only typed belongs to nobody: otherwise one could keep
it from its owner, or get what is meant for them.
"""

from __future__ import annotations

from allauth.account.models import EmailAddress
from django.contrib.auth.models import User


def holder_of(email: str) -> User | None:
    """The account that has this address, however it is spelled."""
    if not email:
        return None
    verified = EmailAddress.objects.filter(email__iexact=email, verified=True).first()
    if verified is not None:
        found: User = verified.user
        return found
    return User.objects.filter(email__iexact=email).order_by("pk").first()


def has_account(email: str) -> bool:
    """Whether an account has this address."""
    return holder_of(email) is not None
