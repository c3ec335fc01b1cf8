"""The audit log in the admin: readable, never writable."""

from __future__ import annotations

import uuid

import pytest
from django.contrib.auth.models import User
from django.test import Client

from audit.actions import AuditAction
from audit.models import AuditLog
from audit.services import audit_record
from audit.tests.actors import by

LIST = "/admin/audit/auditlog/"


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def row(alice: User) -> AuditLog:
    return audit_record(
        action=AuditAction.ROOM_CREATE,
        board_id=uuid.uuid4(),
        board_title="Roadmap",
        by=by(alice),
    )


def test_people_who_are_not_staff_are_sent_to_the_sign_in_page(row: AuditLog, bob: User) -> None:
    assert client_of(bob).get(LIST).status_code == 302


def test_superuser_cannot_add_change_or_delete(row: AuditLog, dana: User) -> None:
    client = client_of(dana)
    assert client.get(f"{LIST}add/").status_code == 403
    assert client.post(f"{LIST}add/", {"action": "room_create"}).status_code == 403
    assert client.post(f"{LIST}{row.pk}/change/", {"action": "room_delete"}).status_code == 403
    assert client.post(f"{LIST}{row.pk}/delete/", {"post": "yes"}).status_code == 403
    chosen = {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"}
    client.post(LIST, chosen)
    kept = AuditLog.objects.get(pk=row.pk)
    assert kept.action == "room_create"


def test_superuser_reads_filters_and_searches(row: AuditLog, dana: User) -> None:
    client = client_of(dana)
    assert "Roadmap" in client.get(f"{LIST}{row.pk}/change/").content.decode()
    for term, is_found in (
        (str(row.board_id), True),
        ("alice", True),
        (str(uuid.uuid4()), False),
        ("nobody", False),
    ):
        content = client.get(LIST, {"q": term}).content.decode()
        assert ("Roadmap" in content) is is_found, term
    assert "Roadmap" not in client.get(LIST, {"action__exact": "room_delete"}).content.decode()
