"""Pages and REST find a board, name the way in and refuse in the same way."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group, User
from django.core.exceptions import ValidationError

from audit.models import AuditLog
from boards.access.subjects import PUBLIC, Subject
from boards.models import Board, BoardPermission
from boards.tests.factories import client_of

FORM, JSON = "application/x-www-form-urlencoded", "application/json"
WAYS = {
    "manage, on a page": ("post", "/board/{}/rename", FORM),
    "manage, by REST": ("patch", "/api/v1/boards/{}", JSON),
    "see, on a page": ("get", "/board/{}/thumbnail.svg", ""),
    "see, by REST": ("get", "/api/v1/boards/{}", ""),
}


def refusals(user: User | None, board: Board) -> dict[str, tuple[str, str, str]]:
    """What the log says of each way: the reason, the way in, and the answer's text if it is one."""
    found = {}
    for name, (method, path, kind) in WAYS.items():
        send = getattr(client_of(user), method)
        body = {"content_type": kind, "data": "{}" if kind == JSON else ""} if kind else {}
        answer = send(path.format(board.pk), **body)
        row = AuditLog.objects.filter(action="room_access_denied").order_by("-pk").first()
        assert row is not None, name
        found[name] = (row.data["reason"], row.via, str(answer.status_code))
    return found


def test_strangers_and_members_are_refused_alike_by_pages_and_rest(
    board: Board, bob: User, charlie: User
) -> None:
    stranger = refusals(charlie, board)
    assert set(stranger.values()) == {("no_permission", "session", "404")}
    for name in ("manage, on a page", "manage, by REST"):
        before = AuditLog.objects.filter(action="room_access_denied").count()
        method, path, kind = WAYS[name]
        data = "{}" if kind == JSON else ""
        answer = getattr(client_of(bob), method)(path.format(board.pk), data, content_type=kind)
        assert answer.status_code == 403
        rows = AuditLog.objects.filter(action="room_access_denied").order_by("-pk")
        assert rows.count() == before + 1
        assert rows[0].data["reason"] == "not_manager"


@pytest.mark.parametrize("kind", ["user", "group", "public"])
def test_a_subject_is_the_same_from_its_row_and_finds_it(
    board: Board, charlie: User, kind: str
) -> None:
    team = Group.objects.create(name="Team")
    subject = {"user": Subject(user=charlie), "group": Subject(group=team), "public": PUBLIC}[kind]
    BoardPermission.objects.create(board=board, level="view", **subject.columns)
    row = board.permissions.get(**subject.columns)
    assert Subject.of_row(row) == subject
    assert subject.kind == subject.audit_data["subject"] == kind


def test_the_owner_and_deactivated_accounts_are_given_nothing(
    board: Board, alice: User, charlie: User
) -> None:
    charlie.is_active = False
    for user, text in ((alice, "already owns this board"), (charlie, "is deactivated")):
        with pytest.raises(ValidationError, match=text):
            Subject(user=user).require_grantable(board)
    Subject(group=Group(name="Team")).require_grantable(board)
    PUBLIC.require_grantable(board)


def test_rest_refuses_in_the_language_of_the_request(
    board: Board, bob: User, charlie: User
) -> None:
    german = {"Accept-Language": "de"}
    path = f"/api/v1/boards/{board.pk}"
    hidden = client_of(charlie).get(path, headers=german).json()["detail"]
    assert hidden.startswith("Dieses Board gibt es nicht")
    refused = client_of(bob).patch(path, "{}", content_type=JSON, headers=german).json()["detail"]
    assert refused.startswith("Das kann nur die Person")
