"""The timer that everybody sees. It runs by the server's clock alone."""

from __future__ import annotations

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from boards.models import Board, Workshop
from boards.workshop.people import WorkshopPerson
from boards.workshop.session import changed, led_workshop
from boards.writing import Record

MIN_SECONDS, MAX_SECONDS = 5, 4 * 3600
EXTENSION_SECONDS = 60


@transaction.atomic
def timer_start(board: Board, person: WorkshopPerson, seconds: int, guard: Record) -> Workshop:
    """Starts it anew. Raises as `led_workshop`."""
    workshop = led_workshop(board, person)
    workshop.timer_seconds, workshop.timer_left_ms = seconds, None
    workshop.timer_ends_at = timezone.now() + timedelta(seconds=seconds)
    return changed(workshop, guard)


@transaction.atomic
def timer_pause(board: Board, person: WorkshopPerson, guard: Record) -> Workshop:
    """Keeps what is left. One that is paused, or has ended, stays as it is."""
    workshop = _with_timer(board, person)
    left_ms = _left_ms(workshop)
    if workshop.timer_ends_at is not None and left_ms > 0:
        workshop.timer_left_ms, workshop.timer_ends_at = left_ms, None
    return changed(workshop, guard)


@transaction.atomic
def timer_resume(board: Board, person: WorkshopPerson, guard: Record) -> Workshop:
    """Goes on with what is left."""
    workshop = _with_timer(board, person)
    if workshop.timer_left_ms is not None:
        left = timedelta(milliseconds=workshop.timer_left_ms)
        workshop.timer_ends_at, workshop.timer_left_ms = timezone.now() + left, None
    return changed(workshop, guard)


@transaction.atomic
def timer_extend(board: Board, person: WorkshopPerson, guard: Record) -> Workshop:
    """Adds a minute; one that has ended runs for a minute more. Raises `ValidationError` beyond
    `MAX_SECONDS`."""
    workshop = _with_timer(board, person)
    left_ms = _left_ms(workshop) + 1000 * EXTENSION_SECONDS
    if left_ms > 1000 * MAX_SECONDS:
        text = gettext("A timer runs for %(n)d hours at most.") % {"n": MAX_SECONDS // 3600}
        raise ValidationError(text)
    if workshop.timer_left_ms is not None:
        workshop.timer_left_ms = left_ms
    else:
        workshop.timer_ends_at = timezone.now() + timedelta(milliseconds=left_ms)
    workshop.timer_seconds += EXTENSION_SECONDS
    return changed(workshop, guard)


@transaction.atomic
def timer_stop(board: Board, person: WorkshopPerson, guard: Record) -> Workshop:
    """Takes it away."""
    workshop = led_workshop(board, person)
    workshop.timer_seconds, workshop.timer_ends_at, workshop.timer_left_ms = 0, None, None
    return changed(workshop, guard)


def _with_timer(board: Board, person: WorkshopPerson) -> Workshop:
    workshop = led_workshop(board, person)
    if not workshop.timer_seconds:
        raise ValidationError(gettext("There is no timer. Start one first."))
    return workshop


def _left_ms(workshop: Workshop) -> int:
    if workshop.timer_ends_at is None:
        return workshop.timer_left_ms or 0
    left = workshop.timer_ends_at - timezone.now()
    return max(0, int(left.total_seconds() * 1000))
