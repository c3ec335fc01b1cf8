"""Exporting the log from the admin: who may, what it contains, and that it is recorded."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import AsyncClient, Client

from audit import export
from audit.actions import AuditAction
from audit.models import AuditLog
from audit.origin import RequestOrigin
from audit.services import audit_record
from audit.tests.actors import by


def path_of(format_name: str) -> str:
    return f"/admin/audit/auditlog/export/{format_name}"


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def write(title: str, actor: User) -> None:
    origin = RequestOrigin(ip_address="203.0.113.7", user_agent="=cmd()")
    audit_record(action=AuditAction.ROOM_CREATE, board_title=title, by=by(actor, origin))


def body_of(response: Any) -> str:
    return b"".join(response.streaming_content).decode()


def test_only_staff_with_the_permission_export(alice: User, bob: User, dana: User) -> None:
    bob.is_staff = True
    bob.save()
    bob.user_permissions.add(Permission.objects.get(codename="view_auditlog"))
    assert client_of(alice).post(path_of("csv")).status_code == 302
    assert client_of(bob).post(path_of("csv")).status_code == 403
    assert "Export" not in client_of(bob).get("/admin/audit/auditlog/").content.decode()
    bob.user_permissions.add(Permission.objects.get(codename="export_auditlog"))
    assert client_of(bob).post(path_of("csv")).status_code == 200
    assert client_of(dana).get(path_of("csv")).status_code == 405
    assert client_of(dana).post(path_of("xml")).status_code == 404
    careful = Client(enforce_csrf_checks=True)
    careful.force_login(dana)
    assert careful.post(path_of("csv")).status_code == 403
    assert AuditLog.objects.filter(action="audit_export").count() == 1


def test_the_filters_of_the_list_apply_and_the_export_is_recorded(dana: User, alice: User) -> None:
    write("Roadmap", alice)
    write("Other", alice)
    client = client_of(dana)
    assert (
        "export/jsonl?q=Roadmap" in client.get("/admin/audit/auditlog/?q=Roadmap").content.decode()
    )
    response = client.post(f"{path_of('jsonl')}?q=Roadmap&action__exact=room_create")
    assert response["Content-Type"] == "application/x-ndjson"
    assert "attachment" in response["Content-Disposition"]
    lines = [json.loads(line) for line in body_of(response).splitlines()]
    assert [line["board_title"] for line in lines] == ["Roadmap"]
    kept = AuditLog.objects.get(board_title="Roadmap")
    assert lines[0]["entry_hash"] == kept.entry_hash
    assert lines[0]["created_at"] == kept.created_at.isoformat()
    row = AuditLog.objects.get(action="audit_export")
    assert (row.actor, row.via) == (dana, "admin")
    filters = {"q": "Roadmap", "action__exact": "room_create"}
    assert row.data == {"format": "jsonl", "count": 1, "filters": filters}


def test_csv_runs_nothing_in_a_spreadsheet(
    dana: User, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "PAGE_ROWS", 2)
    for title in ("=1+1", "+x", "-x", "@x", "plain, with comma\n"):
        write(title, alice)
    text = body_of(client_of(dana).post(f"{path_of('csv')}?action__exact=room_create"))
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    titles = [row["board_title"] for row in rows]
    assert titles == ["'=1+1", "'+x", "'-x", "'@x", "plain, with comma\n"]
    assert {row["user_agent"] for row in rows} == {"'=cmd()"}
    assert list(rows[0]) == list(export.FIELDS)


@pytest.mark.django_db(transaction=True)
async def test_it_is_streamed_under_asgi(
    dana: User, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    from asgiref.sync import sync_to_async

    monkeypatch.setattr(export, "PAGE_ROWS", 2)
    for number in range(5):
        await sync_to_async(write)(f"Board {number}", alice)
    client = AsyncClient()
    await client.aforce_login(dana)
    response: Any = await client.post(f"{path_of('jsonl')}?action__exact=room_create")
    assert response.is_async
    chunks = [chunk async for chunk in response.streaming_content]
    assert [chunk.count(b"\n") for chunk in chunks] == [0, 2, 2, 1]
