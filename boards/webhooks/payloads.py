"""What messages say: who did what, and where to read more. Never what is drawn or written: a
program reads that by REST, with a token that can do so.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone

from accounts.mail import public_address
from audit.actor import Actor
from boards.identity.names import display_name
from boards.models import Board, WebhookEvent


def payload_of(event: WebhookEvent, data: Mapping[str, Any], at: datetime | None = None) -> str:
    """The body of a message, as text."""
    moment = (at or timezone.now()).astimezone(UTC)
    timestamp = moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    message = {"type": event.value, "timestamp": timestamp, "data": data}
    return json.dumps(message, ensure_ascii=False, separators=(",", ":"))


def board_in(board: Board) -> dict[str, Any]:
    """A board as messages name it."""
    return {
        "id": str(board.pk),
        "title": board.title,
        "url": public_address(reverse("board", args=[board.pk])),
        "owner": board.owner.get_username(),
        "space_id": str(board.space_id) if board.space_id else None,
    }


def actor_in(by: Actor | None) -> dict[str, Any] | None:
    """Who did it; None for nobody with an account."""
    if by is None or by.user is None:
        return None
    program = by.token.name if by.token is not None else None
    name = display_name(by.user)
    return {"username": by.user.get_username(), "name": name, "program": program}
