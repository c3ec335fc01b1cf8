"""The link that lets one address sign up, as an invitation or because of its domain.

It is signed and not stored. It is used up when an account has the address.
"""

from __future__ import annotations

from dataclasses import dataclass

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.models import User
from django.core import signing
from django.http import HttpRequest
from django.urls import reverse

SALT = "accounts.sign_up"
LINK_SECONDS = 7 * 86_400
TOKEN_MAX_LENGTH = 1000


class LinkError(Exception):
    """The link is too old, was used, or is none of ours."""


@dataclass(frozen=True, slots=True)
class Invitation:
    """Who may sign up, and where they land."""

    email: str
    next_path: str


def sign_up_url(request: HttpRequest, email: str, next_path: str = "") -> str:
    """The address by which the holder of an email address makes an account.

    Whoever calls it decides that they may; `next_path` is where they land, a path of this site.
    """
    token = signing.dumps({"email": email.lower(), "next": next_path}, salt=SALT, compress=True)
    return request.build_absolute_uri(reverse("account_sign_up_link", args=[token]))


def invitation_of(token: str) -> Invitation:
    """Raises `LinkError`."""
    try:
        found = signing.loads(token[:TOKEN_MAX_LENGTH], salt=SALT, max_age=LINK_SECONDS)
    except signing.BadSignature as error:
        raise LinkError from error
    if has_account(found["email"]):
        raise LinkError
    return Invitation(found["email"], found["next"])


def has_account(email: str) -> bool:
    """Whether an account has this address."""
    if EmailAddress.objects.filter(email__iexact=email).exists():
        return True
    return User.objects.filter(email__iexact=email).exists()


def is_domain_allowed(email: str) -> bool:
    """Whether anybody with such an address may sign up (`CANVAS_SIGN_UP_DOMAINS`)."""
    domain = email.rpartition("@")[2].lower()
    return domain in {one.lower().lstrip("@") for one in settings.CANVAS_SIGN_UP_DOMAINS}
