"""Short versions of some floods of `python -m tests.floods`: people on other boards continue to
draw.
"""

from pathlib import Path

import pytest

from tests.floods import run

pytestmark = pytest.mark.alone


def test_people_draw_on_while_others_flood(tmp_path: Path) -> None:
    # The bound is loose: on a shared machine the attackers take the time of the people's process.
    results = run(["pings", "fragments", "half frames"], 3, [1], 1000, tmp_path)
    assert [one for one in results if not one.is_good(1000)] == []
