"""Changes at the same moment miss nobody, and never wait for each other in a circle."""

import pytest

from tests.conftest import NewData
from tests.prepared import run_program
from tests.services import Service

pytestmark = pytest.mark.timeout(180)


def test_changes_at_once_miss_nobody_on_sqlite(new_data: NewData) -> None:
    run_program("tests.changes_at_once", new_data(), "")


def test_changes_at_once_miss_nobody_and_never_deadlock(
    new_data: NewData, postgres: Service
) -> None:
    run_program("tests.changes_at_once", new_data(with_rows=False), postgres.url)
