"""Signing in by a real directory: accounts, groups, and everything that goes wrong on the way."""

from __future__ import annotations

import contextlib
import http.client
import re
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed

from tests import directory
from tests.conftest import NewData
from tests.directory import MANAGER_PASSWORD, PEOPLE, Directory
from tests.ldap_visitors import Mute, restarted, signed_in, socket_of, tried
from tests.patience import Stopwatch, patient
from tests.server import PASSWORD, QUICK_HASHES, Server
from tests.stored import files_of, groups_of, rows

WRONG = "do not match"


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Directory]:
    made = Directory(tmp_path_factory.mktemp("slapd")).start()
    yield made
    made.stop()


@pytest.fixture(scope="module")
def server(people: Directory, static_root: Path, new_data: NewData) -> Iterator[Server]:
    """By StartTLS, with a service account that searches."""
    made = Server(new_data(), static_root=static_root, **QUICK_HASHES, **people.settings)
    yield made.start()
    made.stop()


@pytest.fixture(scope="module")
def template_server(people: Directory, static_root: Path, new_data: NewData) -> Iterator[Server]:
    """By TLS from the start, without a service account; and only some groups may sign in."""
    values = {
        **QUICK_HASHES,
        **people.settings,
        "CANVAS_LDAP_SERVER": people.encrypted,
        "CANVAS_LDAP_USER_BASE": "",
        "CANVAS_LDAP_USER_DN": f"uid=%(user)s,{PEOPLE}",
        "CANVAS_LDAP_BIND_DN": "",
        "CANVAS_LDAP_BIND_PASSWORD": "",
        "CANVAS_LDAP_REQUIRED_GROUPS": "crew",
    }
    made = Server(new_data(), static_root=static_root, **values)
    yield made.start()
    made.stop()


def test_an_account_is_made_and_brought_up_to_date_at_each_sign_in(
    server: Server, people: Directory
) -> None:
    dn = people.person("mara", "design", "it", cn="Mara Kern", mail="mara@example.org")
    signed_in(server, "mara")
    person = "SELECT first_name, last_name, email, is_staff FROM auth_user WHERE username = 'mara'"
    assert rows(server, person) == [("Mara", "Kern", "mara@example.org", 1)]
    assert groups_of(server, "mara") == {"design", "it"}
    people.leave(dn, "it")
    people.join(dn, "sales")
    with people.connection() as connection:
        connection.modify_s(dn, [(2, "cn", b"Mara Berg")])
    signed_in(server, "MARA")
    assert rows(server, person) == [("Mara", "Berg", "mara@example.org", 0)]
    assert groups_of(server, "mara") == {"design", "sales"}
    told = "SELECT action FROM audit_auditlog WHERE via = 'ldap' AND target_label = 'mara'"
    actions = [action for (action,) in rows(server, told)]
    assert actions == ["auth_sign_up", "auth_groups_change", "auth_groups_change"]
    assert ("ldap", "ldap") in rows(server, "SELECT via, issuer FROM accounts_signin")
    came = "SELECT actor_label, via FROM audit_auditlog WHERE action = 'auth_login'"
    assert ("mara", "ldap") in rows(server, came)


def test_an_identity_is_its_entry_and_not_its_name(server: Server, people: Directory) -> None:
    """Who has a name here keeps it, and another person with an old name gets another account."""
    people.person("alice", cn="Another Alice")
    signed_in(server, "alice")
    assert rows(server, "SELECT first_name FROM auth_user WHERE username = 'alice-2'")
    signed_in(server, "alice", PASSWORD)  # the account of this installation, by its own password
    dn = people.person("noah", cn="First Noah")
    signed_in(server, "noah")
    people.delete(dn)
    assert tried(server, "noah")[0] == 422
    people.person("noah", cn="Second Noah")
    signed_in(server, "noah")
    names = rows(server, "SELECT username, first_name FROM auth_user WHERE username LIKE 'noah%'")
    assert sorted(names) == [("noah", "First"), ("noah-2", "Second")]


