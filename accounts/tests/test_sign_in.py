"""Signing in: wrong passwords, guessing, and where it leads."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client

from accounts.sign_in.passwords import MAX_FAILURES_PER_ADDRESS, MAX_FAILURES_PER_NAME
from accounts.tests.people import PASSWORD, client_of, make_user

WRONG = "do not match"
BLOCKED = "Too many attempts to sign in. Wait five minutes"


def sign_in(client: Client, name: str = "alice", password: str = PASSWORD, **data: str) -> Client:
    client.post("/login", {"username": name, "password": password, **data})
    return client


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


@pytest.mark.parametrize(
    ("name", "password"),
    [("alice", "wrong"), ("nobody", PASSWORD), ("alice", ""), ("", ""), ("off", PASSWORD)],
)
def test_wrong_login_is_refused_with_a_message(alice: User, name: str, password: str) -> None:
    make_user("off", is_active=False)
    client = Client()
    response = client.post("/login", {"username": name, "password": password})
    assert response.status_code == 422
    assert not is_signed_in(client)
    content = response.content.decode()
    assert (WRONG in content) or ("This field is required." in content)
    assert password == "" or password not in content


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "http:///evil.example",
        "javascript:alert(1)",
        "https://testserver.evil.example/",
        " //evil.example",
        "/" + "a" * 3000,
    ],
)
def test_next_never_leads_to_another_site(alice: User, target: str) -> None:
    data = {"username": "alice", "password": PASSWORD, "next": target}
    assert Client().post("/login", data)["Location"] == "/"
    assert client_of(alice).get("/login", {"next": target})["Location"] == "/"


def test_next_leads_back_to_the_board(alice: User) -> None:
    target = "/board/0b1d4f9e-4f0c-4d5e-9d5a-3f1d2c3b4a59"
    page = Client().get("/login", {"next": target}).content.decode()
    assert f'name="next" value="{target}"' in page
    data = {"username": "alice", "password": PASSWORD, "next": target}
    assert Client().post("/login", data)["Location"] == target


def test_guessing_is_slowed_down_for_this_name_and_address(alice: User, bob: User) -> None:
    client = Client()
    for _ in range(MAX_FAILURES_PER_NAME):
        response = client.post("/login", {"username": "Alice", "password": "wrong"})
        assert WRONG in response.content.decode()
    response = client.post("/login", {"username": "alice", "password": PASSWORD})
    assert response.status_code == 429
    assert response["Retry-After"] == "300"
    assert BLOCKED in response.content.decode()
    assert not is_signed_in(client)
    assert is_signed_in(sign_in(Client(), "bob"))
    elsewhere = Client(REMOTE_ADDR="198.51.100.9")
    assert is_signed_in(sign_in(elsewhere, "alice"))


def test_guessing_many_names_is_slowed_down_for_this_address(alice: User) -> None:
    client = Client()
    for number in range(MAX_FAILURES_PER_ADDRESS):
        client.post("/login", {"username": f"name{number}", "password": "wrong"})
    assert not is_signed_in(sign_in(client))
    assert is_signed_in(sign_in(Client(REMOTE_ADDR="198.51.100.9")))


def test_a_right_password_forgets_the_wrong_ones(alice: User) -> None:
    for _ in range(3):
        client = Client()
        for _ in range(MAX_FAILURES_PER_NAME - 1):
            sign_in(client, password="wrong")
        assert is_signed_in(sign_in(client))


def test_the_admin_has_no_sign_in_page_of_its_own(dana: User) -> None:
    """It would know nothing of second factors and identity providers."""
    for method in ("get", "post"):
        response = getattr(Client(), method)("/admin/login/?next=/admin/")
        assert response["Location"] == "/login?next=%2Fadmin%2F"
    client = Client()
    data = {"username": "dana", "password": PASSWORD, "next": "/admin/"}
    assert client.post("/login", data)["Location"] == "/admin/"
    assert client.get("/admin/").status_code == 200


def test_the_admin_wants_staff(bob: User) -> None:
    client = client_of(bob)
    assert client.get("/admin/login/").status_code == 403
    assert client.get("/admin/").status_code == 302


def test_a_foreign_site_cannot_sign_somebody_in_or_out(alice: User) -> None:
    client = client_of(alice, enforce_csrf_checks=True)
    assert client.post("/logout").status_code == 403
    assert b"open for too long" in client.post("/login", {}).content
    assert client.get("/logout").status_code == 405
    assert is_signed_in(client)


def test_signing_out_ends_the_session(alice: User) -> None:
    client = client_of(alice)
    assert client.post("/logout")["Location"] == "/login"
    assert not is_signed_in(client)


def test_a_changed_password_ends_sessions(alice: User) -> None:
    client = client_of(alice)
    alice.set_password("another one")
    alice.save()
    assert client.get("/").status_code == 302


def test_the_cookies_are_guarded(alice: User) -> None:
    client = sign_in(Client())
    assert client.cookies["sessionid"]["httponly"]
    assert client.cookies["sessionid"]["samesite"] == "Lax"


def test_what_people_type_cannot_break_the_counting(db: None) -> None:
    for name in ("a\x00b", "a b\x7f", "x" * 150, "\ud83d\ude00" * 10, "日本"):
        name = name.encode("utf-16", "surrogatepass").decode("utf-16")
        response = Client().post("/login", {"username": name, "password": "wrong"})
        assert response.status_code == 422
