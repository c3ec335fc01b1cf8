"""Invitations by mail address: who gets in by them, and what they tell nobody."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.models import User
from django.core import mail
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.mail import wait_until_sent
from accounts.models import Notification
from accounts.notifications.descriptions import described
from accounts.tests.people import addresses_in_mails
from audit.actor import SYSTEM
from audit.models import AuditLog
from audit.tests.actors import by
from boards.models import Board, Invitation
from boards.sharing.invitations import invitation_withdraw
from boards.sharing.transfer import board_transfer
from boards.tests.factories import client_of, make_user

PASSWORD = "four quiet words here"
FORM = {"username": "kim", "name": "Kim Ott", "password1": PASSWORD, "password2": PASSWORD}
EMAIL = "kim@example.org"


@pytest.fixture
def without_mail(settings: Settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = ""


def invite(by: User, board: Board, email: str = EMAIL, level: str = "comment") -> Any:
    path = f"/api/v1/boards/{board.pk}/invitations"
    body = {"email": email, "level": level}
    return client_of(by).post(path, body, content_type="application/json")


def mailed_path() -> str:
    wait_until_sent()
    body = str(mail.outbox[-1].body)
    found = re.search(r"http://testserver(/invitation/\S+)", body)
    assert found, body
    return found[1]


def level_of(board: Board, name: str) -> str | None:
    row = board.permissions.filter(user__username=name).first()
    return row.level if row else None


def sign_up(path: str, name: str = "kim") -> Any:
    client = Client()
    link = client.post(path, {"way": "sign_up"})["Location"]
    return client.post(link, {**FORM, "username": name}, follow=True)


def test_a_new_person_signs_up_and_lands_on_the_board(board: Board, alice: User) -> None:
    answer = invite(alice, board)
    assert (answer.status_code, answer.json()["link"]) == (201, "")
    path = mailed_path()
    assert "Roadmap" in mail.outbox[-1].subject
    assert "You are invited" in Client().get(path).content.decode()
    response = sign_up(path)
    assert response.request["PATH_INFO"] == f"/board/{board.pk}"
    assert level_of(board, "kim") == "comment"
    assert EmailAddress.objects.get(email=EMAIL).verified
    rows = AuditLog.objects.filter(action__startswith="invitation").order_by("pk")
    assert [(row.action, row.actor_label) for row in rows] == [
        ("invitation_create", "alice"),
        ("invitation_accept", "kim"),
    ]


@pytest.mark.parametrize("prefix", ["", "/canvas"])
def test_the_mail_leads_to_our_address_whatever_name_the_request_came_by(
    board: Board, alice: User, settings: Settings, prefix: str
) -> None:
    """By REST and from the dialog: who invites must not be able to send people elsewhere."""
    settings.ALLOWED_HOSTS, settings.CANVAS_ADDRESS = ["*"], f"https://canvas.example{prefix}"
    settings.CANVAS_PATH_PREFIX = prefix
    body, headers = {"email": EMAIL, "level": "view"}, {"Host": "evil.example:8443"}
    client, path = client_of(alice), f"/api/v1/boards/{board.pk}/invitations"
    client.post(path, body, content_type="application/json", headers=headers)
    form = {"operation": "grant", "user": "lee@example.org", "level": "view"}
    client.post(f"/board/{board.pk}/share", form, headers=headers)
    addresses = addresses_in_mails()
    assert len(addresses) == 2
    start = f"https://canvas.example{prefix}/invitation/"
    assert [one for one in addresses if not one.startswith(start)] == []


def test_an_account_is_made_at_the_name_that_somebody_came_by(
    board: Board, alice: User, settings: Settings
) -> None:
    """Their session belongs to that name."""
    settings.CANVAS_ADDRESS = "https://canvas.example"
    invite(alice, board)
    (address,) = addresses_in_mails()
    response = Client().post(address.removeprefix(settings.CANVAS_ADDRESS), {"way": "sign_up"})
    assert response["Location"].startswith("/account/sign-up/")


def test_somebody_with_an_account_accepts_by_one_click(
    board: Board, alice: User, charlie: User
) -> None:
    invite(alice, board)
    path = mailed_path()
    client = client_of(charlie)
    assert "signed in as charlie" in client.get(path).content.decode()
    assert level_of(board, "charlie") is None
    assert client.post(path)["Location"] == f"/board/{board.pk}"
    assert level_of(board, "charlie") == "comment"
    assert client.get(path)["Location"] == f"/board/{board.pk}"


def test_a_link_lets_one_person_in(board: Board, alice: User, charlie: User) -> None:
    invite(alice, board)
    path = mailed_path()
    client_of(charlie).post(path)
    other = make_user("other")
    assert client_of(other).post(path).status_code == 403
    assert Client().get(path).status_code == 403
    assert level_of(board, "other") is None


def test_nobody_is_lowered(board: Board, alice: User, bob: User) -> None:
    invite(alice, board, level="view")
    path = mailed_path()
    client_of(bob).post(path)
    assert level_of(board, "bob") == "edit"
    invite(alice, board, level="view")
    assert client_of(alice).post(mailed_path())["Location"] == f"/board/{board.pk}"
    assert level_of(board, "alice") is None


@pytest.mark.parametrize("how", ["withdrawn", "too old", "trashed", "forged", "unknown"])
def test_what_is_over_lets_nobody_in(board: Board, alice: User, charlie: User, how: str) -> None:
    row = invite(alice, board).json()["id"]
    path = mailed_path()
    if how == "withdrawn":
        address = f"/api/v1/boards/{board.pk}/invitations/{row}"
        assert client_of(alice).delete(address).status_code == 204
        assert client_of(alice).delete(address).status_code == 404
        assert AuditLog.objects.filter(action="invitation_withdraw").count() == 1
    elif how == "too old":
        Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    elif how == "trashed":
        Board.objects.update(deleted_at=timezone.now())
    else:
        path = path[:-3] + "xyz" if how == "forged" else "/invitation/" + "x" * 2000
    for client in (client_of(charlie), Client()):
        for answer in (client.get(path), client.post(path)):
            assert answer.status_code == 403
            assert "no longer works" in answer.content.decode()
    assert level_of(board, "charlie") is None


def test_the_inviter_learns_nothing_of_accounts(board: Board, alice: User) -> None:
    User.objects.create_user("known", "known@example.org", PASSWORD)
    answers = []
    for email in ("known@example.org", "fresh@example.org"):
        answer = invite(alice, board, email).json()
        for field in ("id", "email", "created_at", "expires_at"):
            del answer[field]
        answers.append(answer)
    assert answers[0] == answers[1]
    assert set(board.permissions.values_list("user__username", flat=True)) == {"bob"}
    wait_until_sent()
    bodies = [re.sub(r"/invitation/\S+", "", str(one.body)) for one in mail.outbox]
    assert bodies[0] == bodies[1]


def test_without_mail_the_link_is_passed_on_and_proves_no_address(
    board: Board, alice: User, without_mail: None
) -> None:
    User.objects.create_user("known", EMAIL, PASSWORD)
    answered = invite(alice, board).json()["link"]
    page = client_of(alice).get(f"/board/{board.pk}/share").content.decode()
    # Each link is signed with the current second, so the two may differ.
    shown = re.search(r'data-copy="(http://testserver/invitation/[^"]+)"', page)
    assert shown is not None
    assert Client().get(answered.removeprefix("http://testserver")).status_code == 200
    path = shown[1].removeprefix("http://testserver")
    sign_up(path)
    assert level_of(board, "kim") == "comment"
    assert User.objects.get(username="kim").email == ""
    assert not EmailAddress.objects.exists()


def test_a_link_makes_one_account(board: Board, alice: User, without_mail: None) -> None:
    path = invite(alice, board).json()["link"].removeprefix("http://testserver")
    links = [Client().post(path, {"way": "sign_up"})["Location"] for _ in range(2)]
    assert Client().post(links[0], FORM).status_code == 302
    assert Client().post(links[1], {**FORM, "username": "eve"}).status_code == 403
    assert not User.objects.filter(username="eve").exists()


def test_invited_people_make_no_account_where_that_is_off(
    board: Board, alice: User, settings: Settings
) -> None:
    settings.CANVAS_SIGN_UP_INVITED = False
    invite(alice, board)
    path = mailed_path()
    assert "Make an account" not in Client().get(path).content.decode()
    assert Client().post(path, {"way": "sign_up"})["Location"].startswith("/login?next=")


def test_whose_address_has_an_account_signs_in_with_it(
    board: Board, alice: User, settings: Settings
) -> None:
    invite(alice, board)
    path = mailed_path()
    settings.CANVAS_OIDC_ONLY, settings.CANVAS_OIDC_ISSUER = True, "https://id.example.org"
    settings.CANVAS_OIDC_CLIENT_ID = "canvas"
    assert "Make an account" not in Client().get(path).content.decode()
    assert Client().post(path, {"way": "sign_up"})["Location"].startswith("/login?next=")
    settings.CANVAS_OIDC_ONLY = False
    assert "Make an account" in Client().get(path).content.decode()
    EmailAddress.objects.create(user=make_user("kim"), email=EMAIL, verified=True, primary=True)
    assert "Make an account" not in Client().get(path).content.decode()
    assert Client().post(path, {"way": "sign_up"})["Location"].startswith("/login?next=")


def test_who_may_not_share_invites_nobody(board: Board, bob: User, charlie: User) -> None:
    assert invite(bob, board).status_code == 403
    assert invite(charlie, board).status_code == 404
    assert not Invitation.objects.exists()


def test_not_without_end(board: Board, alice: User, settings: Settings) -> None:
    for _ in range(settings.CANVAS_INVITATIONS_PER_ADDRESS):
        assert invite(alice, board).status_code == 201
    assert Invitation.objects.count() == 1
    assert invite(alice, board).status_code == 429
    settings.CANVAS_MAX_BOARD_INVITATIONS = 1
    assert invite(alice, board, "other@example.org").status_code == 429
    settings.CANVAS_MAX_BOARD_INVITATIONS = 2
    settings.CANVAS_INVITATIONS_PER_DAY = settings.CANVAS_INVITATIONS_PER_ADDRESS
    assert invite(alice, board, "other@example.org").status_code == 429


def test_the_dialog_invites_sends_again_and_withdraws(board: Board, alice: User) -> None:
    def post(**data: str) -> str:
        client, path = client_of(alice), f"/board/{board.pk}/share"
        return client.post(path, data, headers={"X-Requested-With": "fetch"}).content.decode()

    assert EMAIL in post(operation="grant", user=" Kim@Example.org ", level="view")
    row = Invitation.objects.get()
    assert (row.email, row.level) == (EMAIL, "view")
    post(operation="invitation_send", invitation=str(row.pk))
    wait_until_sent()
    assert [one.to for one in mail.outbox] == [[EMAIL], [EMAIL]]
    assert EMAIL not in post(operation="invitation_withdraw", invitation=str(row.pk))
    assert "no longer exists" in post(operation="invitation_send", invitation=str(row.pk))


def words_of(user: User) -> list[tuple[str, str]]:
    rows = list(Notification.objects.filter(reader=user))
    return [(one.words.text, one.words.url) for one in described(user, rows)]


def test_an_invited_person_reads_of_it_in_the_bell(
    board: Board, alice: User, charlie: User, bob: User
) -> None:
    EmailAddress.objects.create(user=charlie, email=EMAIL, verified=True, primary=True)
    EmailAddress.objects.create(user=bob, email="Other@example.org", verified=False)
    invite(alice, board)
    invite(alice, board, "other@example.org")
    assert words_of(bob) == []
    assert not Notification.objects.exclude(mail_after=None).exists(), "the mail says it already"
    [(text, path)] = words_of(charlie)
    assert text == f"alice invites you to “{board.title}”."
    assert client_of(charlie).post(path)["Location"] == f"/board/{board.pk}"
    assert level_of(board, "charlie") == "comment"
    assert words_of(charlie) == []
    assert words_of(alice) == [
        (f"charlie accepted your invitation to “{board.title}”.", f"/board/{board.pk}")
    ]
    board_transfer(board=board, new_owner=bob, by=by(alice))
    assert words_of(alice) == [], "who comes there is no longer theirs to know"


def test_the_bell_forgets_what_is_withdrawn_and_whose_address_it_is_no_more(
    board: Board, alice: User, charlie: User
) -> None:
    address = EmailAddress.objects.create(user=charlie, email=EMAIL, verified=True, primary=True)
    invite(alice, board)
    EmailAddress.objects.update(verified=False)
    assert words_of(charlie) == []
    address.delete()
    EmailAddress.objects.create(user=charlie, email=EMAIL, verified=True, primary=True)
    invite(alice, board)
    assert len(words_of(charlie)) == 1
    invitation_withdraw(invitation=Invitation.objects.get(), by=SYSTEM)
    assert not Notification.objects.exists()


def test_admins_see_invitations_and_withdraw_them(board: Board, alice: User) -> None:
    root = make_user("root", is_superuser=True)
    invite(alice, board)
    client, path = client_of(root), "/admin/boards/invitation/"
    page = client.get(path).content.decode()
    assert EMAIL in page
    assert mailed_path() not in page
    row = Invitation.objects.get()
    client.post(path, {"action": "withdraw", "_selected_action": [str(row.pk)]})
    row.refresh_from_db()
    assert row.revoked_at is not None
    assert AuditLog.objects.filter(action="invitation_withdraw", via="admin").count() == 1
