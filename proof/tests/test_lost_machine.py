"""Nobody waits for the locks of a machine that is gone without a word.

After all tests of the page: a browser whose machine gets a new network gives up what it is loading.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import pytest

from tests.conftest import MakeServer, MakeStockClient, service
from tests.locked import holder, is_locked, pair_on, until_it_holds
from tests.network import BACK, COMMAND, Network, is_possible
from tests.services import postgres_server

LOST_SECONDS = 20
"""PostgreSQL gives a machine up after 11."""
pytestmark = [pytest.mark.timeout(180), pytest.mark.alone]


@pytest.fixture
def network() -> Iterator[Network]:
    made = Network()
    yield made
    made.close()


def test_a_lost_machine_keeps_nobody_from_drawing(
    prepared_postgres: Path,
    network: Network,
    make_server: MakeServer,
    stock_client: MakeStockClient,
) -> None:
    with ExitStack() as stack:
        back = network.address(BACK)
        start = partial(postgres_server, prepared_postgres, back)
        postgres = stack.enter_context(service(start))
        pair = pair_on(postgres, make_server, stock_client)
        url = postgres.url.replace("127.0.0.1", back)
        process = stack.enter_context(holder(url, pair.board, COMMAND))
        cables = network.connect(0, process.pid)
        until_it_holds(process)
        for cable in cables.values():
            cable.pull()
        assert is_locked(postgres, pair.board)
        pair.draw()
        pair.until_equal(seconds=LOST_SECONDS)


if not is_possible():
    del test_a_lost_machine_keeps_nobody_from_drawing
