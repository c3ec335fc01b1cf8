"""Guessing passwords: many at once, from many addresses, in every spelling, beside other load."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.cache import caches
from django.db import connection
from django.db.models import Max
from django.test import Client, RequestFactory
from pytest_django.fixtures import Settings

from accounts.limits.duration import ANSWER_SECONDS
from accounts.limits.throttle import Limit, count_event
from accounts.models import RateCount
from accounts.sign_in.passwords import (
    MAX_FAILURES_PER_NAME,
    SignInBlockedError,
    counted_name,
    sign_in_check,
)
from audit.models import AuditLog
from audit.tests.actors import by
from boards.levels import AccessLevel
from boards.models import AccessRequest, Board, ShareLink
from boards.sharing.link_entry import MAX_WRONG_PASSWORDS, PasswordBlockedError, link_check_password
from boards.sharing.links import share_link_create
from boards.tests.factories import PASSWORD, client_of

AT_ONCE = 40


def attempt(name: str, password: str, address: str = "198.51.100.7") -> str:
    """What came of one attempt to sign in."""
    request = RequestFactory().post("/login", REMOTE_ADDR=address)
    try:
        user = sign_in_check(request, username=name, password=password)
    except SignInBlockedError:
        return "refused"
    return "in" if user else "wrong"


def at_once(call: Callable[[int], str]) -> Counter[str]:
    """The outcomes of many calls at the same moment, each on a thread of its own."""

    def run(number: int) -> str:
        try:
            return call(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return Counter(pool.map(run, range(AT_ONCE)))


def link_with_password(board: Board) -> ShareLink:
    return share_link_create(
        board=board,
        by=by(board.owner),
        level=AccessLevel.VIEW,
        password="tiger-42",
    )


@pytest.mark.django_db(transaction=True)
def test_of_many_wrong_passwords_at_once_no_more_are_checked_than_the_limit(alice: User) -> None:
    outcomes = at_once(lambda number: attempt("alice", f"wrong{number}"))
    assert outcomes["wrong"] == MAX_FAILURES_PER_NAME
    assert outcomes["refused"] == AT_ONCE - MAX_FAILURES_PER_NAME
    assert AuditLog.objects.filter(action="auth_login_failed").count() == MAX_FAILURES_PER_NAME


@pytest.mark.django_db(transaction=True)
def test_right_passwords_at_once_wait_for_each_other(alice: User) -> None:
    assert at_once(lambda _: attempt("alice", PASSWORD)) == {"in": AT_ONCE}


@pytest.mark.django_db(transaction=True)
def test_of_many_wrong_link_passwords_at_once_no_more_are_checked(board: Board) -> None:
    link = link_with_password(board)

    def call(number: int) -> str:
        try:
            link_check_password(link, f"no{number}", "198.51.100.7")
        except PasswordBlockedError:
            return "refused"
        return "wrong"

    assert at_once(call)["wrong"] == MAX_WRONG_PASSWORDS


def test_one_account_is_not_guessed_from_many_addresses(alice: User, settings: Settings) -> None:
    settings.CANVAS_GUESSES_PER_ACCOUNT = 8
    home = "203.0.113.1"
    assert attempt("alice", PASSWORD, home) == "in"
    spellings = ("alice", "Alice", "ALICE", "\N{FULLWIDTH LATIN SMALL LETTER A}lice", " alice ")
    outcomes = [
        attempt(spellings[number % len(spellings)], "wrong", f"198.51.100.{number}")
        for number in range(1, 26)
    ]
    assert outcomes.count("wrong") == 8
    assert outcomes[-1] == "refused"
    assert attempt("alice", PASSWORD, "198.51.100.200") == "refused", "a stranger's address"
    assert attempt("alice", PASSWORD, home) == "in", "nobody is locked out of where they signed in"
    for _ in range(MAX_FAILURES_PER_NAME):
        assert attempt("alice", "wrong", home) == "wrong"
    assert attempt("alice", PASSWORD, home) == "refused", "guessing there is limited too"


def test_a_network_of_ipv6_is_one_address(alice: User) -> None:
    outcomes = [attempt("alice", "wrong", f"2001:db8:1:2::{number:x}") for number in range(1, 26)]
    assert outcomes.count("wrong") == MAX_FAILURES_PER_NAME
    assert attempt("alice", PASSWORD, "2001:db8:1:3::1") == "in"


def test_all_guesses_together_have_a_limit(alice: User, bob: User, settings: Settings) -> None:
    settings.CANVAS_GUESSES_IN_TOTAL = 15
    assert attempt("bob", PASSWORD, "203.0.113.1") == "in"
    outcomes = [
        attempt(f"name{number}", "wrong", f"198.51.100.{number}") for number in range(1, 26)
    ]
    assert outcomes.count("wrong") == 15
    assert attempt("alice", PASSWORD, "198.51.100.200") == "refused"
    assert attempt("bob", PASSWORD, "203.0.113.1") == "in"


def test_the_counts_outlive_whatever_fills_caches_and_tables(alice: User) -> None:
    for _ in range(MAX_FAILURES_PER_NAME):
        attempt("alice", "wrong")
    for number in range(1000):
        count_event(Limit("other", (str(number),), 1, 60))
        caches["default"].set(f"other{number}", number)
    caches["default"].clear()
    assert attempt("alice", PASSWORD) == "refused"


def test_a_window_ends_and_what_ended_is_removed(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(MAX_FAILURES_PER_NAME):
        attempt("alice", "wrong")
    assert attempt("alice", PASSWORD) == "refused"
    ends_at = RateCount.objects.aggregate(last=Max("ends_at"))["last"]
    monkeypatch.setattr("accounts.limits.throttle.time.time", lambda: ends_at + 1.0)
    assert attempt("alice", PASSWORD) == "in"
    assert not RateCount.objects.filter(ends_at__lte=ends_at, count__gt=1).exists()


def test_one_link_is_not_guessed_from_many_addresses(board: Board, settings: Settings) -> None:
    settings.CANVAS_GUESSES_PER_ACCOUNT = 5
    link = link_with_password(board)
    assert link_check_password(link, "tiger-42", "203.0.113.1")
    for number in range(5):
        assert not link_check_password(link, "no", f"198.51.100.{number}")
    with pytest.raises(PasswordBlockedError):
        link_check_password(link, "tiger-42", "198.51.100.99")
    assert link_check_password(link, "tiger-42", "203.0.113.1")


@pytest.mark.parametrize(
    "spelling", ["\N{FULLWIDTH LATIN CAPITAL LETTER B}ob", "BOB", "bob ", "bob"]
)
def test_spellings_are_counted_as_one(spelling: str) -> None:
    assert counted_name(spelling) == "bob"


def test_an_event_counts_for_all_of_its_limits_or_for_none(db: None) -> None:
    wide, narrow = Limit("wide", (), 10, 60), Limit("narrow", ("a",), 2, 60)
    assert [count_event(wide, narrow) is None for _ in range(5)] == [
        True,
        True,
        False,
        False,
        False,
    ]
    assert RateCount.objects.get(pk=wide.key).count == 2
    full = count_event(wide, narrow)
    assert full is not None
    assert full.limit == narrow
    assert 0 < full.seconds <= 60


# --- asking for access


def durations(client: Client, path: str, body: dict[str, Any]) -> float:
    """The shortest of a few answers."""
    taken = []
    for _ in range(3):
        started = time.monotonic()
        assert client.post(path, body, content_type="application/json").status_code == 202
        taken.append(time.monotonic() - started)
    return min(taken)


@pytest.mark.true_durations
def test_asking_for_a_private_or_a_missing_board_takes_the_same_time(
    board: Board, charlie: User
) -> None:
    client, body = client_of(charlie), {"level": "view"}
    private = durations(client, f"/api/v1/boards/{board.pk}/access-requests", body)
    missing = board.pk.hex[:-4] + "0000"
    path = f"/api/v1/boards/{missing[:8]}-{missing[8:12]}-{missing[12:16]}-{missing[16:20]}"
    nothing = durations(client, f"{path}-{missing[20:]}/access-requests", body)
    assert min(private, nothing) >= ANSWER_SECONDS, "longer than the work of either"
    assert max(private, nothing) < 2 * ANSWER_SECONDS
    assert AccessRequest.objects.count() == 1
    denied = AuditLog.objects.filter(action="room_access_denied", data__entry="access_request")
    assert denied.count() == 3


def test_asking_is_limited_by_page_and_rest_together(
    board: Board, charlie: User, settings: Settings
) -> None:
    client = client_of(charlie)
    page, rest = f"/board/{board.pk}/request-access", f"/api/v1/boards/{board.pk}/access-requests"
    for number in range(settings.CANVAS_ACCESS_REQUESTS_PER_HOUR):
        if number % 2:
            client.post(page, {"level": "view"})
        else:
            client.post(rest, {"level": "view"}, content_type="application/json")
    answer = client.post(rest, {"level": "view"}, content_type="application/json")
    assert answer.status_code == 429
    assert 0 < int(answer["Retry-After"]) <= 3600


def test_what_is_written_for_an_event_counts_with_it_or_not_at_all(db: None) -> None:
    limit, written = Limit("written", (), 1, 60), []

    def fail() -> None:
        raise ValueError("no row")

    with pytest.raises(ValueError, match="no row"):
        count_event(limit, write=fail)
    assert not RateCount.objects.filter(pk=limit.key).exists()
    assert count_event(limit, write=lambda: written.append(1)) is None
    assert count_event(limit, write=lambda: written.append(2)) is not None
    assert written == [1]
