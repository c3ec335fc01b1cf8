"""The share links that a session has opened. A session stores only their ids; the rows decide."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.http import HttpRequest

SESSION_KEY = "share_links"


def link_ids_of_session(session: Any) -> tuple[UUID, ...]:
    """The ids of the links in a session. Anything that is no id is skipped."""
    return tuple(parsed_ids(session.get(SESSION_KEY, ())))


def link_ids_of(request: HttpRequest) -> tuple[UUID, ...]:
    """The ids of the links in a request's session."""
    return link_ids_of_session(request.session) if hasattr(request, "session") else ()


def parsed_ids(values: Iterable[Any]) -> Iterable[UUID]:
    """The values that are ids; the others are skipped."""
    for value in values:
        try:
            yield UUID(str(value))
        except ValueError:
            continue
