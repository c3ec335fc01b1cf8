"""Groups of a real directory that list usernames (POSIX), and groups that hold other groups."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.conftest import MakeServer
from tests.directory import GROUPS, PEOPLE, Directory
from tests.ldap_visitors import signed_in, tried
from tests.server import Server
from tests.stored import groups_of, rows

ADD, DELETE = 0, 1


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Directory]:
    made = Directory(tmp_path_factory.mktemp("slapd")).start()
    yield made
    made.stop()


def account(people: Directory, uid: str, number: int, primary: int) -> str:
    """Somebody with a POSIX account, whose first group is in their own entry."""
    return people.person(
        uid,
        objectClass=["inetOrgPerson", "posixAccount"],
        uidNumber=str(number),
        gidNumber=str(primary),
        homeDirectory=f"/home/{uid}",
    )


def posix_group(people: Directory, name: str, number: int, *members: str) -> str:
    dn = f"cn={name},{GROUPS}"
    people.add(dn, objectClass="posixGroup", gidNumber=str(number))
    for member in members:
        people.change(dn, ADD, "memberUid", member)
    return dn


def is_staff(server: Server, username: str) -> bool:
    found = rows(server, "SELECT is_staff FROM auth_user WHERE username = ?", username)
    return found == [(1,)]


@pytest.fixture(scope="module")
def by_usernames(people: Directory, make_server: MakeServer) -> Server:
    settings = {
        **people.settings,
        "CANVAS_LDAP_GROUP_TYPE": "posixGroup",
        "CANVAS_LDAP_REQUIRED_GROUPS": "unix",
        "CANVAS_LDAP_STAFF_GROUPS": "wheel",
    }
    return make_server(**settings)


def test_groups_list_usernames_and_the_first_is_in_the_entry(
    by_usernames: Server, people: Directory
) -> None:
    posix_group(people, "unix", 5000)
    wheel = posix_group(people, "wheel", 5001, "ada")
    posix_group(people, "ada*", 5002, "ad*", "bab")  # other people's, whatever they look like
    account(people, "ada", 1001, primary=5000)
    people.join(f"uid=ada,{PEOPLE}", "of names")  # a group of another kind does not count
    signed_in(by_usernames, "ada")
    assert groups_of(by_usernames, "ada") == {"unix", "wheel"}
    assert is_staff(by_usernames, "ada")
    people.change(wheel, DELETE, "memberUid", "ada")
    signed_in(by_usernames, "ADA")
    assert groups_of(by_usernames, "ada") == {"unix"}
    assert not is_staff(by_usernames, "ada")


def test_who_is_in_no_required_group_stays_outside(by_usernames: Server, people: Directory) -> None:
    account(people, "bab", 1002, primary=1002)
    people.person("cid")  # without a POSIX account there is no first group
    for name in ("bab", "cid"):
        status, page, _ = tried(by_usernames, name)
        assert (status, "none of the groups that may sign in here" in page) == (403, True)
    posix_group(people, "others", 1002)
    assert tried(by_usernames, "bab")[0] == 403
    people.change(f"cn=unix,{GROUPS}", ADD, "memberUid", "cid")
    signed_in(by_usernames, "cid")
    assert groups_of(by_usernames, "cid") == {"unix"}


@pytest.fixture(scope="module")
def nested(people: Directory, make_server: MakeServer) -> Server:
    settings = {**people.settings, "CANVAS_LDAP_STAFF_GROUPS": "nested-top"}
    return make_server(**settings, CANVAS_LDAP_NESTED_GROUPS="true")


def test_who_is_in_a_group_of_a_group_is_in_both(nested: Server, people: Directory) -> None:
    dn = people.person("eve", "nested-team")
    team, unit = f"cn=nested-team,{GROUPS}", f"cn=nested-unit,{GROUPS}"
    people.join(team, "nested-unit")
    people.join(unit, "nested-top")
    people.join(f"cn=nested-top,{GROUPS}", "nested-team")  # a circle ends
    people.person("fay", "nested-unit")
    signed_in(nested, "eve")
    signed_in(nested, "fay")
    assert groups_of(nested, "eve") == {"nested-team", "nested-unit", "nested-top"}
    assert is_staff(nested, "eve")
    # Through the circle, everyone in one of them is in all.
    assert groups_of(nested, "fay") == {"nested-team", "nested-unit", "nested-top"}
    people.leave(team, "nested-unit")
    signed_in(nested, "eve")
    assert groups_of(nested, "eve") == {"nested-team"}
    assert not is_staff(nested, "eve")
    people.leave(dn, "nested-team")
    signed_in(nested, "eve")
    assert groups_of(nested, "eve") == set()


def test_without_the_setting_only_the_nearest_count(
    people: Directory, make_server: MakeServer
) -> None:
    server = make_server(**people.settings)
    people.person("gus", "nested-near")
    people.join(f"cn=nested-near,{GROUPS}", "nested-far")
    signed_in(server, "gus")
    assert groups_of(server, "gus") == {"nested-near"}


def test_a_chain_of_groups_is_followed_and_has_the_same_limit(
    people: Directory, make_server: MakeServer
) -> None:
    server = make_server(
        **people.settings, CANVAS_LDAP_NESTED_GROUPS="true", CANVAS_LDAP_MAX_GROUPS="50"
    )
    at = people.person("hal")
    for number in range(60):
        people.join(at, f"chain{number}")
        at = f"cn=chain{number},{GROUPS}"
        if number == 49:
            signed_in(server, "hal")
            assert len(groups_of(server, "hal")) == 50
    status, page, _ = tried(server, "hal")
    assert (status, "this server takes 50 at most" in page) == (403, True)
