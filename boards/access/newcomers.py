"""Removes what was deleted on a board before people come to it in bulk.

A space may have thousands of boards, and so may a person whose account ends: when one lets someone
in, each board only notes the access version (`widened_at_version`). What is deleted goes when the
first member, or the new owner, opens the board, before they get anything of it. Other ways to let
people in remove it at once.
"""

from __future__ import annotations

from django.core.exceptions import ValidationError

from accounts.limits.refusals import RefusalError
from boards.access.resolve import VIA_OWNER, VIA_SPACE, Access
from boards.models import Board
from boards.signals import board_opening


def open_to_members(board: Board, access: Access) -> bool:
    """Removes what is deleted, if it is due and the access comes from the space or is the owner's.

    Returns whether it was due: then read the board again. Raises `RefusalError` if the board can't
    be read now.
    """
    due = board.widened_at_version
    if not due or access.via not in (VIA_SPACE, VIA_OWNER):
        return False
    try:
        board_opening.send(sender=None, board_id=board.pk)
    except ValidationError as error:
        raise RefusalError(" ".join(error.messages), status=503, code="unreadable") from error
    # If more people were let in meanwhile, it is due again.
    Board.objects.filter(pk=board.pk, widened_at_version=due).update(widened_at_version=0)
    return True
