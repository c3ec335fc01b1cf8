"""What an identity provider may say of somebody, and what that changes here."""

from __future__ import annotations

import http.server
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from pytest_django.fixtures import Settings

from accounts.identities.people import account_of
from accounts.identities.said import IdentityRefusedError
from accounts.models import ServiceAccount
from accounts.oidc import provider
from accounts.oidc.provider import ProviderDownError, said_by, source
from audit.tests.actors import by


def signed_in(**claims: Any) -> User:
    given = {"sub": "kim", "preferred_username": "kim", **claims}
    return account_of(source(), said_by(given), by=by(None))


def groups_of(user: User) -> set[str]:
    return set(user.groups.values_list("name", flat=True))


def test_rank_follows_the_groups_of_administrators(db: None, settings: Settings) -> None:
    settings.CANVAS_OIDC_ADMIN_GROUPS, settings.CANVAS_OIDC_STAFF_GROUPS = ["root"], ["it"]
    for groups, is_superuser, is_staff in (
        (["root"], True, True),
        (["it", "x"], False, True),
        (["Root", "root2"], False, False),
        ("root", True, True),
        ([["root"], {"root": 1}, None, 7], False, False),
    ):
        user = signed_in(groups=groups)
        assert (user.is_superuser, user.is_staff) == (is_superuser, is_staff), groups
        stored = User.objects.get(pk=user.pk)
        assert (stored.is_superuser, stored.is_staff) == (is_superuser, is_staff), groups


def test_without_the_claim_somebody_has_no_group_and_no_rank(db: None, settings: Settings) -> None:
    """Many providers leave it out for people without groups."""
    settings.CANVAS_OIDC_ADMIN_GROUPS = ["root"]
    user = signed_in(groups=["root", "design"])
    user.groups.add(Group.objects.create(name="by an administrator"))
    user = signed_in()
    assert groups_of(user) == {"by an administrator"}
    assert not user.is_superuser


def test_without_settings_for_rank_nothing_changes_it(db: None) -> None:
    user = signed_in(groups=["root"])
    User.objects.filter(pk=user.pk).update(is_superuser=True, is_staff=True)
    user = signed_in()
    assert (user.is_superuser, user.is_staff) == (True, True)


def test_a_claim_that_is_kept_elsewhere_is_one_sentence(db: None) -> None:
    signed_in(groups=["design"])
    with pytest.raises(IdentityRefusedError, match="more groups than its answer can hold"):
        signed_in(_claim_names={"groups": "src1"}, _claim_sources={"src1": {"endpoint": "x"}})
    assert groups_of(User.objects.get()) == {"design"}


@pytest.mark.parametrize("groups", [None, {"a": 1}, 5, True])
def test_groups_that_make_no_sense_are_refused(db: None, groups: Any) -> None:
    with pytest.raises(IdentityRefusedError, match="names your groups wrongly"):
        signed_in(groups=groups)
    assert not User.objects.exists(), "nothing half done"


class _Silent(http.server.BaseHTTPRequestHandler):
    asked = 0

    def do_GET(self) -> None:
        """Never answers in time."""
        type(self).asked += 1
        time.sleep(SILENT_SECONDS)

    def log_message(self, *_: Any) -> None:
        pass


SILENT_SECONDS = 2.0


@pytest.fixture
def silent(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[type[_Silent]]:
    """A provider that takes connections and does not answer."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Silent)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.CANVAS_OIDC_ISSUER = f"http://127.0.0.1:{server.server_address[1]}"
    settings.CANVAS_OIDC_CLIENT_ID = "canvas"
    monkeypatch.setattr(provider, "TIMEOUT_SECONDS", 0.5)
    _Silent.asked = 0
    provider.directory.forget()
    yield _Silent
    provider.directory.forget()
    server.shutdown()


def test_strangers_do_not_fill_the_threads_with_a_silent_provider(silent: type[_Silent]) -> None:
    def ask(number: int) -> bool:
        with pytest.raises(ProviderDownError):
            provider.directory.key(
                f"key {number}"
            ) if number % 2 else provider.directory.addresses()
        return True

    started = time.monotonic()
    with ThreadPoolExecutor(max_workers=16) as threads:
        assert all(threads.map(ask, range(64)))
    assert silent.asked <= 2, "one after the other, and then nobody for a while"
    assert time.monotonic() - started < 64 * 0.5 / 4


def test_a_silent_provider_is_one_sentence(db: None, silent: type[_Silent]) -> None:
    response = Client().get("/login/provider")
    assert response.status_code == 503
    assert "The identity provider does not answer." in response.content.decode()
    data = {"logout_token": "eyJhbGciOiJSUzI1NiIsImtpZCI6IngifQ.e30.eA"}
    assert Client().post("/login/provider/logout", data).status_code == 503


def test_a_service_account_is_nobodys_identity(db: None) -> None:
    user = signed_in()
    ServiceAccount.objects.create(user=user, purpose="Builds")
    with pytest.raises(IdentityRefusedError, match="for programs"):
        signed_in()
