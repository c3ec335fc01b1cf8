"""Reads of whole boards: made once for everyone, a few at a time, limited for each person."""

import io
import json
import threading
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.test import RequestFactory
from PIL import Image

from audit.tests.actors import by
from boards.access.subjects import Subject
from boards.files.storage import file_store
from boards.limits.expensive import OverloadedError, WorkQueue, who_asks
from boards.models import Board
from boards.sharing.permissions import permission_revoke
from boards.tests.factories import client_of
from sync.drawing.scene import elements_create
from sync.programs.export import board_export
from sync.programs.shared_reads import Encoded, Key, SharedReads
from sync.programs.writes import document_change

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.alone]

BOARD = uuid4()
READS = ("document", "elements", "export")


def draw(board: Board, user: User, count: int) -> None:
    elements = [
        {"id": f"e{n}", "type": "rectangle", "x": n * 10, "y": 0, "width": 5, "height": 5}
        for n in range(count)
    ]

    def change(roots: dict[str, Any]) -> None:
        elements_create(roots, elements)

    document_change(board=board, user=user, change=change)


def together(*calls: Callable[[], Any]) -> list[Any]:
    """What calls on as many threads return or raise."""
    found: list[Any] = [None] * len(calls)

    def run(at: int) -> None:
        try:
            found[at] = calls[at]()
        except (ValueError, OverloadedError) as error:
            found[at] = error

    threads = [threading.Thread(target=run, args=(at,)) for at in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    return found


def test_people_who_ask_together_share_one_result() -> None:
    made, reads = [], SharedReads(WorkQueue())
    key = Key(uuid4(), 3, "elements")
    everyone_asks = threading.Barrier(6)

    def make() -> Encoded:
        made.append(1)
        return Encoded(b"x" * 1000, 3)

    def read() -> Encoded:
        everyone_asks.wait()
        return reads.read(key, "user:1", make)

    found = together(*[read] * 6)
    assert made == [1]
    assert len({id(one.body) for one in found}) == 1


def test_what_is_kept_has_a_limit_in_bytes(settings: Any) -> None:
    settings.CANVAS_SHARED_READ_BYTES = 2500
    reads = SharedReads(WorkQueue())
    made: list[int] = []

    def read(seq: int, size: int = 1000) -> None:
        def make() -> Encoded:
            made.append(seq)
            return Encoded(bytes(size), seq)

        reads.read(Key(BOARD, seq, "elements"), "user:1", make)

    for seq in (1, 2, 3, 2, 3, 1):
        read(seq)
    assert made == [1, 2, 3, 1], "the oldest went when the third came"
    read(9, size=3000)
    read(9, size=3000)
    assert made[4:] == [9, 9]


def test_a_failure_is_told_to_all_who_wait_and_kept_for_nobody() -> None:
    reads, key = SharedReads(WorkQueue()), Key(uuid4(), 1, "elements")
    begun, may_fail = threading.Event(), threading.Event()

    def fail() -> Encoded:
        begun.set()
        may_fail.wait(10)
        raise ValueError("damaged")

    def second() -> Encoded:
        begun.wait(10)
        threading.Timer(0.1, may_fail.set).start()
        return reads.read(key, "user:2", fail)

    found = together(lambda: reads.read(key, "user:1", fail), second)
    assert [str(error) for error in found] == ["damaged", "damaged"]
    assert reads.read(key, "user:1", lambda: Encoded(b"", 1)).body == b""


def test_few_run_at_once_and_nobody_has_all_places(settings: Any) -> None:
    settings.CANVAS_EXPENSIVE_AT_ONCE = 2
    queue, lock = WorkQueue(), threading.Lock()
    running: list[str] = []
    most: list[int] = []
    may_end = threading.Event()

    def work(who: str) -> bool:
        with queue.place(who), queue.running(who):
            with lock:
                running.append(who)
                most.append(len(running))
            if who == "user:2":
                may_end.set()
            is_first = may_end.wait(5)
            with lock:
                running.remove(who)
            return is_first

    found = together(*[lambda: work("user:1")] * 4, lambda: work("user:2"))
    assert found == [True] * 5, "the second person came in beside the first"
    assert max(most) == 2


def test_the_queue_is_bounded_for_each_and_for_all(settings: Any) -> None:
    settings.CANVAS_EXPENSIVE_PER_PERSON, settings.CANVAS_EXPENSIVE_WAITING = 2, 3
    settings.CANVAS_EXPENSIVE_WAIT_SECONDS = 0.05
    queue = WorkQueue()
    with queue.place("a"), queue.place("a"):
        with pytest.raises(OverloadedError) as own, queue.place("a"):
            pass
        with queue.place("b"), pytest.raises(OverloadedError) as all_of_us, queue.place("c"):
            pass
    assert (own.value.status, all_of_us.value.status) == (429, 503)
    settings.CANVAS_EXPENSIVE_AT_ONCE = 1
    with queue.running("a"), pytest.raises(OverloadedError) as waited, queue.running("b"):
        pass
    assert waited.value.status == 503
    with queue.place("a"), queue.running("b"):
        pass  # nothing is left behind


@pytest.mark.parametrize("read", READS)
def test_one_person_may_read_so_often(
    read: str, alice: User, board: Board, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A minute that ended in between would begin another count.
    monkeypatch.setattr("boards.limits.windows.time", SimpleNamespace(time=lambda: 1_000_000_030.0))
    settings.CANVAS_EXPENSIVE_PER_MINUTE = 3
    draw(board, alice, 3)
    client, path = client_of(alice), f"/api/v1/boards/{board.pk}/{read}"
    answers = [client.get(path) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert 0 < int(answers[3]["Retry-After"]) <= 60
    assert "3" in answers[3].json()["detail"]
    # Who has it already costs nothing, and others have a rate of their own.
    assert client.get(path, headers={"If-None-Match": answers[0]["ETag"]}).status_code == 304
    assert client_of(board.owner).get(path).status_code == 429
    bob = User.objects.get(username="bob")
    assert client_of(bob).get(path).status_code == 200


@pytest.mark.parametrize("read", READS)
def test_a_shared_result_is_only_for_who_may_see_the_board(
    read: str, alice: User, bob: User, charlie: User, board: Board
) -> None:
    draw(board, alice, 3)
    path = f"/api/v1/boards/{board.pk}/{read}"
    first, second = client_of(alice).get(path), client_of(bob).get(path)
    assert first.content == second.content
    assert client_of(charlie).get(path).status_code == 404
    permission_revoke(board=board, subject=Subject(user=bob), by=by(alice))
    assert client_of(bob).get(path).status_code == 404


@pytest.mark.parametrize("read", READS)
def test_who_loses_access_while_they_wait_gets_nothing(
    read: str, alice: User, bob: User, board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw(board, alice, 3)
    for module in ("sync.api.base", "sync.programs.pages"):
        monkeypatch.setattr(f"{module}.LOOK_AGAIN_SECONDS", 0)
    client = client_of(bob)

    def slow(*_: Any) -> Any:
        permission_revoke(board=board, subject=Subject(user=bob), by=by(alice))
        return Encoded(b"{}" * 10, 1)

    monkeypatch.setattr("sync.programs.shared_reads.SharedReads.read", slow)
    assert client.get(f"/api/v1/boards/{board.pk}/{read}").status_code == 404


def test_a_change_is_seen_at_once(alice: User, board: Board) -> None:
    path = f"/api/v1/boards/{board.pk}/elements"
    for count in (3, 5):
        draw(board, alice, count)
        answer = client_of(alice).get(path)
        assert [one["id"] for one in answer.json()["elements"]] == [f"e{n}" for n in range(count)]
        board.refresh_from_db()
        assert answer["ETag"] == f'"{board.head_seq}"'


def test_anonymous_people_are_counted_by_address(rf: RequestFactory, alice: User) -> None:
    one, other = (rf.get("/", REMOTE_ADDR=f"203.0.113.{n}") for n in (1, 2))
    guest = AnonymousUser()
    assert who_asks(one, guest) != who_asks(other, guest)
    assert who_asks(one, alice) == who_asks(other, alice) == f"user:{alice.pk}"


def test_an_export_is_exactly_as_long_as_it_says(alice: User, board: Board) -> None:
    draw(board, alice, 40)
    for number in range(3):
        buffer = io.BytesIO()
        Image.effect_noise((90 + number, 80), 50).save(buffer, "PNG")
        buffer.seek(0)
        file_store(board=board, file_id=f"file-{number}", stream=buffer, user=alice)
    board.refresh_from_db()
    export = board_export(board=board, by=by(alice), who="user:1")
    whole = b"".join(export.pieces())
    assert len(whole) == export.size_bytes
    data = json.loads(whole)
    assert len(data["elements"]) == 40
    assert sorted(data["files"]) == ["file-0", "file-1", "file-2"]
    assert all(
        one["dataURL"].startswith("data:image/png;base64,") for one in data["files"].values()
    )


def test_a_picture_that_was_cut_is_made_again(
    alice: User, board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw(board, alice, 50)
    client, path = client_of(alice), f"/board/{board.pk}/thumbnail.svg?v=1"
    monkeypatch.setattr("sync.drawing.thumbnail.MAX_SECONDS", 0.0)
    cut = client.get(path)
    assert cut.content.count(b"<rect") < 40
    assert cut["Cache-Control"] == "no-store"
    assert "ETag" not in cut
    monkeypatch.setattr("sync.drawing.thumbnail.MAX_SECONDS", 60.0)
    whole = client.get(path)
    assert whole.content.count(b"<rect") > 40
    assert whole["Cache-Control"] == "private, no-cache"


def test_a_picture_that_is_always_cut_is_not_made_for_ever(
    alice: User, board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw(board, alice, 50)
    monkeypatch.setattr("sync.drawing.thumbnail.MAX_SECONDS", 0.0)
    client, path = client_of(alice), f"/board/{board.pk}/thumbnail.svg?v=1"
    kept = [client.get(path)["Cache-Control"] for _ in range(6)]
    assert kept[:4] == ["no-store"] * 4
    assert kept[4:] == ["private, no-cache"] * 2
