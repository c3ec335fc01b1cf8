"""The admin: staff only, and every write leaves its audit row and its version."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from django.contrib.auth.models import User

from audit.tests.actors import by
from boards.comments.services import author_of_user, thread_create
from boards.identity.tokens import link_token
from boards.levels import AccessLevel
from boards.models import Board, BoardFile
from boards.sharing.links import share_link_create
from boards.tests.factories import board_rows, client_of, make_board, make_user

BOARDS = "/admin/boards/board/"
INLINE = "permissions"


def form_data(board: Board, rows: list[dict[str, Any]], **fields: str) -> dict[str, Any]:
    """What the change page submits: the board's title and its permission rows."""
    data: dict[str, Any] = {"title": board.title, **fields}
    initial = sum(1 for row in rows if "id" in row)
    data |= {f"{INLINE}-TOTAL_FORMS": len(rows), f"{INLINE}-INITIAL_FORMS": initial}
    for number, row in enumerate(rows):
        for name, value in ({"board": str(board.pk)} | row).items():
            data[f"{INLINE}-{number}-{name}"] = value
    return data


def rows_of(board: Board) -> list[dict[str, Any]]:
    return [
        {"id": row.pk, "user": row.user_id or "", "level": row.level}
        | ({"is_public": "on"} if row.is_public else {})
        for row in board.permissions.order_by("pk")
    ]


def submit(user: User, board: Board, rows: list[dict[str, Any]], **fields: str) -> Any:
    return client_of(user).post(f"{BOARDS}{board.pk}/change/", form_data(board, rows, **fields))


def last_actions() -> list[str]:
    return [row.action for row in board_rows().order_by("pk")]


def test_people_who_are_not_staff_are_sent_to_the_sign_in_page(board: Board, alice: User) -> None:
    helper = make_user("helper")
    helper.is_staff = True
    helper.save()
    for path in (BOARDS, f"{BOARDS}{board.pk}/change/", f"{BOARDS}add/"):
        assert client_of(None).get(path).status_code == 302
        assert client_of(alice).get(path).status_code == 302
        assert client_of(helper).get(path).status_code == 403


def test_nothing_can_be_deleted_for_good(board: Board, dana: User) -> None:
    client = client_of(dana)
    assert client.post(f"{BOARDS}{board.pk}/delete/", {"post": "yes"}).status_code == 403
    chosen = {"action": "delete_selected", "_selected_action": [str(board.pk)], "post": "yes"}
    client.post(BOARDS, chosen)
    assert Board.objects.filter(pk=board.pk).exists()
    assert b"delete_selected" not in client.get(BOARDS).content


def test_files_are_to_look_at_only(board: Board, dana: User) -> None:
    values = {"mime": "image/png", "size_bytes": 1, "width": 1, "height": 1}
    row = BoardFile.objects.create(board=board, file_id="a", **values)
    client = client_of(dana)
    path = "/admin/boards/boardfile/"
    assert client.get(path).status_code == 200
    assert client.get(f"{path}{row.pk}/change/").status_code == 200
    assert client.post(f"{path}{row.pk}/change/", {"file_id": "b"}).status_code == 403
    assert client.post(f"{path}{row.pk}/delete/", {"post": "yes"}).status_code == 403
    assert client.post(f"{path}add/", {}).status_code == 403


def test_create_makes_the_board_of_its_owner(alice: User, dana: User) -> None:
    client = client_of(dana)
    response = client.post(f"{BOARDS}add/", {"title": "Plans", "owner": str(alice.pk)})
    assert response.status_code == 302
    board = Board.objects.get()
    assert (board.title, board.owner) == ("Plans", alice)
    row = board_rows().get()
    assert (row.action, row.actor, row.board_id, row.data) == (
        "room_create",
        dana,
        board.pk,
        {"owner": "alice"},
    )


def test_rename(board: Board, dana: User) -> None:
    assert submit(dana, board, rows_of(board), title="Plans").status_code == 302
    board.refresh_from_db()
    assert board.title == "Plans"
    assert last_actions() == ["room_update"]
    assert board_rows().get().actor == dana


def test_save_without_a_change_writes_nothing(board: Board, dana: User) -> None:
    assert submit(dana, board, rows_of(board)).status_code == 302
    board.refresh_from_db()
    assert board.access_version == 1
    assert last_actions() == []


