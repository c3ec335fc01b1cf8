"""A board that crashes the compaction does not block it for other boards."""

from datetime import datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.utils import timezone

from boards.models import Board
from boards.tests.factories import client_of, make_board
from sync.management.commands import compact_boards
from sync.models import DocumentSnapshot, DocumentUpdate, JobAttempt, Version
from sync.storage import attempts
from sync.storage.attempts import (
    MAX_UNFINISHED,
    NotDueError,
    boards_due,
    counted_work,
    forgive,
    given_up,
    take_back,
)
from sync.storage.compaction import compact_board
from sync.tests.test_compaction import draw

pytestmark = pytest.mark.django_db(transaction=True)


class Killed(BaseException):
    """Stands for the end of the process: nothing after it runs."""


@pytest.fixture
def three(alice: User, settings: Any) -> list[Board]:
    """Boards to compact, the one with most to do first."""
    settings.CANVAS_COMPACT_ROWS = 1
    boards = [make_board(alice, title=f"Board {number}") for number in range(3)]
    for board, moves in zip(boards, (9, 5, 3), strict=True):
        draw(board, moves)
    return boards


def run_loop() -> bool:
    """One round of the loop; whether its process lived."""
    command = compact_boards.Command(stdout=StringIO(), stderr=StringIO())
    try:
        command._run_of_loop(None, is_dry_run=False)
    except Killed:
        return False
    return True


def later(**span: int) -> None:
    """Lets the pauses pass."""
    for attempt in JobAttempt.objects.all():
        attempt.begun_at -= timedelta(**span)
        attempt.save(update_fields=["begun_at"])


@pytest.mark.parametrize("job", ["compact_board", "automatic_version"])
def test_loops_of_several_servers_share_the_work(
    three: list[Board], monkeypatch: pytest.MonkeyPatch, job: str
) -> None:
    """Another one runs while the first is at its first board."""
    real, done = getattr(compact_boards, job), []

    def works(board_id: Any, **options: Any) -> Any:
        done.append(board_id)
        if len(done) == 1:
            assert run_loop()
            assert done[0] not in done[1:]
        return real(board_id, **options)

    monkeypatch.setattr(compact_boards, job, works)
    assert run_loop()
    assert sorted(done) == sorted(board.pk for board in three), "each board once"
    made = DocumentSnapshot if job == "compact_board" else Version
    assert made.objects.count() == 3
    assert not JobAttempt.objects.exists()


def test_of_two_that_begin_together_one_has_the_board(
    board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both have seen that nobody is at it."""
    real = attempts._is_due
    had: list[JobAttempt] = []

    def another_is_quicker(attempt: JobAttempt, now: datetime) -> bool:
        if not had:
            had.append(attempt)
            with counted_work(board.pk, "compaction", only_if_due=True):
                pass
        return real(attempt, now)

    monkeypatch.setattr(attempts, "_is_due", another_is_quicker)
    with pytest.raises(NotDueError), counted_work(board.pk, "compaction", only_if_due=True):
        pytest.fail("two at once")


def test_a_board_that_is_gone_is_not_due(board: Board) -> None:
    board.delete()
    with pytest.raises(NotDueError), counted_work(board.pk, "compaction", only_if_due=True):
        pytest.fail("there is nothing to work on")


@pytest.mark.parametrize("job", ["compact_board", "automatic_version"])
def test_a_board_that_kills_the_process_does_not_starve_the_others(
    three: list[Board], monkeypatch: pytest.MonkeyPatch, job: str
) -> None:
    real, deaths = getattr(compact_boards, job), []

    def kills(board_id: Any, **options: Any) -> Any:
        if board_id == three[0].pk:
            deaths.append(board_id)
            raise Killed
        return real(board_id, **options)

    monkeypatch.setattr(compact_boards, job, kills)
    assert not run_loop()
    assert run_loop()
    assert run_loop(), "it is not tried again at once"
    done = DocumentSnapshot if job == "compact_board" else Version
    assert set(done.objects.values_list("board_id", flat=True)) >= {three[1].pk, three[2].pk}
    for _ in range(10):
        later(days=1)
        run_loop()
    assert len(deaths) == MAX_UNFINISHED, "then it is left out"
    assert [attempt.board for attempt in given_up()] == [three[0]]


def test_what_is_left_out_shows_on_the_status_page_and_repair_lets_it_in_again(
    three: list[Board], dana: User
) -> None:
    with pytest.raises(ValueError, match="broken"), counted_work(three[0].pk, "compaction"):
        raise ValueError("broken")
    JobAttempt.objects.update(unfinished=MAX_UNFINISHED)
    page = client_of(dana).get("/admin/status").content.decode()
    assert "Left out by jobs" in page
    assert "repair_board" in page
    assert "broken" in client_of(dana).get("/admin/sync/jobattempt/").content.decode()
    assert boards_due([three[0].pk], "compaction") == []
    assert boards_due([three[0].pk], "version") == [three[0].pk]
    forgive(three[0].pk)
    assert boards_due([three[0].pk], "compaction") == [three[0].pk]


def test_whatever_a_board_raises_is_that_boards(
    three: list[Board], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also exceptions that nobody thought of."""
    real = compact_board

    def fails(board_id: Any, **options: Any) -> Any:
        if board_id == three[0].pk:
            raise RecursionError("nested too deeply")
        return real(board_id, **options)

    monkeypatch.setattr(compact_boards, "compact_board", fails)
    assert run_loop()
    assert DocumentSnapshot.objects.count() == 2
    assert JobAttempt.objects.get().reason == "RecursionError: nested too deeply"
    with pytest.raises(CommandError, match="1 of 1 boards"):
        call_command("compact_boards", stderr=StringIO())


def test_those_that_failed_come_last(three: list[Board]) -> None:
    ids = [board.pk for board in three]
    long_ago = timezone.now() - timedelta(days=1)
    JobAttempt.objects.create(board=three[0], work="compaction", unfinished=2, begun_at=long_ago)
    JobAttempt.objects.create(board=three[1], work="compaction", unfinished=1, begun_at=long_ago)
    assert boards_due(ids, "compaction") == [ids[2], ids[1], ids[0]]
    JobAttempt.objects.update(begun_at=timezone.now() + timedelta(days=1))
    assert len(boards_due(ids, "compaction")) == 3, "the clock was set back"


def test_to_be_stopped_in_the_middle_is_no_death(board: Board) -> None:
    def work() -> None:
        with counted_work(board.pk, "compaction"):
            take_back()
            raise Killed

    with pytest.raises(Killed):
        work()
    assert boards_due([board.pk], "compaction") == [board.pk]
    assert attempts._current == []


def test_work_that_ends_well_leaves_no_mark(three: list[Board]) -> None:
    assert run_loop()
    assert not JobAttempt.objects.exists()
    assert DocumentUpdate.objects.count() == 0
