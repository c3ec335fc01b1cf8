"""Hostile histories end well; `CANVAS_TEST_HOSTILE=100000` for the long run."""

import os
import subprocess
import sys

import pytest

from tests.server import ROOT

HISTORIES = os.environ.get("CANVAS_TEST_HOSTILE", "400")


@pytest.mark.timeout(0)
def test_whatever_hostile_editors_write_others_still_sync_and_save() -> None:
    command = [sys.executable, "-m", "tests.hostile_histories", "--count", HISTORIES]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    assert "0 broken promises" in result.stdout
