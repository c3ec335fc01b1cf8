"""The admin of documents: live numbers in few queries, and actions with immediate effect."""

import io
import json
import zipfile
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit.models import AuditLog
from boards.models import Board
from boards.tests.factories import client_of, make_board
from sync.models import ConnectedCount, DocumentSnapshot, DocumentUpdate, LoadAttempt, Version
from sync.programs.versions import version_create
from sync.rooms.connected import STALE_AFTER, connected_now
from sync.rooms.process import close_rooms, rooms_of_this_process
from sync.tests.conftest import Open
from sync.tests.test_every_action import draw
from sync.wire.close_codes import CloseCode

BOARDS = "/admin/boards/board/"


def act(user: User, action: str, *boards: Board, confirmed: bool = True) -> object:
    chosen = {"action": action, "_selected_action": [str(board.pk) for board in boards]}
    return client_of(user).post(BOARDS, chosen | ({"confirmed": "yes"} if confirmed else {}))


def last_row(action: str) -> AuditLog:
    return AuditLog.objects.filter(action=action).latest("pk")


@pytest.mark.django_db
def test_the_list_costs_the_same_queries_for_any_number_of_boards(
    board: Board, alice: User, dana: User
) -> None:
    client = client_of(dana)
    client.get(BOARDS)  # the first visit renews the session
    counts = []
    for _ in range(2):
        for _ in range(20):
            draw(make_board(alice), alice)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(BOARDS).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 12


@pytest.mark.django_db
def test_the_list_says_what_is_stored_and_what_is_wrong(
    board: Board, alice: User, dana: User
) -> None:
    draw(board, alice)
    version_create(board=board, name="First", author=alice)
    LoadAttempt.objects.create(board=board, unfinished=5, quarantined_at=timezone.now())
    client = client_of(dana)
    page = client.get(BOARDS).content.decode()
    rows: list[Any] = [*DocumentUpdate.objects.all(), *Version.objects.all()]
    size = sum(len(bytes(row.payload)) for row in rows)
    assert f'<td class="field-stored">{size}\xa0bytes</td>' in page
    assert '<td class="field-rows_since_snapshot">1</td>' in page
    assert 'class="field-state">in quarantine<' in page
    for query, is_there in (
        ("?quarantine=yes", True),
        ("?public=off", True),
        ("?public=edit", False),
        ("?idle=-1", True),
        ("?idle=30", False),
        ("?idle=nonsense", True),
    ):
        assert (str(board.pk) in client.get(f"{BOARDS}{query}").content.decode()) is is_there, query
    assert client.get(f"{BOARDS}{board.pk}/change/").status_code == 200


@pytest.mark.django_db
def test_compaction_by_hand_is_recorded(board: Board, alice: User, dana: User) -> None:
    draw(board, alice)
    act(dana, "compact", board)
    assert not DocumentUpdate.objects.exists()
    assert DocumentSnapshot.objects.get().board == board
    row = last_row("room_compact")
    assert (row.actor, row.via, row.data["rows"]) == (dana, "admin", 1)


@pytest.mark.django_db
def test_boards_are_exported_alone_and_together(board: Board, alice: User, dana: User) -> None:
    draw(board, alice)
    other = make_board(alice, title="../../Übersicht\n")
    response = client_of(dana).post(BOARDS, {"action": "export", "_selected_action": [board.pk]})
    assert json.loads(response.content)["elements"][0]["id"] == "e1"
    chosen = {"action": "export", "_selected_action": [board.pk, other.pk]}
    response = client_of(dana).post(BOARDS, chosen)
    with zipfile.ZipFile(io.BytesIO(response.content)) as archive:
        assert len(archive.namelist()) == 2
        assert not any("/" in name or "\n" in name for name in archive.namelist())
    assert AuditLog.objects.filter(action="room_export", actor=dana, via="admin").count() == 3


@pytest.mark.django_db
def test_staff_who_may_change_boards_do_not_get_their_content(board: Board, alice: User) -> None:
    from django.contrib.auth.models import Permission

    alice.is_staff = True
    alice.save()
    alice.user_permissions.add(*Permission.objects.filter(content_type__app_label="boards"))
    page = client_of(alice).get(BOARDS).content.decode()
    assert "Compact now" in page
    assert "Export as" not in page
    act(alice, "export", board)
    assert not AuditLog.objects.filter(action="room_export").exists()


@pytest.mark.django_db
def test_a_version_is_restored(board: Board, alice: User, dana: User) -> None:
    version = version_create(board=board, name="Empty", author=alice)
    draw(board, alice)
    path = "/admin/sync/version/"
    client_of(dana).post(path, {"action": "restore", "_selected_action": [version.pk]})
    row = last_row("room_snapshot_restore")
    assert (row.actor, row.via, row.data["version"]) == (dana, "admin", version.pk)


@pytest.mark.django_db(transaction=True)
async def test_disconnecting_closes_every_socket_after_asking(
    board: Board, alice: User, dana: User, connect: Open
) -> None:
    client = await connect(board, alice)
    await sync_to_async(act)(dana, "disconnect", board, confirmed=False)
    assert not await AuditLog.objects.filter(action="room_disconnect").aexists()
    await sync_to_async(act)(dana, "disconnect", board)
    assert await client.until_closed() == CloseCode.RESTARTING
    row = await sync_to_async(last_row)("room_disconnect")
    assert (row.actor_id, row.via, row.board_id) == (dana.pk, "admin", board.pk)


@pytest.mark.django_db(transaction=True)
async def test_who_is_connected_is_counted_over_all_processes(
    board: Board, alice: User, bob: User, connect: Open
) -> None:
    await board.permissions.acreate(is_public=True, level="view")
    for user in (alice, alice, bob, None):
        await connect(board, user)
    rooms = rooms_of_this_process()
    await rooms._upkeep.connected.tell(rooms.rooms().values())
    elsewhere = {"board_id": board.pk, "people": 2, "sockets": 2}
    now = timezone.now()
    killed = now - STALE_AFTER
    for process, renewed_at in (("a" * 32, now), ("b" * 32, killed)):
        await ConnectedCount.objects.acreate(process=process, renewed_at=renewed_at, **elsewhere)
    counts = [(row.people, row.sockets) async for row in connected_now().order_by("-people")]
    assert counts == [(3, 4), (2, 2)]
    await close_rooms()
    assert [row.people async for row in connected_now()] == [2]
