"""Restore points: named by people, or made by themselves and thinned as they age."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F, OuterRef, Q, Subquery
from django.utils import timezone

from audit.actions import AuditAction
from audit.origin import RequestOrigin
from audit.services import audit_record
from boards.models import Board
from boards.signals import send_event_on_commit
from sync.document import Document, DocumentError
from sync.drawing import restore
from sync.encodings import elements_json
from sync.models import Version
from sync.packing import DamagedPack, pack, unpack
from sync.shared_reads import Encoded
from sync.writes import document_change, document_now

AUTOMATIC_EVERY = timedelta(minutes=10)
# Of automatic versions, one is kept for each of these spans of time, up to an age.
_KEPT = (
    (timedelta(hours=2), timedelta(minutes=10)),
    (timedelta(days=2), timedelta(hours=1)),
    (timedelta(days=60), timedelta(days=1)),
)
VERSIONS_CHANGED = {"type": "versions"}


def version_create(*, board: Board, name: str, author: User | None) -> Version:
    """Keeps the drawing as it is now.

    Raises:
        BoardGone, LogDamaged, DocumentError: it cannot be read.
    """
    document, head = document_now(board.pk)
    payload = document.diff()
    with transaction.atomic():
        version = Version.objects.create(
            board=board,
            seq=head.seq,
            name=name,
            payload=pack(payload),
            is_packed=True,
            size_bytes=len(payload),
            author=author,
            created_at=timezone.now(),
        )
        send_event_on_commit(board.pk, VERSIONS_CHANGED)
    return version


def version_content(version: Version) -> dict[str, dict[str, Any]]:
    """The drawing of a version. Raises DocumentError."""
    return _document_of(version).content()


def version_elements(version: Version) -> Encoded:
    """Its living elements as a JSON list. Raises DocumentError."""
    return Encoded(elements_json(_document_of(version)), version.seq)


def _document_of(version: Version) -> Document:
    try:
        payload = unpack(version.payload, is_packed=version.is_packed)
    except DamagedPack as error:
        raise DocumentError(f"version: {error}") from error
    return Document.load([payload])


@transaction.atomic
def version_rename(*, version: Version, name: str) -> None:
    """Gives a version a name, or takes it."""
    version.name = name
    version.save(update_fields=["name"])
    send_event_on_commit(version.board_id, VERSIONS_CHANGED)


def version_restore(
    *, board: Board, version: Version, user: User, origin: RequestOrigin, via: str
) -> int:
    """Makes the drawing what it was, as an ordinary edit that everyone sees; keeps the present one.

    Raises as `sync.writes.document_change`.
    """
    version_create(board=board, name="", author=None)
    content = version_content(version)

    def record() -> None:
        audit_record(
            action=AuditAction.ROOM_SNAPSHOT_RESTORE,
            actor=user,
            board_id=board.pk,
            board_title=board.title,
            via=via,
            data={"version": version.pk, "seq": version.seq},
            origin=origin,
        )

    return document_change(
        board=board,
        user=user,
        change=lambda roots: restore(roots, content, user.pk),
        record=record,
    )


def boards_needing_version() -> list[UUID]:
    """Boards that changed since their newest version, if that is not a young one."""
    newest = Version.objects.filter(board=OuterRef("pk")).values("created_at")[:1]
    young = timezone.now() - AUTOMATIC_EVERY
    boards = Board.objects.filter(deleted_at=None, head_seq__gt=0).annotate(
        version_at=Subquery(newest)
    )
    is_due = Q(version_at=None) | Q(version_at__lt=young, last_activity_at__gt=F("version_at"))
    return list(boards.filter(is_due).values_list("pk", flat=True))


def automatic_version(board_id: UUID) -> Version:
    """Keeps the drawing as it is now, and of the older automatic versions those worth it.

    Raises:
        BoardGone, LogDamaged, DocumentError: it cannot be read.
    """
    version = version_create(board=Board.objects.get(pk=board_id), name="", author=None)
    automatic = Version.objects.filter(board_id=board_id, name="")
    times = dict(automatic.values_list("pk", "created_at"))
    Version.objects.filter(pk__in=superfluous(times, timezone.now())).delete()
    return version


def superfluous(times: dict[int, datetime], now: datetime) -> list[int]:
    """Which of some versions need not be kept. The newest of each span stays. Pure."""
    kept: set[tuple[timedelta, int]] = set()
    removed = []
    for key, created_at in sorted(times.items(), key=lambda item: item[1], reverse=True):
        age = now - created_at
        span = next((span for limit, span in _KEPT if age <= limit), None)
        if span is None:
            removed.append(key)
            continue
        place = (span, int(created_at.timestamp() // span.total_seconds()))
        if place in kept:
            removed.append(key)
        kept.add(place)
    return removed
