"""Inserts the rows of an archive, after each was looked at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID

from boards.files.images import ACCEPTED_MIMES
from canvas_project.moving import archive
from canvas_project.moving.carried import label_of, model_of, of_boards
from canvas_project.moving.rows import Codec, RowError, insert
from sync.document.splitting import PIECE_BYTES, split_and_parse
from sync.scheduler import Steps
from sync.storage.log import cut, unpack

_ROWS_AT_ONCE = 200


class BoardCheck:
    """Every row of a board belongs to this board, and to rows that came before it."""

    def __init__(self, board_id: str) -> None:
        self._board_id = board_id
        self._seen: dict[str, set[Any]] = {}
        self._inside = {label_of(model) for model in of_boards()}

    def row(self, codec: Codec, values: list[Any]) -> None:
        """Raises RowError for a row that does not belong here, or with what is not allowed."""
        ids = self._seen.setdefault(codec.label, set())
        for one, value in zip(codec.columns, values, strict=True):
            if one.primary_key:
                ids.add(value)
            target = one.related_model
            label = label_of(target) if isinstance(target, type) else ""
            if (
                label in self._inside
                and value is not None
                and value not in self._seen.get(label, ())
            ):
                raise RowError(f"A row of {codec.label} belongs to something else.")
            if one.name == "payload" and not one.null:
                _require_update(codec, values)
        if codec.label == "boards.board" and ids != {UUID(self._board_id)}:
            raise RowError("The rows are those of another board.")
        if codec.label == "boards.boardfile":
            row = dict(zip((one.attname for one in codec.columns), values, strict=True))
            if row["mime"] not in ACCEPTED_MIMES or not archive.is_file_id(row["file_id"]):
                raise RowError("It has an image of a kind that no board has.")

    def finish(self) -> None:
        """Raises RowError if the board itself did not come."""
        if not self._seen.get("boards.board"):
            raise RowError("The row of the board is missing.")


def _require_update(codec: Codec, values: list[Any]) -> None:
    """Raises MalformedError or DamagedPackError unless the payload is Yjs updates and no more."""
    row = dict(zip((one.attname for one in codec.columns), values, strict=True))
    payload = unpack(row["payload"], is_packed=row.get("is_packed", False))
    for piece in cut(payload, row.get("pieces") or []):
        split_and_parse(piece, PIECE_BYTES, Steps().end_step)


def rows_in(lines: Iterable[bytes]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The label and the columns in each line. Raises RowError."""
    for line in lines:
        value = archive.json_object(line, "A row")
        label, row = value.get("model"), value.get("row")
        if not isinstance(label, str) or not isinstance(row, dict):
            raise RowError("A line is no row.")
        yield label, row


def insert_all(lines: Iterable[bytes], labels: set[str], check: BoardCheck | None = None) -> None:
    """Inserts the rows of a file, in order. Raises RowError for one of another table."""
    codecs: dict[str, Codec] = {}
    waiting: list[list[Any]] = []
    current: Codec | None = None
    for label, row in rows_in(lines):
        if label not in labels:
            raise RowError(f"There is a row of {label} where none can be.")
        if label not in codecs:
            codecs[label] = Codec(model_of(label), "default", with_secrets=True)
        codec = codecs[label]
        if current is not None and (codec is not current or _is_full(waiting)):
            insert(current, waiting)
            waiting = []
        current = codec
        values = codec.values(row)
        if check is not None:
            check.row(codec, values)
        waiting.append(values)
    if current is not None:
        insert(current, waiting)


def _is_full(rows: list[list[Any]]) -> bool:
    if len(rows) >= _ROWS_AT_ONCE:
        return True
    sizes = (len(one) for row in rows for one in row if isinstance(one, bytes))
    return len(rows) % 10 == 0 and sum(sizes) > archive.CHUNK_BYTES
