"""Rows of the audit log are written once and never change."""

from __future__ import annotations

import uuid

import pytest
from django.contrib.auth.models import User
from django.db import transaction

from audit.actions import AuditAction, AuditVia
from audit.actor import SYSTEM, Actor, actor_of_command
from audit.models import AuditLog, AuditLogImmutableError
from audit.origin import SYSTEM_ORIGIN, RequestOrigin
from audit.services import audit_record
from audit.tests.actors import by

WEB = RequestOrigin(ip_address="203.0.113.7", user_agent="Probe/1.0")


@pytest.fixture
def row(alice: User, bob: User) -> AuditLog:
    return audit_record(
        action=AuditAction.PERMISSION_CHANGE,
        target_user=bob,
        board_id=uuid.uuid4(),
        board_title="Roadmap",
        level="edit",
        data={"subject": "user", "old": "none", "new": "edit"},
        by=by(alice, WEB),
    )


def test_a_row_cannot_be_changed_or_deleted(row: AuditLog) -> None:
    row.action = AuditAction.ROOM_CREATE
    rows = AuditLog.objects.all()
    attempts = (
        row.save,
        row.delete,
        rows.delete,
        lambda: rows.update(action="room_create"),
        lambda: rows.bulk_update([row], ["action"]),
        lambda: rows.filter(pk=row.pk).update(outcome="error"),
        lambda: AuditLog._base_manager.update(outcome="error"),
        lambda: AuditLog(pk=row.pk, action="room_create").save(),
        lambda: rows.bulk_create(
            [row], update_conflicts=True, update_fields=["action"], unique_fields=["id"]
        ),
        lambda: rows.update_or_create(pk=row.pk, defaults={"action": "room_create"}),
    )
    for attempt in attempts:
        with pytest.raises(AuditLogImmutableError):
            attempt()
    assert AuditLog.objects.get().action == AuditAction.PERMISSION_CHANGE


def test_a_row_says_who_what_when_where(row: AuditLog, alice: User, bob: User) -> None:
    kept = AuditLog.objects.get()
    assert (kept.actor, kept.actor_kind, kept.actor_label) == (alice, "user", "alice")
    assert (kept.target_user, kept.target_label) == (bob, "bob")
    assert (kept.board_id, kept.board_title) == (row.board_id, "Roadmap")
    assert (kept.action, kept.outcome, kept.level) == ("permission_change", "success", "edit")
    assert (kept.via, kept.ip_address, kept.user_agent) == ("session", "203.0.113.7", "Probe/1.0")
    assert kept.data == {"subject": "user", "old": "none", "new": "edit"}
    assert kept.created_at is not None


def test_deleting_the_people_leaves_the_row_as_it_was(
    row: AuditLog, alice: User, bob: User
) -> None:
    before = AuditLog.objects.values().get()
    alice.delete()
    bob.delete()
    assert AuditLog.objects.values().get() == before


def test_system_and_anonymous_actors_are_told_apart(db: None) -> None:
    def kind(actor: Actor) -> str:
        return audit_record(action=AuditAction.ROOM_ACCESS, by=actor).actor_kind

    assert kind(SYSTEM) == "system"
    assert kind(actor_of_command("purge_trash")) == "system"
    assert kind(by(None, WEB, AuditVia.PUBLIC)) == "anonymous"
    # Someone whose address is not known is a person all the same.
    assert kind(by(None, SYSTEM_ORIGIN, AuditVia.PUBLIC)) == "anonymous"


def test_a_command_is_the_actor_and_names_for_whom_it_acts(alice: User) -> None:
    made = actor_of_command("create_demo", alice)
    row = audit_record(action=AuditAction.ROOM_CREATE, by=made)
    assert (row.actor, row.actor_kind, row.via) == (None, "system", "command")
    assert row.actor_label.startswith("create_demo (")
    assert row.data["for"] == "alice"


def test_a_row_goes_with_its_transaction(alice: User) -> None:
    with transaction.atomic():
        audit_record(action=AuditAction.ROOM_CREATE, by=by(alice, WEB))
        transaction.set_rollback(True)
    assert not AuditLog.objects.exists()
