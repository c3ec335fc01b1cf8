"""The fuzzing command runs clean; `CANVAS_TEST_MUTANTS=10000000` for the long run."""

import os
import subprocess
import sys

import pytest

from tests.server import ROOT

MUTANTS = os.environ.get("CANVAS_TEST_MUTANTS", "60000")


@pytest.mark.timeout(0)
def test_mutated_updates_crash_nothing_and_read_the_same_in_yjs() -> None:
    command = [sys.executable, "-m", "tests.fuzz_updates", "--count", MUTANTS, "--seed", "1"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    assert "0 differences" in result.stdout
