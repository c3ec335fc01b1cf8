"""Nobody who draws waits long for other writers; `python -m tests.fairness` measures it."""

import pytest

from tests.conftest import MakeServer
from tests.fairness import LIMITS, measure, slowest_hundredth

pytestmark = pytest.mark.alone


def test_people_who_draw_do_not_wait_for_programs_versions_imports_and_compactions(
    make_server: MakeServer,
) -> None:
    """Loose, as the machine may be busy; with the order of locks wrong it is two seconds."""
    without, beside, did = measure(make_server(**LIMITS), people=10, seconds=2, rounds=1)
    assert "writes by REST" in did
    assert "versions" in did
    assert slowest_hundredth(beside) < max(1000, 10 * slowest_hundredth(without))