@pytest.mark.parametrize("password", ["", "wrong", f"{directory.PASSWORD} ", "\0", "x" * 5000])
def test_wrong_passwords(server: Server, people: Directory, password: str) -> None:
    """This directory takes a name without a password for nobody in particular, and says yes."""
    if not rows(server, "SELECT 1 FROM auth_user WHERE username = 'olga'"):
        people.person("olga")
        signed_in(server, "olga")
    status, page, visitor = tried(server, "olga", password)
    assert status == 422, page
    assert "/login" in visitor.url
    assert server.call("POST", "auth/token", {"username": "olga", "password": password})[0] in (
        400,
        401,
    )


@pytest.mark.parametrize(
    "name",
    [
        "*",
        "pi*",
        "pia)(uid=*",
        "pia))(|(uid=*",
        "*)(objectClass=*",
        "pia\\2a",
        "pia,ou=people",
        f"uid=pia,{PEOPLE}",
        "pi\u00ada",  # a soft hyphen, and a mark that directories ignore
        "pia\u200b",
        "pia\0",
        "(&)",
        "\\",
        "x" * 250,
    ],
)
def test_names_are_no_filters_and_have_one_spelling(
    server: Server, template_server: Server, people: Directory, name: str
) -> None:
    if not rows(server, "SELECT 1 FROM auth_user WHERE username = 'pia'"):
        people.person("pia", "crew")
        for one in (server, template_server):
            signed_in(one, " Pia ")
    before = rows(server, "SELECT COUNT(*) FROM auth_user")
    for one in (server, template_server):
        status, page, visitor = tried(one, name)
        assert status in (422, 429), page
        assert "/login" in visitor.url
    assert rows(server, "SELECT COUNT(*) FROM auth_user") == before
    body = {"username": "pia\ud800", "password": "\ud800"}
    assert server.call("POST", "auth/token", body)[0] in (400, 401, 429)


def test_passwords_are_not_guessed(server: Server, people: Directory) -> None:
    people.person("quin")
    for _ in range(10):
        assert tried(server, "quin", "wrong")[0] == 422
    status, page, _ = tried(server, "quin")
    assert (status, "Wait five minutes" in page) == (429, True)
    failed = (
        "SELECT COUNT(*) FROM audit_auditlog WHERE action = 'auth_login_failed' AND data LIKE ?"
    )
    assert rows(server, failed, '%"quin"%') == [(10,)]


def test_who_is_let_go_there_has_no_other_way_in(server: Server, people: Directory) -> None:
    dn = people.person("rosa", mail="rosa@example.org")
    signed_in(server, "rosa")
    code = (
        "from django.contrib.auth.models import User; u = User.objects.get(username='rosa'); "
        "u.set_password('a password of their own 1'); u.save()"
    )
    server.manage("shell", "-c", code)
    assert tried(server, "rosa", "a password of their own 1")[0] == 422
    people.change(dn, 1, "userPassword", None)
    for name in ("rosa", "rosa@example.org"):
        status, page, _ = tried(server, name)
        assert (status, WRONG in page) == (422, True)


def test_who_left_a_group_loses_its_boards_at_the_next_sign_in(
    server: Server, people: Directory
) -> None:
    dn = people.person("sven", "makers")
    visitor = signed_in(server, "sven")
    token, board = server.token("alice"), server.new_board("alice")
    body = {"group": "makers", "level": "edit"}
    status, answer = server.call("POST", f"boards/{board}/permissions", body, token)
    assert status == 201, answer
    opened = socket_of(visitor, board)
    people.leave(dn, "makers")
    signed_in(server, "sven")  # elsewhere
    with contextlib.suppress(ConnectionClosed):
        while True:
            opened.recv(timeout=patient(20))
    assert opened.close_code == 4003


def test_only_some_groups_may_sign_in(template_server: Server, people: Directory) -> None:
    dn = people.person("tara", "crew")
    signed_in(template_server, "tara")
    people.leave(dn, "crew")
    status, page, _ = tried(template_server, "tara")
    assert (status, "none of the groups that may sign in here" in page) == (403, True)
    body = {"username": "tara", "password": directory.PASSWORD}
    status, answer = template_server.call("POST", "auth/token", body)
    assert (status, "none of the groups" in str(answer)) == (401, True)


