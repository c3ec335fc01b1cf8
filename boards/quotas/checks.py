"""Quotas: how much a board and a person may store, and how much they do.

Boards count for their owner, including the trash, until they are purged. The sizes are columns of
the boards, so a total is one short query. Each limit is checked in the transaction that writes,
behind a lock on the owner: two concurrent requests can't both take the last place. Exceeded sizes
are answered with 413, counts with 429; the text names the limit and what helps.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import User
from django.db.models import Count, F, Q, QuerySet, Sum
from django.utils.translation import gettext

from accounts.limits.person_lock import lock_person
from accounts.limits.refusals import RefusalError, megabytes
from boards.models import Board, BoardStar, Space, Webhook

WARNING_SHARE = 0.8
STORED = F("document_bytes") + F("version_bytes") + F("image_bytes")
"""The stored bytes of a board, for queries."""


class QuotaError(RefusalError):
    """A quota of a board or a person is reached; nothing was written."""

    def __init__(self, message: str, *, status: int) -> None:
        super().__init__(message, status=status, code="quota")


@dataclass(frozen=True, slots=True)
class Usage:
    """What a person's boards store together."""

    boards: int
    document_bytes: int
    version_bytes: int
    image_bytes: int

    @property
    def stored_bytes(self) -> int:
        return self.document_bytes + self.version_bytes + self.image_bytes

    @property
    def is_nearly_full(self) -> bool:
        return _is_near(self.boards, settings.CANVAS_MAX_BOARDS_PER_PERSON) or _is_near(
            self.stored_bytes, settings.CANVAS_MAX_BYTES_PER_PERSON
        )


def usage_of(user_id: int) -> Usage:
    """What a person's boards store, in one query."""
    totals = Board.objects.filter(owner_id=user_id).aggregate(
        boards=Count("pk"),
        document_bytes=Sum("document_bytes", default=0),
        version_bytes=Sum("version_bytes", default=0),
        image_bytes=Sum("image_bytes", default=0),
    )
    return Usage(**totals)


def bytes_left_of(user_ids: set[int]) -> dict[int, int]:
    """How many bytes each person may still store; negative for none."""
    rows = Board.objects.filter(owner_id__in=user_ids).order_by().values("owner_id")
    stored = dict(rows.annotate(stored=Sum(STORED)).values_list("owner_id", "stored"))
    limit = settings.CANVAS_MAX_BYTES_PER_PERSON
    return {user_id: limit - stored.get(user_id, 0) for user_id in user_ids}


def boards_nearly_full(user: User) -> QuerySet[Board]:
    """The person's own boards that are nearly full in one size, largest first."""
    share = WARNING_SHARE
    is_near = Q(document_bytes__gte=share * settings.CANVAS_MAX_DOCUMENT_BYTES) | Q(
        image_bytes__gte=share * settings.CANVAS_MAX_BOARD_IMAGE_BYTES
    )
    boards = Board.objects.filter(is_near, owner=user, deleted_at=None)
    return boards.annotate(stored=STORED).order_by("-stored")


def is_nearly_full(board: Board) -> bool:
    """Whether one of the board's sizes is near its limit."""
    return _is_near(board.document_bytes, settings.CANVAS_MAX_DOCUMENT_BYTES) or _is_near(
        board.image_bytes, settings.CANVAS_MAX_BOARD_IMAGE_BYTES
    )


# --- checks, inside the transaction that writes


def require_place_for_board(owner: User, *, with_bytes: int = 0, new: int = 1) -> None:
    """Locks the owner. Raises QuotaError if they can't have so many more boards, or bytes."""
    lock_person(owner.pk)
    limit = settings.CANVAS_MAX_BOARDS_PER_PERSON
    count = Board.objects.filter(owner=owner).count()
    if count + new > limit:
        text = gettext(
            "%(name)s has %(n)d boards, which is the limit. Boards in the trash count until they "
            "are deleted for good."
        )
        if count < limit:
            text = gettext(
                "%(name)s can't take so many boards: with them it would be more than %(n)d."
            )
        raise QuotaError(text % {"name": owner.get_username(), "n": limit}, status=429)
    _require_bytes(owner.pk, with_bytes)


def require_place_for_image(board: Board, size_bytes: int) -> None:
    """Raises QuotaError if the board or its owner may not store an image of this size."""
    _require_board_bytes(
        gettext("images"), board.image_bytes + size_bytes, settings.CANVAS_MAX_BOARD_IMAGE_BYTES
    )
    _require_count(
        gettext("A board can have %(n)d images."),
        board.files.count(),
        settings.CANVAS_MAX_BOARD_IMAGES,
    )
    _require_bytes(board.owner_id, size_bytes)


def require_place_for_version(
    board: Board, size_bytes: int, *, named: int, named_bytes: int
) -> None:
    """Raises QuotaError if the board or its owner may not store another named version."""
    text = gettext("A board can have %(n)d named versions. Remove the names of some first.")
    _require_count(text, named, settings.CANVAS_MAX_BOARD_VERSIONS)
    _require_board_bytes(
        gettext("versions"), named_bytes + size_bytes, settings.CANVAS_MAX_BOARD_VERSION_BYTES
    )
    _require_bytes(board.owner_id, size_bytes)


