"""What people change at the same moment; an AssertionError says what went wrong.

    python manage.py shell -c "from tests.changes_at_once import main; main()"

Someone leaves a group while it is given a board. Then one person changes boards, spaces, tokens,
webhooks and comments in several requests at once, and others delete their accounts meanwhile: no
transaction may wait for another in a circle. The database has no such people before.
"""

import random
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import partial
from uuid import uuid4

from django.conf import settings
from django.contrib.auth.models import Group, User
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from accounts.limits.person_lock import hold_person
from accounts.sign_in.endings import sign_out_everywhere
from accounts.tokens.services import token_create, token_revoke
from audit.actions import AuditVia
from audit.actor import Actor
from audit.origin import RequestOrigin
from boards.access.subjects import Subject
from boards.account_deletion.services import Plan, account_delete
from boards.comments.services import author_of_user, comment_reply, thread_create
from boards.levels import AccessLevel
from boards.lifecycle.basics import board_create, board_rename
from boards.models import (
    Board,
    BoardPermission,
    CommentThread,
    LiveConnection,
    Space,
    Webhook,
    WebhookEvent,
)
from boards.quotas.checks import QuotaError
from boards.sharing.permissions import permission_grant, permission_revoke
from boards.spaces.members import space_permission_grant
from boards.spaces.placing import boards_place
from boards.spaces.services import space_create, space_rename
from boards.webhooks.services import webhook_create, webhook_delete
from tests.patience import patient
from tests.server import until

ROUNDS = 25
AT_ONCE = 6
HERE = RequestOrigin(ip_address="203.0.113.7", user_agent="")


def main() -> None:
    """Runs everything once."""
    call_command("migrate", verbosity=0)
    settings.CANVAS_BOARD_CHANGES_PER_HOUR = settings.CANVAS_ACCOUNT_CHANGES_PER_HOUR = 1_000_000
    _leave_while_the_group_is_given_a_board()
    if connection.vendor == "postgresql":  # SQLite has one writer
        _change_an_account_while_its_sockets_are_let_in()
    world = World()
    jobs = world.changes()
    _at_once(jobs)
    assert world.count > len(jobs) / 2
    _at_once(_ends(world))
    assert not User.objects.filter(username__startswith="goes").exists()


def acting(user: User) -> Actor:
    """The person, by a page."""
    return Actor(user, HERE, AuditVia.SESSION)


@contextmanager
def own_connection() -> Iterator[None]:
    """For the database work of a thread."""
    try:
        yield
    finally:
        connection.close()


def _change_an_account_while_its_sockets_are_let_in() -> None:
    """Its sockets are let in side by side; a change of the account waits for them."""
    dora = User.objects.create_user("dora")
    is_held, may_go = threading.Event(), threading.Event()

    def hold() -> None:
        with own_connection(), transaction.atomic():
            hold_person(dora.pk)
            is_held.set()
            assert may_go.wait(patient(20))

    with ThreadPoolExecutor(2) as pool:
        holding = pool.submit(hold)
        assert is_held.wait(patient(20))
        pool.submit(_hold_for_a_moment, dora.pk).result(timeout=patient(20))
        changing = pool.submit(_deactivate, dora.pk)
        until(lambda: changing.done() or _is_one_waiting(), bool)
        assert not changing.done()
        may_go.set()
        holding.result()
    changing.result(timeout=patient(20))
    assert not User.objects.get(pk=dora.pk).is_active


def _hold_for_a_moment(user_id: int) -> None:
    with own_connection(), transaction.atomic():
        hold_person(user_id)


def _deactivate(user_id: int) -> None:
    with own_connection():
        User.objects.filter(pk=user_id).update(is_active=False)


def _leave_while_the_group_is_given_a_board() -> None:
    """Whoever leaves must find the board, or be found by it: their sockets are resolved again."""
    ann, carl = (User.objects.create_user(name) for name in ("ann", "carl"))
    group = Group.objects.create(name="Team")
    carl.groups.add(group)
    board = board_create(owner=ann, title="Plans", by=acting(ann))
    is_given, may_commit = threading.Event(), threading.Event()

    def give() -> None:
        with own_connection(), transaction.atomic():
            permission_grant(
                board=board, subject=Subject(group=group), level=AccessLevel.VIEW, by=acting(ann)
            )
            is_given.set()
            assert may_commit.wait(patient(20))

    def leave() -> None:
        with own_connection():
            carl.groups.remove(group)

    with ThreadPoolExecutor(2) as pool:
        giving = pool.submit(give)
        assert is_given.wait(patient(20))
        leaving = pool.submit(leave)
        if connection.vendor == "postgresql":
            until(lambda: leaving.done() or _is_one_waiting(), bool)
        may_commit.set()
        giving.result()
        leaving.result()
    board.refresh_from_db()
    assert board.access_version == 3, "one for the new level, one for the person who left"


def _is_one_waiting() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
        return bool(cursor.rowcount)


