"""What others may want to know about boards. Sent after the commit, when all can read it."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction
from django.dispatch import Signal

board_access_changed = Signal()
"""Somebody's rights on a board changed. Keyword: ``board_id`` (UUID). Resolve access again."""

board_closed = Signal()
"""A board went to the trash or is gone. Keyword: ``board_id`` (UUID). Nobody may stay connected."""

board_event = Signal()
"""Something for the pages of a board. Keywords: ``board_id`` (UUID), ``event`` (dict, JSON)."""

board_duplicated = Signal()
"""A board is being copied. Keywords: ``source_id``, ``target_id`` (UUIDs). Sent inside the
transaction: whoever keeps something of a board copies it now, or raises to stop it all."""

board_begun = Signal()
"""A board is made from a template. Keywords: ``board_id`` (UUID), ``template``. Sent inside the
transaction: whoever keeps drawings writes this one now, or raises to stop it all."""


def send_on_commit(signal: Signal, *, board_id: UUID) -> None:
    """Send when the current transaction has committed; never, when it rolls back.

    A receiver that fails is logged by Django and does not fail the write, which is already durable.
    """
    transaction.on_commit(partial(signal.send_robust, sender=None, board_id=board_id))


def send_event_on_commit(board_id: UUID, event: dict[str, Any]) -> None:
    """Tell the pages of a board when the current transaction has committed."""
    send = partial(board_event.send_robust, sender=None, board_id=board_id, event=event)
    transaction.on_commit(send)
