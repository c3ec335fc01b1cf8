"""Fixtures of the whole-system tests: a server as users start it, and clients that end with it."""

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.chromium import CHROMIUM_ARGUMENTS, chromium_path
from tests.contexts import Contexts
from tests.identity_provider import IdentityProvider
from tests.page import VIEWPORT, BoardPage
from tests.patience import patient
from tests.prepared import collect_static, copy_data, make_data, make_postgres, once
from tests.server import QUICK_HASHES, ROOT, Server, StockClient
from tests.services import Missing, Service, postgres_server, redis_server, shared_settings

# Playwright's blocking interface runs an event loop of its own in this thread.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
# Of its own it would wait 5 seconds, also on slow machines.
expect.set_options(timeout=1000 * patient(10))

__all__ = ["MakeServer", "MakeStockClient", "NewData", "OpenPage", "service", "shared_settings"]

MakeServer = Callable[..., Server]
NewData = Callable[..., Path]
MakeStockClient = Callable[..., StockClient]
OpenPage = Callable[..., BoardPage]


@pytest.fixture(scope="session")
def shared_directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory of all workers of a run, or of several runs that follow each other."""
    if "CANVAS_TEST_SHARED" in os.environ:
        return Path(os.environ["CANVAS_TEST_SHARED"])
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


@pytest.fixture(scope="session")
def static_root(shared_directory: Path) -> Path:
    """The built front end, collected once per run."""
    if not (ROOT / "frontend" / "dist" / "manifest.json").exists():
        pytest.fail("The front end is not built: run `make setup`.")
    return once(shared_directory, "static", collect_static)


@pytest.fixture(scope="session")
def prepared(shared_directory: Path) -> Path:
    """The data directory that servers with SQLite begin with."""
    return once(shared_directory, "prepared", make_data)


@pytest.fixture(scope="session")
def prepared_postgres(shared_directory: Path, prepared: Path) -> Path:
    """The files that PostgreSQL servers begin with."""
    return once(shared_directory, "prepared-postgres", partial(make_postgres, prepared))


@pytest.fixture(scope="session")
def new_data(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> NewData:
    """Makes data directories for servers: with the prepared rows, unless they are elsewhere."""

    def make(*, with_rows: bool = True) -> Path:
        data = tmp_path_factory.mktemp("data")
        copy_data(prepared, data, with_rows=with_rows)
        return data

    return make


@pytest.fixture(scope="module")
def make_server(static_root: Path, new_data: NewData) -> Iterator[MakeServer]:
    """Starts servers that live until the end of the module."""
    servers: list[Server] = []

    def make(**environment: str) -> Server:
        data = new_data(with_rows="DATABASE_URL" not in environment)
        server = Server(data, static_root=static_root, **{**QUICK_HASHES, **environment})
        servers.append(server)
        return server.start()

    yield make
    for server in servers:
        server.stop()


@pytest.fixture(scope="session")
def server(static_root: Path, new_data: NewData) -> Iterator[Server]:
    """One server for all tests that leave it intact."""
    server = Server(new_data(), static_root=static_root, **QUICK_HASHES).start()
    yield server
    server.stop()


@pytest.fixture
def own_server(static_root: Path, new_data: NewData) -> Iterator[Server]:
    """A server for one test, which may kill and start it."""
    server = Server(new_data(), static_root=static_root, **QUICK_HASHES).start()
    yield server
    server.stop()


@pytest.fixture
def stock_client() -> Iterator[MakeStockClient]:
    """Opens stock clients; all are ended with the test."""
    clients: list[StockClient] = []

    def make(server: Server, board: str, token: str | None = None) -> StockClient:
        client = StockClient.alone(server, board, token)
        clients.append(client)
        return client

    yield make
    for client in clients:
        client.close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A Chromium for all windows of the run."""
    path = chromium_path()
    if path is None:
        pytest.fail("Chromium is not installed: `make services`.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def contexts(browser: Browser) -> Contexts:
    """What windows are opened in, one test after the other."""
    return Contexts(browser)


@pytest.fixture
def open_page(
    browser: Browser, contexts: Contexts, request: pytest.FixtureRequest
) -> Iterator[OpenPage]:
    """Opens windows. At the end none may have seen an error or requested another host.

    Their service worker would load everything for a time without network, which costs as much as
    the page itself. Only tests that are marked with `worker` have it. A browser that has never been
    there, and whose context nobody uses afterwards, is that of tests marked with `first_visit`.
    """
    pages: list[tuple[BoardPage, dict[str, Any]]] = []
    has_worker = request.node.get_closest_marker("worker") is not None
    workers = {"service_workers": "allow" if has_worker else "block"}
    is_first_visit = request.node.get_closest_marker("first_visit") is not None
    used = Contexts(browser) if is_first_visit else contexts

    def make(server: Server, **chosen: Any) -> BoardPage:
        options = {"viewport": VIEWPORT, **workers, **chosen}
        page = BoardPage(used.take(server, options), server, **options)
        pages.append((page, options))
        return page

    yield make
    for page, options in pages:
        used.give_back(page.server, options, page.context)
    if is_first_visit:
        used.close()
    assert [error for page, _ in pages for error in page.errors] == []
    assert [url for page, _ in pages for url in page.foreign_requests] == []


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """A Redis server for all tests that leave it intact."""
    with service(redis_server) as redis:
        yield redis.url


@pytest.fixture(scope="module")
def redis() -> Iterator[Service]:
    """A Redis server for one module, which may freeze and end it."""
    with service(redis_server) as running:
        yield running


@pytest.fixture(scope="session")
def postgres_url(prepared_postgres: Path) -> Iterator[str]:
    """A PostgreSQL server for all tests that leave it intact."""
    with service(partial(postgres_server, prepared_postgres)) as postgres:
        yield postgres.url


@pytest.fixture(scope="module")
def postgres(prepared_postgres: Path) -> Iterator[Service]:
    """A PostgreSQL server for one module, which may freeze and end it."""
    with service(partial(postgres_server, prepared_postgres)) as running:
        yield running


@pytest.fixture(scope="module")
def provider() -> Iterator[IdentityProvider]:
    """An identity provider for one module, which starts it for its server."""
    made = IdentityProvider()
    yield made
    made.stop()


@contextmanager
def service(start: Callable[[], AbstractContextManager[Service]]) -> Iterator[Service]:
    """Starts a service; the test fails if the machine does not have it."""
    try:
        with start() as running:
            yield running
    except Missing as missing:
        pytest.fail(str(missing))
