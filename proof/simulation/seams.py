"""Puts the models in the place of the clock, threads, database and layer of the engine.

Done once in a Python process, which is good for nothing else afterwards. Code of the engine stays
as it is; what its modules have imported is replaced by name: clocks, random numbers, threads, and
the queries that are written below Django's. Everything else is the real code.
"""

from __future__ import annotations

import contextlib
import itertools
import logging
import sys
import time
import types
import uuid
from collections.abc import Callable, Coroutine, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from typing import Any
from uuid import UUID

import asgiref.sync
import channels.layers
import django.db
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Value
from django.db.models.sql import DeleteQuery, InsertQuery
from django.utils import timezone

import accounts.account_page.menu
import accounts.limits.throttle
import audit.origin
import audit.services
import boards.access.subjects
import boards.compiled
import boards.identity.accounts
import boards.identity.tokens
import boards.quotas.checks
import boards.visits.record
import sync.access.handshake
import sync.access.identity
import sync.rooms.announce
import sync.rooms.limits
import sync.rooms.registry
import sync.scheduler
import sync.sockets.admitting
import sync.sockets.consumers
import sync.sockets.inbox
import sync.sockets.visitors
import sync.storage.attempts
import sync.storage.batches
import sync.storage.compaction
import sync.storage.store
import sync.storage.write_lock
import sync.wire.parsed
from audit.actions import AuditVia
from boards.access.subjects import PermissionRow
from boards.models import Board, BoardPermission
from proof.simulation.database import UNIQUE, Database
from proof.simulation.layer import LayerOfProcess
from proof.simulation.loops import SimulatedLoop, SimulatedTask, current_loop, sleep
from proof.simulation.scheduler import Scheduler
from sync.access.identity import Identity
from sync.rooms.events import Listener
from sync.rooms.member import Member
from sync.sockets.backoff import Backoff

ENGINE = ("sync", "boards", "accounts", "audit")
EPOCH = 1_780_000_000.0
THREAD_SECONDS = 0.0002
"""Processor time that passes between two looks at it."""


class Present:
    """The history that is simulated now."""

    scheduler: Scheduler
    database: Database
    layers: dict[SimulatedLoop, LayerOfProcess]
    thread_seconds = 0.0


def begin(
    scheduler: Scheduler, database: Database, layers: dict[SimulatedLoop, LayerOfProcess]
) -> None:
    """From now on the engine lives in this history, with nothing left of the one before."""
    Present.scheduler, Present.database, Present.layers = scheduler, database, layers
    Present.thread_seconds = 0.0
    for model, table in database.tables.items():
        model.objects = table
    SimulatedTask._numbers = itertools.count()
    _number_instances(Member)
    _number_instances(Listener)
    _forget_processes()
    sync.sockets.admitting._open_by_address.clear()
    sync.sockets.admitting._open_by_user.clear()
    sync.sockets.visitors.backoff = Backoff(_Time.monotonic)
    sync.sockets.visitors._recorded.clear()
    sync.sockets.inbox._waiting_in_all = 0
    sync.rooms.limits.NEW_CLIENTS._due_at.clear()
    sync.rooms.limits.NEW_CLIENTS._now = _Time.monotonic
    sync.storage.attempts._current.clear()
    sync.scheduler._threads._next_start = 0.0
    sync.rooms.announce._Outage.until = 0.0
    boards.visits.record._ended_at = scheduler.now


def _forget_processes() -> None:
    """A real process has one loop for all its life, and need not forget what belongs to it."""
    sync.rooms.process.of_loop.clear()
    sync.scheduler._of_loop.clear()
    sync.sockets.inbox._turns.clear()
    sync.sockets.admitting._semaphores.clear()


# --- clocks and random numbers


class _Time:
    """What the engine takes from the module `time`."""

    @staticmethod
    def monotonic() -> float:
        return Present.scheduler.now

    @staticmethod
    def time() -> float:
        return EPOCH + Present.scheduler.now

    @staticmethod
    def thread_time() -> float:
        Present.thread_seconds += THREAD_SECONDS
        return Present.thread_seconds

    sleep = staticmethod(sleep)


def _now() -> datetime:
    return datetime.fromtimestamp(EPOCH + Present.scheduler.now, UTC)


def _uuid4() -> UUID:
    return UUID(int=Present.scheduler.random.getrandbits(128), version=4)


def _number_instances(kind: type) -> None:
    """Gives instances numbers as hashes: sets would otherwise be in the order of addresses."""
    numbers = itertools.count()

    def number_of(self: Any) -> int:
        number = self.__dict__.get("_simulated_number")
        if number is None:
            number = self.__dict__["_simulated_number"] = next(numbers)
        return int(number)

    kind.__hash__ = number_of  # type: ignore[assignment,method-assign]


# --- threads


def _sync_to_async(work: Callable[..., Any], **_: Any) -> Callable[..., Coroutine[Any, Any, Any]]:
    async def run(*args: Any, **kwargs: Any) -> Any:
        loop = current_loop()
        assert loop is not None
        return await loop.run_in_executor(None, partial(work, *args, **kwargs))

    return run


class _Worker:
    """`sync.storage.store.Worker`: one thing after the other, in order."""

    def __init__(self, name: str) -> None:
        self._executor = ThreadPoolExecutor(1)

    def run(self, work: Callable[[], Any]) -> Any:
        loop = current_loop()
        assert loop is not None
        return loop.run_in_executor(self._executor, work)

    def close(self) -> None:
        """Everything that was asked for has been awaited."""


# --- the database below Django's queries


def _first(self: Any, **values: Any) -> Any:
    return Present.database.table(self._model).filter(**values).first()


