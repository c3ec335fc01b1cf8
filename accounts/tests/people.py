"""The cast of every test: alice, bob, charlie, and dana, who runs the place."""

from __future__ import annotations

import re

from django.contrib.auth.models import User
from django.core import mail
from django.test import Client

from accounts.mail import wait_until_sent

PASSWORD = "correct horse battery staple"


def make_user(username: str, *, is_superuser: bool = False, is_active: bool = True) -> User:
    """A user who can sign in with `PASSWORD`; a superuser is staff too."""
    user = User(
        username=username, is_superuser=is_superuser, is_staff=is_superuser, is_active=is_active
    )
    user.set_password(PASSWORD)
    user.save()
    return user


def client_of(user: User | None, *, enforce_csrf_checks: bool = False) -> Client:
    """A browser in which `user` is signed in; nobody for None."""
    client = Client(enforce_csrf_checks=enforce_csrf_checks)
    if user is not None:
        client.force_login(user)
    return client


def confirmed(user: User) -> Client:
    """A browser whose person has just typed their password again."""
    client = client_of(user)
    assert client.post("/account/confirm", {"password": PASSWORD}).status_code == 302
    return client


def addresses_in_mails() -> list[str]:
    """What the mails of this test lead to, when all are sent."""
    wait_until_sent()
    return [one for sent in mail.outbox for one in re.findall(r"https?://\S+", str(sent.body))]
