"""REST: signing in and boards."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from rest_framework.throttling import ScopedRateThrottle

from accounts.sign_in.passwords import MAX_FAILURES_PER_NAME
from audit.models import AuditLog
from boards.identity.tokens import issue_access_token
from boards.levels import AccessLevel
from boards.models import Board
from boards.tests.factories import PASSWORD, board_rows, client_of, make_board, make_user

BOARDS = "/api/v1/boards"
JSON = "application/json"


def bearer(user: User) -> dict[str, str]:
    return {"Authorization": f"Bearer {issue_access_token(user)[0]}"}


def get_token(client: Client, username: str, password: str) -> Any:
    data = {"username": username, "password": password}
    return client.post("/api/v1/auth/token", data, content_type=JSON)


@pytest.mark.parametrize(
    ("username", "password"), [("alice", "wrong"), ("nobody", PASSWORD), ("off", PASSWORD)]
)
def test_wrong_credentials_get_no_token(alice: User, username: str, password: str) -> None:
    make_user("off", is_active=False)
    response = get_token(Client(), username, password)
    assert response.status_code == 401
    assert "do not match" in response.json()["detail"]


@pytest.mark.parametrize("body", [{}, {"username": "alice"}, [], {"username": [], "password": 1}])
def test_malformed_credentials_are_named(alice: User, body: Any) -> None:
    response = Client().post("/api/v1/auth/token", body, content_type=JSON)
    assert response.status_code == 400


def test_guessing_tokens_is_slowed_down(alice: User) -> None:
    for _ in range(MAX_FAILURES_PER_NAME):
        assert get_token(Client(), "alice", "wrong").status_code == 401
    response = get_token(Client(), "alice", PASSWORD)
    assert response.status_code == 429
    assert int(response["Retry-After"]) > 0


def test_asking_for_tokens_is_limited_per_address(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(ScopedRateThrottle.THROTTLE_RATES, "auth_token", "20/min")
    codes = [get_token(Client(), "alice", PASSWORD).status_code for _ in range(21)]
    assert codes == [200] * 20 + [429]


def test_a_token_works_until_refused(alice: User) -> None:
    answer = get_token(Client(), "alice", PASSWORD)
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    assert set(answer.json()) == {"access", "expires_at"}
    headers = {"Authorization": f"Bearer {answer.json()['access']}"}
    assert Client().get(BOARDS, headers=headers).status_code == 200


@pytest.mark.parametrize("value", ["Bearer", "Bearer x", "Bearer a b", "bearer é", "Bearer a.b.c"])
def test_a_bad_token_is_refused_and_never_falls_back_to_the_session(
    alice: User, value: str
) -> None:
    response = client_of(alice).get(BOARDS, headers={"Authorization": value})
    assert response.status_code == 401
    assert response["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("slash", ["", "/"])
def test_anonymous_is_refused(board: Board, slash: str) -> None:
    client = Client()
    for path in (BOARDS, f"{BOARDS}/{board.pk}", f"{BOARDS}/{board.pk}/permissions"):
        response = client.get(f"{path}{slash}")
        assert response.status_code == 401, path


def test_a_session_needs_the_csrf_token_to_change_something(alice: User, bob: User) -> None:
    client = client_of(alice, enforce_csrf_checks=True)
    response = client.post(BOARDS, {"title": "x"}, content_type=JSON)
    assert response.status_code == 403
    assert "CSRF" in response.json()["detail"]
    assert client.get(BOARDS).status_code == 200
    answer = client.post(BOARDS, {"title": "x"}, content_type=JSON, headers=bearer(bob))
    assert (answer.status_code, answer.json()["owner"]) == (201, "bob")


@pytest.mark.parametrize("method", ["get", "patch", "delete"])
def test_strangers_get_the_same_answer_for_private_and_missing(
    board: Board, charlie: User, method: str
) -> None:
    for suffix in ("", "/permissions", "/restore"):
        client = client_of(charlie)
        answers = [
            getattr(client, method)(f"{BOARDS}/{board_id}{suffix}", {}, content_type=JSON)
            if method != "get"
            else client.get(f"{BOARDS}/{board_id}{suffix}")
            for board_id in (board.pk, uuid.uuid4())
        ]
        assert answers[0].status_code == answers[1].status_code
        assert answers[0].status_code in {404, 405}
        assert answers[0].content == answers[1].content


@pytest.mark.parametrize("method", ["patch", "delete"])
def test_collaborator_cannot_manage(board: Board, bob: User, method: str) -> None:
    body = {"title": "x"}
    response = getattr(client_of(bob), method)(f"{BOARDS}/{board.pk}", body, content_type=JSON)
    assert response.status_code == 403
    assert "Only the owner" in response.json()["detail"]
    board.refresh_from_db()
    assert (board.title, board.is_trashed) == ("Roadmap", False)


def test_create_and_read(alice: User) -> None:
    client = client_of(alice)
    created = client.post(BOARDS, {"title": " Plans "}, content_type=JSON)
    assert created.status_code == 201
    body = created.json()
    board = Board.objects.get()
    assert body | {"created_at": "", "updated_at": ""} == {
        "id": str(board.pk),
        "title": "Plans",
        "owner": "alice",
        "level": "edit",
        "is_owner": True,
        "is_locked": False,
        "space": None,
        "folder": None,
        "created_at": "",
        "updated_at": "",
        "last_activity_at": None,
        "deleted_at": None,
    }
    assert client.get(f"{BOARDS}/{board.pk}").json() == body
    assert [(row.action, row.via) for row in board_rows().order_by("pk")] == [
        ("room_create", "session"),
        ("room_access", "session"),
    ]


@pytest.mark.parametrize("title", ["", "  ", None, "a\x00b", "a" * 201, "\u202ex", [], {"a": 1}])
def test_create_with_a_bad_title(alice: User, title: Any) -> None:
    response = client_of(alice).post(BOARDS, {"title": title}, content_type=JSON)
    assert response.status_code == 400
    assert "title" in response.json()
    assert not Board.objects.exists()


@pytest.mark.parametrize("body", ["{", "[]", '"x"', "null", "\ud800"])
def test_create_with_a_bad_body(alice: User, body: str) -> None:
    raw = body.encode("utf-8", "surrogatepass")
    response = client_of(alice).post(BOARDS, raw, content_type=JSON)
    assert response.status_code == 400
    assert not Board.objects.exists()


def test_list_shows_own_and_given_boards_in_pages(alice: User, bob: User) -> None:
    for number in range(3):
        make_board(alice, title=f"Given {number}", shared_with={bob: AccessLevel.COMMENT})
    make_board(alice, public=AccessLevel.EDIT)
    make_board(bob, title="Mine")
    make_board(bob, title="Gone", is_trashed=True)
    client = client_of(bob)
    page = client.get(BOARDS, {"page_size": "2"}).json()
    assert page["count"] == 4
    assert page["next"].endswith("page=2&page_size=2")
    levels = {row["title"]: row["level"] for row in client.get(BOARDS).json()["results"]}
    assert levels == {
        "Mine": "edit",
        "Given 0": "comment",
        "Given 1": "comment",
        "Given 2": "comment",
    }
    for asked in ({"trashed": "true"}, {"show": "trash"}):
        trash = client.get(BOARDS, asked).json()["results"]
        assert [(row["title"], row["level"]) for row in trash] == [("Gone", None)]


def test_list_is_filtered_searched_and_sorted(alice: User, bob: User) -> None:
    for title in ("Sprint two", "Sprint one", "Retro"):
        make_board(alice, title=title, shared_with={bob: AccessLevel.VIEW})
    make_board(bob, title="Mine")
    make_board(alice, title="Sprint secret")

    def titles(**asked: str) -> list[str]:
        return [row["title"] for row in client_of(bob).get(BOARDS, asked).json()["results"]]

    assert titles(sort="name") == ["Mine", "Retro", "Sprint one", "Sprint two"]
    assert titles(show="mine") == ["Mine"]
    assert titles(show="shared", q="sprint", sort="name") == ["Sprint one", "Sprint two"]
    assert titles(q="alice one") == ["Sprint one"]
    for name in ("show", "sort"):
        refused = client_of(bob).get(BOARDS, {name: "nonsense"})
        assert refused.status_code == 400
        assert "Choose one of" in refused.json()[name][0]


def test_rename_writes_title_only(board: Board, alice: User) -> None:
    body = {"title": "Plans", "owner": "charlie", "deleted_at": "2026-01-01"}
    response = client_of(alice).patch(f"{BOARDS}/{board.pk}", body, content_type=JSON)
    assert response.json()["title"] == "Plans"
    board.refresh_from_db()
    assert (board.title, board.owner, board.head_seq) == ("Plans", alice, 0)
    assert not board.is_trashed


def test_trash_and_restore(board: Board, alice: User, bob: User) -> None:
    client = Client(headers=bearer(alice))
    assert client.delete(f"{BOARDS}/{board.pk}").status_code == 204
    for reader in (client, client_of(bob)):
        assert reader.get(f"{BOARDS}/{board.pk}").status_code == 404
    assert client_of(bob).post(f"{BOARDS}/{board.pk}/restore").status_code == 404
    restored = client.post(f"{BOARDS}/{board.pk}/restore")
    assert (restored.status_code, restored.json()["deleted_at"]) == (200, None)
    assert client_of(bob).get(f"{BOARDS}/{board.pk}").status_code == 200
    rows = AuditLog.objects.filter(action__in=["room_delete", "room_restore"]).order_by("pk")
    assert [(row.action, row.via) for row in rows] == [
        ("room_delete", "token"),
        ("room_restore", "token"),
    ]


def test_staff_reads_every_board_and_is_audited(board: Board, dana: User) -> None:
    assert client_of(dana).get(f"{BOARDS}/{board.pk}").json()["level"] == "edit"
    row = board_rows().get()
    assert (row.actor, row.data["access"]) == (dana, "staff")


def test_tokens_given_and_refused_are_recorded_without_the_token(alice: User) -> None:
    token = get_token(Client(), "alice", PASSWORD).json()["access"]
    changed = token[:-2] + ("BA" if token.endswith("AA") else "AA")
    headers = {"Authorization": f"Bearer {changed}"}
    for _ in range(70):
        assert Client().get("/api/v1/boards", headers=headers).status_code == 401
    given = AuditLog.objects.get(action="token_issue")
    assert (given.actor, given.data) == (alice, {"audience": "canvas:api", "seconds": 600})
    refused = AuditLog.objects.filter(action="token_reject")
    assert (refused.count(), refused[0].outcome) == (60, "denied")
    assert refused[0].data == {"reason": "invalid"}
    assert token.rsplit(".", 1)[1][:20] not in str(list(AuditLog.objects.values()))


def test_a_field_that_nobody_knows_is_named_and_nothing_is_done(alice: User, bob: User) -> None:
    board = make_board(alice)
    path, client = f"{BOARDS}/{board.pk}", client_of(alice)
    for method, address, body in (
        (client.post, BOARDS, {"title": "New", "banana": 1}),
        (client.post, f"{BOARDS}/", {"title": "New", "banana": 1}),
        (client.patch, path, {"title": "New", "banana": 1}),
        (client.patch, path, {"banana": 1}),
        (client.post, f"{path}/permissions", {"user": "bob", "level": "view", "banana": 1}),
        (client.post, f"{path}/links", {"level": "edit", "banana": "2026-01-01T00:00:00Z"}),
        (client.post, f"{path}/duplicate", {"banana": 1}),
        (client.post, f"{path}/transfer", {"user": "bob", "banana": 1}),
        (client.post, f"{path}/comments", {"body": "b", "anchor": {"x": 1, "y": 1}, "banana": 1}),
        (client.post, f"{path}/versions", {"name": "v", "banana": 1}),
        (client.post, f"{path}/elements", {"create": [], "banana": []}),
    ):
        answer = method(address, body, content_type=JSON)
        assert (answer.status_code, list(answer.json())) == (400, ["banana", "detail"]), address
    token = {"username": "alice", "password": PASSWORD, "banana": 1}
    assert "banana" in client.post("/api/v1/auth/token", token, content_type=JSON).json()
    board.refresh_from_db()
    assert (Board.objects.count(), board.title, board.owner) == (1, "Roadmap", alice)
    assert not board.permissions.exists()


def test_what_was_read_may_be_sent_back(alice: User) -> None:
    board = make_board(alice)
    path, client = f"{BOARDS}/{board.pk}", client_of(alice)
    read = {**client.get(path).json(), "title": "Another"}
    answer = client.patch(path, read, content_type=JSON)
    assert (answer.status_code, answer.json()["title"]) == (200, "Another")
