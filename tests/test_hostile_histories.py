"""Hostile histories end well; `CANVAS_TEST_HOSTILE=100000` for the long run.

Some of them on a real server, with a page in the end; `CANVAS_TEST_HOSTILE_LIVE=50` for more.
"""

import os
import subprocess
import sys

import pytest
from playwright.sync_api import Browser

from tests.conftest import MakeServer
from tests.live_histories import BUDGETS, stage
from tests.server import ROOT

HISTORIES = os.environ.get("CANVAS_TEST_HOSTILE", "400")
LIVE = int(os.environ.get("CANVAS_TEST_HOSTILE_LIVE", "2"))


@pytest.mark.timeout(0)
def test_whatever_hostile_editors_write_others_still_sync_and_save() -> None:
    command = [sys.executable, "-m", "proof.fuzz.histories", "--count", HISTORIES]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    assert "0 broken promises" in result.stdout


@pytest.mark.browser
@pytest.mark.timeout(0)
def test_the_same_on_a_real_server_and_a_page(make_server: MakeServer, browser: Browser) -> None:
    with stage(make_server(**BUDGETS), browser) as made:
        for seed in range(1, 1 + LIVE):
            made.play(seed)
        assert made.counts["pages saved"] == LIVE
