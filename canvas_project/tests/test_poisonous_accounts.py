"""Values that nobody expects, in the forms and bodies around accounts, spaces and tokens.

As `test_poisonous_values`, for what is about no board: none is an error of the server's own, then
or on the pages that show what was kept.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from accounts.notifications.stop_links import stop_key
from accounts.sign_up.links import sign_up_path
from accounts.tests.people import PASSWORD
from boards.models import Folder, Space
from boards.tests.world import World, make_world
from canvas_project.tests.test_poisonous_values import (
    IN_ADDRESSES,
    POISON,
    fault_in,
    places_in,
    values_for,
    with_poison,
)

BODIES: dict[str, tuple[str, dict[str, Any]]] = {
    "api-program-tokens": (
        "POST",
        {"name": "Bot", "scopes": ["boards:read"], "expires_at": "2026-12-30T00:00:00Z"},
    ),
    "api-token": ("POST", {"username": "alice", "password": PASSWORD}),
    "api-notifications-read": ("POST", {"ids": [1], "board": "BOARD"}),
    "api-boards": ("POST", {"title": "New", "template": "blank", "space": None, "folder": None}),
    "api-spaces": ("POST", {"name": "New"}),
    "api-space": ("PATCH", {"name": "Art"}),
    "api-space-transfer": ("POST", {"user": "extra"}),
    "api-space-permissions": ("POST", {"user": "extra", "group": None, "level": "view"}),
    "api-folders": ("POST", {"name": "Ideas", "parent": None}),
    "api-folder": ("PATCH", {"name": "Ideas", "parent": None}),
    "api-invitations": ("POST", {"email": "lee@example.org", "level": "view"}),
    "api-board-star": ("POST", {}),
}
FORMS: dict[str, dict[str, str]] = {
    "login": {"username": "alice", "password": PASSWORD, "next": "/"},
    "account": {"first_name": "Kim", "last_name": "Lee"},
    "account-preferences": {"language": "de", "theme": "dark"},
    "account_change_password": {"oldpassword": PASSWORD, "password1": "x y z w", "password2": "x"},
    "account_reset_password": {"email": "kim@example.org"},
    "account_email": {"email": "kim@example.org", "action_add": "1", "action_send": "1"},
    "account_reauthenticate": {"password": PASSWORD, "next": "/"},
    "account_sign_up": {"email": "kim@example.org"},
    "mfa_activate_totp": {"code": "123456"},
    "mfa_add_webauthn": {"credential": "{}", "name": "Key"},
    "mfa_login_webauthn": {"credential": "{}"},
    "notifications-mail": {"mail": "mention"},
    "language": {"language": "de", "next": "/"},
    "board-create": {"title": "New", "template": "blank", "space": "", "folder": ""},
    "boards-chosen": {"operation": "star", "board": "x", "to": "", "space": "", "folder": ""},
    "space-create": {"name": "New"},
    "space-settings": {"operation": "add", "user": "extra", "level": "view", "name": "x"},
    "folder-create": {"name": "Ideas", "parent": ""},
    "folder-change": {"name": "Ideas", "operation": ""},
}
SHOWN_AT = {
    "account": "account",
    "account-preferences": "account",
    "account_email": "account_email",
    "board-create": "home",
    "folder-create": "home",
    "notifications-mail": "notifications",
    "space-create": "home",
    "space-settings": "space-settings",
    "api-boards": "api-boards",
    "api-program-tokens": "api-program-tokens",
    "api-space": "api-spaces",
    "api-spaces": "api-spaces",
}
"""Where one sees what was kept."""
OF_STRANGERS = (
    "login",
    "account_reset_password",
    "account_sign_up",
    "mfa_login_webauthn",
    "language",
)


SIGNED_IN = ("/account/email", "/account/picture", "/?")


@pytest.fixture
def world(db: None, settings: Settings, tmp_path: Path) -> World:
    settings.CANVAS_FILES_DIR = tmp_path
    settings.CANVAS_SIGN_UP_DOMAINS = ["example.org"]
    made = make_world()
    Space.objects.update(owner=made.people["owner"])
    made.people["owner"].set_password(PASSWORD)
    made.people["owner"].save()
    client = made.clients["owner"]
    client.force_login(made.people["owner"])
    client.post("/account/confirm", {"password": PASSWORD})
    for one in made.clients.values():
        one.raise_request_exception = False
    return made


def path_of(name: str, world: World) -> str:
    space = {"space_id": world.board.space_id}
    folder = Folder.objects.filter(space=world.board.space_id).values_list("pk", flat=True)[0]
    own: dict[str, dict[str, Any]] = {
        "api-folder": {**space, "folder_id": folder},
        "folder-change": {**space, "folder_id": folder},
        "api-invitations": {"board_id": world.board.pk},
        "api-board-star": {"board_id": world.board.pk},
    }
    is_of_space = "space-" in name or name in ("api-space", "api-folders", "folder-create")
    is_of_space = is_of_space and name != "space-create"
    return reverse(name, kwargs=own.get(name, space if is_of_space else {}))


def faults_after(world: World, client: Client, name: str, response: Any) -> Iterator[str]:
    if fault := fault_in(response):
        yield fault
    if response.status_code >= 400 or name not in SHOWN_AT:
        return
    if fault := fault_in(client.get(path_of(SHOWN_AT[name], world))):
        yield f"then {SHOWN_AT[name]} {fault}"


def test_in_every_body(world: World) -> None:
    faults = [fault for name in BODIES for fault in faults_of_body(world, name)]
    assert faults == []


def faults_of_body(world: World, name: str) -> Iterator[Any]:
    client, path = world.clients["owner"], path_of(name, world)
    method, body = BODIES[name]
    body = json.loads(json.dumps(body).replace("BOARD", str(world.board.pk)))
    places = list(places_in(body))
    for number, place in enumerate(places):
        for poison in values_for(number, len(places), POISON):
            cache.clear()
            with transaction.atomic():
                sent = with_poison(body, place, poison)
                response = client.generic(method, path, sent, content_type="application/json")
                for fault in faults_after(world, client, name, response):
                    yield name, place, poison[:40], fault
                transaction.set_rollback(True)


def poisoned(form: dict[str, str]) -> Iterator[tuple[str, dict[str, Any]]]:
    for number, field in enumerate(form):
        for poison in values_for(number, len(form), POISON[number % 2 :: 2]):
            value = json.loads(poison)
            text = value if isinstance(value, str) else poison
            yield field, {**form, field: text.encode("utf-8", "surrogatepass")}


def test_in_every_form(world: World) -> None:
    faults = [fault for name in FORMS for fault in faults_of_form(world, name, "owner")]
    faults += [one for name in OF_STRANGERS for one in faults_of_form(world, name, "anonymous")]
    assert faults == []


def faults_of_form(world: World, name: str, actor: str) -> Iterator[Any]:
    client, path = world.clients[actor], path_of(name, world)
    for field, form in poisoned(FORMS[name]):
        cache.clear()
        with transaction.atomic():
            for fault in faults_after(world, client, name, client.post(path, form)):
                yield name, field, form[field][:40], fault
            transaction.set_rollback(True)


def test_in_the_forms_of_links(world: World) -> None:
    """Those that only work with a key."""
    path, faults = sign_up_path("kim@example.org"), []
    form = {"username": "kim", "name": "Kim", "password1": "four quiet words", "password2": "x"}
    form["password2"] = form["password1"]
    for field, one in poisoned(form):
        with transaction.atomic():
            response = Client(raise_request_exception=False).post(path, one)
            faults += [(field, fault)] if (fault := fault_in(response)) else []
            transaction.set_rollback(True)
    assert faults == []


def test_in_every_key(world: World) -> None:
    """Of addresses that are keys, and of keys in queries."""
    client, stranger = world.clients["owner"], Client(raise_request_exception=False)
    faults = []
    stop = stop_key(world.people["owner"])
    for poison in (*IN_ADDRESSES, stop[:-1], "::", ":", "%0d%0aSet-Cookie:x=1", "." * 3000):
        for path in (
            f"/account/sign-up/{poison}",
            f"/account/email/{poison}",
            f"/account/password/reset/1-{poison}",
            f"/account/password/reset/zzzzzzzzzzzzzzzzzzzz-{poison}",
            f"/invitation/{poison}",
            f"/account/picture/{poison}",
            f"/mail/stop?key={poison}",
            f"/setup?token={poison}",
            f"/login?next={poison}",
            f"/login/provider/callback?state={poison}&code={poison}",
            f"/api/v1/search?q={poison}&board={poison}&limit={poison}",
            f"/api/v1/boards/{world.board.pk}/suggestions?q=a{poison}",
            f"/?q={poison}&space={poison}&folder={poison}&sort={poison}&page={poison}",
        ):
            browser = client if "/api/" in path or path.startswith(SIGNED_IN) else stranger
            response = browser.get(path)
            if fault := fault_in(response):
                faults.append((path[:80], fault))
            assert "x=1" not in str(response.headers.get("Set-Cookie", ""))
    assert faults == []


@pytest.mark.parametrize(
    "content", [b"", b"\0" * 100, b"GIF89a", b"\x89PNG\r\n\x1a\n" + b"\xff" * 64]
)
def test_a_picture_that_is_none(world: World, content: bytes) -> None:
    upload = SimpleUploadedFile("../../x\0.png", content, content_type="image/png")
    response = world.clients["owner"].post("/account/picture", {"picture": upload})
    assert response.status_code == 422


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example",
        "/\\evil.example",
        "https:evil.example",
        "\t//evil.example",
        "javascript:alert(1)",
    ],
)
def test_no_form_leads_to_another_site(world: World, target: str) -> None:
    owner, wrong = world.clients["owner"], []
    form = {"username": "alice", "password": PASSWORD, "language": "de", "email": "x"}
    for path in ("/login", "/language", "/account/confirm", "/account/preferences"):
        for client in (owner, Client()):
            for response in (
                client.post(path, {**form, "next": target}),
                client.post(f"{path}?next={target}", form),
            ):
                place = response.headers.get("Location", "")
                if "evil" in place.split("?")[0] or place.startswith("javascript"):
                    wrong.append((path, place))
    assert wrong == []
