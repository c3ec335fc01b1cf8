"""Turns what `boards` announces into messages to the rooms of every process."""

from typing import Any
from uuid import UUID

from boards.signals import board_access_changed, board_closed
from sync.bus import ACCESS, announce


def connect() -> None:
    """Subscribes to the signals of `boards`; called once, when the app is ready."""
    board_access_changed.connect(_announce, dispatch_uid="sync.access_changed")
    board_closed.connect(_announce, dispatch_uid="sync.closed")


def _announce(sender: Any, board_id: UUID, **_: Any) -> None:
    announce(board_id, ACCESS)
