"""What other processes committed is taken in order, whatever order it arrives in."""

import asyncio
from collections.abc import Iterable
from itertools import permutations

import pytest

from sync.rooms import held
from sync.rooms.held import Held
from sync.storage.log import Claim, Head


class Board:
    """A board that notes what it takes."""

    def __init__(self) -> None:
        self.head = Head(0, 1)
        self.is_committing = False
        self.is_behind = False
        self.taken: list[bytes] = []

    def take_rows(
        self, seq: int, rows: tuple[tuple[int, bytes], ...], claims: Iterable[Claim]
    ) -> bool:
        assert seq == self.head.seq + 1
        self.taken += [payload for _, payload in rows]
        self.head = Head(seq, 1)
        return True

    def mark_behind(self) -> None:
        self.is_behind = True


@pytest.fixture
def board() -> Board:
    return Board()


async def gap_time() -> None:
    await asyncio.sleep(2 * held.SECONDS)


@pytest.mark.parametrize("order", list(permutations((1, 2, 3))))
async def test_any_order_ends_in_the_right_one(board: Board, order: tuple[int, ...]) -> None:
    news = Held(board)
    for seq in (*order, *order):  # and everything twice
        news.receive(seq, b"%d" % seq, ())
    assert board.taken == [b"1", b"2", b"3"]
    await gap_time()
    assert not board.is_behind


async def test_a_gap_that_does_not_close_is_read_from_the_rows(board: Board) -> None:
    news = Held(board)
    news.receive(2, b"2", ())
    assert not board.is_behind
    await gap_time()
    assert board.is_behind
    assert board.taken == []


async def test_what_comes_during_a_commit_waits_for_its_end(board: Board) -> None:
    news = Held(board)
    board.is_committing = True
    for seq in (1, 3):
        news.receive(seq, b"%d" % seq, ())
    await gap_time()
    assert board.taken == []
    assert not board.is_behind
    board.head = Head(2, 1)  # 2 was the board's own, and 1 came from the rows
    board.is_committing = False
    assert news.take()
    assert board.taken == [b"3"]
    assert not news.take()


async def test_a_refused_batch_waits_for_news_and_not_for_ever(
    board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    news = Held(board)
    board.is_committing = True
    async with asyncio.timeout(10):
        await news.until_next()
        monkeypatch.setattr(held, "SECONDS", 60.0)
        waiting = asyncio.create_task(news.until_next())
        await asyncio.sleep(0)
        news.receive(2, b"2", ())
        await asyncio.sleep(0)
        assert not waiting.done()
        news.receive(1, b"1", ())
        await waiting
    assert news.take()
    assert board.taken == [b"1", b"2"]


async def test_too_much_is_read_from_the_rows(board: Board) -> None:
    news = Held(board)
    news.receive(2, bytes(held.MAX_BYTES), ())
    assert not board.is_behind
    news.receive(3, b"3", ())
    assert board.is_behind
    board.is_behind = False
    board.is_committing = True
    for seq in range(2, held.MAX_UPDATES + 3):
        news.receive(seq, b"", ())
    assert board.is_behind
