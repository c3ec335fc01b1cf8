"""Signals about boards. Sent after the commit, when everyone can read the change."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.dispatch import Signal

board_access_changed = Signal()
"""Someone's access to a board changed: resolve it again. Keywords: `board_id` (UUID), and `in_bulk`
if `boards_access_changed` follows for this board and others."""

boards_access_changed = Signal()
"""The same for many boards, after a change of an account. Keyword: `board_ids` (list of UUIDs)."""

board_closed = Signal()
"""A board was trashed or deleted: nobody may stay connected. Keyword: `board_id` (UUID)."""

board_recorded = Signal()
"""Something happened to a board, and the audit log has a row of it. Sent in the same transaction.
Keywords: `action`, `board`, `by` (Actor), `level`, `data` (dict), `target_user`."""

board_event = Signal()
"""An event for the pages of a board. Keywords: `board_id` (UUID), `event` (dict, JSON), and
`people` (list of user ids) if only their pages get it."""

board_duplicated = Signal()
"""A board is about to be copied. Keywords: `source_id`, `target_id` (UUIDs), `owner` (User). Sent
before the transaction, which blocks everyone who wants to save. Receivers read and prepare their
part now and return a function that writes it, or raise to stop the copy."""

board_begun = Signal()
"""A board is about to be created from a template. Keywords: `board_id` (UUID), `owner` (User),
`template`. Otherwise as `board_duplicated`."""

board_opening = Signal()
"""Someone new is about to see a board. Keyword: `board_id` (UUID). Sent before the transaction that
lets them in, or right after one that is already open. Receivers that keep deleted content remove it
now, or raise to let nobody in."""


def open_to_newcomers(board_id: UUID) -> None:
    """Sends `board_opening` now, or after the open transaction has committed."""
    send = partial(board_opening.send, sender=None, board_id=board_id)
    if any(not getattr(block, "_from_testcase", False) for block in connection.atomic_blocks):
        transaction.on_commit(send, robust=True)
    else:
        send()


def prepared_writes(signal: Signal, **keywords: Any) -> list[Callable[[], None]]:
    """The functions that receivers of `board_duplicated` or `board_begun` returned; call them
    inside the transaction."""
    answers: list[tuple[Any, Any]] = signal.send(sender=None, **keywords)
    return [write for _, write in answers if write is not None]


def send_on_commit(signal: Signal, *, board_id: UUID) -> None:
    """Send after the current transaction has committed; never if it rolls back.

    A receiver that fails is logged by Django and does not fail the write, which is already durable.
    """
    transaction.on_commit(partial(signal.send_robust, sender=None, board_id=board_id))


def send_access_changed_on_commit(board_ids: list[UUID]) -> None:
    """Announce a change of access to all of these boards at once, after the commit."""

    def send() -> None:
        for board_id in board_ids:
            board_access_changed.send_robust(sender=None, board_id=board_id, in_bulk=True)
        boards_access_changed.send_robust(sender=None, board_ids=board_ids)

    transaction.on_commit(send)


def send_event_on_commit(board_id: UUID, event: dict[str, Any]) -> None:
    """Send an event to the pages of a board after the commit."""
    send = partial(board_event.send_robust, sender=None, board_id=board_id, event=event)
    transaction.on_commit(send)
