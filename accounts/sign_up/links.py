"""The link that lets one address sign up, as an invitation or because of its domain.

It is signed and not stored. It is used up when an account has the address. A link without an
address makes an account without one, and is used up by that.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.urls import reverse

from accounts.addresses import has_account
from accounts.limits.throttle import Limit, count_event, is_remembered

SALT = "accounts.sign_up"
LINK_SECONDS = 7 * 86_400
TOKEN_MAX_LENGTH = 1000
USED = "sign_up_used"


class LinkError(Exception):
    """The link is too old, was used, or is none of ours."""


@dataclass(frozen=True, slots=True)
class Invitation:
    """Who may sign up, and where they land."""

    email: str
    """Empty for an account without an address."""
    next_path: str
    once: str = ""
    """Of several links with the same word, one makes an account."""


def sign_up_path(
    email: str,
    next_path: str = "",
    *,
    once: str = "",
    seconds: int = LINK_SECONDS,
) -> str:
    """The path by which the holder of an email address makes an account.

    The caller decides that they may; `next_path` is where they land, a path of this site.
    Without an email address the caller knows nothing of whose it is, and `once` has to be given.
    """
    if not (email or once):
        raise ValueError("A link without an address needs a word that is used once.")
    values = {"email": email.lower(), "next": next_path, "once": once}
    token = signing.dumps({**values, "until": int(time.time()) + seconds}, salt=SALT, compress=True)
    return reverse("account_sign_up_link", args=[token])


def invitation_of(token: str) -> Invitation:
    """Raises `LinkError`."""
    try:
        found = signing.loads(token[:TOKEN_MAX_LENGTH], salt=SALT, max_age=LINK_SECONDS)
    except signing.BadSignature as error:
        raise LinkError from error
    if found.get("until", math.inf) <= time.time():
        raise LinkError
    if found["email"] and has_account(found["email"]):
        raise LinkError
    invitation = Invitation(found["email"], found["next"], found.get("once", ""))
    if invitation.once and is_remembered(USED, invitation.once):
        raise LinkError
    return invitation


def use_up(invitation: Invitation) -> None:
    """An account is made by this link, in the open transaction. Raises `LinkError` the second
    time."""
    if invitation.once and count_event(Limit(USED, (invitation.once,), 1, LINK_SECONDS)):
        raise LinkError


def is_domain_allowed(email: str) -> bool:
    """Whether anybody with such an address may sign up (`CANVAS_SIGN_UP_DOMAINS`)."""
    domain = email.rpartition("@")[2].lower()
    return domain in {one.lower().lstrip("@") for one in settings.CANVAS_SIGN_UP_DOMAINS}
