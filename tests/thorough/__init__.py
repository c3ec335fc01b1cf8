"""What the short run of the tests leaves out, and which tests show the same kind of thing in it.

`make test` is the short run, `make test ALL=1` runs everything, and so does CI. A test is left out
when it is slow and the short run shows its kind of case in another way: by the same test with other
parameters, by another test of the same feature, or by a quick test of the logic behind it.

The tables are in `apps.py`, `servers.py`, `pages.py` and `editing.py`: for each file the tests that
are left out, and beside each the test that covers it. A test with parameters is named with them, as
pytest prints them; without, all of its parameters are left out. A cover without a path is in the
same file.
"""

from pathlib import Path

import pytest

from tests.thorough.apps import APPS
from tests.thorough.pages import PAGES
from tests.thorough.servers import SERVERS

Table = dict[str, dict[str, str]]

HINT = "short run: without the tests in tests/thorough (make test ALL=1 runs them too)"


def left_out() -> dict[str, str]:
    """The node id of each test that is left out, and the node id of the test that covers it.

    Raises ValueError for a file that is in two tables.
    """
    found: dict[str, str] = {}
    seen: set[str] = set()
    for table in (APPS, SERVERS, PAGES):
        if twice := seen & table.keys():
            raise ValueError(f"in two tables: {sorted(twice)}")
        seen |= table.keys()
        for file, tests in table.items():
            for name, cover in tests.items():
                found[f"{file}::{name}"] = cover if "/" in cover else f"{file}::{cover}"
    return found


def without_parameters(node_id: str) -> str:
    """`a.py::test_b` of `a.py::test_b[c]`."""
    return node_id.partition("[")[0]


def is_left_out(node_id: str, table: dict[str, str]) -> bool:
    """Whether a collected test is left out: by its whole name, or with all of its parameters."""
    return node_id in table or without_parameters(node_id) in table


def make_short(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Takes the tests that are left out away from those to run, and reports them as deselected.

    Not those of files that are named on the command line: a test that is asked for is run.
    """
    table = left_out()
    named = {Path(argument.partition("::")[0]).resolve() for argument in config.args}
    gone = [item for item in items if item.path not in named and is_left_out(item.nodeid, table)]
    if gone:
        config.hook.pytest_deselected(items=gone)
        ids = {id(item) for item in gone}
        items[:] = [item for item in items if id(item) not in ids]
