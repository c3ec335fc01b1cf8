"""Names that somebody chooses can't be taken for those of others."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client

from accounts.identities.people import account_of
from accounts.oidc.provider import said_by, source
from accounts.tests.people import make_user
from accounts.tests.test_sign_up import FORM, invited
from audit.tests.actors import by


@pytest.mark.parametrize(
    "username", ["\uff41\uff4c\uff49\uff43\uff45", "\uff21lice", "ALICE", "boss@example.org"]
)
def test_nobody_signs_up_as_another(db: None, username: str) -> None:
    make_user("alice")
    response = Client().post(invited("kim@example.org"), {**FORM, "username": username})
    assert response.status_code == 422
    assert list(User.objects.values_list("username", flat=True)) == ["alice"]


def test_ones_own_address_may_be_ones_username(db: None) -> None:
    Client().post(invited("kim@example.org"), {**FORM, "username": "Kim@example.org"})
    assert User.objects.get().username == "Kim@example.org"


def test_a_name_is_one_visible_line(db: None) -> None:
    name = "Kim\u202e ttO\r\nBcc: eve@example.org\0"
    Client().post(invited("kim@example.org"), {**FORM, "name": name.replace("\0", "\u2028")})
    assert User.objects.get().get_full_name() == "Kim ttO Bcc: eve@example.org"


@pytest.mark.parametrize(
    ("preferred", "more", "username"),
    [
        ("\uff41lice", {}, "alice-2"),
        ("\uff21lice", {}, "Alice-2"),
        ("boss@example.org", {}, "boss"),
        ("boss@example.org", {"email": "boss@example.org"}, "boss"),
        (
            "boss@example.org",
            {"email": "boss@example.org", "email_verified": True},
            "boss@example.org",
        ),
        ("@@@", {}, "person"),
        ("x\0\ud800y", {}, "x-y"),
        ("", {"email": "ada@example.org"}, "ada"),
    ],
)
def test_nobody_is_named_as_another_by_their_provider(
    db: None, preferred: str, more: dict[str, object], username: str
) -> None:
    make_user("alice")
    claims = {"sub": "1", "preferred_username": preferred, **more}
    assert account_of(source(), said_by(claims), by=by(None)).username == username
