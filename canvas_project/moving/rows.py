"""A row as JSON and back, the same from either database."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.management.color import no_style
from django.db import connections, models

from canvas_project.moving.carried import NATURAL, SECRETS, UNUSABLE, label_of, model_of

PAGE_ROWS = 500
Row = dict[str, Any]
"""The columns of a row by the names of their attributes, as JSON values."""


class RowError(ValueError):
    """A row of an archive that its table can't have. The message says why."""


@cache
def columns_of(model: type[models.Model]) -> tuple[models.Field[Any, Any], ...]:
    """The columns that are stored, without those that the database computes."""
    return tuple(field for field in model._meta.concrete_fields if not field.generated)


def rows_of(
    model: type[models.Model],
    using: str,
    condition: models.Q | None = None,
    *,
    page_rows: int = PAGE_ROWS,
) -> Iterator[tuple[Any, ...]]:
    """The rows of a model as tuples of its columns, ordered by primary key, a page at a time."""
    names = [field.attname for field in columns_of(model)]
    pk = model._meta.pk.attname
    at = names.index(pk)
    rows: models.QuerySet[Any] = models.QuerySet(model, using=using)
    rows = rows.filter(condition or models.Q())
    rows = rows.order_by("pk")
    last = None
    while True:
        page = rows if last is None else rows.filter(pk__gt=last)
        found = list(page.values_list(*names)[:page_rows])
        yield from found
        if len(found) < page_rows:
            return
        last = found[-1][at]


class Codec:
    """Rows of one model as JSON lines. With `with_secrets` password hashes are in them."""

    def __init__(self, model: type[models.Model], using: str, *, with_secrets: bool) -> None:
        self.model, self.label, self.using = model, label_of(model), using
        self.columns = columns_of(model)
        hidden = set() if with_secrets else SECRETS.get(self.label, set())
        self._hidden = [field.attname in hidden for field in self.columns]
        self._natural = [_natural_of(field) for field in self.columns]

    def row(self, values: Iterable[Any]) -> Row:
        """A row for an archive. Raises TypeError for a kind of value that has no form yet."""
        row = {}
        for field, value, hidden, natural in zip(
            self.columns, values, self._hidden, self._natural, strict=True
        ):
            if hidden:
                row[field.attname] = UNUSABLE if value else value
            elif natural and value is not None:
                row[field.attname] = _natural_key(natural, value, self.using)
            elif isinstance(field, models.JSONField):
                row[field.attname] = _same_numbers(value)
            else:
                row[field.attname] = _plain(value)
        return row

    def values(self, row: Row) -> list[Any]:
        """The columns of a row from an archive, as Python values. Raises RowError."""
        if row.keys() != {field.attname for field in self.columns}:
            raise RowError(f"A row of {self.label} has other columns.")
        return [
            self._value(field, natural, row[field.attname])
            for field, natural in zip(self.columns, self._natural, strict=True)
        ]

    def _value(self, field: models.Field[Any, Any], natural: str | None, value: Any) -> Any:
        if natural and value is not None:
            return _by_natural_key(natural, value, self.using)
        try:
            if isinstance(field, models.JSONField):
                json.dumps(value, allow_nan=False)  # no reader takes such numbers
                return value
            if isinstance(field, models.BinaryField):
                return None if value is None else base64.b64decode(value, validate=True)
            if isinstance(field, models.CharField | models.TextField):
                _check_text(field, value)
                return value
            return field.to_python(value)
        except (ValidationError, ValueError, TypeError, RecursionError) as error:
            raise RowError(f"{field.attname} of {self.label} is not valid.") from error


def line_of(row: Row) -> bytes:
    """One line: the same row is the same bytes."""
    text = json.dumps(row, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode() + b"\n"


def exact_line(model: type[models.Model], values: Iterable[Any]) -> bytes:
    """A row as it is, with the ids of this database: equal rows of two databases are equal."""
    row = {}
    for field, value in zip(columns_of(model), values, strict=True):
        is_json = isinstance(field, models.JSONField)
        row[field.attname] = _same_numbers(value) if is_json else _plain(value)
    return line_of(row)


def insert(codec: Codec, rows: list[list[Any]]) -> None:
    """Inserts rows as they are: no signals, no `auto_now`, no row of the audit log."""
    if not rows:
        return
    connection = connections[codec.using]
    quote = connection.ops.quote_name
    names = ", ".join(quote(field.column) for field in codec.columns)
    places = ", ".join(["%s"] * len(codec.columns))
    table = quote(codec.model._meta.db_table)
    prepared = [
        [
            field.get_db_prep_save(value, connection)
            for field, value in zip(codec.columns, row, strict=True)
        ]
        for row in rows
    ]
    with connection.cursor() as cursor:
        # Names of tables and columns are our own.
        statement = f"INSERT INTO {table} ({names}) VALUES ({places})"  # noqa: S608
        cursor.executemany(statement, prepared)


def reset_sequences(labels: Iterable[str], using: str) -> None:
    """Lets automatic ids go on after the largest one of each table."""
    connection = connections[using]
    found = [model_of(label) for label in labels]
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), found):
            cursor.execute(statement)


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, bytes | bytearray | memoryview):
        return base64.b64encode(value).decode()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"no form for {type(value).__name__} in an archive")


def _same_numbers(value: Any) -> Any:
    """PostgreSQL gives 1e22 back as a whole number, SQLite as a fraction."""
    if isinstance(value, dict):
        return {key: _same_numbers(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_same_numbers(one) for one in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _check_text(field: models.Field[Any, Any], value: Any) -> None:
    if value is None:
        return
    if not isinstance(value, str) or "\0" in value:
        raise ValueError
    if field.max_length is not None and len(value) > field.max_length:
        raise ValueError


def _natural_of(field: models.Field[Any, Any]) -> str | None:
    target = field.related_model
    label = label_of(target) if isinstance(target, type) else ""
    return label if label in NATURAL else None


@cache
def _natural_keys(label: str, using: str) -> dict[Any, tuple[str, ...]]:
    rows: models.QuerySet[Any] = models.QuerySet(model_of(label), using=using)
    return {pk: tuple(key) for pk, *key in rows.values_list("pk", *NATURAL[label])}


def _natural_key(label: str, pk: Any, using: str) -> list[str]:
    if pk not in _natural_keys(label, using):
        _natural_keys.cache_clear()
    return list(_natural_keys(label, using)[pk])


def _by_natural_key(label: str, key: Any, using: str) -> Any:
    for pk, found in _natural_keys(label, using).items():
        if list(found) == key:
            return pk
    raise RowError(f"{label} {key} does not exist here.")
