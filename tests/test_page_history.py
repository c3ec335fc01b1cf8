"""A board gets a fresh history while a page has unsaved work: nothing is lost or brought back."""

import pytest

from tests.conftest import OpenPage
from tests.server import Server, until
from tests.test_page_client_ids import stored
from tests.test_page_large_work import _ADD_SHAPES

pytestmark = [pytest.mark.browser, pytest.mark.worker, pytest.mark.timeout(180)]


def test_unsaved_work_outlives_a_fresh_history(server: Server, open_page: OpenPage) -> None:
    board = server.new_board()
    alice = open_page(server).sign_in("alice").open(board)
    alice.until_status("Saved")
    alice.page.evaluate(_ADD_SHAPES, 3)
    until(lambda: len(stored(server, board)), lambda count: count == 3)
    before = stored(server, board)
    alice.until_status("Saved")
    alice.go_offline()
    alice.page.evaluate(_ADD_SHAPES, 2)
    until(lambda: alice.page.locator(".status").inner_text(), lambda text: "2 changes" in text)
    assert "Fresh history" in server.manage("repair_board", "--board", board, "--fresh-history")
    assert stored(server, board) == before
    alice.go_online()
    until(lambda: len(stored(server, board)), lambda count: count == 5, seconds=60)
    assert before < stored(server, board)
    alice.until_status("Saved", seconds=60)
