"""Safe without reading the documentation: files, demo users, caches, sessions."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.core.checks import run_checks
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django.fixtures import Settings

from accounts.sign_in.idle_sessions import RENEWED_KEY
from accounts.sign_in.records import BEGAN_KEY
from accounts.tests.test_sign_in import sign_in
from boards.models import Board
from boards.tests.factories import client_of
from canvas_project.private_files import tighten
from canvas_project.security_checks import is_fit_for_others
from sync.programs.demo_password import KNOWN_PASSWORD, is_loopback
from tests.server import ROOT

OTHERS = stat.S_IRWXG | stat.S_IRWXO


def open_to_others(directory: Path) -> list[str]:
    paths = [directory, *directory.rglob("*")]
    return [str(path) for path in paths if path.stat().st_mode & OTHERS]


def test_what_commands_write_is_for_their_account_alone(tmp_path: Path) -> None:
    data_dir = tmp_path / "data"
    environment = {
        **os.environ,
        "CANVAS_DATA_DIR": str(data_dir),
        "DJANGO_SETTINGS_MODULE": "canvas_project.settings",
    }
    environment.pop("DATABASE_URL", None)
    command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
    subprocess.run(command, cwd=ROOT, env=environment, check=True, umask=0o022)
    assert (data_dir / "canvas.sqlite3").is_file()
    assert open_to_others(data_dir) == []


def test_existing_files_are_tightened(tmp_path: Path) -> None:
    database = tmp_path / "elsewhere" / "db.sqlite3"
    image = tmp_path / "data" / "files" / "board" / "image"
    target = tmp_path / "not ours"
    for path in (database, image, target):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
        path.chmod(0o644)
    (tmp_path / "data" / "link").symlink_to(target)
    tighten(tmp_path / "data", {"ENGINE": "django.db.backends.sqlite3", "NAME": str(database)})
    (tmp_path / "data" / "link").unlink()
    assert open_to_others(tmp_path / "data") == []
    assert not database.stat().st_mode & OTHERS
    assert target.stat().st_mode & OTHERS, "what a link leads to is not touched"


@pytest.mark.parametrize(
    "host", ["0.0.0.0", "192.0.2.7", "::", "canvas.example.org", "127.0.0.1.evil.example"]
)
def test_the_demo_is_not_served_to_others(db: None, host: str) -> None:
    with pytest.raises(CommandError, match="password that everybody knows"):
        call_command("serve", "--demo", "--host", host, "--port", "0")


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.10", "::1", "[::1]", "localhost"])
def test_only_loopback_is_this_machine(host: str) -> None:
    assert is_loopback(host)


def test_users_of_an_earlier_demo_are_not_served_to_others(alice: User) -> None:
    alice.set_password(KNOWN_PASSWORD)
    alice.save()
    with pytest.raises(CommandError, match="alice"):
        call_command("serve", "--host", "0.0.0.0", "--port", "0")


def test_demo_users_are_not_made_where_others_sign_in(db: None, settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["canvas.example.org"]
    with pytest.raises(CommandError, match="CANVAS_DEMO_PASSWORD"):
        call_command("create_demo")
    assert not User.objects.exists()
    settings.CANVAS_DEMO_PASSWORD = "a password of one's own"
    call_command("create_demo", verbosity=0)
    assert User.objects.filter(username="admin").exists()


def test_check_deploy_tells_each_unsafe_thing(
    alice: User, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.CANVAS_DATA_DIR = tmp_path
    monkeypatch.setitem(settings.DATABASES["default"], "NAME", tmp_path / "db.sqlite3")
    tmp_path.chmod(0o700)
    assert is_fit_for_others() == []
    alice.set_password(KNOWN_PASSWORD)
    alice.save()
    (tmp_path / "secret").write_text("x")
    (tmp_path / "secret").chmod(0o644)
    settings.CANVAS_SESSION_IDLE_SECONDS = 90 * 86_400
    settings.CANVAS_ACCESS_TOKEN_SECONDS = 7 * 86_400
    settings.CANVAS_HTTPS = True
    found = {problem.id for problem in run_checks(include_deployment_checks=True)}
    assert {"canvas.W101", "canvas.W102", "canvas.W103", "canvas.W104", "canvas.W105"} <= found


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/boards",
        "/api/v1/boards/{board}",
        "/api/v1/boards/{board}/permissions",
        "/api/v1/boards/{board}/comments",
        "/api/v1/boards/{board}/people",
        "/api/v1/boards/{board}/audit",
        "/api/v1/boards/{board}/links",
        "/api/v1/boards/{board}/versions",
        "/api/v1/boards/{board}/files",
        "/",
        "/board/{board}",
        "/board/{board}/share",
        "/board/{board}/activity",
        "/login",
    ],
)
def test_private_answers_are_kept_in_no_cache(board: Board, alice: User, path: str) -> None:
    response = client_of(alice).get(path.format(board=board.pk))
    assert "no-store" in response["Cache-Control"]


def test_a_session_ends_when_nobody_uses_it(alice: User, settings: Settings) -> None:
    settings.CANVAS_SESSION_IDLE_SECONDS = settings.SESSION_COOKIE_AGE = 3600
    client = client_of(alice)
    client.get("/")
    assert 3590 < client.session.get_expiry_age() <= 3600
    session = client.session
    session[RENEWED_KEY] = int(time.time()) - 1000
    session.save()
    Session.objects.update(expire_date="2026-01-01T00:00:00Z")
    assert client.get("/").status_code == 302, "the server, not only the browser, ends it"


def test_a_session_in_use_is_renewed_but_not_at_every_request(
    alice: User, settings: Settings
) -> None:
    settings.CANVAS_SESSION_IDLE_SECONDS = settings.SESSION_COOKIE_AGE = 3600
    client = client_of(alice)
    name = django_settings.SESSION_COOKIE_NAME
    assert name in client.get("/").cookies
    assert name not in client.get("/").cookies
    session = client.session
    session[RENEWED_KEY] = int(time.time()) - 200
    session.save()
    assert name in client.get("/").cookies
    assert Client().get("/login").cookies.get(name) is None


def test_a_session_ends_however_much_it_is_used(alice: User, settings: Settings) -> None:
    settings.CANVAS_SESSION_IDLE_SECONDS = settings.SESSION_COOKIE_AGE = 3600
    settings.CANVAS_SESSION_MAX_SECONDS = 7200
    client = sign_in(Client(), alice.get_username())
    client.get("/")
    assert client.session.get_expiry_age() > 3590
    session = client.session
    session[RENEWED_KEY] = session[BEGAN_KEY] = int(time.time()) - 7000
    session.save()
    for _ in range(2):
        assert client.get("/").status_code == 200
        assert client.session.get_expiry_age() <= 200
        session = client.session
        session[RENEWED_KEY] = 0
        session.save()
    session = client.session
    session[RENEWED_KEY] = session[BEGAN_KEY] = int(time.time()) - 7300
    session.pop("_session_expiry")
    session.save()
    client.get("/")
    assert client.get("/").status_code == 302
    sign_in(client, alice.get_username())
    client.get("/")
    assert client.session.get_expiry_age() > 3590


def test_drawing_keeps_a_session_in_use(board: Board, alice: User, settings: Settings) -> None:
    settings.CANVAS_SESSION_IDLE_SECONDS = settings.SESSION_COOKIE_AGE = 3600
    client = client_of(alice)
    config = client.get(f"/board/{board.pk}").context["config"]
    session = client.session
    session[RENEWED_KEY] = int(time.time()) - 200
    session.save()
    answer = client.head(config["signInUrl"])
    assert answer.status_code == 302
    assert django_settings.SESSION_COOKIE_NAME in answer.cookies
