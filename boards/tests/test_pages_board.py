"""The board page: who sees it, what it is told, and what the audit log keeps."""

from __future__ import annotations

import json
import re
import uuid
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.http import HttpResponse

from audit.tests.actors import by
from boards.access.subjects import PUBLIC
from boards.levels import AccessLevel
from boards.lifecycle.lock import board_lock
from boards.models import Board
from boards.sharing.permissions import permission_grant, permission_revoke
from boards.tests.factories import board_rows, client_of, make_board, seen_text


def config_of(response: Any) -> dict[str, Any]:
    """The JSON the page hands to its script."""
    match = re.search(
        r'<script id="board-config" type="application/json">(.*?)</script>',
        response.content.decode(),
        re.DOTALL,
    )
    assert match is not None
    config: dict[str, Any] = json.loads(match[1])
    return config


def test_stranger_gets_the_same_answer_for_private_and_missing(board: Board, charlie: User) -> None:
    client = client_of(charlie)
    private = client.get(f"/board/{board.pk}")
    missing_id = str(uuid.uuid4())
    missing = client.get(f"/board/{missing_id}")
    assert private.status_code == missing.status_code == 404
    # The form to ask for access holds the address that was typed.
    assert seen_text(private).replace(str(board.pk), missing_id) == seen_text(missing)
    assert b"not shared with you" in private.content
    assert board.title.encode() not in private.content


def test_anonymous_is_asked_to_sign_in_for_private_and_missing_alike(board: Board) -> None:
    client = client_of(None)
    for board_id in (board.pk, uuid.uuid4()):
        response = client.get(f"/board/{board_id}")
        assert response.status_code == 302
        assert response["Location"] == f"/login?next=%2Fboard%2F{board_id}"


@pytest.mark.parametrize("slash", ["", "/"])
def test_owner_sees_the_board_and_its_config(board: Board, alice: User, slash: str) -> None:
    config = config_of(client_of(alice).get(f"/board/{board.pk}{slash}"))
    token = config.pop("csrfToken")
    assert config.pop("csrfCookie") == "csrftoken"
    assert len(token) == 64
    assert config == {
        "boardId": str(board.pk),
        "title": "Roadmap",
        "isLocked": False,
        "workshop": 0,
        "level": "edit",
        "isOwner": True,
        "entry": "board",
        "user": {"id": str(alice.pk), "name": "alice", "username": "alice", "picture": ""},
        "socketBase": "/ws/canvas",
        "socketParams": {"saved": "1"},
        "filesUrl": f"/api/v1/boards/{board.pk}/files",
        "shareUrl": f"/board/{board.pk}/share",
        "homeUrl": "/",
        "signInUrl": f"/login?next=%2Fboard%2F{board.pk}{'%2F' if slash else ''}",
        "assetPath": "/static/board/excalidraw/",
        "maxFileBytes": 10_000_000,
        "maxUpdateBytes": 4_000_000,
        "notice": None,
        "languages": [["en", "English"], ["de", "Deutsch"]],
        "languageUrl": "/language",
        "accountUrl": "/account",
        "notificationsUrl": "/account/notifications",
        "adminUrl": None,
        "signOutUrl": "/logout",
    }


def test_a_page_opened_on_a_locked_board_says_so(board: Board, alice: User, bob: User) -> None:
    board_lock(board=board, by=by(alice))
    config = config_of(client_of(bob).get(f"/board/{board.pk}"))
    assert (config["isLocked"], config["level"]) == (True, "comment")


def test_collaborator_cannot_manage(board: Board, bob: User) -> None:
    config = config_of(client_of(bob).get(f"/board/{board.pk}"))
    assert (config["level"], config["isOwner"], config["shareUrl"]) == ("edit", False, None)


def test_viewer_is_told_so(alice: User, bob: User) -> None:
    board = make_board(alice, shared_with={bob: AccessLevel.VIEW})
    assert config_of(client_of(bob).get(f"/board/{board.pk}"))["level"] == "view"


def test_switched_off_account_is_asked_to_sign_in(board: Board, bob: User) -> None:
    client = client_of(bob)
    bob.is_active = False
    bob.save()
    assert client.get(f"/board/{board.pk}").status_code == 302


def test_title_cannot_break_out_of_the_page(alice: User) -> None:
    board = make_board(alice, title="</script><script>alert(1)</script>")
    response = client_of(alice).get(f"/board/{board.pk}")
    assert b"<script>alert" not in response.content
    assert config_of(response)["title"] == board.title


