"""Elements made to hurt: the server refuses them in words, and a page that meets them works on."""

import contextlib
import json
import random

import pytest
from pycrdt import Map

from sync.document.document import Document
from sync.drawing.scene import elements_of
from sync.tests.histories import Author
from sync.wire.frames import MalformedError
from sync.wire.update import parse
from tests.conftest import OpenPage
from tests.poison import USABLE_SECONDS, open_poisoned, poison, store
from tests.server import Server


@pytest.mark.parametrize("seed", range(5))
def test_the_server_takes_poison_or_says_what_is_wrong(seed: int) -> None:
    rnd = random.Random(seed)
    outcomes = set()
    for number in range(60):
        element_id, groups = json.loads(json.dumps(poison(rnd, number)))
        author = Author()
        author.elements[element_id] = Map(groups)
        update = author.doc.get_update()
        document = Document()
        outcome = "refused"
        with contextlib.suppress(MalformedError):
            assert document.take(update, parse(update), 1)
            document.apply(update)
            elements_of(document.content())
            outcome = "taken"
        outcomes.add(outcome)
    assert outcomes == {"taken", "refused"}


@pytest.mark.browser
@pytest.mark.timeout(120)
def test_a_page_works_on_beside_poison_and_writes_none_of_it(
    server: Server, open_page: OpenPage
) -> None:
    rnd = random.Random(7)
    board = server.new_board()
    store(server, board, [poison(rnd, number) for number in range(60)])
    alice = open_page(server).sign_in("alice")
    alice.expected.append("can not be shown")
    assert open_poisoned(alice, board) < 2 * USABLE_SECONDS
