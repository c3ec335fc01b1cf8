"""The HTML of the mails around signing in."""

from __future__ import annotations

from allauth.account.models import EmailAddress
from django.contrib.auth.models import User
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.test import Client

from accounts.mail import wait_until_sent
from accounts.sign_in.mail_html import html_of


def test_a_reset_is_mailed_as_text_and_html_with_the_same_link(alice: User) -> None:
    alice.email = "alice@example.org"
    alice.save()
    EmailAddress.objects.create(user=alice, email=alice.email, verified=True, primary=True)
    page = Client(headers={"Accept-Language": "de"})
    page.post("/account/password/reset", {"email": alice.email})
    wait_until_sent()
    [message] = mail.outbox
    assert isinstance(message, EmailMultiAlternatives)
    [(content, kind)] = message.alternatives
    html = str(content)
    assert kind == "text/html"
    [address] = [line for line in str(message.body).splitlines() if line.startswith("http")]
    assert f'<a href="{address}"' in html
    assert '<html lang="de">' in html
    assert ">Öffnen</a>" in html
    assert str(message.subject) in html


def test_nothing_in_the_text_is_taken_for_html_and_only_a_whole_line_is_a_link() -> None:
    html = html_of("<b>Hi</b>", "<img src=x> https://evil.example\n\nhttps://a.example/x?y=1&z=2")
    assert "<img" not in html
    assert "<b>Hi" not in html
    assert html.count("<a href") == 1
    assert '<a href="https://a.example/x?y=1&amp;z=2"' in html
