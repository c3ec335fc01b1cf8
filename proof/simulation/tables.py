"""Tables in memory with the part of Django's queries that the engine uses.

A model of the database, not a database: rows are dictionaries by column, a query looks at all of
them. `faithfulness.py` compares it with the real ones.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Any, Protocol

from django.db import IntegrityError, models
from django.db.models import Q
from django.db.models.base import ModelState
from django.utils import timezone

from proof.simulation.conditions import Row, Test, test_of, value_of


class Statements(Protocol):
    """Who is told of every statement: the database that the table is in."""

    def begin_statement(self) -> None:
        """Called before a statement looks at rows. May raise `django.db.Error`."""

    def end_statement(self, *, has_written: bool) -> None:
        """Called after it. May raise `django.db.Error` although it was done."""

    def can_undo(self, undo: Callable[[], object]) -> None:
        """Called with what takes a change back."""


class Table:
    """The rows of one model, and its manager: `objects`."""

    def __init__(
        self,
        database: Statements,
        model: type[models.Model],
        unique: Sequence[tuple[str, ...]] = (),
    ) -> None:
        self.database = database
        self.model = model
        self.rows: dict[int, Row] = {}
        key = model._meta.pk
        assert key is not None
        self.key = key.attname
        self._columns = {field.name: field.attname for field in model._meta.concrete_fields}
        self._columns["pk"] = self.key
        self._defaults = {field.attname: field for field in model._meta.concrete_fields}
        self._unique = ((self.key,), *unique)
        self._last = 0

    def column(self, name: str) -> str:
        """The column behind a field's name."""
        return self._columns.get(name, name)

    # --- what a manager offers

    def all(self) -> Rows:
        return Rows(self)

    def filter(self, *conditions: Q, **lookups: Any) -> Rows:
        return Rows(self).filter(*conditions, **lookups)

    def exclude(self, *conditions: Q, **lookups: Any) -> Rows:
        return Rows(self).exclude(*conditions, **lookups)

    def select_for_update(self, **_: Any) -> Rows:
        return Rows(self)

    def get(self, **lookups: Any) -> Any:
        return Rows(self).get(**lookups)

    def select_related(self, *_: str) -> Rows:
        return Rows(self)

    def create(self, **values: Any) -> Any:
        self.database.begin_statement()
        row = self.insert(values)
        self.database.end_statement(has_written=True)
        return self.instance(row)

    def get_or_create(
        self, *, defaults: dict[str, Any] | None = None, **values: Any
    ) -> tuple[Any, bool]:
        found = self.filter(**values).first()
        if found is not None:
            return found, False
        try:
            return self.create(**values, **(defaults or {})), True
        except IntegrityError:
            if (found := self.filter(**values).first()) is None:
                raise  # somebody else was quicker, and has removed it since
            return found, False

    def bulk_create(
        self,
        instances: Iterable[models.Model],
        *,
        unique_fields: Sequence[str] = (),
        update_fields: Sequence[str] = (),
        **_: Any,
    ) -> None:
        columns = [self.column(name) for name in unique_fields]
        self.database.begin_statement()
        for instance in instances:
            values = self.values_of(instance)
            same = [
                place
                for place, row in self.rows.items()
                if all(row[column] == values[column] for column in columns)
            ]
            if same:
                self.change(same[0], {name: values[name] for name in update_fields})
            else:
                self.insert(values)
        self.database.end_statement(has_written=True)

    # --- rows

    def values_of(self, instance: models.Model) -> Row:
        """The columns of an instance."""
        return {column: getattr(instance, column) for column in self._defaults}

    def instance(self, row: Row) -> Any:
        """An instance of the model, as a query makes it."""
        made = self.model.__new__(self.model)
        state = ModelState()
        state.adding, state.db = False, "default"
        made.__dict__.update(row, _state=state)
        return made

    def insert(self, values: Row) -> Row:
        """Adds a row; what is missing has its default. Raises IntegrityError."""
        row = {self.column(name): value for name, value in values.items()}
        for column, field in self._defaults.items():
            if column not in row:
                row[column] = _default_of(field)
        self._last += 1
        if row[self.key] is None:
            row[self.key] = self._last
        self._require_unique(row)
        place = self._last
        self.rows[place] = row
        self.database.can_undo(partial(self.rows.__delitem__, place))
        return row

    def _require_unique(self, row: Row) -> None:
        for columns in self._unique:
            wanted = [row[column] for column in columns]
            for other in self.rows.values():
                if [other[column] for column in columns] == wanted:
                    raise IntegrityError(f"{self.model.__name__}: {columns} is there already")

    def change(self, place: int, values: Row) -> None:
        """Changes some columns of a row. Rows are replaced, so what was read stays as it was."""
        before = self.rows[place]
        self.rows[place] = {**before, **values}
        self.database.can_undo(lambda: self.rows.__setitem__(place, before))

    def remove(self, place: int) -> None:
        """Removes a row."""
        before = self.rows.pop(place)
        self.database.can_undo(lambda: self.rows.__setitem__(place, before))


