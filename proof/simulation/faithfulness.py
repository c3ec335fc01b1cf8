"""The same random calls on a real database and on the model: both have to answer the same.

    python manage.py shell -c "from proof.simulation.faithfulness import main; main()"
    python -m proof.simulation.faithfulness        # the model

Prints one line a call. Called are the engine's own functions, which are also what the simulation
runs on the model; the database has none of the boards before.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from typing import Any
from uuid import UUID

from pycrdt import Doc, Map

SEED = 1
GROUPS = 60
CALLS = 240
PEOPLE = 3
FIRST = 1_000
"""Above the numbers of accounts that are there already."""
PROCESSES = [UUID(int=number) for number in (7, 8)]


class StopItError(Exception):
    """Ends a transaction that is to leave nothing."""


class Calls:
    """Random calls; those of one seed are the same on every database."""

    def __init__(self, seed: int, users: list[Any], audit: Callable[[], list[Any]]) -> None:
        from tests.commit_model import BOARD_IDS, Groups, Model

        self.random = random.Random(seed)
        self.users = users
        self.audit = audit
        self.boards = list(BOARD_IDS)
        self.drawn = self.boards[:3]
        """Boards with documents; the others have rows of any bytes."""
        self.documents: dict[UUID, Doc[Map[Any]]] = {}
        self.model = Model()
        self.groups = Groups(seed, self.model, [user.pk for user in users])

    def commit_groups(self) -> list[Any]:
        """Groups of batches, some of them where no batch belongs."""
        from boards.models import Board
        from sync.storage.store import _commit
        from tests.commit_model import comparable

        answers: list[Any] = []
        for _ in range(GROUPS):
            board_id, stored = self.groups.change()
            gone = "2026-01-01T00:00:00Z" if stored.is_trashed else None
            Board.objects.filter(pk=board_id).update(
                access_version=stored.access_version, deleted_at=gone
            )
            batches = self.groups.group()
            self.model.commit(batches)
            answers.append([comparable(outcome) for outcome in _commit(batches)])
        for board_id in self.boards:
            Board.objects.filter(pk=board_id).update(deleted_at=None)
        return answers

    def call(self) -> tuple[str, Any]:
        """One call of any kind, and its answer."""
        kinds = (
            self.heads,
            self.rows,
            self.claims,
            self.draw,
            self.draw,
            self.compact,
            self.load,
            self.attempt,
            self.failed_attempt,
            self.ask,
            self.connected,
            self.visit,
            self.leave,
            self.twice,
            self.rolled_back,
        )
        kind = self.random.choice(kinds)
        try:
            return kind.__name__, kind()
        except Exception as error:  # noqa: BLE001  what is raised is an answer too
            return kind.__name__, type(error).__name__

    # --- the log

    def heads(self) -> Any:
        from sync.storage.log import read_heads

        some = self.random.sample(self.boards, 4)
        return {str(key): list(head) for key, head in sorted(read_heads(some).items())}

    def rows(self) -> Any:
        from sync.storage.log import dense_rows

        after = self.random.randrange(6)
        found = dense_rows(self.random.choice(self.boards), after, after + self.random.randrange(4))
        return None if found is None else [[seq, payload.hex()] for seq, payload in found]

    def claims(self) -> Any:
        from sync.storage.log import read_claims

        found = read_claims(self.random.choice(self.boards), self.random.randrange(5))
        return sorted(map(list, found.items()))

    def draw(self) -> Any:
        from sync.storage.log import read_head
        from sync.storage.store import append_update

        board_id = self.random.choice(self.drawn)
        doc = self.documents.setdefault(board_id, Doc(client_id=self.random.getrandbits(30)))
        before = doc.get_state()
        name, place = str(self.random.randrange(4)), [self.random.randrange(99), 1]
        doc.get("elements", type=Map)[name] = Map({"type": "rectangle", "pos": place})
        append_update(board_id, doc.get_update(before), self.random.choice(self.users).pk)
        head = read_head(board_id)
        return None if head is None else list(head)

    def compact(self) -> Any:
        from sync.storage.compaction import compact_board, stored_bytes

        board_id = self.random.choice(self.drawn)
        report = compact_board(board_id)
        stored = stored_bytes(board_id)
        return None if report is None else [report.rows, report.bytes_after, stored]

    def load(self) -> Any:
        from sync.storage.store import _load_counted

        loaded = _load_counted(self.random.choice(self.drawn))
        return [list(loaded.head), sorted(loaded.document.content()["elements"].items())]

    def twice(self) -> Any:
        from sync.storage.compaction import Snapshot

        Snapshot(b"1", [1], b"").insert(self.boards[-1], self.random.randrange(1, 4))
        return True

    def rolled_back(self) -> Any:
        from django.db import transaction

        from sync.storage.attempts import lift_quarantine

        with transaction.atomic():
            self.draw()
            lift_quarantine(self.boards[-1])
            raise StopItError

    # --- loads and jobs that fail

    def attempt(self) -> Any:
        from sync.storage.attempts import counted_work

        with counted_work(self.random.choice(self.boards), "job"):
            return True

    def failed_attempt(self) -> Any:
        from sync.models import JobAttempt, LoadAttempt
        from sync.storage.attempts import counted_load, counted_work

        board_id = self.random.choice(self.boards[len(self.drawn) :])
        counted = self.random.choice((counted_load, lambda one: counted_work(one, "job")))
        try:
            with counted(board_id):
                raise StopItError
        except StopItError:
            marks = (LoadAttempt, JobAttempt)
            rows = [model.objects.filter(board_id=board_id).first() for model in marks]
            return [row and [row.unfinished, row.reason] for row in rows]

    def ask(self) -> Any:
        from sync.storage.attempts import ask_for_fresh_history, boards_asking, forgive

        board_id = self.random.choice(self.boards)
        self.random.choice((ask_for_fresh_history, forgive))(board_id)
        return sorted(map(str, boards_asking()))

    # --- who is there

    def connected(self) -> Any:
        from sync.rooms.connected import _others_on, _write

        process = self.random.choice(PROCESSES)
        some = self.random.sample(self.boards, self.random.randrange(3))
        _write(process, {board_id: (1, self.random.randrange(1, 3)) for board_id in some})
        found = _others_on(process, self.boards)
        return {str(board_id): sorted(others) for board_id, others in sorted(found.items())}

    def visit(self) -> Any:
        from boards.models import Board
        from boards.visits.record import visit_open
        from sync.access.handshake import ENTRY

        board = Board.objects.get(pk=self.random.choice(self.boards[:2]))
        access, by = self._actor(board)
        if access.can_view:
            visit_open(board=board, access=access, by=by, entry=ENTRY, socket_id=self._number())
        return self._visits()

    def leave(self) -> Any:
        from boards.models import Board
        from boards.visits.record import visit_id_of, visit_leave

        board = Board.objects.get(pk=self.random.choice(self.boards[:2]))
        _, by = self._actor(board)
        visit_leave(visit_id_of(board.pk, by.user.pk, by.origin, by.via, None), updates=2)
        return self._visits()

    def _actor(self, board: Any) -> tuple[Any, Any]:
        from audit.actions import AuditVia
        from audit.actor import Actor
        from audit.origin import RequestOrigin
        from boards.access.resolve import resolve_access

        user = self.random.choice(self.users)
        by = Actor(user, RequestOrigin(None, "", "here"), AuditVia.TOKEN)
        return resolve_access(board, user=user), by

    def _number(self) -> UUID:
        return UUID(int=self.random.getrandbits(128), version=4)

    def _visits(self) -> Any:
        from boards.models import Visit

        rows = Visit.objects.filter(board_id__in=self.boards).values_list(
            "board_id", "user_id", "sockets", "updates", "level", "is_lasting"
        )
        return [sorted(str(row) for row in rows), self.audit()]


def _play(calls: Calls, between: Callable[[], None] = lambda: None) -> None:
    for answers in calls.commit_groups():
        print(json.dumps(answers))
    for _ in range(CALLS):
        between()
        name, answer = calls.call()
        print(json.dumps([name, answer], default=str))


def main(seed: int = SEED) -> None:
    """The calls on the configured database."""
    from django.contrib.auth.models import User
    from django.core.management import call_command

    from audit.models import AuditLog
    from boards.models import Board, BoardPermission
    from tests.commit_model import BOARD_IDS

    call_command("migrate", verbosity=0)
    begun = AuditLog.objects.count()
    users = [
        User.objects.create(pk=FIRST + number, username=f"person-{number}")
        for number in range(1, PEOPLE + 1)
    ]
    for board_id in BOARD_IDS:
        Board.objects.create(pk=board_id, title="Board", owner=users[0])
        BoardPermission.objects.create(board_id=board_id, user=users[1], level="view")

    def audit() -> list[Any]:
        rows = AuditLog.objects.order_by("pk")[begun:]
        return [[row.action, row.level, row.actor_label] for row in rows]

    _play(Calls(seed, users, audit))


def on_model(seed: int = SEED) -> None:
    """The calls on the model."""
    from proof.simulation.runner import prepare

    prepare()
    from django.contrib.auth.models import User

    from boards.models import Board, BoardPermission
    from proof.simulation import seams
    from proof.simulation.database import Database
    from proof.simulation.scheduler import Scheduler
    from tests.commit_model import BOARD_IDS

    database, scheduler = Database(), Scheduler(seed)
    seams.begin(scheduler, database, {})
    users = [
        User.objects.create(id=FIRST + number, username=f"person-{number}", is_active=True)
        for number in range(1, PEOPLE + 1)
    ]
    for board_id in BOARD_IDS:
        Board.objects.create(id=board_id, title="Board", owner_id=users[0].pk)
        BoardPermission.objects.create(board_id=board_id, user_id=users[1].pk, level="view")

    def audit() -> list[Any]:
        return [
            [str(row["action"]), row["level"], row["by"].user.username] for row in database.audit
        ]

    _play(Calls(seed, users, audit), lambda: scheduler.run_until(scheduler.now + 0.01))


if __name__ == "__main__":
    on_model()
