"""What a page has to know about a board besides its drawing. Only this file builds it.

A page starts with it. Each time the events socket opens it gets all of it again, which corrects
whatever was missed. The events in between say what changed, in the same words.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple, TypedDict
from uuid import UUID

from django.db.models import F

from boards.access.resolve import Access
from boards.models import Board
from boards.signals import send_event_on_commit

ACCESS, BOARD, COMMENT, VERSIONS = "access", "board", "comment", "versions"
WORKSHOP = "workshop"
"""Types of events."""


class Facts(NamedTuple):
    """What is the same for everyone who sees a board."""

    title: str
    is_locked: bool
    versions: int
    """How often the list of versions changed: the same number means the same list."""
    comments: int
    """The same for comments."""
    workshop: int
    """The revision of the workshop that goes on; 0 if there is none."""


class BoardState(TypedDict):
    """A board as someone with a certain access sees it."""

    title: str
    is_locked: bool
    versions: int
    comments: int
    workshop: int
    level: str
    can_manage: bool


def facts_of(board: Board) -> Facts:
    return Facts(
        board.title,
        board.is_locked,
        board.versions_changed,
        board.comments_changed,
        board.workshop_revision,
    )


def read_facts(board_ids: Iterable[UUID]) -> dict[UUID, Facts]:
    """The facts of many boards, in one query."""
    fields = (
        "pk",
        "title",
        "locked_at",
        "versions_changed",
        "comments_changed",
        "workshop_revision",
    )
    rows = Board.objects.filter(pk__in=list(board_ids)).values_list(*fields)
    return {
        board_id: Facts(title, locked_at is not None, versions, comments, workshop)
        for board_id, title, locked_at, versions, comments, workshop in rows
    }


def board_state(facts: Facts, access: Access) -> BoardState:
    return BoardState(
        title=facts.title,
        is_locked=facts.is_locked,
        versions=facts.versions,
        comments=facts.comments,
        workshop=facts.workshop,
        level=access.level.label,
        can_manage=access.can_manage,
    )


def opening_event(facts: Facts, access: Access) -> dict[str, Any]:
    """The first event of every socket: the whole state."""
    return {"type": ACCESS, **board_state(facts, access)}


def access_event(access: Access) -> dict[str, Any]:
    """The event that tells a page what its user may do now."""
    return {"type": ACCESS, "level": access.level.label, "can_manage": access.can_manage}


def board_event_of(title: str, *, is_locked: bool) -> dict[str, Any]:
    """The event that tells a page the title, and whether the board is locked."""
    return {"type": BOARD, "title": title, "is_locked": is_locked}


def facts_after(facts: Facts, event: dict[str, Any]) -> Facts:
    """The facts, updated by an event."""
    match event.get("type"):
        case "board":
            return facts._replace(title=event["title"], is_locked=event["is_locked"])
        case "versions":
            return facts._replace(versions=facts.versions + 1)
        case "comment":
            return facts._replace(comments=facts.comments + 1)
        case "workshop":
            return facts._replace(workshop=event["revision"] if event["workshop"] else 0)
    return facts


def versions_changed(board_id: UUID) -> None:
    """Counts a change of the list of versions and announces it; call it inside the transaction."""
    Board.objects.filter(pk=board_id).update(versions_changed=F("versions_changed") + 1)
    send_event_on_commit(board_id, {"type": VERSIONS})


def comments_changed(board_id: UUID, action: str, comment: dict[str, Any]) -> None:
    """Counts a change of the comments and announces it; call it inside the transaction."""
    Board.objects.filter(pk=board_id).update(comments_changed=F("comments_changed") + 1)
    send_event_on_commit(board_id, {"type": COMMENT, "action": action, "comment": comment})
