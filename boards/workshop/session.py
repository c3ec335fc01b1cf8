"""Finds the workshop of a board, and announces its changes.

Every change locks the board's row first, so that changes of one workshop follow one another on all
processes, and what a person may do is still true when it is written.
"""

from __future__ import annotations

import time
from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.utils.translation import gettext

from accounts.limits.refusals import RefusalError
from audit.actions import AuditAction
from boards.models import Board, Workshop
from boards.signals import send_event_on_commit
from boards.workshop.people import WorkshopPerson
from boards.workshop.shapes import workshop_event
from boards.writing import Record, record

OVER_AFTER = timedelta(hours=24)
"""A workshop in which nothing has changed for so long is over, whoever forgot to end it."""


def workshop_of(board: Board) -> Workshop | None:
    """The workshop that goes on; None if there is none."""
    since = timezone.now() - OVER_AFTER
    return Workshop.objects.filter(board=board, changed_at__gt=since).first()


def locked_workshop(board: Board) -> Workshop | None:
    """The same with the board's row locked, until the transaction ends."""
    Board.objects.select_for_update(no_key=True).get(pk=board.pk)
    return workshop_of(board)


def require_workshop(board: Board) -> Workshop:
    """The workshop, with the board's row locked. Raises `RefusalError` if none goes on."""
    workshop = locked_workshop(board)
    if workshop is None:
        text = gettext("No workshop is on. Take the lead to begin one.")
        raise RefusalError(text, status=409, code="no_workshop")
    return workshop


def led_workshop(board: Board, person: WorkshopPerson) -> Workshop:
    """The same for the person who leads it, whose lead is renewed by that.

    Raises `RefusalError` if none goes on, and `PermissionDenied` for everybody else.
    """
    workshop = require_workshop(board)
    if workshop.lead_key != person.key or workshop.lead_seen_at is None:
        raise PermissionDenied(gettext("Only the person who leads the workshop can do this."))
    workshop.lead_seen_at = timezone.now()
    return workshop


def changed(workshop: Workshop, guard: Record) -> Workshop:
    """Saves a workshop and tells everybody. `guard` makes sure that the person still may do it."""
    workshop.changed_at = timezone.now()
    workshop.revision = max(workshop.revision + 1, int(time.time() * 1000))
    workshop.save()
    _tell(workshop.board, workshop, workshop.revision)
    guard()
    return workshop


def ended(workshop: Workshop, guard: Record) -> None:
    """Deletes a workshop with everything in it, and tells everybody."""
    board, revision = workshop.board, workshop.revision + 1
    workshop.delete()
    _tell(board, None, revision)
    guard()


def audit(person: WorkshopPerson, board: Board, what: str, **data: object) -> None:
    """Writes the row of a step of a workshop. Raises `RefusalError` if there were too many."""
    record(
        AuditAction.ROOM_WORKSHOP,
        board,
        by=person.actor,
        level=person.access.audit_level,
        data={"what": what, **data},
    )


def _tell(board: Board, workshop: Workshop | None, revision: int) -> None:
    is_on = revision if workshop is not None else 0
    Board.objects.filter(pk=board.pk).update(workshop_revision=is_on)
    send_event_on_commit(board.pk, workshop_event(workshop, revision))
