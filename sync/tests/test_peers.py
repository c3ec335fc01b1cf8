"""Which other processes have a board open."""

from uuid import uuid4

from sync.rooms.peers import EXPIRY_SECONDS, Peers

BOARD, OTHER_BOARD = uuid4(), uuid4()


def test_a_process_is_news_once_for_each_board() -> None:
    peers = Peers()
    assert BOARD not in peers.heard_at
    assert peers.hear(BOARD, "a")
    assert not peers.hear(BOARD, "a")
    assert peers.hear(BOARD, "b")
    assert peers.hear(OTHER_BOARD, "a")
    assert peers.know(BOARD, ["a", "b"])
    assert not peers.know(OTHER_BOARD, ["a", "b"])


def test_a_board_that_everyone_left_has_nobody() -> None:
    peers = Peers()
    for process in ("a", "b"):
        peers.hear(BOARD, process)
    peers.forget(BOARD, "a")
    assert BOARD in peers.heard_at
    peers.forget(BOARD, "b")
    peers.forget(BOARD, "b")
    assert BOARD not in peers.heard_at
    assert not peers.heard_at
    peers.hear(BOARD, "a")
    peers.forget_board(BOARD)
    assert BOARD not in peers.heard_at


def test_a_process_that_is_silent_for_too_long_is_forgotten() -> None:
    now = 0.0
    peers = Peers(lambda: now)
    peers.hear(BOARD, "killed")
    peers.hear(BOARD, "alive")
    now = EXPIRY_SECONDS
    peers.hear(BOARD, "alive")
    assert peers.expire() == []
    now += 1
    assert peers.expire() == [(BOARD, "killed")]
    assert peers.expire() == []
    assert peers.know(BOARD, ["alive"])
