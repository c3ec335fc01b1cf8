"""`serve --host`: whatever it listens on, the address it prints leads to it."""

import re
import urllib.request
from pathlib import Path

import pytest

from tests.server import Server, until


class OtherHost(Server):
    """A server without demo users, which may listen for others."""

    def listen_on(self, host: str, asked: str) -> "OtherHost":
        """Starts on `host`; `asked` is the address by which this machine reaches it."""
        self.options = ("--host", host)
        self.url = f"http://{asked}:{self.port}"
        self.start()
        return self


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data of one installation that is started again and again."""
    return tmp_path_factory.mktemp("data")


@pytest.mark.parametrize(
    ("host", "shown"),
    [("::1", "[::1]"), ("::", "[::1]"), ("0.0.0.0", "127.0.0.1"), ("127.0.0.1", "127.0.0.1")],
)
def test_the_address_that_is_printed_answers(
    static_root: Path, directory: Path, host: str, shown: str
) -> None:
    server = OtherHost(directory, static_root=static_root)
    begun = server.log.stat().st_size if server.log.exists() else 0
    try:
        server.listen_on(host, shown)
        printed = until(
            lambda: re.search(
                r"The canvas is ready:  (\S+)", server.log.read_bytes()[begun:].decode()
            ),
            lambda found: found is not None,
        )
        assert printed[1] == f"http://{shown}:{server.port}"
        for path in ("/healthz", "/login"):
            with urllib.request.urlopen(f"{printed[1]}{path}", timeout=20) as answer:
                assert answer.status == 200
    finally:
        server.stop()
