"""Servers on one database that do not fit together say so, in the log and on the status page."""

import logging
import uuid
from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from boards.tests.factories import client_of, make_user
from canvas_project.server_keys import (
    STALE_AFTER,
    STARTED,
    ServerRegister,
    key_problems,
    own_keys,
    servers_now,
    unheard_problems,
)
from canvas_project.status import status_now
from sync.models import ServerProcess


def another(**keys: list[str]) -> ServerProcess:
    """A second server on the database, with some keys of its own."""
    return ServerProcess.objects.create(
        pk=uuid.uuid4(),
        name="other:7",
        version="0.1.0",
        keys={**own_keys(), **keys},
        seen_at=timezone.now(),
    )


def test_equal_keys_are_no_problem(db: None) -> None:
    another()
    assert list(key_problems()) == []


@pytest.mark.parametrize("name", ["DJANGO_SECRET_KEY", "CANVAS_JWT_KEYS", "CANVAS_AUDIT_KEY"])
def test_each_key_that_differs_is_named_with_what_to_set(db: None, name: str) -> None:
    another(**{name: ["0123456789abcdef"]})
    (problem,) = key_problems()
    assert problem.startswith(f"{name} differs from that of the server other:7")
    assert f"set {name} to the same value" in problem
    admin = make_user("root")
    admin.is_staff = admin.is_superuser = True
    admin.save()
    assert problem in client_of(admin).get("/admin/status").content.decode()


def test_two_servers_that_cannot_hear_of_each_other_are_told(db: None, settings: Settings) -> None:
    settings.CANVAS_BUS = "memory"
    other = another()
    (problem,) = unheard_problems()
    assert "CANVAS_BUS=memory is for one process alone" in problem
    assert problem in str(status_now()[0].lines)
    settings.CANVAS_BUS = "redis"
    assert list(unheard_problems()) == []
    settings.CANVAS_BUS = "memory"
    # It was killed, and this one started in its place.
    ServerProcess.objects.filter(pk=other.pk).update(seen_at=STARTED - timedelta(seconds=1))
    assert list(unheard_problems()) == []


def test_keys_may_be_replaced_one_server_after_the_other(db: None, settings: Settings) -> None:
    old, new = "o" * 40, "n" * 40
    settings.CANVAS_JWT_KEYS = {"new": new, "old": old}
    with_both = own_keys()["CANVAS_JWT_KEYS"]
    settings.CANVAS_JWT_KEYS = {"old": old, "new": new}
    another(CANVAS_JWT_KEYS=with_both)
    assert list(key_problems()) == []
    settings.CANVAS_JWT_KEYS = {"old": old}  # tokens of the other would be refused here
    assert len(list(key_problems())) == 1


def test_a_server_that_is_gone_counts_no_more(db: None) -> None:
    server = another(DJANGO_SECRET_KEY=["0123456789abcdef"])
    ServerProcess.objects.filter(pk=server.pk).update(
        seen_at=timezone.now() - STALE_AFTER - timedelta(seconds=1)
    )
    assert list(key_problems()) == []
    assert list(servers_now()) == []


def test_the_rows_do_not_show_the_keys(settings: Settings) -> None:
    settings.SECRET_KEY = "a-secret-that-must-not-be-stored"
    assert "a-secret" not in str(own_keys())
    assert {len(digest) for digests in own_keys().values() for digest in digests} == {16}


@pytest.mark.django_db(transaction=True)
def test_a_server_says_it_in_its_log_and_takes_its_row_away(
    caplog: pytest.LogCaptureFixture,
) -> None:
    another(CANVAS_AUDIT_KEY=["0123456789abcdef"])
    register = ServerRegister()
    with caplog.at_level(logging.ERROR):
        register.start()
        register.stop()
    assert "set CANVAS_AUDIT_KEY to the same value" in caplog.text
    assert [one.name for one in servers_now()] == ["other:7"]
