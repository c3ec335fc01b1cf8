"""People who draw, lose the network, reload and come back at random, in real browsers.

`CANVAS_TEST_PAGE_SEEDS=200 pytest -s tests/test_page_scripts.py` for the long run;
`CANVAS_TEST_PAGE_FIRST` is the seed to begin with.
"""

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.page_compare import Figures
from tests.page_people import Person, people_of
from tests.page_scripts import Script
from tests.server import Server

SEEDS = int(os.environ.get("CANVAS_TEST_PAGE_SEEDS", "2"))
FIRST = int(os.environ.get("CANVAS_TEST_PAGE_FIRST", "1"))

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def people(browser: Browser, server: Server) -> Iterator[list[Person]]:
    """Five devices of four people."""
    people = people_of(browser, server)
    yield people
    for person in people:
        person.home.context.close()


@pytest.fixture(scope="module")
def total() -> Iterator[Figures]:
    """Adds up over all scripts, and says so in the end."""
    figures = Figures()
    yield figures
    print(f"\n{figures}")


@pytest.mark.parametrize("seed", range(FIRST, FIRST + SEEDS))
def test_a_random_script_ends_equal_and_asks_about_every_conflict(
    server: Server, people: list[Person], total: Figures, seed: int
) -> None:
    figures = Script(seed, server, people).run()
    total.add(figures)
    print(f"\nseed {seed}: {figures}")