def test_board_in_the_trash_is_not_found_even_by_its_owner(alice: User) -> None:
    board = make_board(alice, is_trashed=True, public=AccessLevel.EDIT)
    for path in (f"/board/{board.pk}", f"/board/{board.pk}/public", f"/board/{board.pk}/share"):
        assert client_of(alice).get(path).status_code == 404, path


def test_who_may_restore_it_is_told_that_a_board_is_in_the_trash(alice: User, bob: User) -> None:
    board = make_board(alice, title="Plan", is_trashed=True, shared_with={bob: AccessLevel.EDIT})
    assert "“Plan” is in the trash" in seen_text(client_of(alice).get(f"/board/{board.pk}"))
    hidden = client_of(bob).get(f"/board/{board.pk}")
    other = uuid.uuid4()
    missing = client_of(bob).get(f"/board/{other}")
    assert hidden.status_code == missing.status_code == 404
    assert seen_text(hidden).replace(str(board.pk), str(other)) == seen_text(missing)
    restored = client_of(alice).post(f"/board/{board.pk}/restore", {"open": "1"})
    assert restored.headers["Location"] == f"/board/{board.pk}"
    assert client_of(bob).get(f"/board/{board.pk}").status_code == 200


def test_private_and_missing_public_pages_are_alike_for_everyone(
    board: Board, alice: User, charlie: User
) -> None:
    for user in (None, charlie, alice):
        client = client_of(user)
        private = client.get(f"/board/{board.pk}/public?edit=true")
        missing = client.get(f"/board/{uuid.uuid4()}/public?edit=true")
        assert private.status_code == missing.status_code == 404
        assert seen_text(private) == seen_text(missing)


@pytest.mark.parametrize(
    ("public", "query", "level", "notice"),
    [
        (AccessLevel.VIEW, "", "view", None),
        (AccessLevel.VIEW, "?edit=true", "view", "This link allows viewing only."),
        (
            AccessLevel.COMMENT,
            "?edit=true",
            "comment",
            "This link allows viewing and commenting, not editing.",
        ),
        (AccessLevel.EDIT, "", "view", None),
        (AccessLevel.EDIT, "?edit=true", "edit", None),
        (AccessLevel.EDIT, "?edit=1", "view", None),
    ],
)
def test_public_link_gives_what_is_public_and_never_more(
    alice: User, public: AccessLevel, query: str, level: str, notice: str | None
) -> None:
    board = make_board(alice, public=public)
    for user in (None, alice):
        config = config_of(client_of(user).get(f"/board/{board.pk}/public{query}"))
        assert (config["level"], config["notice"], config["entry"]) == (level, notice, "public")
        assert config["shareUrl"] is None
        assert config["isOwner"] is False
        assert config["filesUrl"].endswith("/files?public=1")
        expected = {"saved": "1", "public": "1"} | ({"edit": "true"} if "true" in query else {})
        assert config["socketParams"] == expected


def test_anonymous_on_a_public_board_is_a_guest(alice: User) -> None:
    board = make_board(alice, public=AccessLevel.EDIT)
    config = config_of(client_of(None).get(f"/board/{board.pk}"))
    assert config["user"] == {"id": None, "name": "Guest", "username": "", "picture": ""}
    assert config["level"] == "edit"
    assert config["homeUrl"] is None


def test_a_guest_keeps_the_secret_that_their_drawing_belongs_to(alice: User, settings: Any) -> None:
    board = make_board(alice, public=AccessLevel.EDIT)
    client = client_of(None)
    secrets = []
    for _ in range(2):
        client.get(f"/board/{board.pk}")
        secrets.append(client.cookies[settings.CANVAS_GUEST_COOKIE_NAME].value)
    assert secrets[0] == secrets[1] != ""
    other = client_of(None)
    other.get(f"/board/{board.pk}")
    assert other.cookies[settings.CANVAS_GUEST_COOKIE_NAME].value != secrets[0]


def test_switching_the_link_off_closes_the_public_page(alice: User) -> None:
    board = make_board(alice, public=AccessLevel.VIEW)
    client = client_of(None)
    assert client.get(f"/board/{board.pk}/public").status_code == 200
    permission_revoke(board=board, subject=PUBLIC, by=by(alice))
    assert client.get(f"/board/{board.pk}/public").status_code == 404


