"""Adds share links to sessions, after their password if they have one."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.http import HttpRequest

from accounts.limits.guessing import GuessedTooOftenError, guess
from accounts.limits.throttle import Limit, is_remembered, remember
from accounts.sign_in.passwords import KNOWN_ADDRESS_SECONDS
from audit.actions import AuditVia
from audit.actor import actor_of_request
from audit.origin import network_of
from boards.entry.opened_links import SESSION_KEY, link_ids_of, parsed_ids
from boards.models import ShareLink
from boards.sharing.links import share_link_use

PENDING_KEY = "share_link_pending"
MAX_LINKS = 50
PASSWORD_WINDOW_SECONDS = 300
MAX_WRONG_PASSWORDS = 10
"""For one link from one address, in one window."""

MAX_WRONG_PER_ADDRESS = 100
"""For all links from one address."""

_KNOWN = "link_known"


def link_grant(request: HttpRequest, link: ShareLink) -> None:
    """Add the link to this session. The first time is audited."""
    kept = [str(link_id) for link_id in link_ids_of(request)]
    request.session.pop(PENDING_KEY, None)
    if str(link.pk) in kept:
        return
    request.session[SESSION_KEY] = [*kept, str(link.pk)][-MAX_LINKS:]
    share_link_use(link=link, by=actor_of_request(request, AuditVia.LINK))


def link_ask_password(request: HttpRequest, link: ShareLink) -> None:
    """Remember which link this session has to give the password of."""
    request.session[PENDING_KEY] = str(link.pk)


def link_pending(request: HttpRequest, board_id: UUID) -> ShareLink | None:
    """The link of this board that waits for its password, if it is still active."""
    for link_id in parsed_ids([request.session.get(PENDING_KEY, "")]):
        links = ShareLink.objects.active().select_related("board")
        return links.filter(pk=link_id, board=board_id, board__deleted_at__isnull=True).first()
    return None


class PasswordBlockedError(Exception):
    """Too many wrong passwords; none is checked until the window ends."""


def link_check_password(link: ShareLink, password: str, address: str) -> bool:
    """Whether it is the link's password. Raises `PasswordBlockedError`.

    Wrong passwords are counted for the link from each address, for the address, for the link from
    everywhere, and for all links. The last two do not apply to addresses that opened the link
    before.
    """
    network, window = network_of(address), PASSWORD_WINDOW_SECONDS
    limits = [
        Limit("link_password", (str(link.pk), network), MAX_WRONG_PASSWORDS, window),
        Limit("link_address", (network,), MAX_WRONG_PER_ADDRESS, window),
        Limit("link_all", (), settings.CANVAS_GUESSES_IN_TOTAL, window),
    ]
    if not is_remembered(_KNOWN, str(link.pk), network):
        limits.append(
            Limit("link", (str(link.pk),), settings.CANVAS_GUESSES_PER_ACCOUNT, window),
        )
    try:
        is_right = bool(guess(limits, lambda: link.is_password(password), network=network))
    except GuessedTooOftenError as error:
        raise PasswordBlockedError from error
    if is_right:
        remember(_KNOWN, str(link.pk), network, seconds=KNOWN_ADDRESS_SECONDS)
    return is_right
