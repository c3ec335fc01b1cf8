"""Short runs of the fuzzers; `CANVAS_TEST_MUTANTS=10000000` and `CANVAS_FUZZ_RUNS=100000` for more.

The longest ones are commands: `python -m proof.fuzz`.
"""

import json
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from proof.fuzz import sockets
from proof.fuzz.corpus import kept
from proof.fuzz.covered import BrokenError, fuzz
from proof.fuzz.mutants import crossed, mutate
from proof.fuzz.results import ROOT, record
from proof.fuzz.targets import TARGETS

MUTANTS = os.environ.get("CANVAS_TEST_MUTANTS", "60000")
RUNS = int(os.environ.get("CANVAS_FUZZ_RUNS", "150"))
MAX_MS = 1000
"""The bound is loose: on a shared machine attackers take the time of the people's process."""


@pytest.mark.timeout(0)
def test_mutated_updates_crash_nothing_and_read_the_same_in_yjs() -> None:
    command = [sys.executable, "-m", "proof.fuzz.updates", "--count", MUTANTS, "--seed", "1"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    assert "0 differences" in result.stdout


@pytest.mark.parametrize("target", TARGETS)
def test_what_once_broke_a_target_or_reaches_far_breaks_it_no_more(target: str) -> None:
    inputs = kept(target)
    assert len(inputs) >= 3
    for name, data in inputs.items():
        try:
            TARGETS[target](data)
        except Exception as error:
            error.add_note(f"proof/fuzz/corpus/{target}/{name}")
            raise


@pytest.mark.parametrize("target", TARGETS)
@given(seed=st.integers(0, 2**64), other=st.binary(max_size=64))
@settings(
    max_examples=RUNS, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_no_bytes_break_a_target(target: str, seed: int, other: bytes) -> None:
    rnd, inputs = random.Random(seed), [*kept(target).values()]
    one = rnd.choice(inputs)
    data = (
        mutate(one, rnd),
        crossed(one, rnd.choice(inputs), rnd),
        crossed(one, other, rnd),
        other,
    )
    TARGETS[target](rnd.choice(data))


@pytest.mark.timeout(120)
def test_a_fuzzer_finds_what_is_broken_and_keeps_it(tmp_path: Path) -> None:
    name = "proof.tests.broken_target:read"
    (tmp_path / name).mkdir()
    with pytest.raises(BrokenError, match="IndexError"):
        fuzz(name, runs=2_000_000, corpus=tmp_path)
    assert len(list((tmp_path / name).iterdir())) == 1
    (tmp_path / "frame").mkdir()
    assert fuzz("frame", runs=3_000, corpus=tmp_path)["runs"] >= 3_000


@pytest.mark.alone
@pytest.mark.timeout(300)
def test_broken_frames_on_live_sockets_harm_nobody_else() -> None:
    outcome = sockets.run(2_000, seed=1, before_seconds=2)
    assert outcome.frames == 2_000
    assert outcome.sent["closed with 4400"] > 20, "the attackers broke no rule"
    assert outcome.closed == outcome.missing == []
    assert outcome.during["p99 ms"] < MAX_MS


def test_the_command_counts_and_exits_well(tmp_path: Path) -> None:
    path = tmp_path / "fuzz.json"
    for options in (
        ["updates", "--count", "4000"],
        ["inputs", "--seconds", "1", "--targets", "json"],
    ):
        command = [sys.executable, "-m", "proof.fuzz", *options, "--results", str(path)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    found = json.loads(path.read_text())
    assert found["updates"]["mutants"] == 4_000
    assert found["inputs"]["json"]["runs"] > 0


def test_the_counts_of_one_run_leave_those_of_others(tmp_path: Path) -> None:
    path = tmp_path / "fuzz.json"
    record("one", {"runs": 1}, path)
    record("other", {"runs": 2}, path)
    record("one", {"runs": 3}, path)
    found = json.loads(path.read_text())
    assert (found["one"]["runs"], found["other"]["runs"]) == (3, 2)
    assert {"commit", "machine", "python", "ended"} <= found["one"].keys()
