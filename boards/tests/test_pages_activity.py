"""What happened on a board, as its owner reads it."""

from __future__ import annotations

from django.contrib.auth.models import User

from audit.origin import RequestOrigin
from audit.tests.actors import by
from boards.access.subjects import PUBLIC, Subject
from boards.levels import AccessLevel
from boards.models import Board, Visit
from boards.sharing.permissions import permission_grant
from boards.tests.factories import client_of, make_user
from boards.tests.matrix import Api, Page, answers

WEB = RequestOrigin(ip_address="203.0.113.7", user_agent="Probe/1.0")


def test_only_who_may_manage_reads_it(board: Board, bob: User, charlie: User) -> None:
    people = {"anonymous": None, "stranger": charlie, "editor": bob}
    for user, code in answers(Page("see its activity", 200), **people):
        assert client_of(user).get(f"/board/{board.pk}/activity").status_code == code
    for user, code in answers(Api("see its activity", 200), **people):
        assert client_of(user).get(f"/api/v1/boards/{board.pk}/audit").status_code == code


def test_it_says_who_did_what_and_keeps_addresses_for_admins(board: Board, alice: User) -> None:
    mean = make_user("<b>mean</b>")
    level = AccessLevel.VIEW
    permission_grant(board=board, subject=Subject(user=mean), level=level, by=by(alice, WEB))
    permission_grant(board=board, subject=PUBLIC, level=level, by=by(alice, WEB))
    client = client_of(alice)
    content = client.get(f"/board/{board.pk}/activity").content.decode()
    assert "Permission changed: &lt;b&gt;mean&lt;/b&gt; (no access → View)" in content
    assert "Public link changed (no access → View)" in content
    german = client.get(f"/board/{board.pk}/activity", headers={"Accept-Language": "de"})
    assert "Öffentlicher Link geändert (kein Zugriff → Ansehen)" in german.content.decode()
    data = client.get(f"/api/v1/boards/{board.pk}/audit").json()
    assert data["count"] == 2
    row = data["results"][1]
    assert (row["action"], row["actor"], row["target"], row["level"]) == (
        "permission_change",
        "alice",
        "<b>mean</b>",
        "view",
    )
    only = client.get(f"/api/v1/boards/{board.pk}/audit", {"action": "permission_change"}).json()
    assert [one["action"] for one in only["results"]] == ["permission_change"]
    nonsense = client.get(f"/api/v1/boards/{board.pk}/audit", {"action": "nonsense"})
    assert nonsense.status_code == 400
    for text in (content, str(data)):
        assert "203.0.113.7" not in text
        assert "Probe/1.0" not in text


def test_what_happens_again_and_again_is_one_line(board: Board, alice: User) -> None:
    client = client_of(alice)
    for _ in range(3):
        client.get(f"/board/{board.pk}")
        Visit.objects.all().delete()
    content = client.get(f"/board/{board.pk}/activity").content.decode()
    assert content.count("alice: Board opened") == 1
    assert "alice: Board opened \N{MULTIPLICATION SIGN}" in content


def test_other_boards_are_not_in_it(board: Board, alice: User, bob: User) -> None:
    other = Board.objects.create(owner=alice, title="Other")
    permission_grant(
        board=other, subject=Subject(user=bob), level=AccessLevel.VIEW, by=by(alice, WEB)
    )
    assert client_of(alice).get(f"/api/v1/boards/{board.pk}/audit").json()["count"] == 0


def test_people_have_the_name_that_they_have_everywhere(board: Board, alice: User) -> None:
    bea = make_user("bea")
    User.objects.filter(pk=bea.pk).update(first_name="Bea", last_name="Bell")
    User.objects.filter(pk=alice.pk).update(first_name="Alice")
    permission_grant(
        board=board, subject=Subject(user=bea), level=AccessLevel.VIEW, by=by(alice, WEB)
    )

    def told() -> tuple[str, str]:
        client = client_of(alice)
        row = client.get(f"/api/v1/boards/{board.pk}/audit").json()["results"][-1]
        page = client.get(f"/board/{board.pk}/activity").content.decode()
        assert f"{row['actor_name']}: Permission changed: {row['target_name']}" in page
        assert (row["actor"], row["target"]) == ("alice", "bea"), "as it was written"
        return row["actor_name"], row["target_name"]

    assert told() == ("Alice", "Bea Bell")
    User.objects.filter(pk=bea.pk).delete()
    assert told() == ("Alice", "bea")
