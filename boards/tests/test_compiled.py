"""Queries that are compiled once give what Django's own give."""

import uuid

import pytest
from django.contrib.auth.models import User
from django.db.models import Value
from django.db.models.sql.compiler import SQLCompiler
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import Profile
from accounts.sign_in.endings import begin_epoch
from boards.compiled import Rows, Tuples, by_key, deleting, inserting, parameter, updating
from boards.identity.accounts import account_now
from boards.models import PROCESS, Board, LiveConnection

pytestmark = pytest.mark.django_db


def test_a_row_is_the_one_with_the_key_and_as_django_reads_it(alice: User, bob: User) -> None:
    rows = Rows(by_key(Board))
    boards = [Board.objects.create(title=title, owner=alice) for title in ("One", "Two")]
    for board in boards:
        found = rows.first(id=board.pk)
        assert found is not None
        for field in Board._meta.concrete_fields:
            assert getattr(found, field.attname) == getattr(
                Board.objects.get(pk=board.pk), field.attname
            )
    assert rows.first(id=uuid.uuid4()) is None
    assert rows.first(id=str(boards[0].pk)) == boards[0]


def test_it_is_compiled_once(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: object, **_options: object) -> None:
        raise AssertionError("compiled again")

    board = Board.objects.create(title="One", owner=alice)
    rows = Rows(by_key(Board))
    assert rows.first(id=board.pk) == board
    monkeypatch.setattr(SQLCompiler, "as_sql", refuse)
    assert rows.first(id=board.pk) == board
    with pytest.raises(AssertionError, match="compiled again"):
        Rows(by_key(Board)).first(id=board.pk)


def test_an_account_comes_with_its_epoch_and_its_profile(
    alice: User, bob: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    begin_epoch(alice)
    number = alice.credentials_epoch.number
    Profile.objects.create(user=alice, theme="dark")
    with django_assert_num_queries(2):
        found, other = account_now(alice.pk), account_now(bob.pk)
        assert found is not None
        assert other is not None
        assert found.credentials_epoch.number == number
        assert found.profile.theme == "dark"
        assert not hasattr(other, "credentials_epoch")
        assert not hasattr(other, "profile")
    assert account_now(0) is None


def test_a_missing_value_is_an_error(alice: User) -> None:
    with pytest.raises(KeyError):
        Rows(by_key(Board)).first(board=uuid.uuid4())


def test_tuples_have_the_types_of_their_fields(alice: User) -> None:
    board = Board.objects.create(title="One", owner=alice)
    tuples = Tuples(
        lambda: (
            Board.objects.filter(owner=parameter(Board, "owner"))
            .order_by("title")
            .values_list("id", "title", "created_at", Value(7))
        )
    )
    assert tuples(owner=alice.pk) == [(board.pk, "One", board.created_at, 7)]
    assert tuples(owner=0) == []


def test_rows_are_inserted_changed_and_deleted(alice: User) -> None:
    insert, delete = inserting(LiveConnection), deleting(by_key(LiveConnection))
    change = updating(by_key(LiveConnection), "user_id", "seen_at")
    one, other = uuid.uuid4(), uuid.uuid4()
    now = timezone.now()
    for connection_id in (one, other):
        insert(
            connection_id=connection_id,
            board_id=uuid.uuid4(),
            user_id=1,
            process=PROCESS,
            seen_at=now,
        )
    assert change(connection_id=one, user_id=2, seen_at=now) == 1
    assert set(LiveConnection.objects.values_list("pk", "user_id", "seen_at", "process")) == {
        (one, 2, now, PROCESS),
        (other, 1, now, PROCESS),
    }
    assert delete(connection_id=one) == 1
    assert delete(connection_id=one) == 0
    assert LiveConnection.objects.get().pk == other
