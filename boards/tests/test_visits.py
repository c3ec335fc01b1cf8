"""One visit, whatever it consists of, is two rows in the audit log: when it began, how it was."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit.actions import AuditVia
from audit.models import AuditLog
from audit.origin import RequestOrigin
from audit.tests.actors import by
from boards.access.resolve import resolve_access
from boards.identity.tokens import link_token
from boards.levels import AccessLevel
from boards.models import Board, BoardPermission, ShareLink, Visit
from boards.tests.factories import board_rows, client_of, make_board
from boards.visits import record as visits
from boards.visits.record import end_old_visits, visit_leave, visit_open, visits_renew

pytestmark = pytest.mark.django_db
FROM_HOME = RequestOrigin("203.0.113.7", "Probe/1.0", "home")


def come(
    board: Board,
    user: User | None,
    *,
    is_socket: bool = True,
    origin: RequestOrigin = FROM_HOME,
    via: AuditVia | None = None,
    **changes: Any,
) -> Visit:
    values = {
        "board": board,
        "access": resolve_access(board, user=user),
        "by": by(user, origin, via or (AuditVia.SESSION if user else AuditVia.PUBLIC)),
        "entry": "test",
        "socket_id": uuid4() if is_socket else None,
        **changes,
    }
    return visit_open(**values)


def told() -> list[str]:
    return list(board_rows().order_by("pk").values_list("action", flat=True))


def age(seconds: float) -> None:
    Visit.objects.update(seen_at=timezone.now() - timedelta(seconds=seconds))


def test_a_page_that_is_reloaded_without_end_is_one_row(alice: User) -> None:
    board = make_board(alice, public=AccessLevel.VIEW)
    visitor = Client()
    for _ in range(50):
        assert visitor.get(f"/board/{board.pk}/public").status_code == 200
    for _ in range(20):
        assert Client().get(f"/board/{board.pk}/public").status_code == 200
    assert told() == ["room_access"]


def test_pages_reads_and_sockets_of_a_person_are_one_visit(
    board: Board, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = client_of(bob)
    client.get(f"/board/{board.pk}")
    first, second = come(board, bob), come(board, bob)
    for path in ("", "/files", "/comments", "/people"):
        assert client.get(f"/api/v1/boards/{board.pk}{path}").status_code == 200
    assert told() == ["room_access"]
    visit_leave(first.pk, updates=3, bytes_in=99, close_code=1001)
    assert told() == ["room_access"]
    left_at = Visit.objects.get().opened_at + timedelta(seconds=12.9)
    monkeypatch.setattr("boards.visits.record.timezone", SimpleNamespace(now=lambda: left_at))
    visit_leave(second.pk, updates=4, bytes_in=1, close_code=1000)
    access, leave = board_rows().order_by("pk")
    assert (leave.action, leave.actor, leave.level) == ("room_leave", bob, access.level)
    assert leave.connection_id == access.connection_id is not None
    assert leave.data == {
        "duration_seconds": 12,
        "updates_sent": 7,
        "bytes_in": 100,
        "close_code": 1000,
    }


def test_a_visit_without_sockets_ends_when_nothing_was_read_for_a_while(
    board: Board, bob: User
) -> None:
    client_of(bob).get(f"/api/v1/boards/{board.pk}/comments")
    began = timezone.now() - timedelta(seconds=900)
    Visit.objects.update(opened_at=began)
    age(visits.IDLE.total_seconds() - 5)
    assert end_old_visits() == 0
    age(visits.IDLE.total_seconds() + 5)
    assert end_old_visits() == 1
    assert told() == ["room_access", "room_leave"]
    data = AuditLog.objects.get(action="room_leave").data
    assert data["duration_seconds"] == pytest.approx(900 - visits.IDLE.total_seconds(), abs=10)


def test_the_sockets_of_a_killed_process_leave_too_and_those_of_others_stay(
    board: Board, bob: User, alice: User
) -> None:
    come(board, bob)
    alive = come(board, alice)
    age(visits.STALE.total_seconds() + 5)
    visits_renew([alive.pk])
    assert end_old_visits() == 1
    assert AuditLog.objects.get(action="room_leave").actor == bob
    assert list(Visit.objects.all()) == [alive]


def test_who_comes_next_ends_what_was_left_open(
    board: Board, bob: User, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    come(board, bob)
    age(visits.STALE.total_seconds() + 5)
    monkeypatch.setattr(visits, "_ended_at", -visits.RENEW_SECONDS)
    come(board, alice)
    assert told() == ["room_access", "room_leave", "room_access"]


def test_coming_and_going_does_not_fill_the_log(board: Board, bob: User) -> None:
    for _ in range(100):
        visit_leave(come(board, bob).pk)
    most = visits.MAX_VISITS_PER_WINDOW
    assert told() == ["room_access", "room_leave"] * most + ["room_access"]
    age(visits.IDLE.total_seconds() + 5)
    end_old_visits()
    assert told().count("room_access") == told().count("room_leave")


def test_a_higher_level_is_another_visit_and_going_to_and_fro_is_not(
    board: Board, bob: User
) -> None:
    permission = BoardPermission.objects.get(board=board, user=bob)
    BoardPermission.objects.filter(pk=permission.pk).update(level="view")
    visit = come(board, bob)
    for level in ("edit", "view", "edit", "view", "edit"):
        BoardPermission.objects.filter(pk=permission.pk).update(level=level)
        come(board, bob, is_socket=False)
    rows = list(board_rows().order_by("pk").values_list("action", "level", "connection_id"))
    first, second = rows[0][2], rows[2][2]
    assert rows == [
        ("room_access", "view", first),
        ("room_leave", "view", first),
        ("room_access", "edit", second),
    ]
    assert first != second
    visit_leave(visit.pk)
    assert told()[3:] == ["room_leave"]


def test_other_people_ways_and_boards_are_other_visits(board: Board, alice: User) -> None:
    other = make_board(alice, title="Other", public=AccessLevel.VIEW)
    come(board, alice)
    come(other, alice)
    come(board, alice, via=AuditVia.TOKEN)
    come(other, None)
    come(other, None, origin=RequestOrigin("203.0.113.8", "Probe/1.0", "office"))
    assert told() == ["room_access"] * 5


def test_the_rows_name_the_link(board: Board, alice: User) -> None:
    link = ShareLink.objects.create(
        board=board, level="view", label="For the council", created_by=alice
    )
    client = Client()
    client.get(f"/board/{board.pk}", {"token": link_token(link)}, follow=True)
    row = AuditLog.objects.get(action="room_access")
    assert (row.via, row.share_link_id, row.data["link"]) == ("link", link.pk, "For the council")
    visit_leave(Visit.objects.get().pk)
    assert AuditLog.objects.get(action="room_leave").data["link"] == "For the council"


def test_the_public_address_is_told_as_such_also_for_the_owner(alice: User) -> None:
    board = make_board(alice, public=AccessLevel.EDIT)
    client = client_of(alice)
    client.get(f"/board/{board.pk}/public")
    client.get(f"/api/v1/boards/{board.pk}/comments?public=1")
    row = board_rows().get()
    assert (row.action, row.via, row.level, row.actor) == ("room_access", "public", "view", alice)


def test_one_more_request_of_a_visit_costs_one_query_and_writes_nothing(
    board: Board, bob: User
) -> None:
    come(board, bob, is_socket=False)
    access = resolve_access(board, user=bob)
    with CaptureQueriesContext(connection) as queries:
        visit_open(
            board=board,
            access=access,
            by=by(bob, FROM_HOME),
            entry="test",
        )
    assert len(queries) == 1
    age(visits.SEEN_EVERY.total_seconds() + 1)
    come(board, bob, is_socket=False)
    assert timezone.now() - Visit.objects.get().seen_at < timedelta(seconds=10)


def test_two_that_begin_the_same_visit_at_once_share_it(
    board: Board, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On PostgreSQL both may find none; whoever is second joins the first."""
    real = visits._came_often
    others: list[Any] = []

    def meanwhile(visit_id: Any) -> bool:
        if not others:
            others.append(visit_id)
            come(board, bob)
        return real(visit_id)

    monkeypatch.setattr(visits, "_came_often", meanwhile)
    come(board, bob)
    assert Visit.objects.get().sockets == 2
    assert told() == ["room_access"]


def test_a_person_who_was_deleted_in_between_leaves_too(board: Board, bob: User) -> None:
    visit = come(board, bob)
    bob.delete()
    visit_leave(visit.pk)
    assert told()[-1] == "room_leave"


def test_leaving_twice_is_one_row(board: Board, bob: User) -> None:
    visit = come(board, bob)
    visit_leave(visit.pk)
    visit_leave(visit.pk)
    assert told() == ["room_access", "room_leave"]
