"""The page of one's own tokens: what it shows, who may make and revoke one, and the admin's."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django.fixtures import Settings

from accounts.models import ApiToken
from accounts.tests.people import confirmed
from accounts.tokens.services import token_create, token_find
from audit.models import AuditLog
from audit.tests.actors import by
from boards.levels import AccessLevel
from boards.models import Space
from boards.tests.factories import PASSWORD, client_of, make_board, make_user

NEW, LIST = "/account/tokens/new", "/account/tokens"
FORM = {"name": "CI bot", "level": "read", "reach": "all", "days": "30"}
pytestmark = pytest.mark.django_db


@pytest.fixture
def alice() -> User:
    return make_user("alice")


def secret_in(response: Any) -> str:
    assert response.status_code == 200, response.content.decode()
    found = re.search(r"canvas_[0-9A-Za-z]{49}", response.content.decode())
    assert found is not None
    return found[0]


def text_of(response: Any) -> str:
    shown = html.unescape(re.sub(r"<[^>]+>", " ", response.content.decode()))
    return " ".join(shown.split())


def test_a_token_is_shown_once_and_works(alice: User) -> None:
    client = confirmed(alice)
    assert "No program has a token of yours." in text_of(client.get(LIST))
    answer = client.post(NEW, FORM)
    secret = secret_in(answer)
    assert "no-store" in answer["Cache-Control"]
    token = token_find(secret)
    assert (token.user, token.name, token.scopes) == (alice, "CI bot", ["boards:read"])
    assert 29 <= (token.expires_at - token.created_at).days <= 30
    page = client.get(LIST)
    assert "canvas_" not in page.content.decode()
    assert token.digest not in page.content.decode()
    assert "Read: all boards" in text_of(page)
    assert "not used yet" in text_of(page)


def test_it_asks_for_the_password_first(alice: User) -> None:
    client = client_of(alice)
    asked = client.get(NEW)
    assert asked.status_code == 302
    assert asked["Location"].startswith("/account/confirm")
    # What was sent meanwhile is done once the password is right.
    asked = client.post(NEW, FORM)
    assert client.post(asked["Location"], {"password": "wrong"}).status_code == 422
    assert not ApiToken.objects.exists()
    assert token_find(secret_in(client.post(asked["Location"], {"password": PASSWORD}))).name


def test_who_has_no_password_is_not_asked(alice: User) -> None:
    alice.set_unusable_password()
    alice.save()
    assert token_find(secret_in(client_of(alice).post(NEW, FORM))).user == alice


def test_boards_and_spaces_are_chosen(alice: User) -> None:
    space = Space.objects.create(name="Plans", owner=alice)
    board = make_board(alice, title="Roadmap")
    shared = make_board(make_user("bob"), title="Theirs", shared_with={alice: AccessLevel.VIEW})
    places = [f"space:{space.pk}", f"board:{board.pk}", f"board:{shared.pk}"]
    form = {**FORM, "level": "edit", "reach": "chosen", "chosen": places}
    client = confirmed(alice)
    token = token_find(secret_in(client.post(NEW, form)))
    assert sorted(token.scopes) == sorted(f"{place}:edit" for place in places)
    assert "Edit: the space “Plans”, " in text_of(client.get(LIST))
    assert "“Theirs”" in text_of(client.get(LIST))
    shared.permissions.all().delete()
    assert "Theirs" not in text_of(client.get(LIST))
    assert "a place that you can't open any more" in text_of(client.get(LIST))


def test_boards_are_named_by_their_address_too(alice: User, monkeypatch: Any) -> None:
    monkeypatch.setattr("boards.tokens.forms.OFFERED_BOARDS", 1)
    one, two = make_board(alice, title="One"), make_board(alice, title="Two")
    client = confirmed(alice)
    assert "Addresses of other boards" in client.get(NEW).content.decode()
    lines = f"https://canvas.example/board/{one.pk}?x=1\n{two.pk}"
    form = {**FORM, "reach": "chosen", "addresses": lines}
    assert len(token_find(secret_in(client.post(NEW, form))).scopes) == 2
    answer = client.post(NEW, {**form, "name": "2", "addresses": "the roadmap"})
    assert answer.status_code == 422


@pytest.mark.parametrize(
    "change",
    [
        {"name": ""},
        {"name": "x" * 101},
        {"level": "owner"},
        {"level": ""},
        {"reach": "chosen"},
        {"reach": "everything"},
        {"days": "5000"},
        {"days": "-1"},
        {"days": "x"},
        {"reach": "chosen", "chosen": ["board:1"]},
        {"reach": "chosen", "chosen": ["boards:manage"]},
    ],
)
def test_a_wrong_form_is_shown_again(alice: User, change: dict[str, Any]) -> None:
    answer = confirmed(alice).post(NEW, {**FORM, **change})
    assert answer.status_code == 422
    assert 'class="field-error"' in answer.content.decode()
    assert not ApiToken.objects.exists()


def test_the_boards_of_others_are_no_choice(alice: User) -> None:
    theirs = make_board(make_user("bob"))
    client = confirmed(alice)
    assert str(theirs.pk) not in client.get(NEW).content.decode()
    for change in ({"chosen": [f"board:{theirs.pk}"]}, {"addresses": str(theirs.pk)}):
        assert client.post(NEW, {**FORM, "reach": "chosen", **change}).status_code == 422
    assert not ApiToken.objects.exists()


def test_a_name_is_taken_once_and_there_are_so_many(alice: User, settings: Settings) -> None:
    settings.CANVAS_MAX_TOKENS_PER_PERSON = 2
    client = confirmed(alice)
    secret_in(client.post(NEW, FORM))
    assert "called “CI bot” already" in text_of(client.post(NEW, FORM))
    secret_in(client.post(NEW, {**FORM, "name": "2"}))
    assert "An account can have 2 tokens." in text_of(client.post(NEW, {**FORM, "name": "3"}))


def test_only_ones_own_are_listed_and_revoked(alice: User) -> None:
    bob = make_user("bob")
    token, _ = token_create(user=bob, name="x", scopes=["boards:edit"], expires_at=None, by=by(bob))
    mine, theirs = client_of(alice), client_of(bob)
    assert "Edit: all boards" not in text_of(mine.get(LIST))
    assert mine.post(f"{LIST}/{token.pk}/revoke").status_code == 404
    assert ApiToken.objects.exists()
    assert "“x” is revoked." in text_of(theirs.post(f"{LIST}/{token.pk}/revoke", follow=True))
    assert not ApiToken.objects.exists()
    row = AuditLog.objects.get(action="token_revoke")
    assert (row.actor, row.data["name"]) == (bob, "x")


def test_a_program_opens_none_of_it(alice: User) -> None:
    _, secret = token_create(
        user=alice, name="x", scopes=["boards:manage"], expires_at=None, by=by(alice)
    )
    client = Client(headers={"Authorization": f"Bearer {secret}"})
    for path in (LIST, NEW):
        assert client.get(path).status_code == 302
    assert client.post(NEW, FORM).status_code == 302
    assert ApiToken.objects.count() == 1


def test_the_admin_lists_and_revokes(alice: User) -> None:
    token, _ = token_create(
        user=alice, name="x", scopes=["boards:edit"], expires_at=None, by=by(alice)
    )
    helper = make_user("helper")
    helper.is_staff = True
    helper.save()
    base = "/admin/accounts/apitoken/"
    data = {"action": "revoke", "_selected_action": [str(token.pk)]}
    for person in (alice, helper):
        client_of(person).post(base, data)
    assert ApiToken.objects.exists()
    dana = make_user("dana", is_superuser=True)
    page = client_of(dana).get(f"{base}{token.pk}/change/")
    assert "Edit: all boards" in page.content.decode()
    assert token.digest not in page.content.decode()
    client_of(dana).post(base, data)
    assert not ApiToken.objects.exists()
    row = AuditLog.objects.get(action="token_revoke")
    assert (row.actor, row.target_user, row.via) == (dana, alice, "admin")
