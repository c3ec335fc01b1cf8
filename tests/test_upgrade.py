"""An upgrade without a break: the version before serves on while the new one starts beside it."""

import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import MakeStockClient, service
from tests.nginx import nginx
from tests.previous_version import previous_version, unpack
from tests.server import ROOT, Server, StockClient
from tests.services import Service, postgres_server

pytestmark = pytest.mark.timeout(180)
COME_BACK = {4500, 1006}
"""The server is restarting; a connection was lost, or an attempt failed."""


@pytest.fixture(scope="module")
def previous(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The code of the version before."""
    version = previous_version()
    if version is None:
        warnings.warn(
            "This clone has no earlier version (a shallow clone, or no repository): the test runs "
            "this version beside itself, and says nothing about migrations. Fetch the history "
            "with `git fetch --unshallow`.",
            stacklevel=1,
        )
        return ROOT
    return unpack(version, tmp_path_factory.mktemp("previous") / "canvas")


@pytest.fixture
def postgres() -> Iterator[Service]:
    """An empty one."""
    with service(postgres_server) as running:
        yield running


def test_people_draw_on_while_the_server_is_upgraded(
    previous: Path,
    postgres: Service,
    redis_url: str,
    static_root: Path,
    tmp_path: Path,
    stock_client: MakeStockClient,
) -> None:
    shared = {
        "DATABASE_URL": postgres.url,
        "CANVAS_REDIS_URL": redis_url,
        "CANVAS_TRUSTED_PROXY_HOPS": "1",
    }
    old, new = (Server(tmp_path, static_root=static_root, **shared) for _ in range(2))
    old.root = previous
    addresses = [f"127.0.0.1:{server.port}" for server in (old, new)]
    proxy = Server(tmp_path, static_root=static_root)
    with nginx(addresses) as running:
        proxy.use_port(running.port)
        try:
            old.start()
            board = proxy.new_board(bob="edit")
            people = [
                stock_client(proxy, board, proxy.token(name)).until_synced()
                for name in ("alice", "bob")
            ]
            _draw(people, "before")
            new.start()  # and migrates the database
            _draw(people, "meanwhile")
            _use(old)
            _use(new)
            old.stop()
            _draw(people, "after")
            for one in people:
                one.until("isSaved", bool)
                one.until("content", lambda content: len(content) == 3 * 2 * 5)
                assert {close["code"] for close in one.call("state")["closes"]} <= COME_BACK
            late = stock_client(proxy, board, proxy.token("alice")).until_synced()
            assert late.call("content") == people[0].call("content") == people[1].call("content")
        finally:
            old.stop()
            new.stop()


def _draw(people: list[StockClient], when: str) -> None:
    for number, one in enumerate(people):
        one.call("burst", prefix=f"{when}-{number}-", count=5)
    for one in people:
        one.until("isSaved", bool)


def _use(server: Server) -> None:
    """Writes rows of most tables."""
    token = server.token("alice")
    board = server.new_board(bob="edit")
    for path, body in (
        ("comments", {"body": "Well?", "anchor": {"x": 1, "y": 1}}),
        ("links", {"level": "view"}),
        ("versions", {"name": "First"}),
        ("elements", {"create": [{"type": "rectangle", "x": 1, "y": 1}]}),
        ("duplicate", {}),
    ):
        status, answer = server.call("POST", f"boards/{board}/{path}", body, token)
        assert status in {200, 201}, (path, answer)
    assert server.call("PATCH", f"boards/{board}", {"title": "Other"}, token)[0] == 200
    assert server.call("DELETE", f"boards/{board}", None, token)[0] == 204
    assert server.call("POST", f"boards/{board}/restore", {}, token)[0] == 200
