"""The limits of what clients may send, as settings; read once, when the server starts."""

import sys
from dataclasses import replace

from django.conf import settings

from sync.wire.budgets import REPEATED_TIMES, Budgets, NewClients
from sync.wire.frames import MalformedError
from sync.wire.lib0 import Limits

CLIENT_LIMITS = Limits(
    structs=settings.CANVAS_MAX_UPDATE_STRUCTS,
    delete_ranges=settings.CANVAS_MAX_UPDATE_DELETIONS,
    values=settings.CANVAS_MAX_UPDATE_VALUES,
    depth=settings.CANVAS_MAX_VALUE_DEPTH,
    # In recovery mode people bring whole boards, with everything that came bit by bit.
    writers_per_key=(
        sys.maxsize if settings.CANVAS_RECOVERY else settings.CANVAS_MAX_WRITERS_PER_KEY
    ),
    is_honest=not settings.CANVAS_RECOVERY,
)

BOARD_BUDGETS = Budgets(
    clients=settings.CANVAS_MAX_BOARD_CLIENTS,
    clients_each=settings.CANVAS_MAX_BOARD_CLIENTS_EACH,
    deletions=settings.CANVAS_MAX_BOARD_DELETIONS,
)
NEW_CLIENTS = NewClients(settings.CANVAS_NEW_CLIENTS_AT_ONCE, settings.CANVAS_NEW_CLIENTS_PER_HOUR)
"""For every person and board, in this process."""

IS_RECOVERY = bool(settings.CANVAS_RECOVERY)
"""Recovery mode: a backup was restored, and people bring back what it lacks, whoever wrote it."""

_SLOTS = 1024
_FORGET_AFTER = 16 * _SLOTS
_MAX_FOLLOWERS = 256


class Followers:
    """Counts how often one person's writes follow the same write, over many updates.

    Validation counts this within one update; this bounds it across updates, approximately and in
    bounded memory: writes share 1,024 counters, which are halved after every 16,384 writes. An
    honest client, whose next write follows its last, raises each of them to about 32.
    """

    __slots__ = ("_counts", "_total")

    def __init__(self) -> None:
        self._counts: dict[int, int] = {}
        self._total = 0

    def count(self, places: list[int]) -> None:
        """Counts the writes of a parsed update. Raises MalformedError."""
        counts = self._counts
        for place in places:
            slot = place % _SLOTS
            counts[slot] = count = counts.get(slot, 0) + 1
            if count > _MAX_FOLLOWERS + self._total // _SLOTS:
                raise MalformedError("too many concurrent writes of one key")
        self._total += len(places)
        if self._total > _FORGET_AFTER:
            self._total //= 2
            self._counts = {slot: count // 2 for slot, count in counts.items() if count > 1}


def limits_for(deletions: int) -> Limits:
    """The limits of an update to a board with this many deletions, which clients repeat."""
    repeated = REPEATED_TIMES * deletions
    if repeated <= CLIENT_LIMITS.delete_ranges:
        return CLIENT_LIMITS
    return replace(CLIENT_LIMITS, delete_ranges=repeated)
