"""Who leads a workshop, and how the lead changes. Taking it begins a workshop."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from accounts.limits.refusals import RefusalError
from boards.access.resolve import resolve_access
from boards.identity.names import display_name
from boards.models import Board, Workshop
from boards.workshop.people import WorkshopPerson
from boards.workshop.session import audit, changed, ended, led_workshop, locked_workshop
from boards.workshop.shapes import lead_free_at
from boards.writing import Record


@transaction.atomic
def lead_take(board: Board, person: WorkshopPerson, guard: Record) -> Workshop:
    """Gives a person with edit access the lead, if nobody else has it, or they own the board.
    Who leads already renews it, which nobody is told.

    Raises `RefusalError` while somebody else leads.
    """
    if not person.key:
        raise PermissionDenied(gettext("Open the board in a browser first: it tells guests apart."))
    workshop = locked_workshop(board)
    is_free = workshop is None or lead_free_at(workshop) is None
    if workshop is not None and not is_free and workshop.lead_key == person.key:
        Workshop.objects.filter(pk=workshop.pk).update(lead_seen_at=timezone.now())
        guard()
        return workshop
    if workshop is not None and not is_free and not person.access.can_manage:
        text = gettext("%(name)s leads this workshop.") % {"name": _name(workshop.lead_name)}
        raise RefusalError(text, status=409, code="led")
    if workshop is None:
        Workshop.objects.filter(board=board).delete()  # one that was forgotten
        workshop = Workshop(board=board, revision=0)
        audit(person, board, "begin")
    else:
        audit(person, board, "lead")
    return _given(workshop, person.key, person.name, guard)


@transaction.atomic
def lead_hand_over(board: Board, person: WorkshopPerson, user_id: int, guard: Record) -> Workshop:
    """Gives the lead to an account that may edit. Raises as `led_workshop`, and `ValidationError`
    for accounts that may not edit the board by themselves; it is the same for none."""
    workshop = led_workshop(board, person)
    to = User.objects.filter(pk=user_id).first()
    if to is None or not resolve_access(board, user=to).can_edit:
        raise ValidationError(gettext("This person may not edit the board, so they can't lead."))
    audit(person, board, "lead", to=to.get_username())
    return _given(workshop, str(to.pk), display_name(to), guard)


@transaction.atomic
def lead_give_up(board: Board, person: WorkshopPerson, guard: Record) -> Workshop:
    """Lets the lead fall free. Raises as `led_workshop`."""
    workshop = led_workshop(board, person)
    workshop.lead_seen_at = None
    return changed(workshop, guard)


@transaction.atomic
def workshop_end(board: Board, person: WorkshopPerson, guard: Record) -> None:
    """Ends it for everybody: by the leader, or by the owner. Ending none does nothing.

    Raises as `led_workshop`.
    """
    workshop = locked_workshop(board)
    if workshop is None:
        return
    if not person.access.can_manage:
        led_workshop(board, person)
    audit(person, board, "end")
    ended(workshop, guard)


def _given(workshop: Workshop, key: str, name: str, guard: Record) -> Workshop:
    workshop.lead_key, workshop.lead_name = key, name
    workshop.lead_seen_at = timezone.now()
    return changed(workshop, guard)


def _name(name: str) -> str:
    return name or gettext("Guest")
