"""Service accounts: nobody signs in with one, and administrators make them with their tokens."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.auth import get_user
from django.contrib.auth.models import Permission, User
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from pytest_django.fixtures import Settings

from accounts.identities.people import account_of
from accounts.identities.said import IdentityRefusedError, Said, Source
from accounts.models import ApiToken, ServiceAccount
from accounts.proxy_header.headers import ProxyPerson
from accounts.proxy_header.people import account_named
from accounts.service_accounts.services import service_account_create
from accounts.tokens.services import token_find
from audit.actions import AuditVia
from audit.actor import SYSTEM
from audit.models import AuditLog
from boards.access.subjects import Subject
from boards.levels import AccessLevel
from boards.sharing.permissions import permission_grant
from boards.sharing.suggestions import suggestions
from boards.tests.factories import client_of, make_board, make_user

ADD = "/admin/accounts/serviceaccount/add/"
PASSWORD = "a long enough password 17"
pytestmark = pytest.mark.django_db


@pytest.fixture
def bot() -> User:
    made = service_account_create(username="ci-bot", name="CI bot", purpose="Builds", by=SYSTEM)
    return made.user


@pytest.fixture
def dana() -> User:
    return make_user("dana", is_superuser=True)


def test_a_password_is_not_kept(bot: User) -> None:
    bot.set_password(PASSWORD)
    bot.save()
    bot.refresh_from_db()
    assert not bot.has_usable_password()


def test_a_password_does_not_sign_in(bot: User) -> None:
    """Not even one that came into the row another way."""
    other = make_user("other")
    other.set_password(PASSWORD)
    User.objects.filter(pk=bot.pk).update(password=other.password)
    client = Client()
    form = {"login": "ci-bot", "username": "ci-bot", "password": PASSWORD}
    assert client.post("/login", form).status_code == 422
    answer = client.post(
        "/api/v1/auth/token",
        {"username": "ci-bot", "password": PASSWORD},
        content_type="application/json",
    )
    assert answer.status_code == 401


def test_no_session_is_begun_in_any_way(bot: User) -> None:
    client = Client()
    with pytest.raises(PermissionDenied):
        client.force_login(bot)
    request: Any = client.get("/login").wsgi_request
    assert not get_user(request).is_authenticated


def test_an_identity_provider_does_not_sign_in(bot: User, settings: Settings) -> None:
    settings.CANVAS_OIDC_LINK_EMAIL = True
    User.objects.filter(pk=bot.pk).update(email="ci@example.org")
    said = Said(subject="1", email="ci@example.org", is_email_verified=True)
    source = Source("https://id.example", AuditVia.OIDC, "CANVAS_OIDC")
    with pytest.raises(IdentityRefusedError, match="for programs"):
        account_of(source, said, by=SYSTEM)


def test_a_proxy_does_not_sign_in(bot: User) -> None:
    person = ProxyPerson(name="ci-bot", email="", full_name="", groups=None, is_repeated=False)
    with pytest.raises(IdentityRefusedError, match="for programs"):
        account_named(person, by=SYSTEM)


def test_a_name_is_taken_once(bot: User) -> None:
    with pytest.raises(ValidationError):
        service_account_create(username="ci-bot", name="", purpose="", by=SYSTEM)
    assert ServiceAccount.objects.count() == 1


def test_it_is_offered_to_share_with_as_a_program(bot: User) -> None:
    alice = make_user("alice")
    board = make_board(alice)
    (found,) = suggestions(alice, board.owner_id, "ci-")
    assert (found.value, found.name, found.is_program) == ("ci-bot", "CI bot", True)
    permission_grant(board=board, subject=Subject(user=bot), level=AccessLevel.EDIT, by=SYSTEM)
    page = client_of(alice).get(f"/board/{board.pk}/share").content.decode()
    assert re.search(r'CI bot\s*<span class="share-note">Program</span>', page)


def test_administrators_make_it_and_its_tokens(dana: User) -> None:
    client = client_of(dana)
    answer = client.post(ADD, {"username": "ci-bot", "name": "CI bot", "purpose": "Builds"})
    assert answer.status_code == 302
    account = ServiceAccount.objects.get()
    assert (account.user.first_name, account.created_by) == ("CI bot", dana)
    row = AuditLog.objects.get(action="auth_sign_up")
    assert (row.actor, row.target_user, row.data["kind"]) == (dana, account.user, "service_account")
    board = make_board(make_user("alice"), shared_with={account.user: AccessLevel.EDIT})
    path = f"/admin/accounts/serviceaccount/{account.pk}/token/"
    assert "Roadmap" in client.get(path).content.decode()
    form = {"name": "Jenkins", "level": "edit", "reach": "all", "days": "30"}
    made = client.post(path, form)
    assert "no-store" in made["Cache-Control"]
    secret = re.search(r"canvas_[0-9A-Za-z]{49}", made.content.decode())
    assert secret is not None
    token = token_find(secret[0])
    assert token.user == account.user
    page = client.get(f"/admin/accounts/serviceaccount/{account.pk}/change/").content.decode()
    assert "Jenkins" in page
    assert secret[0] not in page
    program = Client(headers={"Authorization": f"Bearer {secret[0]}"})
    body = {"anchor": {"x": 0, "y": 0}, "body": "Built."}
    comments = f"/api/v1/boards/{board.pk}/comments"
    assert program.post(comments, body, content_type="application/json").status_code == 201
    row = AuditLog.objects.filter(action="room_write").get()
    assert (row.actor, row.data["token"]) == (account.user, "Jenkins")
    User.objects.filter(pk=account.pk).update(is_active=False)
    assert program.get(comments).status_code == 401


@pytest.mark.parametrize(
    "form", [{}, {"username": "dana"}, {"username": "DANA"}, {"username": "a b"}]
)
def test_a_wrong_name_is_refused(dana: User, form: dict[str, str]) -> None:
    assert client_of(dana).post(ADD, form).status_code == 200
    assert not ServiceAccount.objects.exists()


def test_nobody_else_makes_one_or_a_token(bot: User) -> None:
    helper = make_user("helper")
    helper.is_staff = True
    helper.save()
    path = f"/admin/accounts/serviceaccount/{bot.pk}/token/"
    form = {"name": "x", "level": "edit", "reach": "all", "days": "30"}
    for person, code in ((make_user("bob"), 302), (helper, 403)):
        client = client_of(person)
        assert client.get(path).status_code == code
        assert client.post(path, form).status_code == code
        assert client.post(ADD, {"username": "x"}).status_code == code
    assert not ApiToken.objects.exists()
    assert ServiceAccount.objects.count() == 1


def test_a_wrong_token_form_is_shown_again(dana: User, bot: User) -> None:
    path = f"/admin/accounts/serviceaccount/{bot.pk}/token/"
    answer = client_of(dana).post(path, {"name": "", "level": "edit", "reach": "all", "days": "30"})
    assert answer.status_code == 422
    assert not ApiToken.objects.exists()


def test_who_may_only_look_at_them_makes_no_token(db: None) -> None:
    account = service_account_create(username="ci-bot", name="", purpose="CI", by=SYSTEM)
    helper = make_user("helper")
    User.objects.filter(pk=helper.pk).update(is_staff=True)
    helper.user_permissions.add(Permission.objects.get(codename="view_serviceaccount"))
    client = client_of(helper)
    assert client.get("/admin/accounts/serviceaccount/").status_code == 200
    page = f"/admin/accounts/serviceaccount/{account.pk}/token/"
    assert client.get(page).status_code == 403
    assert client.post(page, {"name": "x"}).status_code == 403


def test_only_superusers_make_a_token_of_a_superuser(dana: User, bot: User) -> None:
    helper = make_user("helper")
    User.objects.filter(pk=helper.pk).update(is_staff=True)
    helper.user_permissions.add(Permission.objects.get(codename="change_serviceaccount"))
    page = f"/admin/accounts/serviceaccount/{bot.pk}/token/"
    form = {"level": "edit", "reach": "all", "days": "30"}
    for number, is_superuser, person, code in (
        (1, False, helper, 200),
        (1, True, helper, 403),
        (2, True, dana, 200),
    ):
        User.objects.filter(pk=bot.pk).update(is_superuser=is_superuser)
        answer = client_of(person).post(page, {**form, "name": f"{person} {number}"})
        assert answer.status_code == code
        assert ApiToken.objects.count() == number