def test_owner_cannot_be_changed_by_the_form(board: Board, dana: User, charlie: User) -> None:
    submit(dana, board, rows_of(board), owner=str(charlie.pk))
    board.refresh_from_db()
    assert board.owner.username == "alice"


def test_grant_change_and_revoke(board: Board, dana: User, bob: User, charlie: User) -> None:
    grant = [*rows_of(board), {"user": str(charlie.pk), "level": "view"}]
    grant.append({"user": "", "level": "view", "is_public": "on"})
    assert submit(dana, board, grant).status_code == 302
    changed = rows_of(board)
    changed[1]["level"] = "comment"
    changed[2]["level"] = "edit"
    assert submit(dana, board, changed).status_code == 302
    removed = [row | {"DELETE": "on"} for row in rows_of(board)]
    assert submit(dana, board, removed).status_code == 302
    assert not board.permissions.exists()
    board.refresh_from_db()
    assert board.access_version == 8
    rows = board_rows().order_by("pk")
    assert {row.actor for row in rows} == {dana}
    assert [(row.target_label, row.data["old"], row.data["new"]) for row in rows] == [
        ("charlie", "none", "view"),
        ("", "none", "view"),
        ("charlie", "view", "comment"),
        ("", "view", "edit"),
        ("bob", "edit", "none"),
        ("charlie", "comment", "none"),
        ("", "edit", "none"),
    ]


def test_a_row_moved_to_somebody_else_is_a_revoke_and_a_grant(
    board: Board, dana: User, charlie: User
) -> None:
    moved = rows_of(board)
    moved[0]["user"] = str(charlie.pk)
    assert submit(dana, board, moved).status_code == 302
    levels = dict(board.permissions.values_list("user__username", "level"))
    assert levels == {"charlie": "edit"}
    rows = board_rows().order_by("pk")
    assert [(row.target_label, row.data["new"]) for row in rows] == [
        ("bob", "none"),
        ("charlie", "edit"),
    ]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"user": "alice", "level": "view"}, "The owner has every right already."),
        ({"user": "off", "level": "view"}, "This account is deactivated."),
        ({"user": "charlie", "level": "view", "is_public": "on"}, "one user or public"),
        ({"user": "", "level": "view"}, "one user or public"),
        ({"user": "bob", "level": "view"}, "Name everybody once"),
        ({"user": "charlie", "level": "admin"}, "Select a valid choice"),
    ],
)
def test_bad_rows_are_refused_with_a_reason(
    board: Board, dana: User, charlie: User, row: dict[str, str], message: str
) -> None:
    make_user("off", is_active=False)
    user_id = "" if not row["user"] else str(User.objects.get(username=row["user"]).pk)
    response = submit(dana, board, [*rows_of(board), row | {"user": user_id}])
    assert response.status_code == 200
    assert message in response.content.decode()
    assert board.permissions.count() == 1
    assert last_actions() == []


def test_trash_and_restore_many(board: Board, alice: User, dana: User) -> None:
    other = make_board(alice)
    client = client_of(dana)
    chosen = [str(board.pk), str(other.pk)]
    for action, is_trashed in (("move_to_trash", True), ("restore_from_trash", False)):
        client.post(BOARDS, {"action": action, "_selected_action": chosen})
        assert {b.is_trashed for b in Board.objects.all()} == {is_trashed}
    assert last_actions() == ["room_delete"] * 2 + ["room_restore"] * 2


def test_list_and_search(alice: User, bob: User, dana: User) -> None:
    board = make_board(
        alice, shared_with={bob: AccessLevel.EDIT}, public=AccessLevel.COMMENT, title="Wanted"
    )
    make_board(alice, title="Thrown", is_trashed=True)
    client = client_of(dana)
    content = client.get(BOARDS).content.decode()
    assert f'href="/board/{board.pk}"' in content
    assert "comment" in content
    for query, found in (
        (f"?q={board.pk}", {"Wanted"}),
        ("?q=alice", {"Wanted", "Thrown"}),
        ("?q=thrown", {"Thrown"}),
        ("?trash=yes", {"Thrown"}),
        ("?trash=no", {"Wanted"}),
    ):
        content = client.get(f"{BOARDS}{query}").content.decode()
        assert {title for title in ("Wanted", "Thrown") if f">{title}<" in content} == found, query
    assert client.get(f"{BOARDS}{board.pk}/change/").status_code == 200


