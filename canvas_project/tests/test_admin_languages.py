"""The admin in German: whatever it says on any page differs from what it says in English.

A model, a field, a column, a filter or an action without a German name fails.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import CharField, TextField
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.models import ServiceAccount
from accounts.service_accounts.services import service_account_create
from accounts.tokens.services import token_create
from audit.tests.actors import by
from boards.libraries.selectors import seen_library
from boards.libraries.services import NewItem, item_put
from boards.models import Webhook
from boards.tests.world import World, make_world
from canvas_project.model_names import APPS
from canvas_project.tests.test_every_admin_action import ASK_FIRST, MODELS
from sync.models import DocumentSnapshot, DocumentUpdate, JobAttempt, LoadAttempt
from sync.programs.jobs import JOBS
from sync.programs.versions import version_create
from sync.tests.test_every_action import draw

SAME = {"Board", "Boards", "Filter", "Name", "Status", "System", "Token", "Tokens", "Webhooks"}
"""Words that are the same in both languages."""
NAMES = {
    "alice: First",
    "Canvas",
    "Django",
    "Python",
    "image/png",
    '{"x": 0, "y": 0}',
    connection.display_name,
    *JOBS,
}
"""Nobody translates these, nor what the world of these tests says."""
OF_DJANGO = {
    "After you’ve created a user, you’ll be able to edit more user options",  # noqa: RUF001
    "Disabled",
    "Enabled",
    "False",
    "Password-based authentication",
    "Raw passwords are not stored, so there is no way to see the user’s password",  # noqa: RUF001
    "Reset password",
    "Search",
    "True",
    "Whether the user will be able to authenticate using a password or not. If disabled, they may "
    "still be able to authenticate using other backends, such as Single Sign-On or LDAP",
}
"""What Django 5.2 has no German for."""
IDS = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{64}|\S+\*{8,}|md5")
"""Ids and digests."""
PERMISSIONS = re.compile(r"<select[^>]+name=\"(?:user_)?permissions\".*?</select>", re.DOTALL)
"""Django keeps the names of permissions in the database, in English."""


class _Texts(HTMLParser):
    """Every text of a page that people read or hear."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.texts: set[str] = set()
        self._hidden = 0
        self.feed(PERMISSIONS.sub("", page))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden += tag in ("script", "style")
        values = dict(attrs)
        shown = ["title", "alt", "aria-label", "placeholder"]
        if values.get("type") == "submit":
            shown.append("value")
        for name in shown:
            self.handle_data(values.get(name) or "")

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in ("script", "style")

    def handle_data(self, data: str) -> None:
        text = " ".join(IDS.sub("", data).split()).strip("\u203a :.…()")
        if not self._hidden and re.search(r"[^\W\d_]", text):
            self.texts.add(text)


@pytest.fixture
def world(db: None, settings: Settings, tmp_path: Path) -> World:
    """Rows of every model that the admin shows."""
    settings.CANVAS_FILES_DIR = tmp_path
    made = make_world()
    owner, board = made.people["owner"], made.board
    draw(board, owner)
    version_create(board=board, name="First", author=owner)
    draw(board, owner)
    account = service_account_create(username="bot", name="Bot", purpose="CI", by=by(owner))
    token_create(user=account.user, name="7", scopes=["boards:read"], expires_at=None, by=by(owner))
    Webhook.objects.create(owner=owner, name="7", host="192.0.2.7")
    LoadAttempt.objects.create(board=board, unfinished=5, quarantined_at=timezone.now())
    item = NewItem.of("7", [{"id": "a"}], {})
    place = seen_library(made.people["staff"], "everybody")
    item_put(place=place, key=uuid4(), item=item, position=None, by=by(made.people["staff"]))
    JobAttempt.objects.create(board=board, work="7", begun_at=timezone.now())
    if not DocumentSnapshot.objects.exists():
        update = DocumentUpdate.objects.first()
        assert update is not None
        DocumentSnapshot.objects.create(board=board, seq=1, payload=update.payload, size_bytes=1)
    return made


def pages() -> Iterator[str]:
    """The index, the status page, every page of every model, and our own."""
    yield reverse("admin:index")
    yield reverse("admin-status")
    for label, may in MODELS.items():
        row = apps.get_model(label).objects.order_by("pk").first()
        assert row is not None, label
        name = f"admin:{label.replace('.', '_')}"
        yield reverse(f"{name}_changelist")
        yield reverse(f"{name}_change", args=[row.pk])
        yield reverse(f"{name}_history", args=[row.pk])
        if "add" in may:
            yield reverse(f"{name}_add")
    account = ServiceAccount.objects.get()
    yield reverse("admin:accounts_serviceaccount_token", args=[account.pk])
    yield reverse("admin:auth_user_delete", args=[account.pk])


def not_written(found: dict[str, str]) -> dict[str, str]:
    """Without what is in columns of text: names and titles are what people call things."""
    models = {model for model in apps.get_models() if model._meta.app_label in {*APPS, "auth"}}
    written: set[str] = set()
    for model in models:
        columns = [
            one.name
            for one in model._meta.fields
            if isinstance(one, CharField | TextField) and not one.choices
        ]
        for row in model._default_manager.values_list(*columns) if columns else ():
            written.update(str(value) for value in row)
    return {text: where for text, where in found.items() if text not in written}


def texts(client: Client, path: str, language: str, action: str = "") -> set[str]:
    """What a page says in a language; of an action, what it asks."""
    client.cookies["canvas_language"] = language
    row = apps.get_model("boards.board").objects.order_by("pk").first()
    data = {"action": action, "_selected_action": [str(row.pk)]}
    answer = client.post(path, data) if action else client.get(path)
    assert answer.status_code == 200, path
    page = answer.content.decode()
    assert f'<html lang="{language}"' in page, path
    return _Texts(page).texts


def in_both(client: Client, path: str, action: str = "") -> set[str]:
    """What a page says in German as in English."""
    german = texts(client, path, "de", action)
    english = texts(client, path, "en", action)
    return (german & english) - SAME - NAMES - OF_DJANGO


def test_every_page_of_the_admin_is_german(world: World) -> None:
    client = world.clients["staff"]
    same = {text: path for path in pages() for text in in_both(client, path)}
    assert not_written(same) == {}


def test_questions_of_actions_are_german(world: World) -> None:
    client = world.clients["staff"]
    path = reverse("admin:boards_board_changelist")
    same = {text: action for action in ASK_FIRST for text in in_both(client, path, action)}
    assert not_written(same) == {}


def test_an_action_says_in_german_what_it_did(world: World) -> None:
    client = world.clients["staff"]
    client.cookies["canvas_language"] = "de"
    data = {"action": "lock", "_selected_action": [str(world.board.pk)]}
    page = client.post(reverse("admin:boards_board_changelist"), data, follow=True)
    assert "1 Board ist gesperrt." in page.content.decode()
