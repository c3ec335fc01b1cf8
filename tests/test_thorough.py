"""What the short run leaves out exists, and everything that covers it is still in the short run."""

import re
import subprocess
import sys
from functools import cache
from types import SimpleNamespace
from typing import Any, cast

from tests.network import is_possible
from tests.server import ROOT
from tests.thorough import is_left_out, left_out, make_short, without_parameters
from tests.thorough.servers import NEEDS_NETWORKS

TABLE = left_out()
_PROMISED = re.compile(r"`([\w./-]+\.py::\w+)`")


@cache
def collected() -> frozenset[str]:
    """The node ids of all tests there are, with their parameters."""
    return frozenset(line for line in shown_by().splitlines() if ".py::" in line)


@cache
def by_test() -> dict[str, list[str]]:
    """The node ids of each test."""
    found: dict[str, list[str]] = {}
    for node_id in collected():
        found.setdefault(without_parameters(node_id), []).append(node_id)
    return found


def named_by(node_id: str) -> list[str]:
    """The collected tests that an entry means: one, or a test with all of its parameters."""
    return [node_id] if node_id in collected() else by_test().get(node_id, [])


def is_in_the_short_run(node_id: str) -> bool:
    return any(not is_left_out(one, TABLE) for one in named_by(node_id))


def is_absent(entry: str) -> bool:
    """Whether this machine can't have the test."""
    return entry in NEEDS_NETWORKS and not is_possible()


def is_a_test_of_the_page(cover: str) -> bool:
    """Those are all in the short run."""
    path, _, name = cover.partition("::")
    file = ROOT / path
    return file.suffix in (".ts", ".tsx") and file.exists() and name in file.read_text()


def test_every_entry_names_a_test() -> None:
    assert [entry for entry in TABLE if not named_by(entry) and not is_absent(entry)] == []


def test_every_cover_is_a_test_of_the_short_run() -> None:
    assert [
        (entry, cover)
        for entry, cover in TABLE.items()
        if not (is_a_test_of_the_page(cover) or is_in_the_short_run(cover) or is_absent(entry))
    ] == []


def test_a_file_is_left_out_only_where_another_one_covers_it() -> None:
    kept = {one.partition("::")[0] for one in collected() if not is_left_out(one, TABLE)}
    alone = [
        entry
        for entry, cover in TABLE.items()
        if (file := entry.partition("::")[0]) not in kept and cover.startswith(f"{file}::")
    ]
    assert alone == []


def test_each_promise_keeps_a_test() -> None:
    rows = re.findall(r"^\| (\d+\.\d+) \|(.*)$", (ROOT / "docs/promises.md").read_text(), re.M)
    assert len(rows) >= 40
    bare = [
        number
        for number, row in rows
        if (tests := _PROMISED.findall(row)) and not any(map(is_in_the_short_run, tests))
    ]
    assert bare == []


def test_what_is_named_is_not_left_out() -> None:
    entry = next(iter(TABLE))
    file = ROOT / entry.partition("::")[0]
    gone: list[Any] = []

    def left_of(*arguments: str) -> list[Any]:
        hook = SimpleNamespace(pytest_deselected=lambda items: gone.extend(items))
        items = [SimpleNamespace(nodeid=entry, path=file)]
        make_short(cast(Any, SimpleNamespace(args=arguments, hook=hook)), cast(Any, items))
        return items

    assert len(left_of(str(file))) == len(left_of(f"{file}::test_one")) == 1
    assert gone == []
    assert left_of(str(file.parent)) == left_of() == []
    assert len(gone) == 2


def test_the_short_run_reports_what_it_leaves_out() -> None:
    entry = next(iter(TABLE))
    file, _, name = entry.partition("::")
    chosen = ("--short", "-k", without_parameters(name), file.rpartition("/")[0])
    shown = shown_by(*chosen)
    assert without_parameters(entry) in shown
    assert entry not in shown
    assert "deselected" in shown


def shown_by(*arguments: str) -> str:
    """What pytest collects."""
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider"]
    done = subprocess.run(
        [*command, *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
