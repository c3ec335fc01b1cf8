"""Who takes part, as far as the server can tell people apart."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from django.contrib.auth.models import User
from rest_framework.request import Request

from audit.actor import Actor
from boards.access.resolve import Access, Entry
from boards.api.permissions import actor_of, entry_of
from boards.entry.opened_links import link_ids_of
from boards.identity.guests import guest_secret_of
from boards.identity.names import display_name
from boards.models import Board

MAX_LINKS = 50
"""More opened links of one person are not kept with their ballot."""
_GUEST = "guest-"


@dataclass(frozen=True, slots=True)
class WorkshopPerson:
    """An account, or a guest by the secret of their browser."""

    key: str
    """The id of the account, as in presence, or a digest that leads to no secret and is another
    one on each board. Empty for a guest without a secret, who can't be told from others."""
    name: str
    """Empty for guests."""
    access: Access
    actor: Actor
    link_ids: tuple[str, ...] = ()
    is_public: bool = False

    @property
    def user(self) -> User | None:
        return self.actor.user


def person_of(request: Request, board: Board, access: Access) -> WorkshopPerson:
    """Who asks. A program counts as the person for whom it acts."""
    actor = actor_of(request)
    has_token = request.auth is not None
    links = () if has_token else link_ids_of(request._request)
    user = actor.user
    return WorkshopPerson(
        key=str(user.pk) if user is not None else _guest_key(request, board),
        name="" if user is None else display_name(user),
        access=access,
        actor=actor,
        link_ids=tuple(str(one) for one in links[:MAX_LINKS]),
        is_public=entry_of(request) is Entry.PUBLIC,
    )


def is_guest(key: str) -> bool:
    return key.startswith(_GUEST)


def _guest_key(request: Request, board: Board) -> str:
    secret = guest_secret_of(request._request)
    if secret is None:
        return ""
    digest = hashlib.sha256(f"workshop {board.pk} {secret}".encode(errors="replace"))
    return _GUEST + digest.hexdigest()[:32]