def require_place_for_drawing(board_id: UUID, size_bytes: int) -> None:
    """Raises QuotaError if the board's document or its owner may not grow by so much."""
    row = Board.objects.filter(pk=board_id).values_list("document_bytes", "owner_id").first()
    if row is None:
        return
    document_bytes, owner_id = row
    _require_board_bytes(
        gettext("drawing"), document_bytes + size_bytes, settings.CANVAS_MAX_DOCUMENT_BYTES
    )
    _require_bytes(owner_id, size_bytes)


def require_place_for_comment(board: Board, count: int) -> None:
    """Raises QuotaError if the board has as many comments as it may."""
    text = gettext("A board can have %(n)d comments. Delete some first.")
    _require_count(text, count, settings.CANVAS_MAX_BOARD_COMMENTS)


def require_place_for_link(count: int) -> None:
    """Raises QuotaError if the board has as many active links as it may."""
    text = gettext("A board can have %(n)d links. Revoke one first.")
    _require_count(text, count, settings.CANVAS_MAX_BOARD_LINKS)


def require_place_for_invitation(count: int) -> None:
    """Raises QuotaError if the board has as many open invitations as it may."""
    text = gettext("A board can have %(n)d open invitations. Withdraw one first.")
    _require_count(text, count, settings.CANVAS_MAX_BOARD_INVITATIONS)


def require_place_for_webhook(owner: User) -> None:
    """Locks the owner. Raises QuotaError if they can't have another webhook."""
    lock_person(owner.pk)
    text = gettext("An account can have %(n)d webhooks. Delete one first.")
    count = Webhook.objects.filter(owner=owner).count()
    _require_count(text, count, settings.CANVAS_MAX_WEBHOOKS_PER_PERSON)


# --- spaces


def require_place_for_space(owner: User, *, new: int = 1) -> None:
    """Locks the owner. Raises QuotaError if they can't own so many more spaces."""
    lock_person(owner.pk)
    text = gettext("A person can own %(n)d spaces. Delete one first.")
    count = Space.objects.filter(owner=owner).count() + new - 1
    _require_count(text, count, settings.CANVAS_MAX_SPACES_PER_PERSON)


def require_place_in_space(space: Space, new: int) -> None:
    """Raises QuotaError if the space can't hold so many more boards; its row is locked."""
    text = gettext(
        "A space can hold %(n)d boards, including those in the trash. Make another space."
    )
    count = Board.objects.filter(space=space).count() + new - 1
    _require_count(text, count, settings.CANVAS_MAX_BOARDS_PER_SPACE)


def require_place_for_folder(count: int | None, depth: int) -> None:
    """Raises QuotaError if a space has as many folders as it may, or if they are as deep."""
    if count is not None:
        text = gettext("A space can have %(n)d folders. Delete one first.")
        _require_count(text, count, settings.CANVAS_MAX_FOLDERS_PER_SPACE)
    text = gettext("Folders can be %(n)d deep.")
    _require_count(text, depth - 1, settings.CANVAS_MAX_FOLDER_DEPTH)


def require_place_for_stars(user: User, new: int) -> None:
    """Locks the person. Raises QuotaError if they can't mark so many more boards."""
    lock_person(user.pk)
    text = gettext("A person can star %(n)d boards. Remove some stars first.")
    count = BoardStar.objects.filter(user=user).count() + new - 1
    _require_count(text, count, settings.CANVAS_MAX_STARS_PER_PERSON)


def _require_count(text: str, count: int, limit: int) -> None:
    if count >= limit:
        raise QuotaError(text % {"n": limit}, status=429)


def _require_board_bytes(what: str, total: int, limit: int) -> None:
    if total > limit:
        text = gettext("The limit for %(what)s on one board is %(size)s. Nothing was changed.")
        raise QuotaError(text % {"what": what, "size": megabytes(limit)}, status=413)


def _require_bytes(owner_id: int, size_bytes: int) -> None:
    if bytes_left_of({owner_id})[owner_id] < size_bytes:
        text = gettext(
            "This owner's boards have reached the storage limit of %(size)s. Boards in the trash "
            "count until they are deleted for good."
        )
        size = megabytes(settings.CANVAS_MAX_BYTES_PER_PERSON)
        raise QuotaError(text % {"size": size}, status=413)


def bytes_left_on(board_ids: list[UUID]) -> dict[UUID, int]:
    """The remaining quota of the owners of some boards. Blocks on the database."""
    owners = dict(Board.objects.filter(pk__in=board_ids).values_list("pk", "owner_id"))
    left = bytes_left_of(set(owners.values()))
    return {board_id: left[owner_id] for board_id, owner_id in owners.items()}


def _is_near(used: int, limit: int) -> bool:
    return used >= WARNING_SHARE * limit