def _at_once(jobs: list[Callable[[], None]]) -> None:
    """Runs all jobs, several at a time. A deadlock is an `OperationalError`."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            name = connection.settings_dict["NAME"]
            cursor.execute(f"ALTER DATABASE {name} SET deadlock_timeout = '100ms'")
        connection.close()

    def run(job: Callable[[], None]) -> None:
        # Another job was quicker: what this one needs is gone, or somebody else's.
        with own_connection(), suppress(ValidationError, PermissionDenied):
            job()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        for done in [pool.submit(run, job) for job in jobs]:
            done.result()


class World:
    """One person with boards in a space, on which others work too."""

    def __init__(self) -> None:
        self.owner = User.objects.get(username="ann")
        self.other = User.objects.create_user("ben")
        self.by = acting(self.owner)
        self.space = space_create(owner=self.owner, name="Team", by=self.by)
        self.boards = [self.new_board() for _ in range(4)]
        self.count = 0

    def new_board(self) -> Board:
        """Open in a page of the owner, and with a thread."""
        board = board_create(owner=self.owner, title="Plan", by=self.by)
        author = author_of_user(self.owner)
        thread_create(board=board, anchor={"x": 0, "y": 0}, body="Why?", author=author)
        LiveConnection.objects.create(
            connection_id=uuid4(),
            board_id=board.pk,
            user_id=self.owner.pk,
            process=uuid4(),
            seen_at=timezone.now(),
        )
        return board

    def changes(self) -> list[Callable[[], None]]:
        """Many of each kind, mixed."""
        kinds = (
            *(self.rename, self.share, self.move, self.rename_space, self.give_space),
            *(self.make_board, self.make_token, self.make_webhook, self.reply, self.sign_out),
        )
        chosen = random.Random(7)
        jobs: list[Callable[[], None]] = []
        for number in range(ROUNDS):
            jobs += [partial(self._run, kind, number) for kind in kinds]
        chosen.shuffle(jobs)
        return jobs

    def _run(self, kind: Callable[[random.Random], None], seed: int) -> None:
        kind(random.Random(seed))
        self.count += 1

    def rename(self, chosen: random.Random) -> None:
        board_rename(board=chosen.choice(self.boards), title=str(uuid4()), by=self.by)

    def share(self, chosen: random.Random) -> None:
        board, subject = chosen.choice(self.boards), Subject(user=self.other)
        level = chosen.choice([AccessLevel.VIEW, AccessLevel.EDIT])
        permission_grant(board=board, subject=subject, level=level, by=self.by)
        permission_revoke(board=board, subject=subject, by=self.by)

    def move(self, chosen: random.Random) -> None:
        boards = [Board.objects.get(pk=one.pk) for one in chosen.sample(self.boards, 2)]
        boards_place(boards=boards, space=chosen.choice([self.space, None]), by=self.by)

    def rename_space(self, chosen: random.Random) -> None:
        space_rename(space=Space.objects.get(pk=self.space.pk), name=str(uuid4()), by=self.by)

    def give_space(self, chosen: random.Random) -> None:
        level = chosen.choice([AccessLevel.VIEW, AccessLevel.EDIT])
        subject = Subject(user=self.other)
        space_permission_grant(space=self.space, subject=subject, level=level, by=self.by)

    def make_board(self, chosen: random.Random) -> None:
        board_create(owner=self.owner, title="New", by=self.by)

    def make_token(self, chosen: random.Random) -> None:
        token, _ = token_create(
            user=self.owner, name=str(uuid4()), scopes=["read"], expires_at=None, by=self.by
        )
        token_revoke(token=token, by=self.by)

    def make_webhook(self, chosen: random.Random) -> None:
        webhook, _ = webhook_create(
            owner=self.owner,
            name=str(uuid4()),
            url="https://hook.example.org/x",
            events=[WebhookEvent.CREATED],
            by=self.by,
        )
        webhook_delete(webhook=Webhook.objects.get(pk=webhook.pk), by=self.by)

    def reply(self, chosen: random.Random) -> None:
        thread = CommentThread.objects.filter(board=chosen.choice(self.boards)).first()
        assert thread is not None
        with suppress(QuotaError):
            comment_reply(thread=thread, body="So.", author=author_of_user(self.owner))

    def sign_out(self, chosen: random.Random) -> None:
        sign_out_everywhere(User.objects.get(pk=self.owner.pk), by=self.by)


def _ends(world: World) -> list[Callable[[], None]]:
    """Accounts that end, beside changes of the boards and spaces that they were given."""
    jobs: list[Callable[[], None]] = []
    for number in range(8):
        user = User.objects.create_user(f"goes{number}")
        own = [board_create(owner=user, title="Own", by=acting(user)) for _ in range(3)]
        given = [*world.boards, *own]
        for board in world.boards:
            BoardPermission.objects.create(board=board, user=user, level="edit")
        level, subject = AccessLevel.EDIT, Subject(user=user)
        space_permission_grant(space=world.space, subject=subject, level=level, by=world.by)
        space_create(owner=user, name="Own", by=acting(user))
        successor = world.other if number % 2 else None
        jobs.append(_ending(user, successor))
        jobs += [_renaming(board, user) for board in given]
        jobs += world.changes()[: 2 * len(given)]
    random.Random(3).shuffle(jobs)
    return jobs


def _ending(user: User, successor: User | None) -> Callable[[], None]:
    def end() -> None:
        account_delete(user=user, plan=Plan(successor), by=acting(user))

    return end


def _renaming(board: Board, user: User) -> Callable[[], None]:
    def rename() -> None:
        with suppress(Board.DoesNotExist, User.DoesNotExist):
            by = acting(User.objects.get(pk=user.pk))
            board_rename(board=Board.objects.get(pk=board.pk), title=str(uuid4()), by=by)

    return rename
