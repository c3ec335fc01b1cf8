"""Probes of load balancers and orchestrators, which ask by IP address and often."""

import logging
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

FOREIGN = "10.1.2.3:8000"


@pytest.fixture(autouse=True)
def _look_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("canvas_project.health._readiness._looked_at", -1e9)
    monkeypatch.setattr("sync.storage.write_lock._committed_at", -1e9)


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/healthz/", "/readyz/"])
@pytest.mark.parametrize("host", [FOREIGN, "[2001:db8::7]", "no_such host"])
def test_a_probe_by_an_address_that_is_no_allowed_name_is_answered(
    db: None, path: str, host: str
) -> None:
    response = Client(headers={"Host": host}).get(path)
    assert response.status_code == 200


def test_any_other_page_refuses_a_foreign_host_without_a_traceback(
    db: None, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        response = Client(headers={"Host": FOREIGN}).get("/login")
    assert response.status_code == 400
    assert all(record.exc_info is None for record in caplog.records)


def test_asking_often_takes_the_write_lock_once(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("canvas_project.health.KEPT_SECONDS", 60.0)
    with CaptureQueriesContext(connection) as queries:
        for _ in range(20):
            assert Client().get("/readyz").status_code == 200
    looks = [query for query in queries if query["sql"] == "SELECT 1"]
    assert len(looks) == 1


@pytest.mark.django_db(transaction=True)
def test_a_server_that_commits_is_asked_without_the_write_lock() -> None:
    with transaction.atomic():
        get_user_model().objects.create(username="anybody")
    taken: list[str] = []
    with connection.execute_wrapper(_noting(taken)):
        assert Client().get("/readyz").status_code == 200
    only_reads = connection.vendor == "sqlite"  # elsewhere a transaction keeps nobody waiting
    assert taken == ["SELECT 1 FROM django_migrations LIMIT 1" if only_reads else "SELECT 1"]


def _noting(taken: list[str]) -> Any:
    def note(execute: Any, sql: str, *rest: Any) -> Any:
        taken.append(sql)
        return execute(sql, *rest)

    return note
