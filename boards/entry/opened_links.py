"""The share links a session has opened. The session holds their ids only; their rows decide."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.http import HttpRequest

SESSION_KEY = "share_links"


def link_ids_of_session(session: Any) -> tuple[UUID, ...]:
    """The links this session may use; what is not an id is left out."""
    return tuple(parsed_ids(session.get(SESSION_KEY, ())))


def link_ids_of(request: HttpRequest) -> tuple[UUID, ...]:
    """The links the session of this request may use."""
    return link_ids_of_session(request.session) if hasattr(request, "session") else ()


def parsed_ids(values: Iterable[Any]) -> Iterable[UUID]:
    """What of a session is an id; the rest is left out."""
    for value in values:
        try:
            yield UUID(str(value))
        except ValueError:
            continue
