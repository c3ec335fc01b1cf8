"""What the engine asks below Django's queries, answered from tables in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Value
from django.db.models.sql import DeleteQuery, InsertQuery

from audit.actions import AuditVia
from boards.access.subjects import PermissionRow
from boards.models import Board, BoardPermission
from proof.simulation.present import Present
from sync.access.identity import Identity


def first(self: Any, **values: Any) -> Any:
    """`boards.compiled.Rows.first`; `self` as `compiled` prepares it."""
    return Present.database.table(self._model).filter(**values).first()


def changed(self: Any, **values: Any) -> int:
    """`boards.compiled.Change`, likewise."""
    table, query = Present.database.table(self._model), self._made
    if isinstance(query, InsertQuery):
        table.create(**values)
        return 1
    key = {table.key: values.pop(table.key)} if table.key in values else values
    rows = table.filter(**key)
    return rows.delete()[0] if isinstance(query, DeleteQuery) else rows.update(**values)


def compiled(kind: type, call: str, does: Callable[..., Any]) -> None:
    """Lets `does` answer for statements that Django compiles once: what they are for is in the
    query they are made of.
    """

    def run(self: Any, **values: Any) -> Any:
        if "_made" not in self.__dict__:
            self._made = self._query()
            self._model = self._made.model
        return does(self, **values)

    setattr(kind, call, run)


def save(
    self: Any, *, force_insert: bool = False, update_fields: Iterable[str] | None = None
) -> None:
    """`Model.save`."""
    table = Present.database.table(type(self))
    values = table.values_of(self)
    if force_insert:
        table.create(**values)
        return
    names = list(values if update_fields is None else update_fields)
    table.filter(pk=self.pk).update(**{name: values[name] for name in names})


def authenticate(request: Any) -> Identity:
    """`sync.access.identity.authenticate`: a token is the name of its person."""
    user = Present.database.table(User).filter(username=request.token).first()
    return Identity(user, AuditVia.TOKEN)


def account_now(user_id: int) -> Any:
    """`boards.identity.accounts.account_now`."""
    return Present.database.table(User).filter(pk=user_id).first()


def permission_rows(board: Board) -> list[PermissionRow]:
    """`boards.access.subjects.permission_rows`."""
    rows = Present.database.table(BoardPermission).filter(board_id=board.pk)
    columns = ("level", "user_id", "group_id", "is_public", Value(value=False))
    found = rows.values_list(*columns)
    return [PermissionRow(*row) for row in found]


def permission_rows_about(board: Board, person: User | None) -> list[PermissionRow]:
    """`boards.access.subjects.permission_rows_about`."""
    user_id = None if person is None else person.pk
    return [row for row in permission_rows(board) if row.is_about(user_id, ())]
