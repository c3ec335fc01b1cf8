"""Fixtures for every test of the project: the fixed cast and one board."""

from __future__ import annotations

import gc
import os
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from _pytest import runner
from asgiref.testing import ApplicationCommunicator
from channels.testing import WebsocketCommunicator
from django.contrib.auth.models import User
from django.core.cache import cache, caches
from django.core.management.commands import flush
from django.db import connection, transaction
from django.utils import translation

from accounts.limits import throttle
from audit import anchor
from audit.models import AuditHead
from audit.triggers import lifted
from boards.levels import AccessLevel
from boards.models import Board
from boards.tests.factories import make_board, make_user
from boards.visits import record as visits
from sync.programs.shared_reads import shared_reads
from tests.patience import PATIENCE, PROMISE_SECONDS, patient
from tests.stack import with_room
from tests.thorough import HINT, make_short

# Servers and commands that tests start need not compile the code again each time.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

APPS, SYSTEM, ALONE = "not system and not alone", "system and not alone", "alone"
"""What the runs of `make test` choose."""
SYSTEM_FOLDERS = ("proof", "tests")
SLOW_FILE_SECONDS = 20
FIRST_FILES = (
    # Its event loop can't run on a thread on which a browser has begun.
    "tests/test_layers.py",
    *("boards/tests/test_every_action.py", "canvas_project/tests/test_poisonous_values.py"),
    *("canvas_project/tests/test_every_address.py", "sync/tests/test_every_message.py"),
    *("canvas_project/tests/test_hostile_values.py", "sync/tests/test_every_action.py"),
    *("canvas_project/tests/test_every_scope.py", "sync/tests/test_large_files.py"),
    "canvas_project/tests/test_openapi_as_everybody.py",
    *("tests/test_processes.py", "tests/test_moving.py", "tests/test_accessibility.py"),
    *("tests/test_browser.py", "tests/test_page_large_work.py", "tests/test_conflicts.py"),
    *("tests/test_ldap.py", "tests/test_stock_client.py", "tests/test_page_large_files.py"),
    *("tests/test_page_comments.py", "tests/test_page_keys.py", "tests/test_page_client_ids.py"),
    *("tests/test_page_networks.py", "tests/test_page_shared.py", "tests/test_page_away.py"),
    *("tests/test_pages.py", "tests/test_backup.py"),
)
"""The others are long: one that began last would leave the other core idle."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Whoever names tests gets all of them: the short run is what `make test` asks for."""
    parser.addoption("--short", action="store_true", help="leave out what tests/thorough lists")


def pytest_report_header(config: pytest.Config) -> str | None:
    """Says what kind of run it is, also where other processes choose the tests."""
    return HINT if config.getoption("short") else None


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Reads no file of which the marks in `make test` choose no test: reading all takes fifteen
    seconds, once for each of the processes of a run.
    """
    named = {Path(argument.partition("::")[0]).resolve() for argument in config.args}
    if collection_path.suffix != ".py" or collection_path in named:
        return None
    is_system = any(
        collection_path.is_relative_to(config.rootpath / name) for name in SYSTEM_FOLDERS
    )
    wanted = config.getoption("markexpr")
    if wanted == APPS:
        return is_system or None
    if wanted == SYSTEM:
        return not is_system or None
    return (wanted == ALONE and "mark.alone" not in collection_path.read_text()) or None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Marks the whole-system tests, and gives every test more time on slow machines.

    Browsers keep an event loop on the main thread, which async tests of one app can't share.
    """
    for item in items:
        if any(item.path.is_relative_to(config.rootpath / name) for name in SYSTEM_FOLDERS):
            item.add_marker("system")
        mark = item.get_closest_marker("timeout")
        seconds = mark.args[0] if mark else float(config.getini("timeout"))
        item.add_marker(pytest.mark.timeout(seconds * PATIENCE), append=False)
    files = [item.path.relative_to(config.rootpath).as_posix() for item in items]
    place = {file: number for number, file in enumerate(FIRST_FILES)}
    is_alone = config.getoption("markexpr") == ALONE

    def order_of(at: int) -> tuple[bool, int]:
        # Event loops of tests can't run on a thread on which a browser has begun.
        is_after = is_alone and items[at].get_closest_marker("browser") is not None
        return is_after, place.get(files[at], len(place))

    order = sorted(range(len(items)), key=order_of)
    items[:] = [items[at] for at in order]
    if config.getoption("short"):
        make_short(config, items)


