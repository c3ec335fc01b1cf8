"""The share panel: who may use it, what it does, and what it says when it cannot."""

from __future__ import annotations

import re
import uuid
from typing import Any

import pytest
from django.contrib.auth.models import User

from audit.models import AuditLog
from boards.levels import AccessLevel
from boards.models import Board, BoardPermission
from boards.tests.factories import client_of, make_board, make_user
from boards.tests.matrix import Page, answers

FETCH = {"X-Requested-With": "fetch"}


def post(sender: User, board: Board, /, **data: str) -> Any:
    return client_of(sender).post(f"/board/{board.pk}/share", data, headers=FETCH)


def levels_of(board: Board) -> dict[str | None, str]:
    rows = board.permissions.values_list("user__username", "level")
    return dict(rows)


@pytest.mark.parametrize("method", ["get", "post"])
def test_only_who_may_manage_sees_it(
    board: Board, bob: User, charlie: User, dana: User, alice: User, method: str
) -> None:
    data = {"operation": "public", "level": "view"} if method == "post" else {}
    expected = answers(Page("share it", 200), editor=bob, stranger=charlie, staff=dana, owner=alice)
    for user, status in expected:
        response = getattr(client_of(user), method)(f"/board/{board.pk}/share", data, headers=FETCH)
        assert response.status_code == status, user
    missing = getattr(client_of(charlie), method)(f"/board/{uuid.uuid4()}/share", data)
    assert missing.status_code == 404
    anonymous = getattr(client_of(None), method)(f"/board/{board.pk}/share", data)
    assert anonymous["Location"].startswith("/login?next=")


def test_people_who_may_not_manage_change_nothing(board: Board, bob: User, charlie: User) -> None:
    before = levels_of(board)
    for user in (bob, charlie):
        post(user, board, operation="public", level="edit")
        post(user, board, operation="grant", user="charlie", level="edit")
        post(user, board, operation="change", user="bob", level="view")
        post(user, board, operation="remove", user="bob")
    assert levels_of(board) == before
    assert not AuditLog.objects.filter(action="permission_change").exists()


def test_a_foreign_site_cannot_share(board: Board, alice: User) -> None:
    client = client_of(alice, enforce_csrf_checks=True)
    data = {"operation": "public", "level": "edit"}
    assert client.post(f"/board/{board.pk}/share", data, headers=FETCH).status_code == 403
    assert levels_of(board) == {"bob": "edit"}


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (
            {"operation": "grant", "user": "nobody", "level": "view"},
            "Nobody here has this username",
        ),
        ({"operation": "grant", "user": "", "level": "view"}, "Type the username"),
        ({"operation": "grant", "user": "a\x00b", "level": "view"}, "Null characters"),
        ({"operation": "remove", "user": "a\x00b"}, "Null characters"),
        ({"operation": "grant", "user": "alice", "level": "view"}, "already owns this board"),
        ({"operation": "grant", "user": "off", "level": "view"}, "Nobody here has this username"),
        (
            {"operation": "grant", "user": "charlie", "level": "owner"},
            "Choose view, comment or edit",
        ),
        ({"operation": "change", "user": "bob", "level": "none"}, "Choose view, comment or edit"),
        ({"operation": "remove", "user": "nobody"}, "This account no longer exists"),
        ({"operation": "public", "level": "admin"}, "Choose off, view, comment or edit"),
        ({"operation": "public"}, "Choose off, view, comment or edit"),
        ({"operation": "explode"}, "possible here"),
        ({}, "possible here"),
    ],
)
def test_bad_input_is_answered_with_the_panel_and_a_reason(
    board: Board, alice: User, charlie: User, data: dict[str, str], message: str
) -> None:
    make_user("off", is_active=False)
    response = post(alice, board, **data)
    assert response.status_code == 422
    content = response.content.decode()
    assert "data-share-panel" in content
    assert message in content
    assert levels_of(board) == {"bob": "edit"}


def test_no_field_hides_the_address_of_its_form_from_scripts(board: Board, alice: User) -> None:
    content = client_of(alice).get(f"/board/{board.pk}/share", headers=FETCH).content.decode()
    names = set(re.findall(r'\bname="([^"]+)"', content))
    assert names == {
        *("csrfmiddlewaretoken", "operation", "user", "level", "label", "days", "password"),
    }
    reflected = {"action", "method", "target", "id", "elements", "length", "submit", "reset"}
    assert not names & reflected


def test_a_refused_name_is_kept_in_the_form(board: Board, alice: User) -> None:
    content = post(alice, board, operation="grant", user='no"body', level="view").content.decode()
    assert 'value="no&quot;body"' in content


def test_grant_change_remove(board: Board, alice: User, charlie: User) -> None:
    content = post(alice, board, operation="grant", user=" charlie ", level="view").content.decode()
    assert 'aria-label="Level of charlie"' in content
    assert levels_of(board) == {"bob": "edit", "charlie": "view"}
    post(alice, board, operation="change", user="charlie", level="comment")
    assert levels_of(board)["charlie"] == "comment"
    content = post(alice, board, operation="remove", user="charlie").content.decode()
    assert "charlie" not in content
    assert levels_of(board) == {"bob": "edit"}
    changes = AuditLog.objects.filter(action="permission_change").order_by("pk")
    assert [row.data["new"] for row in changes] == ["view", "comment", "none"]
    assert {row.actor for row in changes} == {alice}


def test_a_name_is_found_in_another_case_if_it_is_clear(board: Board, alice: User) -> None:
    make_user("Erika")
    make_user("max")
    make_user("Max")
    assert post(alice, board, operation="grant", user="erika", level="view").status_code == 200
    assert post(alice, board, operation="grant", user="MAX", level="view").status_code == 422
    assert post(alice, board, operation="grant", user="max", level="view").status_code == 200
    assert levels_of(board) == {"bob": "edit", "Erika": "view", "max": "view"}


def test_public_link_on_and_off(board: Board, alice: User) -> None:
    link = f'data-copy="http://testserver/board/{board.pk}/public'
    content = post(alice, board, operation="public", level="view").content.decode()
    assert f'{link}"' in content
    content = post(alice, board, operation="public", level="edit", confirm="on").content.decode()
    assert f'{link}?edit=true"' in content
    assert "without signing in" in content
    content = post(alice, board, operation="public", level="none").content.decode()
    assert link not in content
    assert not BoardPermission.objects.filter(is_public=True).exists()


def test_fragment_for_the_dialog_and_page_when_opened_directly(board: Board, alice: User) -> None:
    client = client_of(alice)
    fragment = client.get(f"/board/{board.pk}/share", headers=FETCH)
    page = client.get(f"/board/{board.pk}/share/")
    assert fragment.content.lstrip().startswith(b"<section")
    assert b"<html" not in fragment.content
    assert b"<html" in page.content
    assert b"data-share-panel" in page.content
    assert "X-Requested-With" in fragment["Vary"]
    done = client.post(f"/board/{board.pk}/share", {"operation": "public", "level": "view"})
    assert done["Location"] == f"/board/{board.pk}/share"


def test_names_and_titles_are_escaped(alice: User) -> None:
    mean = make_user("mean")
    mean.first_name = "<script>alert(1)</script>"
    mean.save()
    board = make_board(alice, title="<b>x</b>", shared_with={mean: AccessLevel.VIEW})
    content = client_of(alice).get(f"/board/{board.pk}/share", headers=FETCH).content.decode()
    assert "<script>" not in content
    assert "<b>" not in content
