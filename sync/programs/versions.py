"""Restore points: named by people, or automatic and thinned out as they age."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Count, F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Length
from django.utils import timezone

from accounts.limits.person_lock import lock_person
from audit.actions import AuditAction
from audit.actor import Actor
from audit.services import audit_record
from boards.board_state import versions_changed
from boards.files.storage import files_bring_back
from boards.limits.changes import count_board_change
from boards.models import Board
from boards.quotas.checks import bytes_left_of, require_place_for_version
from boards.writing import Record
from sync.document.document import Document
from sync.document.yjs import DocumentError
from sync.drawing.deleted import files_of, without_deleted
from sync.drawing.scene import restore
from sync.models import Version
from sync.programs.documents import document_read
from sync.programs.encodings import elements_json
from sync.programs.shared_reads import Encoded
from sync.programs.writes import document_change
from sync.storage.log import DamagedPackError, pack, unpack

MAX_AUTOMATIC = 300
"""On one board. Thinning by age leaves half as many; each restore adds one more."""
AUTOMATIC_EVERY = timedelta(minutes=10)
# Of the automatic versions, one is kept per span, up to an age.
_KEPT = (
    (timedelta(hours=2), timedelta(minutes=10)),
    (timedelta(days=2), timedelta(hours=1)),
    (timedelta(days=60), timedelta(days=1)),
)


class VersionGoneError(Exception):
    """The version was thinned out, or its board purged, after it was looked up."""


def version_create(
    *, board: Board, name: str, author: User | None, record: Record | None = None
) -> Version:
    """Saves the present drawing as a version. One without a name may be thinned out later.

    `record` writes the audit row in the same transaction.

    Raises:
        QuotaError: it has a name, and the board or its owner may not have more.
        BoardGoneError, LogDamagedError, DocumentError: it cannot be read.
    """
    with document_read(board.pk) as (document, head):
        payload = document.diff()
    packed = pack(payload)
    with transaction.atomic():
        lock_person(board.owner_id)
        if name:
            _require_place(board, len(packed))
        version = Version.objects.create(
            board=board,
            seq=head.seq,
            name=name,
            payload=packed,
            is_packed=True,
            size_bytes=len(payload),
            author=author,
            created_at=timezone.now(),
        )
        _thin(board.pk)
        versions_changed(board.pk)
        if record is not None:
            record()
    return version


def _require_place(board: Board, size_bytes: int) -> None:
    named = board.versions.exclude(name="").aggregate(
        count=Count("pk"), size=Sum(Length("payload"), default=0)
    )
    require_place_for_version(board, size_bytes, named=named["count"], named_bytes=named["size"])


def _thin(board_id: UUID, *, by_age: bool = False) -> None:
    """Removes automatic versions beyond the board's limits, and stores their total size.

    `by_age` also thins them out by age; the one just made stays.
    """
    versions = Version.objects.filter(board_id=board_id)
    automatic = {
        key: (created_at, size)
        for key, created_at, size in versions.filter(name="").values_list(
            "pk", "created_at", Length("payload")
        )
    }
    times = {key: created_at for key, (created_at, _) in automatic.items()}
    removed = superfluous(times, timezone.now()) if by_age else []
    for key in removed:
        del automatic[key]
    removed += crowded(automatic, settings.CANVAS_MAX_BOARD_VERSION_BYTES)
    versions.filter(pk__in=removed).delete()
    total = versions.aggregate(n=Sum(Length("payload"), default=0))["n"]
    Board.objects.filter(pk=board_id).update(version_bytes=total)


def crowded(versions: dict[int, tuple[datetime, int]], max_bytes: int) -> list[int]:
    """Which versions (time, bytes) to remove when there are too many or they are too large. Pure.

    Each time the one whose neighbours are closest together, because it is missed least; so
    restoring back and forth does not push out older history. The newest always stays.
    """
    kept = sorted(versions, key=lambda key: (versions[key][0], key))
    total = sum(size for _, size in versions.values())
    removed = []
    while len(kept) > 1 and (len(kept) > MAX_AUTOMATIC or total > max_bytes):
        spans = range(1, len(kept) - 1)
        at = min(
            spans, key=lambda at: versions[kept[at + 1]][0] - versions[kept[at - 1]][0], default=0
        )
        removed.append(kept.pop(at))
        total -= versions[removed[-1]][1]
    return removed


def version_content(version: Version) -> dict[str, dict[str, Any]]:
    """The drawing of a version. Raises DocumentError, VersionGoneError."""
    return _document_of(version).content()


def version_elements(version: Version) -> Encoded:
    """The living elements of a version as a JSON list. Raises DocumentError, VersionGoneError."""
    return Encoded(elements_json(_document_of(version)), version.seq)


def _document_of(version: Version) -> Document:
    try:
        # The payload is read only here; lists leave it out.
        payload = unpack(version.payload, is_packed=version.is_packed)
    except Version.DoesNotExist:
        raise VersionGoneError from None
    except DamagedPackError as error:
        raise DocumentError(f"version: {error}") from error
    return Document.load([payload])


@transaction.atomic
def version_rename(*, version: Version, name: str, record: Record | None = None) -> None:
    """Names a version, or removes its name. `record` as in `version_create`.

    Raises VersionGoneError, and as `version_create`.
    """
    lock_person(version.board.owner_id)
    same = Version.objects.filter(pk=version.pk)
    stored = same.values_list("name", Length("payload")).first()
    if stored is None:
        raise VersionGoneError
    if name and not stored[0]:
        _require_place(version.board, stored[1])
    if not same.update(name=name):
        raise VersionGoneError
    version.name = name
    versions_changed(version.board_id)
    if record is not None:
        record()


def version_restore(*, board: Board, version: Version, user: User, by: Actor) -> int:
    """Restores a version as an ordinary edit that everyone sees; keeps the present drawing as a
    version.

    Raises VersionGoneError, RefusalError after too many changes in an hour, and as
    `sync.programs.writes.document_change`.
    """
    count_board_change(AuditAction.ROOM_SNAPSHOT_RESTORE, by, level="")
    # Read first: keeping the present drawing may push out the oldest version.
    content = version_content(version)
    version_create(board=board, name="", author=None)

    def record() -> None:
        audit_record(
            action=AuditAction.ROOM_SNAPSHOT_RESTORE,
            by=by,
            board_id=board.pk,
            board_title=board.title,
            data={"version": version.pk, "seq": version.seq},
        )

    seq = document_change(
        board=board,
        user=user,
        change=lambda roots: restore(roots, content, user.pk),
        record=record,
        has_limit=False,
        token=by.token,
    )
    living = without_deleted(content)["elements"]
    files_bring_back(board.pk, files_of(living, living))
    return seq


def boards_needing_version(among: Iterable[UUID] | None = None) -> list[UUID]:
    """Boards that changed since their newest version, unless it is recent."""
    newest = Version.objects.filter(board=OuterRef("pk")).values("created_at")[:1]
    young = timezone.now() - AUTOMATIC_EVERY
    boards = Board.objects.filter(deleted_at=None, head_seq__gt=0).annotate(
        version_at=Subquery(newest)
    )
    is_due = Q(version_at=None) | Q(version_at__lt=young, last_activity_at__gt=F("version_at"))
    if among is not None:
        boards = boards.filter(pk__in=among)
    return list(boards.filter(is_due).values_list("pk", flat=True))


def automatic_version(board_id: UUID) -> Version | None:
    """Saves the present drawing as an automatic version, and thins out the older ones.

    Returns None when the owner's quota is used up: then automatic versions are made only when
    someone restores one.

    Raises:
        BoardGoneError, LogDamagedError, DocumentError: it cannot be read.
    """
    board = Board.objects.get(pk=board_id)
    if bytes_left_of({board.owner_id})[board.owner_id] <= 0:
        return None
    version = version_create(board=board, name="", author=None)
    with transaction.atomic():
        _thin(board_id, by_age=True)
    return version


def superfluous(times: dict[int, datetime], now: datetime) -> list[int]:
    """Which versions need not be kept. The newest of each span stays. Pure."""
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
