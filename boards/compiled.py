"""Queries that Django compiles once; afterwards only their values change.

Django builds the SQL of a queryset each time it is used. For one row by its key that takes Python
several times as long as the database needs to find it, and Python's lock with it: too long for what
everyone who connects, a stranger too, makes the server do.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any, Generic, NamedTuple, TypeVar

from django.db import connection
from django.db.models import Expression, Field, Model, QuerySet
from django.db.models.query import get_related_populators  # type: ignore[attr-defined]
from django.db.models.sql import DeleteQuery, InsertQuery, Query, UpdateQuery

_M = TypeVar("_M", bound=Model)


class Parameter(Expression):
    """A value that is given when the query runs, by this name; of the type of `field`."""

    def __init__(self, name: str, field: Field[Any, Any]) -> None:
        super().__init__(output_field=field)
        self.name = name

    def as_sql(self, _compiler: Any, _connection: Any) -> tuple[str, list[Any]]:
        """A placeholder for this object, which `_Compiled.bound` replaces by a value."""
        return "%s", [self]


def parameter(model: type[Model], field: str, name: str = "") -> Any:
    """A parameter for this field of a model, by its own name or another one."""
    found: Any = model._meta.get_field(field)
    return Parameter(name or field, found)


class _Compiled(NamedTuple):
    sql: str
    params: tuple[Any, ...]
    compiler: Any
    converters: dict[int, Any]
    """By column: what makes a field's own type of what the database returns."""

    def bound(self, values: dict[str, Any]) -> list[Any]:
        """The parameters, with these values in their places. Raises `KeyError` without one."""
        bound = []
        for one in self.params:
            if isinstance(one, Parameter):
                field, value = one.output_field, values[one.name]
                one = field.get_db_prep_value(value, connection=connection, prepared=False)
            bound.append(one)
        return bound

    def converted(self, row: Any) -> list[Any]:
        """A row with what the database returned as the fields' own types."""
        found = list(row)
        for place, (converts, expression) in self.converters.items():
            for convert in converts:
                found[place] = convert(found[place], expression, connection)
        return found


class _Statement:
    """One statement; compiled when it is first used, since models and settings are ready then."""

    def __init__(self, query: Callable[[], Query]) -> None:
        self._query = query

    @cached_property
    def _ready(self) -> _Compiled:
        compiler = self._query().get_compiler(connection=connection)
        made = compiler.as_sql()
        # An INSERT may need several statements; not for one row.
        ((sql, params),) = made if isinstance(made, list) else [made]
        columns = [column[0] for column in getattr(compiler, "select", None) or ()]
        return _Compiled(sql, tuple(params), compiler, compiler.get_converters(columns))


class Change(_Statement):
    """A statement that writes; see `updating`, `inserting` and `deleting`."""

    def __call__(self, **values: Any) -> int:
        """Runs it with these values. Returns how many rows it changed."""
        with connection.cursor() as cursor:
            cursor.execute(self._ready.sql, self._ready.bound(values))
            return int(cursor.rowcount)


class Tuples(_Statement):
    """The rows of a queryset with `values_list`, as tuples of Python values."""

    def __init__(self, build: Callable[[], QuerySet[Any, Any]]) -> None:
        super().__init__(lambda: build().query)

    def __call__(self, **values: Any) -> list[tuple[Any, ...]]:
        """Runs it with these values."""
        with connection.cursor() as cursor:
            cursor.execute(self._ready.sql, self._ready.bound(values))
            return [tuple(self._ready.converted(row)) for row in cursor.fetchall()]


class Rows(_Statement, Generic[_M]):
    """The rows of a queryset as instances of its model, with those that `select_related` names."""

    def __init__(self, build: Callable[[], QuerySet[_M]]) -> None:
        super().__init__(lambda: build().query)

    def first(self, **values: Any) -> _M | None:
        """The first row with these values, or None."""
        with connection.cursor() as cursor:
            cursor.execute(self._ready.sql, self._ready.bound(values))
            row = cursor.fetchone()
        return None if row is None else self._instance(self._ready.converted(row))

    def _instance(self, row: list[Any]) -> _M:
        model, (start, end), names, populators = self._shape
        found: _M = model.from_db(connection.alias, names, row[start:end])
        for populator in populators:
            populator.populate(row, found)
        return found

    @cached_property
    def _shape(self) -> tuple[Any, tuple[int, int], list[str], list[Any]]:
        """The model, where its columns are and what they are called, and how what belongs to it is
        made of the others."""
        select, info = self._ready.compiler.select, self._ready.compiler.klass_info
        start, end = info["select_fields"][0], info["select_fields"][-1] + 1
        names = [column[0].target.attname for column in select[start:end]]
        populators = get_related_populators(info, select, connection.alias)
        return info["model"], (start, end), names, populators


def by_key(model: type[_M]) -> Callable[[], QuerySet[_M]]:
    """The row of a model by its primary key, a parameter with the name of that field."""
    return lambda: model._default_manager.filter(pk=parameter(model, model._meta.pk.name))


def updating(build: Callable[[], QuerySet[Any]], *fields: str) -> Change:
    """An UPDATE of these fields in the rows of a queryset."""

    def query() -> Query:
        queryset = build()
        made: UpdateQuery = queryset.query.chain(UpdateQuery)  # type: ignore[assignment]
        made.add_update_values({field: parameter(queryset.model, field) for field in fields})
        return made

    return Change(query)


def inserting(model: type[Model]) -> Change:
    """An INSERT of one row; its values are those of all fields, by name."""

    def query() -> Query:
        fields = model._meta.concrete_fields
        made = InsertQuery(model)
        row = model(**{field.attname: parameter(model, field.name) for field in fields})
        made.insert_values(fields, [row])
        return made

    return Change(query)


def deleting(build: Callable[[], QuerySet[Any]]) -> Change:
    """A DELETE of the rows of a queryset, without signals and without what refers to them."""
    return Change(lambda: build().query.chain(DeleteQuery))