def _visit(board: Board, user: User | None, path: str) -> HttpResponse:
    response: HttpResponse = client_of(user).get(  # type: ignore[assignment]
        f"/board/{board.pk}{path}",
        headers={"user-agent": "Probe/1.0\x1b[31m"},
        REMOTE_ADDR="203.0.113.7",
    )
    return response


def test_every_view_is_audited(alice: User, bob: User) -> None:
    board = make_board(alice, shared_with={bob: AccessLevel.VIEW}, public=AccessLevel.EDIT)
    _visit(board, alice, "")
    _visit(board, bob, "")
    _visit(board, None, "/public?edit=true")
    rows = board_rows().order_by("pk")
    assert [(r.action, r.actor_label, r.actor_kind, r.level, r.via) for r in rows] == [
        ("room_access", "alice", "user", "owner", "session"),
        ("room_access", "bob", "user", "edit", "session"),
        ("room_access", "", "anonymous", "edit", "public"),
    ]
    for row in rows:
        assert row.board_id == board.pk
        assert row.board_title == "Roadmap"
        assert row.ip_address == "203.0.113.7"
        assert row.user_agent == "Probe/1.0[31m"


def test_every_refusal_is_audited(board: Board, charlie: User) -> None:
    _visit(board, charlie, "")
    _visit(board, None, "")
    _visit(board, None, "/public")
    rows = board_rows().order_by("pk")
    assert [(r.action, r.outcome, r.actor_label, r.via, r.data["reason"]) for r in rows] == [
        ("room_access_denied", "denied", "charlie", "session", "no_permission"),
        ("room_access_denied", "denied", "", "public", "not_signed_in"),
        ("room_access_denied", "denied", "", "public", "no_permission"),
    ]


def test_a_stranger_cannot_fill_the_audit_log(board: Board, charlie: User) -> None:
    client = client_of(charlie)
    for _ in range(70):
        client.get(f"/board/{board.pk}")
    assert board_rows().count() == 60


@pytest.mark.parametrize("mode", ["full", "truncated", "none"])
def test_one_address_does_not_use_up_what_is_recorded_of_others(
    board: Board, settings: Any, mode: str
) -> None:
    settings.CANVAS_AUDIT_IP_MODE = mode
    for _ in range(61):
        client_of(None).get(f"/board/{board.pk}", REMOTE_ADDR="203.0.113.7")
    assert board_rows().count() == 60
    client_of(None).get(f"/board/{board.pk}", REMOTE_ADDR="203.0.113.8")
    assert board_rows().count() == 61


def test_pages_carry_the_security_headers(board: Board, alice: User) -> None:
    response = client_of(alice).get(f"/board/{board.pk}")
    policy = response["Content-Security-Policy"]
    assert "script-src 'self' 'wasm-unsafe-eval';" in policy
    assert "frame-ancestors 'none'" in policy
    assert response["Referrer-Policy"] == "same-origin"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["X-Frame-Options"] == "DENY"
    assert "no-store" in response["Cache-Control"]


def test_boards_are_shown_in_frames_of_listed_sites_alone(
    board: Board, alice: User, settings: Any
) -> None:
    client = client_of(alice)
    permission_grant(board=board, subject=PUBLIC, level=AccessLevel.VIEW, by=by(alice))
    settings.CANVAS_EMBED_ORIGINS = ["https://wiki.example.org"]
    for path in (f"/board/{board.pk}", f"/board/{board.pk}/public"):
        response = client.get(path)
        policy = response["Content-Security-Policy"]
        assert policy.endswith("; frame-ancestors 'self' https://wiki.example.org"), path
        assert "X-Frame-Options" not in response, path
    for path in ("/", "/login", f"/board/{board.pk}/share", "/admin/login/"):
        response = client.get(path)
        assert "frame-ancestors 'none'" in response["Content-Security-Policy"], path
        assert response["X-Frame-Options"] == "DENY", path


def test_pages_hold_no_inline_script_or_style(board: Board, alice: User) -> None:
    client = client_of(alice)
    for path in ("/", f"/board/{board.pk}", f"/board/{board.pk}/share", "/login"):
        html = client.get(path, follow=True).content.decode()
        scripts = re.findall(r"<script\b([^>]*)>(.*?)</script>", html, re.DOTALL)
        assert all('type="application/json"' in tag or not body for tag, body in scripts), path
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=", html), path