def test_the_admin_works_under_the_content_security_policy(board: Board, dana: User) -> None:
    client = client_of(dana)
    for path in ("/admin/", BOARDS, f"{BOARDS}{board.pk}/change/", f"{BOARDS}add/"):
        response = client.get(path)
        content = response.content.decode()
        assert "script-src 'self'" in response["Content-Security-Policy"]
        assert "javascript:" not in content
        assert "<script>" not in content


def test_giving_boards_away_asks_to_whom(board: Board, dana: User, bob: User) -> None:
    client = client_of(dana)
    data = {"action": "transfer", "_selected_action": [str(board.pk)]}
    assert "to whom?" in client.post(BOARDS, data).content.decode()
    wrong = client.post(BOARDS, {**data, "confirmed": "yes", "user": "nobody"})
    assert "Nobody here has this username" in wrong.content.decode()
    board.refresh_from_db()
    assert board.owner.username == "alice"
    done = client.post(BOARDS, {**data, "confirmed": "yes", "user": "bob"})
    assert done.status_code == 302
    board.refresh_from_db()
    assert board.owner == bob
    row = board_rows().get()
    assert (row.action, row.actor, row.via) == ("ownership_transfer", dana, "admin")


def test_links_requests_and_comments_are_to_look_at(board: Board, dana: User, bob: User) -> None:
    link = share_link_create(board=board, level=AccessLevel.VIEW, by=by(board.owner), password="pw")
    thread_create(board=board, anchor={"x": 0, "y": 0}, body="Why?", author=author_of_user(bob))
    client = client_of(dana)
    for model in ("sharelink", "accessrequest", "commentthread"):
        path = f"/admin/boards/{model}/"
        assert client.get(path).status_code == 200
        assert client.get(f"{path}add/").status_code == 403
    path = f"/admin/boards/sharelink/{link.pk}/"
    page = client.get(f"{path}change/").content.decode()
    assert link.password_hash not in page
    assert link_token(link) not in page
    assert client.post(f"{path}change/", {"level": "edit"}).status_code == 403
    assert client.post(f"{path}delete/", {"post": "yes"}).status_code == 403
    data = {"action": "revoke", "_selected_action": [str(link.pk)]}
    assert client.post("/admin/boards/sharelink/", data).status_code == 302
    link.refresh_from_db()
    assert link.revoked_at is not None
    row = board_rows().filter(action="share_link_revoke").get()
    assert (row.actor, row.via) == (dana, "admin")


def test_reading_comments_is_a_visit_to_their_board(board: Board, dana: User, bob: User) -> None:
    author = author_of_user(bob)
    thread = thread_create(board=board, anchor={"x": 0, "y": 0}, body="Secret", author=author)
    client = client_of(dana)
    assert "Secret" not in client.get("/admin/boards/commentthread/").content.decode()
    assert last_actions() == []
    for _ in range(2):
        page = client.get(f"/admin/boards/commentthread/{thread.pk}/change/").content.decode()
        assert "Secret" in page
    row = board_rows().get()
    assert (row.action, row.actor, row.via) == ("room_access", dana, "admin")


def test_a_person_leads_to_what_is_theirs(board: Board, alice: User, dana: User) -> None:
    client = client_of(dana)
    page = client.get(f"/admin/auth/user/{alice.pk}/change/").content.decode()
    assert "1 of 2000 boards" in page
    assert "0 of 50 tokens" in page
    links = re.findall(
        r'href="(/admin/[a-z_/]+\?(?:owner__id__exact|user__id__exact|actor|target_user)=[^"]+)"',
        page,
    )
    assert len(links) == 7
    for link in map(html.unescape, links):
        answer = client.get(link)
        assert answer.status_code == 200, link  # a lookup that the admin does not allow redirects
    boards = client.get(f"{BOARDS}?owner__id__exact={alice.pk}").content.decode()
    assert board.title in boards
    nobodys = client.get(f"{BOARDS}?owner__id__exact={dana.pk}").content.decode()
    assert board.title not in nobodys
