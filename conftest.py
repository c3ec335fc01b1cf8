"""Fixtures for every test of the project: the fixed cast and one board."""

from __future__ import annotations

import os
import sys
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache, caches
from django.core.management.commands import flush
from django.db import connection, transaction
from django.utils import translation

from audit import anchor
from audit.models import AuditHead
from audit.triggers import lifted
from boards.levels import AccessLevel
from boards.models import Board
from boards.tests.factories import make_board, make_user
from sync.programs.shared_reads import shared_reads
from tests.patience import PATIENCE

# Servers and commands that tests start need not compile the code again each time.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

SLOW_FILE_SECONDS = 20
FIRST_FILES = (
    # Its event loop can't run on a thread on which a browser has begun.
    "tests/test_layers.py",
    *("boards/tests/test_every_action.py", "canvas_project/tests/test_every_address.py"),
    *("sync/tests/test_every_action.py", "canvas_project/tests/test_poisonous_values.py"),
    *("tests/test_processes.py", "tests/test_browser.py", "tests/test_moving.py"),
    *("tests/test_accessibility.py", "tests/test_page_download.py", "tests/test_page_networks.py"),
    *("tests/test_page_large_files.py", "tests/test_stock_client.py", "tests/test_conflicts.py"),
)
"""The others are long: one that began last would leave the other core idle."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Marks the whole-system tests, and gives every test more time on slow machines.

    Browsers keep an event loop on the main thread, which async tests of one app can't share.
    """
    for item in items:
        if item.path.is_relative_to(config.rootpath / "tests"):
            item.add_marker("system")
        mark = item.get_closest_marker("timeout")
        seconds = mark.args[0] if mark else float(config.getini("timeout"))
        item.add_marker(pytest.mark.timeout(seconds * PATIENCE), append=False)
    files = [item.path.relative_to(config.rootpath).as_posix() for item in items]
    place = {file: number for number, file in enumerate(FIRST_FILES)}
    order = sorted(range(len(items)), key=lambda at: place.get(files[at], len(place)))
    items[:] = [items[at] for at in order]


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