def _default_of(field: Any) -> Any:
    if getattr(field, "auto_now_add", False) or getattr(field, "auto_now", False):
        return timezone.now()
    return field.get_default()


class Rows:
    """A query: what it finds is looked up when it is asked for, as in Django."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._tests: tuple[Test, ...] = ()
        self._order: tuple[str, ...] = ()
        self._most: int | None = None
        self._columns: tuple[Any, ...] | None = None
        self._is_flat = False

    def _copy(self) -> Rows:
        copy = Rows(self._table)
        copy.__dict__.update(self.__dict__)
        return copy

    def filter(self, *conditions: Q, **lookups: Any) -> Rows:
        copy = self._copy()
        copy._tests += tuple(test_of(self._table.column, one) for one in conditions)
        copy._tests += tuple(
            test_of(self._table.column, (name, value)) for name, value in lookups.items()
        )
        return copy

    def exclude(self, *conditions: Q, **lookups: Any) -> Rows:
        tests = Rows(self._table).filter(*conditions, **lookups)._tests
        copy = self._copy()
        copy._tests += (lambda row: not all(test(row) for test in tests),)
        return copy

    def select_for_update(self, **_: Any) -> Rows:
        return self

    def order_by(self, *names: str) -> Rows:
        copy = self._copy()
        copy._order = names
        return copy

    def values_list(self, *columns: Any, flat: bool = False) -> Rows:
        copy = self._copy()
        copy._columns, copy._is_flat = columns, flat
        return copy

    def __getitem__(self, part: slice) -> Rows:
        copy = self._copy()
        copy._most = part.stop
        return copy

    # --- what reads

    def __iter__(self) -> Iterator[Any]:
        return iter(self._read())

    def _read(self) -> list[Any]:
        database = self._table.database
        database.begin_statement()
        found = [self._shaped(row) for _, row in self._found()]
        database.end_statement(has_written=False)
        return found

    def first(self) -> Any:
        copy = self if self._order else self.order_by("pk")
        found = copy[:1]._read()
        return found[0] if found else None

    def get(self, **lookups: Any) -> Any:
        (found,) = self.filter(**lookups)._read()
        return found

    def count(self) -> int:
        return len(self._read())

    def exists(self) -> bool:
        return bool(self._read())

    def aggregate(self, **sums: Any) -> dict[str, Any]:
        database = self._table.database
        database.begin_statement()
        rows = [row for _, row in self._found()]
        database.end_statement(has_written=False)
        return {
            name: sum(value_of(one.source_expressions[0], row) for row in rows)
            for name, one in sums.items()
        }

    # --- what writes

    def update(self, **values: Any) -> int:
        table = self._table
        table.database.begin_statement()
        found = self._found()
        for place, row in found:
            changed = {table.column(name): value_of(one, row) for name, one in values.items()}
            table.change(place, changed)
        table.database.end_statement(has_written=True)
        return len(found)

    def delete(self) -> tuple[int, dict[str, int]]:
        table = self._table
        table.database.begin_statement()
        found = self._found()
        for place, _ in found:
            table.remove(place)
        table.database.end_statement(has_written=True)
        return len(found), {}

    def _found(self) -> list[tuple[int, Row]]:
        tests = self._tests
        found = [
            (place, row)
            for place, row in self._table.rows.items()
            if all(test(row) for test in tests)
        ]
        for name in reversed(self._order):
            column = self._table.column(name.lstrip("-"))
            found.sort(key=lambda one: one[1][column], reverse=name.startswith("-"))
        return found[: self._most]

    def _shaped(self, row: Row) -> Any:
        if self._columns is None:
            return self._table.instance(row)
        values = tuple(self._column(one, row) for one in self._columns)
        return values[0] if self._is_flat else values

    def _column(self, one: Any, row: Row) -> Any:
        return row[self._table.column(one)] if isinstance(one, str) else value_of(one, row)
