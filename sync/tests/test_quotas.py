"""Quotas on sockets, by REST and for versions; a full board always stays usable."""

import importlib
import os
from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.apps import apps
from django.contrib.auth.models import User
from django.db.models import Sum
from django.db.models.functions import Length
from django.utils import timezone

from audit.tests.actors import by
from boards.access.subjects import Subject
from boards.levels import AccessLevel
from boards.models import Board, BoardFile
from boards.quotas.checks import bytes_left_on
from boards.sharing.permissions import permission_grant
from boards.tests.factories import client_of, make_board
from sync.models import DocumentUpdate, Version
from sync.programs.versions import automatic_version, crowded, version_create, version_restore
from sync.rooms.limits import SMALL_BYTES, DocumentSize
from sync.rooms.process import rooms_of_this_process
from sync.rooms.upkeep import Upkeep
from sync.storage.compaction import compact_board, stored_bytes
from sync.tests.conftest import Open
from sync.wire import frames
from sync.wire.close_codes import CloseCode
from sync.wire.parsed import Parsed

JSON = "application/json"
pytestmark = pytest.mark.django_db(transaction=True)
LIMIT = 1_000_000
PART = 60_000


@pytest.fixture(autouse=True)
def _small(settings: Any) -> None:
    settings.CANVAS_MAX_DOCUMENT_BYTES = LIMIT


