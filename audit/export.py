"""The audit log as text for other tools: JSON Lines or CSV, in pieces of bounded size."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from typing import Any

from asgiref.sync import sync_to_async
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import QuerySet

from audit.models import AuditLog

PAGE_ROWS = 1000
FIELDS = tuple(field.attname for field in AuditLog._meta.concrete_fields)
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


class _MicrosecondEncoder(DjangoJSONEncoder):
    """Encodes times as they are hashed, not cut to milliseconds."""

    def default(self, o: Any) -> Any:
        if hasattr(o, "isoformat"):
            return o.isoformat()
        return super().default(o)


def json_lines(rows: Iterable[AuditLog]) -> str:
    """One JSON object per line, with every field including the hashes."""
    lines = (json.dumps(_values(row), cls=_MicrosecondEncoder) for row in rows)
    return "".join(f"{line}\n" for line in lines)


def csv_lines(rows: Iterable[AuditLog]) -> str:
    """One line per row; anything that a spreadsheet would run as a formula is marked as text."""
    return _csv([_cell(value) for value in _values(row).values()] for row in rows)


def _csv(rows: Iterable[Iterable[Any]]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()


def _values(row: AuditLog) -> dict[str, Any]:
    return {name: getattr(row, name) for name in FIELDS}


def _cell(value: Any) -> Any:
    if isinstance(value, dict):
        return json.dumps(value, sort_keys=True)
    if hasattr(value, "isoformat"):
        return value.isoformat()
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


FORMATS: dict[str, tuple[str, str, Callable[[Iterable[AuditLog]], str]]] = {
    "jsonl": ("application/x-ndjson", "", json_lines),
    "csv": ("text/csv; charset=utf-8", _csv([FIELDS]), csv_lines),
}
"""Name of a format: its media type, its first line, and how rows are written."""


class Export:
    """The rows of a query, oldest first, as they were when the export started."""

    def __init__(self, rows: QuerySet[AuditLog], format_name: str) -> None:
        self.content_type, self._head, self._write = FORMATS[format_name]
        newest = rows.order_by("-pk").values_list("pk", flat=True).first() or 0
        self._rows = rows.filter(pk__lte=newest).order_by("pk")
        self._last_id = 0

    def count(self) -> int:
        """The number of rows."""
        return self._rows.count()

    def _next_page(self) -> str:
        rows = list(self._rows.filter(pk__gt=self._last_id)[:PAGE_ROWS])
        if rows:
            self._last_id = rows[-1].pk
        return self._write(rows)

    def __iter__(self) -> Iterator[str]:
        yield self._head
        while page := self._next_page():
            yield page

    async def __aiter__(self) -> AsyncIterator[str]:
        """The same under ASGI, where a blocking iterator would be read whole before sending."""
        yield self._head
        while page := await sync_to_async(self._next_page)():
            yield page
