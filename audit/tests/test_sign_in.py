"""Signing in and out are in the log; passwords are not."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.test import Client

from audit.checks import check_audit_settings
from audit.models import AuditLog

PASSWORD = "correct horse battery staple"


def actions() -> list[tuple[str, str, str]]:
    rows = AuditLog.objects.order_by("pk")
    return [(row.action, row.outcome, row.actor_label) for row in rows]


def test_a_wrong_password_is_recorded_with_the_name_cut_and_cleaned(alice: User) -> None:
    name = "ali\x1bce" + "x" * 100
    Client().post("/login", {"username": name, "password": "secret-guess"})
    row = AuditLog.objects.get()
    assert (row.action, row.outcome, row.actor_id) == ("auth_login_failed", "denied", None)
    assert row.data == {"username": "alice" + "x" * 58}
    assert "secret-guess" not in str(AuditLog.objects.values().get())


def test_signing_in_and_out(alice: User) -> None:
    alice.set_password(PASSWORD)
    alice.save()
    client = Client()
    client.post("/login", {"username": "alice", "password": PASSWORD})
    client.post("/logout")
    client.post("/logout")
    expected = [("auth_login", "success", "alice"), ("auth_logout", "success", "alice")]
    assert actions() == expected


def test_settings_that_protect_nothing_are_refused(settings: object) -> None:
    assert check_audit_settings() == []
    settings.CANVAS_AUDIT_KEY = "short"  # type: ignore[attr-defined]
    settings.CANVAS_AUDIT_IP_MODE = "ful"  # type: ignore[attr-defined]
    assert [problem.id for problem in check_audit_settings()] == ["audit.E001", "audit.E002"]