def _changed(self: Any, **values: Any) -> int:
    table, query = Present.database.table(self._model), self._made
    if isinstance(query, InsertQuery):
        table.create(**values)
        return 1
    key = {table.key: values.pop(table.key)} if table.key in values else values
    rows = table.filter(**key)
    return rows.delete()[0] if isinstance(query, DeleteQuery) else rows.update(**values)


def _compiled(kind: type, call: str, does: Callable[..., Any]) -> None:
    """Statements that Django compiles once: what they are for is in the query they are made of."""

    def run(self: Any, **values: Any) -> Any:
        if "_made" not in self.__dict__:
            self._made = self._query()
            self._model = self._made.model
        return does(self, **values)

    setattr(kind, call, run)


def _save(
    self: Any, *, force_insert: bool = False, update_fields: Iterable[str] | None = None
) -> None:
    table = Present.database.table(type(self))
    values = table.values_of(self)
    if force_insert:
        table.create(**values)
        return
    names = list(values if update_fields is None else update_fields)
    table.filter(pk=self.pk).update(**{name: values[name] for name in names})


def _authenticate(request: Any) -> Identity:
    user = Present.database.table(User).filter(username=request.token).first()
    return Identity(user, AuditVia.TOKEN)


def _account_now(user_id: int) -> Any:
    return Present.database.table(User).filter(pk=user_id).first()


def _permission_rows(board: Board) -> list[PermissionRow]:
    rows = Present.database.table(BoardPermission).filter(board_id=board.pk)
    columns = ("level", "user_id", "group_id", "is_public", Value(value=False))
    found = rows.values_list(*columns)
    return [PermissionRow(*row) for row in found]


def _permission_rows_about(board: Board, person: User | None) -> list[PermissionRow]:
    user_id = None if person is None else person.pk
    return [row for row in _permission_rows(board) if row.is_about(user_id, ())]


def _get_channel_layer() -> LayerOfProcess:
    loop = current_loop()
    assert loop is not None
    return Present.layers[loop]


def _replacements() -> list[tuple[Any, Any]]:
    """What is replaced wherever the engine has imported it, and by what."""
    database = types.SimpleNamespace(
        vendor="sqlite",
        features=types.SimpleNamespace(
            has_select_for_update=False, has_select_for_update_skip_locked=False
        ),
        close=lambda: None,
    )
    return [
        (time, _Time),
        (time.monotonic, _Time.monotonic),
        (uuid.uuid4, _uuid4),
        (sync.wire.parsed.SALT, b"simulated"),
        (asgiref.sync.sync_to_async, _sync_to_async),
        (sync.storage.store.Worker, _Worker),
        (channels.layers.get_channel_layer, _get_channel_layer),
        (django.db.connection, database),
        (django.db.close_old_connections, lambda: None),
        (sync.storage.write_lock.holding_write_lock, _no_lock),
        (sync.storage.batches.write_batches, lambda batches: _database().write_batches(batches)),
        (sync.storage.batches.boards_held, lambda board_ids: _database().boards_held(board_ids)),
        (audit.services.audit_record, lambda **row: _database().audit_record(**row)),
        (accounts.limits.throttle.count_event, _count_event),
        (boards.identity.accounts.account_now, _account_now),
        (boards.access.subjects.permission_rows, _permission_rows),
        (boards.access.subjects.permission_rows_about, _permission_rows_about),
        (boards.quotas.checks.bytes_left_on, lambda board_ids: {}),
        (accounts.account_page.menu.picture_of, lambda user: ""),
        (sync.access.identity.authenticate, _authenticate),
        (sync.access.handshake.is_origin_allowed, lambda scope: True),
        (sync.access.handshake.read_request, lambda scope, board_id: scope["request"]),
        (audit.origin.client_address_of_scope, lambda scope: "192.0.2.1"),
        (audit.origin.forget_request, lambda scope: None),
        (boards.identity.tokens.token_fault, lambda token: None),
    ]


def _database() -> Database:
    return Present.database


@contextlib.contextmanager
def _no_lock(**_: Any) -> Any:
    """Whoever waits for the write lock waits for the database."""
    yield


def _count_event(limit: Any, *, write: Callable[[], object] | None = None) -> Any:
    return Present.database.count_event(limit, write=write)


def install() -> None:
    """Replaces everything. Call it once, after Django is set up and the engine is imported."""
    logging.disable(logging.CRITICAL)
    replaced = {id(old): (old, new) for old, new in _replacements()}
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] in ENGINE:
            _replace_in(module, replaced)
    timezone.now = _now
    transaction.atomic = lambda *args, **kwargs: Present.database.atomic()  # type: ignore[assignment]
    for model in UNIQUE:
        model.save = _save
    _compiled(boards.compiled.Rows, "first", _first)
    _compiled(boards.compiled.Change, "__call__", _changed)


def _replace_in(module: types.ModuleType, replaced: Mapping[int, tuple[Any, Any]]) -> None:
    for name, value in list(vars(module).items()):
        if id(value) in replaced:
            setattr(module, name, replaced[id(value)][1])
        elif isinstance(value, type) and value.__module__ == module.__name__:
            _replace_defaults(value.__init__, replaced)  # type: ignore[misc]


def _replace_defaults(function: Any, replaced: Mapping[int, tuple[Any, Any]]) -> None:
    """Clocks and random ids are also defaults of arguments and of fields of dataclasses."""
    defaults = getattr(function, "__defaults__", None)
    if defaults:
        function.__defaults__ = tuple(
            replaced[id(one)][1] if id(one) in replaced else one for one in defaults
        )
    for cell in getattr(function, "__closure__", None) or ():
        with contextlib.suppress(ValueError):  # an empty cell
            if id(cell.cell_contents) in replaced:
                cell.cell_contents = replaced[id(cell.cell_contents)][1]