def rectangles(element_id: str, size: int, **more: Any) -> list[dict[str, Any]]:
    """Some elements of so many bytes, which nothing can compress; the first has this id."""
    parts = [min(PART, size - start) for start in range(0, size, PART)]
    return [
        {
            "id": f"{element_id}-{number}" if number else element_id,
            "type": "rectangle",
            "x": 0,
            "y": 0,
            "customData": {"text": os.urandom(part // 2).hex()},
            **more,
        }
        for number, part in enumerate(parts)
    ]


def post(user: User, board: Board, path: str, body: Any = None) -> Any:
    return client_of(user).post(f"/api/v1/boards/{board.pk}/{path}", body or {}, JSON)


def fill(user: User, board: Board, size: int = 900_000) -> None:
    answer = post(user, board, "elements", {"create": rectangles("big", size)})
    assert answer.status_code == 200, answer.content


def counted(board: Board) -> int:
    board.refresh_from_db()
    return board.document_bytes


# --- counting


def test_what_is_stored_is_counted_and_counted_again_by_compaction(
    alice: User, board: Board
) -> None:
    for number in range(5):
        post(alice, board, "elements", {"create": rectangles(f"e{number}", 1000)})
        assert counted(board) == stored_bytes(board.pk) > number * 1000
    post(alice, board, "elements", {"delete": ["e1"]})
    before = counted(board)
    assert compact_board(board.pk) is not None
    assert counted(board) == stored_bytes(board.pk) < before
    copy = Board.objects.get(pk=post(alice, board, "duplicate").json()["id"])
    assert copy.document_bytes == stored_bytes(copy.pk) > 0


def test_versions_are_counted(alice: User, board: Board) -> None:
    fill(alice, board, 10_000)
    version_create(board=board, name="One", author=alice)
    automatic_version(board.pk)
    stored = Version.objects.aggregate(n=Sum(Length("payload")))["n"]
    board.refresh_from_db()
    assert board.version_bytes == stored > 0


def test_an_upgrade_counts_what_is_there(alice: User, board: Board, settings: Any) -> None:
    settings.CANVAS_MAX_DOCUMENT_BYTES = 200_000_000
    fill(alice, board, 10_000)
    version_create(board=board, name="One", author=alice)
    compact_board(board.pk)
    fill(alice, board, 5_000)
    BoardFile.objects.create(
        board=board, file_id="x", mime="image/png", size_bytes=77, width=1, height=1
    )
    board.refresh_from_db()
    counted_before = (board.document_bytes, board.version_bytes)
    Board.objects.update(document_bytes=0, version_bytes=0)
    migration = importlib.import_module("sync.migrations.0010_usage")
    migration.count_what_is_stored(apps, None)
    board.refresh_from_db()
    assert (board.document_bytes, board.version_bytes) == counted_before
    assert board.image_bytes == 77


# --- REST


def test_a_full_board_takes_no_more_by_rest_but_can_be_emptied(alice: User, board: Board) -> None:
    fill(alice, board)
    version = version_create(board=board, name="", author=None)
    for path, body in (
        ("elements", {"create": rectangles("more", 200_000)}),
        (
            "import",
            {"type": "excalidraw", "elements": rectangles("i", 200_000, width=1, height=1)},
        ),
    ):
        refused = post(alice, board, path, body)
        assert refused.status_code == 413
        assert "1 MB" in refused.json()["detail"]
    Board.objects.filter(pk=board.pk).update(document_bytes=5 * LIMIT)
    assert post(alice, board, "elements", {"change": [{"id": "big", "x": 1}]}).status_code == 413
    assert post(alice, board, "elements", {"delete": ["big"]}).status_code == 200
    restored = version_restore(board=board, version=version, user=alice, by=by(alice))
    assert restored
    assert client_of(alice).get(f"/api/v1/boards/{board.pk}/elements").status_code == 200


def test_what_a_person_may_store_counts_over_all_boards(
    alice: User, bob: User, board: Board, settings: Any
) -> None:
    settings.CANVAS_MAX_BYTES_PER_PERSON = LIMIT
    fill(alice, board, 600_000)
    other = make_board(alice, shared_with={bob: AccessLevel.EDIT})
    body = {"create": rectangles("more", 600_000)}
    for writer in (alice, bob):
        refused = post(writer, other, "elements", body)
        assert refused.status_code == 413, "it counts for the owner, whoever draws"
    assert post(bob, make_board(bob), "elements", body).status_code == 200


# --- sockets


async def test_a_full_board_is_told_and_can_still_be_opened_changed_and_emptied(
    alice: User, board: Board, connect: Open
) -> None:
    drawer, other = await connect(board, alice), await connect(board, alice)
    for number in range(9):
        await drawer.draw(f"e{number}", type="rectangle", pos=[0, 0], x=os.urandom(50_000).hex())
        await drawer.until_saved()
    await drawer.draw("too much", type="rectangle", pos=[0, 0], x=os.urandom(60_000).hex())
    assert await drawer.until_closed() == CloseCode.TOO_BIG
    assert "1 MB" in drawer.close_reason
    assert len(drawer.close_reason.encode()) <= 123
    await other.draw("e1", pos=[5, 5])
    await other.draw("e2", **{"del": {"by": str(alice.pk), "at": 1}})
    await other.until_saved()
    newcomer = await connect(board, alice)
    assert newcomer.ids() == {f"e{number}" for number in range(9)}
    await newcomer.draw("e3", **{"del": {"by": str(alice.pk), "at": 1}})
    await newcomer.until_saved()
    # Whatever else, a client that has it all repeats it, and is not closed.
    await newcomer.send(frames.encode_update(newcomer.doc.get_update()))
    await newcomer.draw("e4", pos=[6, 6])
    await newcomer.until_saved()


async def test_new_elements_stop_where_the_reserve_begins(
    alice: User, board: Board, connect: Open
) -> None:
    await sync_to_async(Board.objects.filter(pk=board.pk).update)(document_bytes=LIMIT - 5_000)
    client = await connect(board, alice)
    await client.draw("new", type="rectangle", pos=[0, 0], x="x" * 3000)
    await client.until_saved()
    await client.draw("newer", type="rectangle", pos=[0, 0], x="x" * 3000)
    assert await client.until_closed() == CloseCode.TOO_BIG


async def test_the_rooms_learn_what_the_owner_may_store(
    alice: User, bob: User, board: Board, connect: Open, settings: Any
) -> None:
    settings.CANVAS_MAX_BYTES_PER_PERSON = LIMIT
    await sync_to_async(make_board)(bob)
    other = await sync_to_async(make_board)(alice)
    await sync_to_async(Board.objects.filter(pk=other.pk).update)(document_bytes=950_000)
    client = await connect(board, bob)
    rooms = rooms_of_this_process()
    await _poll(rooms._upkeep)
    await client.draw("e", type="rectangle", pos=[0, 0], x="x" * 60_000)
    assert await client.until_closed() == CloseCode.TOO_BIG
    assert "owner" in client.close_reason
    assert len(client.close_reason.encode()) <= 123
    await sync_to_async(Board.objects.filter(pk=other.pk).update)(document_bytes=0)
    again = await connect(board, bob)
    await _poll(rooms._upkeep)
    await again.draw("e", type="rectangle", pos=[0, 0], x="x" * 60_000)
    await again.until_saved()


async def _poll(upkeep: Upkeep) -> None:
    await upkeep._poll()


async def test_a_compaction_makes_room_for_the_open_board(
    alice: User, board: Board, connect: Open
) -> None:
    client = await connect(board, alice)
    for number in range(9):
        await client.draw("e", type="rectangle", pos=[number, 0], x="x" * 100_000)
        await client.until_saved()
    await sync_to_async(compact_board)(board.pk)
    await _poll(rooms_of_this_process()._upkeep)
    for number in range(5):
        await client.draw(f"f{number}", type="rectangle", pos=[number, 0], x="x" * 100_000)
        await client.until_saved()


def test_what_a_size_takes() -> None:
    size, clocks = DocumentSize(LIMIT), {1: 10}
    new = Parsed(ranges=[(1, 10, 12)])
    assert not size.takes(SMALL_BYTES + 1, new, clocks)
    assert size.takes(SMALL_BYTES, new, clocks)
    assert not size.takes(10, Parsed(ranges=[(1, 10, 12)], root_items=[(1, 10, 1, None)]), clocks)
    assert size.takes(4_000_000, Parsed(ranges=[(1, 0, 10)]), clocks), "nothing new"
    assert size.takes(4_000_000, Parsed(deletes=[(1, 0, 5)]), clocks)
    size.stored = LIMIT + LIMIT // 10
    assert not size.takes(10, new, clocks)
    assert size.takes(10, Parsed(deletes=[(1, 0, 5)]), clocks)


def test_who_has_nothing_has_all_left(alice: User, board: Board, settings: Any) -> None:
    settings.CANVAS_MAX_BYTES_PER_PERSON = LIMIT
    Board.objects.filter(pk=board.pk).update(image_bytes=1, version_bytes=2, document_bytes=3)
    empty = make_board(User.objects.create(username="zoe"))
    assert bytes_left_on([board.pk, empty.pk]) == {board.pk: LIMIT - 6, empty.pk: LIMIT}


# --- versions


def test_versions_with_names_have_limits(alice: User, board: Board, settings: Any) -> None:
    fill(alice, board, 20_000)
    settings.CANVAS_MAX_BOARD_VERSIONS = 2
    for name in ("One", "Two"):
        assert post(alice, board, "versions", {"name": name}).status_code == 201
    refused = post(alice, board, "versions", {"name": "Three"})
    assert refused.status_code == 429
    assert "2 named versions" in refused.json()["detail"]
    automatic = version_create(board=board, name="", author=None)
    path = f"/api/v1/boards/{board.pk}/versions/{automatic.pk}"
    assert client_of(alice).patch(path, {"name": "Three"}, JSON).status_code == 429
    settings.CANVAS_MAX_BOARD_VERSIONS = 500
    settings.CANVAS_MAX_BOARD_VERSION_BYTES = 25_000
    refused = post(alice, board, "versions", {"name": "Three"})
    assert refused.status_code == 413
    assert "0.025 MB" in refused.json()["detail"]


def test_automatic_versions_have_a_limit_of_their_own(
    alice: User, board: Board, settings: Any
) -> None:
    fill(alice, board, 20_000)
    named = version_create(board=board, name="Kept", author=alice)
    size = len(bytes(named.payload))
    settings.CANVAS_MAX_BOARD_VERSION_BYTES = 4 * size
    made = [version_create(board=board, name="", author=None) for _ in range(6)]
    kept = set(Version.objects.values_list("pk", flat=True))
    assert {named.pk, made[0].pk, made[-1].pk} < kept
    assert len(kept) == 5
    board.refresh_from_db()
    stored = Version.objects.aggregate(n=Sum(Length("payload")))["n"]
    assert board.version_bytes == stored


def test_nobody_pushes_out_what_was_kept_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sync.programs.versions.MAX_AUTOMATIC", 10)
    now = timezone.now()
    kept = {number: (now - timedelta(minutes=10 * (9 - number)), 1) for number in range(9)}
    for number in range(100, 400):  # goes back again and again
        kept[number] = (now + timedelta(seconds=number), 1)
        for key in crowded(kept, 10**9):
            del kept[key]
    assert set(range(9)) < set(kept)
    assert 399 in kept
    assert len(kept) == 10
    assert len(crowded(kept, 3)) == 7
    assert crowded({1: (now, 99)}, 3) == [], "the last one stays"


def test_an_owner_who_is_full_gets_no_automatic_versions(
    alice: User, board: Board, settings: Any
) -> None:
    fill(alice, board, 20_000)
    settings.CANVAS_MAX_BYTES_PER_PERSON = 10_000
    assert automatic_version(board.pk) is None
    assert post(alice, board, "versions", {"name": "Mine"}).status_code == 413
    assert DocumentUpdate.objects.exists()


def test_the_grant_of_a_full_board_is_an_ordinary_one(alice: User, charlie: User) -> None:
    board = make_board(alice)
    Board.objects.filter(pk=board.pk).update(document_bytes=5 * LIMIT)
    permission_grant(
        board=board, subject=Subject(user=charlie), level=AccessLevel.EDIT, by=by(alice)
    )
    for read in ("elements", "document", "export"):
        assert client_of(charlie).get(f"/api/v1/boards/{board.pk}/{read}").status_code == 200
