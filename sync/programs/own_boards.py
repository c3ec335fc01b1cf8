"""All boards of a person as one zip of `.excalidraw` files, and their library, made while it is
sent."""

import re
import time
import zipfile
from collections.abc import Iterator
from typing import IO, cast
from uuid import UUID

from django.contrib.auth.models import User
from django.core.cache import cache
from django.utils.translation import gettext

from audit.actor import Actor
from boards.limits.expensive import RETRY_SECONDS, OverloadedError
from boards.models import Board, LibraryItem
from sync.document.yjs import DocumentError
from sync.programs.export import Export, board_export
from sync.programs.libraries import library_file
from sync.storage.log import BoardGoneError, LogDamagedError

_NOT_IN_NAMES = re.compile(r'[<>:"/\\|?*\x00-\x1f]')
_NAME_LENGTH = 120
_ATTEMPTS = 24
"""At a busy server, five seconds apart."""
_AT_ONCE_SECONDS = 300
"""A download that ended without a word holds its place for so long at most."""


class _Buffer:
    """Takes what the zip writes until it is sent. It has no positions: a zip can do without."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._parts.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing waits elsewhere."""

    def taken(self) -> bytes:
        data = b"".join(self._parts)
        self._parts.clear()
        return data


def own_boards_zip(*, user: User, by: Actor, who: str) -> Iterator[bytes]:
    """The zip, piece by piece: one board at a time is in memory, each with its audit row.

    Boards in the trash are not in it. A board that cannot be read is named in a text file inside.
    It ends early when the account is switched off. A person may have one at a time, until the
    iterator ends or is closed. Raises OverloadedError.
    """
    key = f"own-boards:{user.pk}"
    if not cache.add(key, 1, timeout=_AT_ONCE_SECONDS):
        text = gettext("You are downloading your boards already. Wait until that is done.")
        raise OverloadedError(text, status=429, retry_after_seconds=RETRY_SECONDS)
    pieces = _pieces(user, by, who, key)
    next(pieces)  # so that closing it gives the place back, whenever that is
    return pieces


def _pieces(user: User, by: Actor, who: str, place: str) -> Iterator[bytes]:
    buffer, names, problems = _Buffer(), set[str](), list[str]()
    board_ids = list(
        Board.objects.filter(owner=user, deleted_at=None)
        .order_by("title", "pk")
        .values_list("pk", flat=True)
    )
    try:
        yield b""
        with zipfile.ZipFile(cast("IO[bytes]", buffer), "w", zipfile.ZIP_DEFLATED) as archive:
            for board_id in board_ids:
                cache.touch(place, _AT_ONCE_SECONDS)
                board = _still_own(board_id, user)
                if board is None:
                    continue
                export = _export_of(board, by, who, problems)
                if export is None:
                    continue
                name = _name_of(board.title, names)
                with archive.open(name, "w", force_zip64=True) as file:
                    for piece in export.pieces():
                        file.write(piece)
                        if data := buffer.taken():
                            yield data
                yield buffer.taken()
            items = LibraryItem.objects.filter(library__owner=user)
            if items.exists():
                archive.writestr("library.excalidrawlib", library_file(items))
            if problems:
                archive.writestr("_not_included.txt", "\n".join(problems) + "\n")
        yield buffer.taken()
    finally:
        cache.delete(place)


def _still_own(board_id: UUID, user: User) -> Board | None:
    """A long download looks again: the board may have gone, been given away, or the account."""
    boards = Board.objects.filter(pk=board_id, owner=user, owner__is_active=True, deleted_at=None)
    return boards.first()


def _export_of(board: Board, by: Actor, who: str, problems: list[str]) -> Export | None:
    for _ in range(_ATTEMPTS):
        try:
            return board_export(board=board, by=by, who=who, level="owner")
        except OverloadedError:
            time.sleep(RETRY_SECONDS)
        except BoardGoneError:
            return None
        except (DocumentError, LogDamagedError):
            problems.append(f"{board.title} ({board.pk}): this board cannot be read.")
            return None
    problems.append(f"{board.title} ({board.pk}): the server was too busy.")
    return None


def _name_of(title: str, taken: set[str]) -> str:
    """A name that every file system takes, and no other file of the zip has."""
    plain = _NOT_IN_NAMES.sub("_", title).strip(" .")[:_NAME_LENGTH] or "_"
    name, number = plain, 1
    while name.casefold() in taken:
        number += 1
        name = f"{plain} ({number})"
    taken.add(name.casefold())
    return f"{name}.excalidraw"
