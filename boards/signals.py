"""What others may want to know about boards. Sent after the commit, when all can read it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.dispatch import Signal

board_access_changed = Signal()
"""Somebody's rights on a board changed. Keywords: ``board_id`` (UUID), and ``in_bulk`` where
``boards_access_changed`` follows for it and others. Resolve access again."""

boards_access_changed = Signal()
"""The same for many boards at once, where it is an account that changed. Keyword: ``board_ids``
(list of UUIDs)."""

board_closed = Signal()
"""A board went to the trash or is gone. Keyword: ``board_id`` (UUID). Nobody may stay connected."""

board_event = Signal()
"""Something for the pages of a board. Keywords: ``board_id`` (UUID), ``event`` (dict, JSON)."""

board_duplicated = Signal()
"""A board is about to be copied. Keywords: ``source_id``, ``target_id`` (UUIDs), ``owner`` (User).
Sent before the transaction, which everybody who wants to save waits for: whoever keeps something of
a board reads and prepares it now, and returns what writes it, or raises to stop it all."""

board_begun = Signal()
"""A board is about to be made from a template. Keywords: ``board_id`` (UUID), ``owner`` (User),
``template``. As ``board_duplicated``."""

board_opening = Signal()
"""Somebody new is about to see a board. Keyword: ``board_id`` (UUID). Sent before the transaction
that lets them in, or right after one that is open already: whoever keeps what was deleted on the
board removes it now, or raises to let nobody in."""


def open_to_newcomers(board_id: UUID) -> None:
    """Sends ``board_opening`` now, or when the transaction that is open has committed."""
    send = partial(board_opening.send, sender=None, board_id=board_id)
    if any(not getattr(block, "_from_testcase", False) for block in connection.atomic_blocks):
        transaction.on_commit(send, robust=True)
    else:
        send()


def prepared_writes(signal: Signal, **keywords: Any) -> list[Callable[[], None]]:
    """What the receivers of ``board_duplicated`` or ``board_begun`` want written, to be called
    inside the transaction."""
    answers: list[tuple[Any, Any]] = signal.send(sender=None, **keywords)
    return [write for _, write in answers if write is not None]


def send_on_commit(signal: Signal, *, board_id: UUID) -> None:
    """Send when the current transaction has committed; never, when it rolls back.

    A receiver that fails is logged by Django and does not fail the write, which is already durable.
    """
    transaction.on_commit(partial(signal.send_robust, sender=None, board_id=board_id))


def send_access_changed_on_commit(board_ids: list[UUID]) -> None:
    """Tell of all boards in one go when the current transaction has committed."""

    def send() -> None:
        for board_id in board_ids:
            board_access_changed.send_robust(sender=None, board_id=board_id, in_bulk=True)
        boards_access_changed.send_robust(sender=None, board_ids=board_ids)

    transaction.on_commit(send)


def send_event_on_commit(board_id: UUID, event: dict[str, Any]) -> None:
    """Tell the pages of a board when the current transaction has committed."""
    send = partial(board_event.send_robust, sender=None, board_id=board_id, event=event)
    transaction.on_commit(send)
