"""Commits random groups of batches to the configured database; prints the outcomes as JSON.

    python manage.py shell -c "from tests.commit_groups import main; main(seed=7)"

Every outcome, and at the end every row, has to be that of `tests.commit_model`. The database has
none of its boards before. Run on two databases, it prints the same.
"""

import json
from datetime import UTC, datetime

from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import transaction

from boards.models import Board
from sync.models import DocumentClient, DocumentUpdate
from sync.storage.batches import Batch
from sync.storage.store import Outcome, _commit, commit_now
from tests.commit_model import BOARD_IDS, Groups, Model, comparable


def main(seed: int = 1, groups: int = 200) -> None:
    """Ends with an AssertionError at the first difference."""
    call_command("migrate", verbosity=0)
    owner = make_boards()
    model = Model()
    source = Groups(seed, model, [owner.pk])
    for number in range(groups):
        if number % 3 == 0:
            board_id, stored = source.change()
            Board.objects.filter(pk=board_id).update(
                access_version=stored.access_version,
                deleted_at=datetime.now(UTC) if stored.is_trashed else None,
            )
        batches = source.group()
        wanted = [comparable(outcome) for outcome in model.commit(batches)]
        outcomes = [comparable(outcome) for outcome in _committed(batches)]
        for batch, outcome, want in zip(batches, outcomes, wanted, strict=True):
            assert outcome == want, (number, batch, outcome, want)
        print(json.dumps(outcomes))
    _compare_rows(model)


def make_boards() -> User:
    """The boards of the model, all of one person."""
    owner = User.objects.create_user("owner")
    for board_id in BOARD_IDS:
        Board.objects.create(pk=board_id, title="Board", owner=owner)
    return owner


def _committed(batches: list[Batch]) -> list[Outcome]:
    if len(batches) > 1:
        return _commit(batches)
    with transaction.atomic():  # as programs do; an attempt that fails leaves nothing
        with transaction.atomic():
            commit_now(batches[0])
            transaction.set_rollback(True)
        return [commit_now(batches[0])]


def _compare_rows(model: Model) -> None:
    for board_id, stored in model.boards.items():
        board = Board.objects.get(pk=board_id)
        assert (board.head_seq, board.document_bytes) == (stored.head.seq, stored.head[2])
        rows = DocumentUpdate.objects.filter(board=board).order_by("seq")
        assert [
            (row.seq, bytes(row.payload), row.author_id, row.created_at <= board.last_activity_at)
            for row in rows
            if board.last_activity_at
        ] == [(seq, *row, True) for seq, row in enumerate(stored.rows, 1)]
        claims = DocumentClient.objects.filter(board=board)
        assert {
            client: (user, seq)
            for client, user, seq in claims.values_list("client_id", "user_id", "seq")
        } == stored.claims
