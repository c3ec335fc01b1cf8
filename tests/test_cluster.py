"""`make cluster`: one command, and again after any interruption."""

import fcntl
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from tests.clusters import ClusterUnderTest
from tests.conftest import MakeStockClient
from tests.patience import patient
from tests.ports import free_ports
from tests.server import ROOT, StockClient, until

pytestmark = pytest.mark.timeout(240)


def _members(cluster: ClusterUnderTest, *names: str) -> list[int]:
    return [int(cluster.service(name)["pid"]) for name in names]


def _is_gone(pid: int) -> bool:
    return not Path(f"/proc/{pid}").exists()


def _niceness_of_session(pid: int) -> int:
    """0 for sessions and on systems that have none."""
    group = Path(f"/proc/{pid}/autogroup")
    told = group.read_text().split() if group.exists() else []
    return int(told[-1]) if told else 0


def test_it_serves_through_the_proxy_and_starts_again_after_a_kill(
    tmp_path: Path, static_root: Path, stock_client: MakeStockClient
) -> None:
    cluster = ClusterUnderTest(tmp_path, static_root=static_root, servers=2, bus="redis").start()
    try:
        server = cluster.server
        assert "alice, bob, charlie, admin" in cluster.printed
        assert f"http://127.0.0.1:{server.port}/board/" in cluster.printed
        with urllib.request.urlopen(f"{server.url}/login", timeout=10) as answer:
            assert answer.headers["Server"] == "nginx"
        board = server.new_board(bob="edit")
        alice = stock_client(server, board, server.token("alice")).until_synced()
        alice.call("burst", prefix="e", count=20)
        alice.until("isSaved", bool)
        for pid in _members(cluster, *cluster.server_names):
            until(lambda pid=pid: _niceness_of_session(pid), lambda niceness: niceness == 0)
        names = ["PostgreSQL", "Redis", "nginx", *cluster.server_names]
        pids = _members(cluster, *names)
        cluster.stop(signal.SIGKILL)
        alice.close()
        cluster.start()
        assert all(_is_gone(pid) for pid in pids)
        bob = stock_client(server, board, server.token("bob")).until_synced()
        assert len(bob.call("content")) == 20
        _is_told_to_come_back(cluster, bob)
        assert all(_is_gone(pid) for pid in _members(cluster, *names))
    finally:
        cluster.stop()


def _is_told_to_come_back(cluster: ClusterUnderTest, client: StockClient) -> None:
    """Ctrl-C: servers shut down before the proxy and the database do."""
    assert cluster.stop() == 0
    state = client.until("state", lambda state: state["closes"])
    assert state["closes"][0]["code"] == 4500


def _run(data_dir: Path, *arguments: str, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "deploy.cluster", *arguments],
        cwd=ROOT,
        env={**os.environ, "CANVAS_DATA_DIR": str(data_dir), **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=patient(60),
    )
    assert done.returncode == 1
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1, done.stderr
    return done.stderr


def test_a_port_in_use_is_named(tmp_path: Path) -> None:
    first = free_ports(6)
    with socket.create_server(("127.0.0.1", first + 1)):
        assert f"port {first + 1} already" in _run(tmp_path, "--port", str(first))


def test_a_second_one_on_the_same_data_is_refused(tmp_path: Path) -> None:
    (tmp_path / "cluster").mkdir()
    with (tmp_path / "cluster" / "cluster.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        lock.write("4711")
        lock.flush()
        assert "process 4711" in _run(tmp_path)


@pytest.mark.parametrize(("program", "package"), [("PostgreSQL", "postgresql")])
def test_a_missing_program_is_named(
    tmp_path: Path, program: str, package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Data of a PostgreSQL that is not installed here."""
    data = tmp_path / "cluster" / "postgres" / "data"
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("7\n")
    said = _run(tmp_path, "--port", str(free_ports(6)), PATH="/nonexistent")
    assert f"{program} 7 is not installed" in said
    assert f"{package}-7" in said
    until(lambda: (tmp_path / "cluster" / "state.json").exists(), lambda is_there: not is_there)
