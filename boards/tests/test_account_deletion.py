"""The end of an account: who may, who gets what, what goes and what stays."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import DjangoCaptureOnCommitCallbacks, Settings

from accounts.mail import wait_until_sent
from accounts.models import ApiToken, Notification, Profile, SignIn
from accounts.notifications.descriptions import described
from accounts.sign_in.records import PROXY_KEY
from accounts.tokens.services import token_create
from audit.actor import SYSTEM
from audit.models import AuditLog
from boards.access.resolve import resolve_access
from boards.account_deletion.services import Plan, account_delete
from boards.levels import AccessLevel
from boards.models import Board, BoardPermission, Comment, CommentThread, Space, SpacePermission
from boards.tests.factories import PASSWORD, client_of, make_board, make_user

ADDRESS = "/account/delete"


def form(**values: Any) -> dict[str, Any]:
    """A posted form that gives everything to bob."""
    return {"rest": "give", "successor": "bob", "password": PASSWORD, **values}


def counted(user: User, **values: Any) -> dict[str, Any]:
    return form(board_count=Board.objects.filter(owner=user).count(), **values)


@pytest.fixture
def leo(db: None) -> User:
    """Somebody who owns two boards, one of them in the trash, and a space."""
    leo = make_user("leo")
    space = Space.objects.create(owner=leo, name="Team")
    make_board(leo, title="Plans", space=space)
    make_board(leo, title="Old", is_trashed=True)
    return leo


def test_strangers_are_sent_to_sign_in(db: None) -> None:
    assert Client().get(ADDRESS)["Location"].startswith("/login")
    assert Client().post(ADDRESS, form())["Location"].startswith("/login")


def test_the_page_says_what_one_owns(leo: User, bob: User) -> None:
    make_board(bob, title="Of bob")
    page = client_of(leo).get(ADDRESS).content.decode()
    assert "owns 2 boards (1 of them in the trash) and 1 space." in page
    assert {"Plans", "Team"} <= set(re.findall(r"<b>([^<]+)</b>", page))
    assert "Of bob" not in page


def test_everything_goes_to_one_person(leo: User, bob: User) -> None:
    make_board(bob, title="Shared", shared_with={leo: AccessLevel.EDIT})
    client = client_of(leo)
    response = client.post(ADDRESS, counted(leo))
    assert response.status_code == 200
    assert "2 boards were given away." in response.content.decode()
    assert not User.objects.filter(username="leo").exists()
    assert set(Board.objects.values_list("owner__username", flat=True)) == {"bob"}
    assert Board.objects.get(title="Old").is_trashed
    assert Board.objects.get(title="Plans").space == Space.objects.get(owner=bob)
    assert not BoardPermission.objects.exists()
    assert not SpacePermission.objects.exists()
    assert client.get("/account")["Location"].startswith("/login")


def test_each_board_and_space_can_go_to_somebody_else(leo: User, bob: User) -> None:
    carl = make_user("carl")
    plans, old = Board.objects.get(title="Plans"), Board.objects.get(title="Old")
    space = Space.objects.get()
    named = {f"to_{plans.pk.hex}": "carl", f"drop_{space.pk.hex}": "on"}
    assert client_of(leo).post(ADDRESS, counted(leo, **named)).status_code == 200
    plans.refresh_from_db()
    old.refresh_from_db()
    assert (plans.owner, plans.space, old.owner) == (carl, None, bob)
    assert not Space.objects.exists()


def test_boards_can_be_deleted_instead(leo: User, bob: User) -> None:
    plans = Board.objects.get(title="Plans")
    kept = {"rest": "delete", "successor": "", f"to_{plans.pk.hex}": "bob"}
    response = client_of(leo).post(ADDRESS, counted(leo, **kept))
    assert "1 board was deleted." in response.content.decode()
    assert list(Board.objects.values_list("title", "owner__username")) == [("Plans", "bob")]
    assert AuditLog.objects.get(action="room_purge").board_title == "Old"


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"password": "wrong"}, "This is not your password."),
        ({"password": ""}, "Type your password."),
        ({"successor": "nobody"}, "Nobody here has this username."),
        ({"successor": ""}, "Type the username of the person who gets them."),
        ({"successor": "leo"}, "The account that ends can&#x27;t get anything."),
        ({"successor": "inge"}, "Nobody here has this username."),
        ({"rest": ""}, "Choose what becomes of your boards."),
        ({"board_count": "1"}, "Your boards have changed meanwhile."),
    ],
)
def test_nothing_happens_if_something_is_wrong(
    leo: User, bob: User, wrong: dict[str, str], says: str
) -> None:
    make_user("inge", is_active=False)
    before = list(Board.objects.values())
    response = client_of(leo).post(ADDRESS, {**counted(leo), **wrong})
    assert response.status_code == 422
    assert says in response.content.decode()
    assert User.objects.filter(username="leo").exists()
    assert list(Board.objects.values()) == before
    assert not AuditLog.objects.filter(action__in=["account_delete", "room_purge"]).exists()


@pytest.mark.parametrize(
    ("name", "says"), [("leo", "that ends can't get"), ("inge", "of inge is deactivated")]
)
def test_who_cannot_be_a_successor_at_the_last_moment(leo: User, name: str, says: str) -> None:
    """The form has looked before; somebody may be switched off since, and boards would be lost."""
    make_user("inge", is_active=False)
    successor = User.objects.get(username=name)
    only_one = Plan(None, boards={Board.objects.all()[0].pk: successor})
    for plan in (Plan(successor), only_one):
        with pytest.raises(ValidationError, match=says):
            account_delete(user=leo, plan=plan, by=SYSTEM)
    assert Board.objects.filter(owner=leo).count() == 2
    assert Space.objects.get().owner == leo


def test_nothing_happens_if_the_successor_is_full(leo: User, bob: User, settings: Settings) -> None:
    settings.CANVAS_MAX_BOARDS_PER_PERSON = 2
    make_board(bob)
    response = client_of(leo).post(ADDRESS, counted(leo))
    assert response.status_code == 422
    assert "bob can&#x27;t take so many boards" in response.content.decode()
    assert Space.objects.get().owner == leo
    assert Board.objects.filter(owner=leo).count() == 2


def test_passwords_are_not_guessed_here(leo: User, bob: User) -> None:
    client = client_of(leo)
    answers = [client.post(ADDRESS, counted(leo, password="wrong")) for _ in range(12)]
    assert answers[-1].status_code == 429
    assert client.post(ADDRESS, counted(leo)).status_code == 429
    assert User.objects.filter(username="leo").exists()


def test_the_last_administrator_stays(db: None, bob: User) -> None:
    User.objects.filter(is_superuser=True).delete()
    root = make_user("root", is_superuser=True)
    client = client_of(root)
    assert "the only administrator" in client.get(ADDRESS).content.decode()
    assert client.post(ADDRESS, counted(root)).status_code == 422
    with pytest.raises(CommandError, match="last administrator"):
        call_command("delete_account", "root", stdout=io.StringIO())
    assert User.objects.filter(pk=root.pk).exists()
    make_user("second", is_superuser=True)
    assert client.post(ADDRESS, counted(root)).status_code == 200


def test_an_administrator_who_is_switched_off_is_none(db: None, bob: User) -> None:
    User.objects.filter(is_superuser=True).delete()
    root = make_user("root", is_superuser=True)
    make_user("off", is_superuser=True, is_active=False)
    assert client_of(root).post(ADDRESS, counted(root)).status_code == 422
    assert User.objects.filter(pk=root.pk).exists()


def test_sessions_tokens_and_settings_end_and_names_stay(leo: User, bob: User) -> None:
    board = make_board(bob, shared_with={leo: AccessLevel.COMMENT})
    thread = CommentThread.objects.create(board=board, anchor={"x": 0, "y": 0})
    comment = Comment.objects.create(thread=thread, author=leo, author_name="Leo", body="Hi")
    Profile.objects.create(user=leo)
    token_create(user=leo, name="bot", scopes=["read"], expires_at=None, by=SYSTEM)
    other = client_of(leo)
    pk = leo.pk
    client_of(leo).post(ADDRESS, counted(leo))
    comment.refresh_from_db()
    assert (comment.author, comment.author_name) == (None, "Leo")
    assert not SignIn.objects.filter(user_id=pk).exists()
    assert not [one for one in Session.objects.all() if "_auth_user_id" in one.get_decoded()]
    assert not ApiToken.objects.exists()
    assert not Profile.objects.exists()
    assert other.get("/account")["Location"].startswith("/login")
    row = AuditLog.objects.get(action="account_delete")
    assert (row.actor_id, row.actor_label, row.target_label) == (pk, "leo", "leo")
    assert row.data == {
        "boards_given": 2,
        "boards_deleted": 0,
        "spaces_given": 1,
        "spaces_deleted": 0,
    }
    given = AuditLog.objects.filter(action="ownership_transfer")
    assert given.filter(target_user=bob).count() == 3


def test_what_others_gave_ends_with_a_row_for_each(leo: User, bob: User) -> None:
    """So that open boards notice, and owners read who is gone."""
    board = make_board(bob, title="Theirs", shared_with={leo: AccessLevel.EDIT})
    space = Space.objects.create(owner=bob, name="Lab")
    SpacePermission.objects.create(space=space, user=leo, level="view")
    version = board.access_version
    account_delete(user=leo, plan=Plan(bob), by=SYSTEM)
    board.refresh_from_db()
    assert board.access_version > version
    given = AuditLog.objects.filter(target_label="leo", data__new="none")
    assert set(given.values_list("action", flat=True)) == {
        "permission_change",
        "space_permission_change",
    }


def test_who_gets_boards_is_told_once(leo: User, bob: User) -> None:
    client_of(leo).post(ADDRESS, counted(leo))
    rows = list(Notification.objects.filter(reader=bob))
    words = [one.words.text for one in described(bob, rows)]
    assert words == ["The account of leo was deleted. Now you own 2 boards and 1 space of it."]


def test_a_mail_confirms_it_in_the_persons_language(
    leo: User,
    bob: User,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    leo.email = "leo@example.org"
    leo.save()
    EmailAddress.objects.create(user=leo, email=leo.email, verified=True, primary=True)
    Profile.objects.create(user=leo, language="de")
    with django_capture_on_commit_callbacks(execute=True):
        call_command("delete_account", "leo", give_to="bob", stdout=io.StringIO())
        wait_until_sent()
        assert not mail.outbox  # not before the commit
    wait_until_sent()
    [message] = mail.outbox
    assert message.to == ["leo@example.org"]
    assert message.subject == "Dein Konto ist gelöscht"
    assert "2 Boards wurden übergeben." in message.body


def test_the_new_owner_gets_nothing_that_was_deleted_before(leo: User, bob: User) -> None:
    account_delete(user=leo, plan=Plan(bob), by=SYSTEM)
    board = Board.objects.get(title="Plans")
    assert board.widened_at_version == board.access_version
    assert resolve_access(board, user=bob).is_owner
    client_of(bob).get(f"/api/v1/boards/{board.pk}")
    board.refresh_from_db()
    assert board.widened_at_version == 0


def test_without_a_password_one_signs_in_again(leo: User, bob: User) -> None:
    leo.set_unusable_password()
    leo.save()
    client = client_of(leo)
    fresh = client.get(ADDRESS).content.decode()
    assert "Type your username, leo" in fresh
    assert client.post(ADDRESS, counted(leo, username="bob")).status_code == 422
    old = timezone.now() - timedelta(hours=1)
    SignIn.objects.filter(user=leo).update(started_at=old)
    assert "Sign in again" in client.get(ADDRESS).content.decode()
    assert client.post(ADDRESS, counted(leo, username="leo")).status_code == 422
    answer = client.post(f"{ADDRESS}/sign-in")
    assert answer["Location"] == "/login?next=%2Faccount%2Fdelete"
    assert client.get(ADDRESS)["Location"].startswith("/login")
    assert client_of(leo).post(ADDRESS, counted(leo, username="leo")).status_code == 200
    assert not User.objects.filter(username="leo").exists()


def test_whom_a_proxy_names_types_their_username(leo: User, bob: User) -> None:
    leo.set_unusable_password()
    leo.save()
    client = client_of(leo)
    SignIn.objects.filter(user=leo).update(started_at=timezone.now() - timedelta(hours=1))
    session = client.session
    session[PROXY_KEY] = {"name": "leo", "digest": ""}
    session.save()
    answer = client.post(ADDRESS, counted(leo, username="leo"))
    assert "a new and empty account" in answer.content.decode()


def test_admins_are_led_through_the_same(leo: User, bob: User) -> None:
    root = make_user("root", is_superuser=True)
    client = client_of(root)
    chosen = {"action": "delete_selected", "_selected_action": [leo.pk]}
    page = f"/admin/auth/user/{leo.pk}/delete/"
    assert client.post("/admin/auth/user/", chosen)["Location"] == page
    assert "owns 2 boards" in client.get(page).content.decode()
    assert client.post(page, {"post": "yes"}).status_code == 422
    assert User.objects.filter(username="leo").exists()
    assert client.post(page, counted(leo)).status_code == 302
    assert Board.objects.filter(owner=bob).count() == 2
    row = AuditLog.objects.get(action="account_delete")
    assert (row.actor, row.target_label, row.via) == (root, "leo", "admin")
    own = client.get(f"/admin/auth/user/{root.pk}/delete/")
    assert own["Location"] == ADDRESS


def test_staff_who_are_no_administrators_delete_nobody(leo: User, bob: User) -> None:
    bob.is_staff = True
    bob.save()
    page = f"/admin/auth/user/{leo.pk}/delete/"
    assert client_of(bob).get(page).status_code == 403
    assert client_of(bob).post(page, counted(leo)).status_code == 403


def test_the_command_asks_what_becomes_of_boards(leo: User, bob: User) -> None:
    out = io.StringIO()
    call_command("delete_account", "leo", dry_run=True, stdout=out)
    assert out.getvalue() == "leo owns 2 boards and 1 spaces.\n"
    with pytest.raises(CommandError, match="--give-to"):
        call_command("delete_account", "leo")
    with pytest.raises(CommandError, match="no account nobody"):
        call_command("delete_account", "leo", "nobody", delete_boards=True)
    call_command("delete_account", "leo", delete_boards=True, stdout=out)
    assert not Board.objects.exists()
    assert not Space.objects.exists()


@pytest.mark.parametrize("count", [300])
def test_many_boards_take_few_statements_each(
    leo: User, bob: User, count: int, django_assert_max_num_queries: Any
) -> None:
    made = [Board(owner=leo, title=f"Board {n}") for n in range(count)]
    Board.objects.bulk_create(made)
    with django_assert_max_num_queries(150 + 4 * count):
        account_delete(user=leo, plan=Plan(bob), by=SYSTEM)
    assert Board.objects.filter(owner=bob).count() == count + 2
