"""Who is told by mail, when, and how it ends."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.models import Notification, Profile, UnwantedMail
from accounts.notifications import due_mail
from accounts.notifications.due_mail import send_due_mail
from accounts.notifications.stop_links import stop_key
from audit.tests.actors import by
from boards.access.subjects import Subject
from boards.levels import AccessLevel
from boards.models import Board
from boards.sharing.permissions import permission_revoke
from boards.sharing.requests import access_request_create
from boards.tests.factories import client_of, make_board
from boards.tests.notices import READ, say, told
from tests.mail_server import MailServer, body_of, mail_server


@pytest.fixture
def board(alice: User, bob: User) -> Board:
    return make_board(alice, shared_with={bob: AccessLevel.EDIT})


@pytest.fixture
def mails(settings: Any, alice: User, bob: User, charlie: User) -> Iterator[MailServer]:
    settings.CANVAS_MAIL_WAIT_SECONDS = 0
    for user in (alice, bob, charlie):
        user.email = f"{user.username}@example.org"
        user.save()
    with mail_server(settings) as server:
        yield server


# --- mail


def test_ten_comments_are_one_mail(mails: MailServer, board: Board, alice: User, bob: User) -> None:
    for number in range(10):
        say(board, f"Number {number}, @bob", alice)
    assert send_due_mail() == (1, False)
    [(to, subject, text)] = mails.texts()
    assert (to, subject) == ("bob@example.org", "10 things happened on “Roadmap”")
    for number in range(10):
        assert f"Number {number}, @bob" in text
    assert "https://canvas.example.org/board/" in text
    assert send_due_mail() == (0, False)
    [mail] = mails.mails
    assert "Number 3" in body_of(mail, "html")
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_a_mail_waits_for_more_unless_somebody_waits_for_access(
    mails: MailServer, settings: Any, board: Board, alice: User, charlie: User
) -> None:
    settings.CANVAS_MAIL_WAIT_SECONDS = 120
    say(board, "@bob", alice)
    assert send_due_mail().sent == 0
    access_request_create(board=board, user=charlie, level=AccessLevel.EDIT, by=by(charlie))
    assert send_due_mail().sent == 1
    assert [to for to, _, _ in mails.texts()] == ["alice@example.org"]


def test_what_was_read_or_may_not_be_seen_is_not_mailed(
    mails: MailServer, board: Board, alice: User, bob: User
) -> None:
    say(board, "Read, @bob", alice)
    client_of(bob).post(READ, {}, "application/json")
    say(board, "Secret, @bob", alice)
    permission_revoke(board=board, subject=Subject(user=bob), by=by(alice))
    assert (send_due_mail().sent, mails.mails) == (0, [])


def test_who_is_switched_off_gets_no_mail(
    mails: MailServer, board: Board, alice: User, bob: User
) -> None:
    say(board, "Secret, @bob", alice)
    User.objects.filter(pk=bob.pk).update(is_active=False)
    assert (send_due_mail().sent, mails.mails) == (0, [])


def test_a_mail_is_in_the_readers_language(
    mails: MailServer, board: Board, alice: User, bob: User
) -> None:
    Profile.objects.create(user=bob, language="de")
    say(board, "Hallo @bob", alice)
    send_due_mail()
    [(_, subject, text)] = mails.texts()
    assert subject == "alice erwähnt dich auf „Roadmap“"
    assert "Keine E-Mails mehr" in text


def test_the_link_in_a_mail_stops_mails_and_does_nothing_else(
    mails: MailServer, board: Board, alice: User, bob: User
) -> None:
    say(board, "One, @bob", alice)
    send_due_mail()
    [mail] = mails.mails
    found = re.search(r"<https://canvas\.example\.org(.*)>", str(mail["List-Unsubscribe"]))
    assert found is not None
    stranger = Client(enforce_csrf_checks=True)
    assert stranger.get(found[1]).status_code == 200
    assert not UnwantedMail.objects.exists()  # a mail program that looks at links stops nothing
    assert stranger.post(found[1], {"List-Unsubscribe": "One-Click"}).status_code == 200
    say(board, "Two, @bob", alice)
    assert send_due_mail().sent == 0
    assert len(told(bob)) == 2
    for key in ("", "x", stop_key(bob)[:-1], "x" * 1000):
        assert stranger.post(f"/mail/stop?key={key}").status_code == 404


def test_a_person_chooses_what_is_mailed(
    mails: MailServer, board: Board, alice: User, bob: User
) -> None:
    client = client_of(bob)
    client.post("/account/notifications/mail", {"mail": ["mention", "nonsense"]})
    kinds = set(UnwantedMail.objects.filter(user=bob).values_list("kind", flat=True))
    assert kinds == set(Notification.Kind.values) - {"mention"}
    say(board, "@bob", alice)
    assert send_due_mail().sent == 1
    client.post("/account/notifications/mail", {})
    say(board, "@bob", alice)
    assert send_due_mail().sent == 0
    page = client.get("/account/notifications")
    assert page.status_code == 200
    assert "alice mentions you" in page.content.decode()


def test_what_the_mail_server_refuses_is_tried_again(
    mails: MailServer, board: Board, alice: User, bob: User, caplog: Any
) -> None:
    mails.answer = "451 later"
    say(board, "The plan, @bob", alice)
    assert send_due_mail() == (0, False)
    assert send_due_mail() == (0, False)
    row = Notification.objects.get(reader=bob)
    assert row.mail_after is not None
    assert row.mail_after > timezone.now() + timedelta(seconds=60)
    [told_log] = [one for one in caplog.messages if one.startswith("mail: ")]
    assert told_log == "mail: a notification was not sent: SMTPDataError"
    mails.answer = "250 OK"
    Notification.objects.update(mail_after=timezone.now())
    assert send_due_mail().sent == 1


def test_without_a_mail_server_nothing_breaks(
    mails: MailServer, settings: Any, board: Board, alice: User, bob: User
) -> None:
    settings.EMAIL_PORT = 1  # nobody listens
    say(board, "@bob", alice)
    assert send_due_mail() == (0, True)
    settings.EMAIL_HOST = ""
    Notification.objects.update(mail_after=timezone.now())
    assert send_due_mail() == (0, False)
    assert told(bob) == ["alice mentions you on “Roadmap”."]


def test_nobody_is_flooded_with_mails(
    mails: MailServer, board: Board, alice: User, bob: User, settings: Settings
) -> None:
    for number in range(settings.CANVAS_MAILS_PER_HOUR + 3):
        say(board, f"{number}, @bob", alice)
        send_due_mail()
    assert len(mails.mails) == settings.CANVAS_MAILS_PER_HOUR
    assert Notification.objects.filter(reader=bob, mail_after=None).count() == len(mails.mails)


def test_a_mail_that_a_process_has_claimed_is_sent_by_no_other(
    mails: MailServer, board: Board, alice: User, bob: User
) -> None:
    say(board, "@bob", alice)
    assert due_mail._claim(bob, timezone.now() + due_mail.CLAIM)
    assert send_due_mail().sent == 0
