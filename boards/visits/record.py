"""Visits: who is on a board, with audit rows for arrival and leaving."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db import IntegrityError, connection, transaction
from django.db.models import Q
from django.utils import timezone

from accounts.limits.throttle import Limit, count_event
from audit.actions import AuditAction, AuditLevel, AuditVia
from audit.actor import Actor, ActorToken
from audit.origin import RequestOrigin
from boards.access.resolve import VIA_LINK, Access
from boards.compiled import Rows, by_key, updating
from boards.models import Board, Visit
from boards.visits.rows import leave_row, visit_row

IDLE = timedelta(minutes=3)
"""A visit without sockets ends this long after its last request."""
STALE = timedelta(minutes=5)
"""A visit with sockets ends when its process has not renewed it for this long: it was killed."""
SEEN_EVERY = timedelta(seconds=30)
"""The precision of `seen_at`."""
RENEW_SECONDS = 60
MAX_VISITS_PER_WINDOW, VISITS_WINDOW_SECONDS = 3, 600
"""So many visits in a window end with their last socket. Further ones are merged, so that nobody
can fill the log by coming and going."""
_AT_ONCE = 50
_RENEWED_AT_ONCE = 500
_LEVELS = ["", *AuditLevel.values]
_locked = Rows(lambda: by_key(Visit)().select_for_update())
_note_seen = updating(by_key(Visit), "seen_at", "sockets")
_note_left = updating(by_key(Visit), "seen_at", "sockets", "updates", "bytes_in")


def visit_open(
    *, board: Board, access: Access, by: Actor, entry: str, socket_id: UUID | None = None
) -> Visit:
    """Records that someone sees the board. Call it before any of it is sent.

    Starts a visit, with an audit row, unless one is open: all pages, sockets and requests of a
    person are one visit, and so are those of guests at one address. With a `socket_id`, which
    identifies the visit in the log if it starts here, a socket is open until `visit_leave`. If the
    person may do more than when the visit started, it ends and another one starts at the higher
    level.
    """
    by = replace(by, via=AuditVia.LINK) if access.via == VIA_LINK else by
    user_id = by.user.pk if by.user else None
    visit_id = visit_id_of(board.pk, user_id, by.origin, by.via, access.share_link_id, by.token)
    if socket_id is None:
        known = Visit.objects.filter(pk=visit_id).first()
        if known is not None and _is_enough(known, access):
            return known  # nearly every request
    _end_old_visits_sometimes()
    now = timezone.now()
    data = {"entry": entry, "access": access.via}
    with transaction.atomic(savepoint=False):
        known = _locked.first(id=visit_id)
        if known is not None and _is_over(known, now):
            _end(known, known.seen_at)
            known = None
        if known is None:
            visit = _new_visit(visit_id, access, by, socket_id, now)
            known = _begun_elsewhere(visit)
            if known is None:
                visit_row(AuditAction.ROOM_ACCESS, visit, board.title, data)
                return visit
        known.seen_at = now
        known.sockets += 1 if socket_id else 0
        if _has_less(known, access):
            leave_row(known, now)
            known.connection_id, known.level, known.opened_at = uuid4(), access.audit_level, now
            known.updates, known.bytes_in, known.wrote = 0, 0, []
            known.save()
            visit_row(AuditAction.ROOM_ACCESS, known, board.title, data)
        else:
            _note_seen(id=visit_id, seen_at=now, sockets=known.sockets)
    return known


def _new_visit(
    visit_id: UUID, access: Access, by: Actor, socket_id: UUID | None, now: datetime
) -> Visit:
    return Visit(
        id=visit_id,
        connection_id=socket_id or uuid4(),
        board_id=access.board_id,
        user_id=by.user.pk if by.user else None,
        level=access.audit_level,
        via=by.via,
        share_link_id=access.share_link_id,
        token_id=by.token.id if by.token else None,
        token_name=by.token.name if by.token else "",
        ip_address=by.origin.ip_address,
        user_agent=by.origin.user_agent,
        opened_at=now,
        seen_at=now,
        sockets=1 if socket_id else 0,
        is_lasting=_came_often(visit_id),
    )


def visit_id_of(
    board_id: UUID,
    user_id: int | None,
    origin: RequestOrigin,
    via: AuditVia,
    share_link_id: UUID | None,
    token: ActorToken | None = None,
) -> UUID:
    """The id of the only visit that can be open for this board, person (or address) and way in."""
    who = f"user {user_id}" if user_id is not None else f"guest {origin.counted_as}"
    parts = [str(board_id), who, via.value, str(share_link_id)]
    if token is not None:
        parts.append(str(token.id))
    return UUID(bytes=hashlib.sha256("\0".join(parts).encode()).digest()[:16])


def visit_leave(
    visit_id: UUID, *, updates: int = 0, bytes_in: int = 0, close_code: int | None = None
) -> None:
    """A socket of a visit closed; with the last one the visit ends."""
    with transaction.atomic(savepoint=False):
        visit = _locked.first(id=visit_id)
        if visit is None:
            return
        visit.sockets = max(visit.sockets - 1, 0)
        visit.updates += updates
        visit.bytes_in += bytes_in
        visit.seen_at = timezone.now()
        if visit.sockets or visit.is_lasting:
            _note_left(
                id=visit_id,
                seen_at=visit.seen_at,
                sockets=visit.sockets,
                updates=visit.updates,
                bytes_in=visit.bytes_in,
            )
        else:
            _end(visit, visit.seen_at, close_code)


def visit_write(visit: Visit, board: Board, what: str) -> None:
    """Records that someone writes to the board by a request. Call it in the transaction of the
    write.

    The log gets one row for each kind of write in a visit, so that a program that writes all day
    can't fill it.
    """
    if what in visit.wrote:
        return
    with transaction.atomic():
        current = Visit.objects.select_for_update().filter(pk=visit.pk).first()
        if current is None:
            current = _begun_again(visit, board)
        if what in current.wrote:
            return
        current.wrote = [*current.wrote, what]
        Visit.objects.filter(pk=visit.pk).update(wrote=current.wrote)
        visit_row(AuditAction.ROOM_WRITE, current, board.title, {"what": what})


def visits_renew(visit_ids: Iterable[UUID]) -> None:
    """Renews visits with open sockets; call it every `RENEW_SECONDS`."""
    ids = list(visit_ids)
    for start in range(0, len(ids), _RENEWED_AT_ONCE):
        some = ids[start : start + _RENEWED_AT_ONCE]
        Visit.objects.filter(pk__in=some).update(seen_at=timezone.now())


def end_old_visits() -> int:
    """Ends visits that were not renewed for a while, also of processes that were killed.

    Returns how many.
    """
    ended = 0
    while some := _end_some_old_visits():
        ended += some
    return ended


_ended_at = 0.0
_ending = threading.Lock()


def _end_old_visits_sometimes() -> None:
    """Ends them from time to time during other visits, in case no job does."""
    global _ended_at
    with _ending:
        if time.monotonic() - _ended_at < RENEW_SECONDS:
            return
        _ended_at = time.monotonic()
    _end_some_old_visits()


def _end_some_old_visits() -> int:
    now = timezone.now()
    is_idle = Q(sockets=0, seen_at__lt=now - IDLE) | Q(seen_at__lt=now - STALE)
    if not Visit.objects.filter(is_idle).exists():
        return 0
    with transaction.atomic():
        # Skip visits that another process is ending.
        can_skip = connection.features.has_select_for_update_skip_locked
        rows = Visit.objects.select_for_update(skip_locked=can_skip)
        over = list(rows.filter(is_idle).order_by("seen_at")[:_AT_ONCE])
        for visit in over:
            _end(visit, visit.seen_at)
    return len(over)


def _has_less(visit: Visit, access: Access) -> bool:
    """Whether the person may do more now than the log says.

    A lower level is not recorded: someone with two ways to a board could fill the log by
    alternating.
    """
    return _LEVELS.index(access.audit_level) > _LEVELS.index(visit.level)


def _is_enough(visit: Visit, access: Access) -> bool:
    """Whether another request of a visit needs no write."""
    is_fresh = abs(timezone.now() - visit.seen_at) < SEEN_EVERY
    return is_fresh and not _has_less(visit, access)


def _is_over(visit: Visit, now: datetime) -> bool:
    return abs(now - visit.seen_at) > (STALE if visit.sockets else IDLE)


def _came_often(visit_id: UUID) -> bool:
    """Whether enough of these visits were recorded separately; if not, this one is counted."""
    limit = Limit("visits", (str(visit_id),), MAX_VISITS_PER_WINDOW, VISITS_WINDOW_SECONDS)
    return count_event(limit) is not None


def _begun_elsewhere(visit: Visit) -> Visit | None:
    """Saves a new visit, or returns the one that another process started at the same moment."""
    try:
        with transaction.atomic():
            visit.save(force_insert=True)
    except IntegrityError:
        return Visit.objects.select_for_update().get(pk=visit.pk)
    return None


def _begun_again(visit: Visit, board: Board) -> Visit:
    """Starts the visit of a request again that took so long that it ended."""
    visit.connection_id, visit.opened_at, visit.wrote = uuid4(), timezone.now(), []
    visit.seen_at, visit.sockets, visit.updates, visit.bytes_in = visit.opened_at, 0, 0, 0
    known = _begun_elsewhere(visit)
    if known is None:
        visit_row(AuditAction.ROOM_ACCESS, visit, board.title, {"entry": "write"})
    return known or visit


def _end(visit: Visit, ended_at: datetime, close_code: int | None = None) -> None:
    Visit.objects.filter(pk=visit.pk).delete()
    leave_row(visit, ended_at, close_code)