def pytest_collection_finish() -> None:
    """Leaves everything that is imported by now out of the garbage collection: to look through it
    again and again took a quarter of the time of the apps' tests.
    """
    gc.collect()
    gc.freeze()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool:
    """Runs a test as pytest does, with room on the stack."""
    return with_room(runner.pytest_runtest_protocol, item, nextitem)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Names the slowest files, for the budget in CONTRIBUTING.md."""
    seconds: defaultdict[str, float] = defaultdict(float)
    for reports in terminalreporter.stats.values():
        for report in reports:
            if isinstance(report, pytest.TestReport):
                seconds[report.nodeid.partition("::")[0]] += report.duration
    slowest = sorted((took, file) for file, took in seconds.items() if took >= SLOW_FILE_SECONDS)
    if slowest:
        terminalreporter.section(f"files of {SLOW_FILE_SECONDS} seconds and more")
    for took, file in reversed(slowest):
        terminalreporter.write_line(f"{took:6.1f} s  {file}")


@pytest.fixture(scope="session", autouse=True)
def _audit_log_can_be_flushed() -> Iterator[None]:
    """Tests with real transactions empty all tables at their end, which the triggers of the audit
    log would refuse. They are removed only for the flush, so every test runs with them in place and
    with an empty log as the migrations leave it.
    """
    original = type(connection.ops).execute_sql_flush

    def execute_sql_flush(self: Any, sql_list: Any) -> None:
        with lifted(connection, "test flush"):
            original(self, sql_list)
        with transaction.atomic():
            AuditHead.begin()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(connection.ops), "execute_sql_flush", execute_sql_flush)
        yield


@pytest.fixture(scope="session", autouse=True)
def _permissions_outlive_a_flush() -> Iterator[None]:
    """Making content types and permissions again after each flush would take half the time of the
    tests with real transactions. No test changes those rows.
    """

    def sql_flush(style: Any, connection: Any, **options: Any) -> list[str]:
        tables = connection.introspection.django_table_names(only_existing=True)
        emptied = sorted({*tables} - {"django_content_type", "auth_permission"})
        return list(connection.ops.sql_flush(style, emptied, **options))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(flush, "sql_flush", sql_flush)
        patch.setattr(flush, "emit_post_migrate_signal", lambda *_: None)
        yield


@pytest.fixture(scope="session", autouse=True)
def _patient_communicators() -> Iterator[None]:
    """Test clients of ASGI applications wait one second by default, for things that only have to
    come eventually. A busy machine may stand still for longer.
    """
    waits = {
        ApplicationCommunicator: ("wait", "receive_output"),
        WebsocketCommunicator: ("connect", "disconnect", "receive_from", "receive_json_from"),
    }
    with pytest.MonkeyPatch.context() as patch:
        for kind, names in waits.items():
            for name in names:
                method = getattr(kind, name)
                others = method.__defaults__[:-1]
                patch.setattr(method, "__defaults__", (*others, patient(PROMISE_SECONDS)))
        yield


@pytest.fixture(autouse=True)
def _empty_cache() -> Iterator[None]:
    """Throttles count in the cache, and boards of different tests may have the same ids."""
    cache.clear()
    yield
    cache.clear()
    caches["thumbnails"].clear()
    shared_reads.forget()


@pytest.fixture(autouse=True)
def _no_audit_anchor() -> Iterator[None]:
    """What verification remembers of one test's log is wrong for the next."""
    yield
    anchor.forget()


@pytest.fixture(autouse=True)
def _nothing_is_swept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Once in a minute of the whole run a request would do some more queries than the others."""
    monkeypatch.setattr(throttle, "_swept_at", int(time.time()))
    monkeypatch.setattr(visits, "_ended_at", time.monotonic())


@pytest.fixture(autouse=True)
def _quick_answers(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every answer to an access request takes a quarter of a second in use. Only tests of that
    time, marked with `true_durations`, wait for it.
    """
    if request.node.get_closest_marker("true_durations") is None:
        monkeypatch.setattr("accounts.limits.duration.ANSWER_SECONDS", 0.0)


@pytest.fixture(autouse=True)
def _no_language() -> Iterator[None]:
    """A request leaves its language behind in the thread; the next test starts without one."""
    yield
    translation.deactivate()


@pytest.fixture
def alice(db: None) -> User:
    """Owns the board."""
    return make_user("alice")


@pytest.fixture
def bob(db: None) -> User:
    """Works on the board with alice: may edit."""
    return make_user("bob")


@pytest.fixture
def charlie(db: None) -> User:
    """A stranger: signed in, but with no permission on the board."""
    return make_user("charlie")


@pytest.fixture
def dana(db: None) -> User:
    """Runs the installation: superuser and staff."""
    return make_user("dana", is_superuser=True)


@pytest.fixture
def board(alice: User, bob: User) -> Board:
    """Alice's private board, shared with bob at the edit level."""
    return make_board(alice, shared_with={bob: AccessLevel.EDIT})
