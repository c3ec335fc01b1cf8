"""Conditions and expressions of Django's queries, looked up in a row in memory."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import F, Q, Value
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Coalesce, Length

Row = dict[str, Any]
Test = Callable[[Row], bool]

_TESTS: dict[str, Callable[[Any, Any], bool]] = {
    "exact": lambda value, wanted: value == wanted,
    "in": lambda value, wanted: value in wanted,
    "lt": lambda value, wanted: value is not None and value < wanted,
    "lte": lambda value, wanted: value is not None and value <= wanted,
    "gt": lambda value, wanted: value is not None and value > wanted,
    "gte": lambda value, wanted: value is not None and value >= wanted,
    "range": lambda value, wanted: value is not None and wanted[0] <= value <= wanted[1],
    "isnull": lambda value, wanted: (value is None) == wanted,
}


def test_of(column_of: Callable[[str], str], condition: Any) -> Test:
    """Whether a row meets a `Q`, or a lookup with its value; `column_of` names a field's column."""
    if isinstance(condition, Q):
        tests = [test_of(column_of, child) for child in condition.children]
        combine = all if condition.connector == Q.AND else any
        if condition.negated:
            return lambda row: not combine(test(row) for test in tests)
        return lambda row: combine(test(row) for test in tests)
    name, wanted = condition
    field, _, lookup = name.partition("__")
    column = column_of(field)
    if isinstance(wanted, models.Model):
        wanted = wanted.pk
    if not lookup and wanted is None:
        return lambda row: row[column] is None
    compare = _TESTS[lookup or "exact"]
    return lambda row: compare(row[column], wanted)


def value_of(one: Any, row: Row) -> Any:
    """What an expression is for a row; a plain value is itself."""
    if isinstance(one, F):
        return row[one.name]
    if isinstance(one, Value):
        return one.value
    if isinstance(one, Length):
        value = value_of(one.source_expressions[0], row)
        return None if value is None else len(value)
    if isinstance(one, Coalesce):
        values = (value_of(part, row) for part in one.source_expressions)
        return next((value for value in values if value is not None), None)
    if isinstance(one, CombinedExpression):
        left, right = value_of(one.lhs, row), value_of(one.rhs, row)
        return left + right if one.connector == "+" else left - right
    if isinstance(one, datetime | bytes | str | int | list) or one is None:
        return one
    if hasattr(one, "resolve_expression"):
        raise NotImplementedError(f"the model of the database does not know {one!r}")
    return one
