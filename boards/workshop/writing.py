"""Private writing. The server knows only that it goes on: new notes stay in the pages that made
them, and each page puts its own on the board when it learns that the round is over."""

from __future__ import annotations

from uuid import uuid4

from django.db import transaction

from boards.models import Board, Workshop
from boards.workshop.people import WorkshopPerson
from boards.workshop.session import audit, changed, led_workshop
from boards.writing import Record


@transaction.atomic
def writing_start(board: Board, person: WorkshopPerson, guard: Record) -> Workshop:
    """Starts a round; while one goes on this changes nothing. Raises as `led_workshop`."""
    workshop = led_workshop(board, person)
    if workshop.writing_id is not None:
        return workshop
    workshop.writing_id = uuid4()
    audit(person, board, "writing")
    return changed(workshop, guard)


@transaction.atomic
def writing_reveal(board: Board, person: WorkshopPerson, guard: Record) -> Workshop:
    """Ends the round, so that every page shows what was written in it. Raises as
    `led_workshop`."""
    workshop = led_workshop(board, person)
    if workshop.writing_id is None:
        return workshop
    workshop.writing_id = None
    audit(person, board, "writing_reveal")
    return changed(workshop, guard)
