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
from collections.abc import Callable, Coroutine, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import asgiref.sync
import channels.layers
import django.db
from django.db import transaction
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
from proof.simulation import queries
from proof.simulation.database import UNIQUE, Database
from proof.simulation.layer import LayerOfProcess
from proof.simulation.loops import SimulatedLoop, SimulatedTask, current_loop
from proof.simulation.present import Present, Time, now, uuid4
from proof.simulation.scheduler import Scheduler
from sync.rooms.events import Listener
from sync.rooms.member import Member
from sync.sockets.backoff import Backoff

ENGINE = ("sync", "boards", "accounts", "audit")


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
    sync.sockets.visitors.backoff = Backoff(Time.monotonic)
    sync.sockets.visitors._recorded.clear()
    sync.sockets.inbox._waiting_in_all = 0
    sync.rooms.limits.NEW_CLIENTS._due_at.clear()
    sync.rooms.limits.NEW_CLIENTS._now = Time.monotonic
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
        (time, Time),
        (time.monotonic, Time.monotonic),
        (uuid.uuid4, uuid4),
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
        (boards.identity.accounts.account_now, queries.account_now),
        (boards.access.subjects.permission_rows, queries.permission_rows),
        (boards.access.subjects.permission_rows_about, queries.permission_rows_about),
        (boards.quotas.checks.bytes_left_on, lambda board_ids: {}),
        (accounts.account_page.menu.picture_of, lambda user: ""),
        (sync.access.identity.authenticate, queries.authenticate),
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
    timezone.now = now
    transaction.atomic = lambda *args, **kwargs: Present.database.atomic()  # type: ignore[assignment]
    for model in UNIQUE:
        model.save = queries.save
    queries.compiled(boards.compiled.Rows, "first", queries.first)
    queries.compiled(boards.compiled.Change, "__call__", queries.changed)


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