def test_one_address_claimed_by_two_identities(server: Server, people: Directory) -> None:
    people.person("uma", mail="uma@example.org")
    signed_in(server, "uma")
    before = rows(server, "SELECT COUNT(*) FROM auth_user")
    people.person("uma2", "new group", mail="Uma@Example.org")
    status, page, _ = tried(server, "uma2")
    assert status == 403
    assert "Another account here has the address uma@example.org." in page
    assert rows(server, "SELECT COUNT(*) FROM auth_user") == before
    assert rows(server, "SELECT * FROM auth_group WHERE name = 'new group'") == []


def test_five_thousand_groups_are_one_sentence(
    server: Server, tmp_path: Path, people: Directory
) -> None:
    dn = people.person("vera")
    with people.connection() as connection:
        for number in range(5000):
            entry = [("objectClass", [b"groupOfNames"]), ("member", [dn.encode()])]
            connection.add_s(f"cn=many{number},{directory.GROUPS}", entry)
    before = rows(server, "SELECT COUNT(*) FROM auth_group")
    status, page, _ = tried(server, "vera")
    assert status == 403
    assert "names 5000 groups, and this server takes 200 at most" in page
    assert "CANVAS_LDAP_GROUPS" in page
    assert rows(server, "SELECT COUNT(*) FROM auth_group") == before
    assert rows(server, "SELECT * FROM auth_user WHERE username = 'vera'") == []


def test_nothing_secret_is_kept(server: Server, people: Directory) -> None:
    people.person("walt")
    signed_in(server, "walt")
    kept = files_of(server)
    secrets = (directory.PASSWORD.encode(), MANAGER_PASSWORD.encode())
    assert [name for name, data in kept.items() if any(one in data for one in secrets)] == []


def test_a_wrong_certificate_is_no_directory(
    server: Server, people: Directory, tmp_path: Path
) -> None:
    """One that nobody known vouches for, and one that is for another host."""
    server.stop()
    directory.make_certificates(tmp_path)  # of another authority
    people.person("xena")
    wrong = (
        {"CANVAS_LDAP_CA_FILE": str(tmp_path / "ca.pem")},
        {"CANVAS_LDAP_SERVER": f"ldaps://localhost:{people.tls_port}"},
    )
    for environment in wrong:
        again = restarted(server, **environment)
        try:
            status, page, _ = tried(again, "xena")
            assert (status, "The directory does not answer" in page) == (503, True)
            signed_in(again, "admin", PASSWORD)
        finally:
            again.stop()


@pytest.mark.alone
def test_when_the_directory_is_down_accounts_of_this_server_get_in(
    server: Server, people: Directory
) -> None:
    """It says nothing: the worst way to be down. Nobody else waits for it."""
    mute = Mute()
    as_in_use = {"DJANGO_SETTINGS_MODULE": "canvas_project.settings"}
    again = restarted(server, CANVAS_LDAP_SERVER=f"ldap://127.0.0.1:{mute.port}", **as_in_use)
    try:
        watch = Stopwatch()
        answers: list[tuple[int, str]] = []
        asking = [
            threading.Thread(target=lambda: answers.append(tried(again, "mara")[:2]))
            for _ in range(12)
        ]
        for one in asking:
            one.start()
        slowest = 0.0
        while any(one.is_alive() for one in asking):
            one_page = Stopwatch()
            other = ("127.0.0.9", 0)  # another network: within one, who asked first goes first
            page = http.client.HTTPConnection("127.0.0.1", again.port, patient(20), other)
            page.request("GET", "/login")
            assert page.getresponse().read()
            page.close()
            slowest = max(slowest, one_page.seconds)
        took = watch.seconds
        assert {status for status, _ in answers} == {503}
        assert all("The directory does not answer" in page for _, page in answers)
        # Each waits at most for a place and then for the directory, not for eleven others.
        assert took < 15, took
        assert slowest < 1.5, slowest
        # These were no guesses: nobody is locked out by them, and passwords here still count.
        signed_in(again, "admin", PASSWORD)
        body = {"username": "mara", "password": directory.PASSWORD}
        status, answer = again.call("POST", "auth/token", body)
        assert (status, answer["code"]) == (503, "directory_down")
        for _ in range(10):
            assert tried(again, "bob", "wrong")[0] == 503
        assert tried(again, "bob", PASSWORD)[0] == 429
        told = re.findall(r"ldap: ldap://\S+ (\w+)", again.log.read_text())
        assert told, again.log.read_text()[-2000:]
    finally:
        again.stop()
        mute.close()
