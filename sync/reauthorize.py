"""Looks again at what the people behind open sockets may do, after something about it changed."""

from uuid import UUID

from asgiref.sync import sync_to_async
from django.db import close_old_connections

from boards.access import Access
from sync.admission import Admission, Refused, resolve_again
from sync.close_codes import CloseCode
from sync.log import Head, read_heads


async def resolve_all(
    board_id: UUID, admissions: list[Admission]
) -> tuple[Head | None, list[Access | None]]:
    """The board's head, and everybody's access at least as new as it.

    The head is read first: a change in between shows as a newer access version next time.
    """
    return await sync_to_async(_resolve_all, thread_sensitive=False)(board_id, admissions)


def _resolve_all(
    board_id: UUID, admissions: list[Admission]
) -> tuple[Head | None, list[Access | None]]:
    try:
        head = read_heads([board_id]).get(board_id)
        return head, [resolve_again(admission) for admission in admissions]
    finally:
        close_old_connections()


def refusal_of(head: Head | None, admission: Admission, access: Access | None) -> Refused | None:
    """Why a socket has to end; None when it may stay."""
    if access is not None and access.can_view:
        return None
    if head is None:
        return Refused(CloseCode.BOARD_GONE, "This board is in the trash.")
    if admission.user_id is None:
        return Refused(CloseCode.NOT_AUTHENTICATED, "The public link is switched off.")
    return Refused(CloseCode.NO_PERMISSION, "Your access to this board has ended.")
