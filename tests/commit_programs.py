"""Programs and a room change one board at once; an AssertionError says what went wrong.

    python manage.py shell -c "from tests.commit_programs import main; main()"

A store commits to the board all the time, as the room of another process does. Two programs count
one number up, and each draws elements of its own: none is refused, and no step is lost. The
database has no boards before.
"""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connections

from boards.models import Board, BoardPermission
from sync.drawing.scene import elements_create
from sync.programs.documents import document_now
from sync.programs.writes import document_change
from sync.storage.batches import Batch
from sync.storage.log import read_head
from sync.storage.store import Store
from sync.tests.histories import Author

STEPS = 40
COUNTER = {"id": "counter", "type": "rectangle", "x": 0, "y": 0, "width": 1, "height": 1}


def main() -> None:
    """Runs it once."""
    call_command("migrate", verbosity=0)
    users = [User.objects.create_user(name) for name in ("ada", "ben")]
    board = Board.objects.create(owner=users[0], title="Shared")
    BoardPermission.objects.create(board=board, user=users[1], level="edit")
    _draw(board, users[0], lambda roots: elements_create(roots, [COUNTER]))
    is_over = threading.Event()
    with ThreadPoolExecutor(3) as threads:
        room = threads.submit(_commit_all_the_time, board, users[0], is_over)
        programs = [threads.submit(_count, board, user) for user in users]
        try:
            for program in programs:
                program.result(timeout=120)
        finally:
            is_over.set()
        drawn = room.result(timeout=30)
    elements = document_now(board.pk)[0].content()["elements"]
    assert elements["counter"]["pos"] == [2 * STEPS, 0], elements["counter"]
    assert len(elements) == 1 + 2 * STEPS + drawn
    assert drawn > STEPS // 2


def _draw(board: Board, user: User, change: Any) -> None:
    document_change(board=board, user=user, change=change)


def _count(board: Board, user: User) -> None:
    try:
        for number in range(STEPS):
            _draw(board, user, partial(_step, f"{user.username}{number}"))
    finally:
        connections.close_all()


def _step(name: str, roots: dict[str, Any]) -> None:
    x, y = roots["elements"]["counter"]["pos"]
    roots["elements"]["counter"]["pos"] = [x + 1, y]
    elements_create(roots, [{**COUNTER, "id": name}])


def _commit_all_the_time(board: Board, user: User, is_over: threading.Event) -> int:
    try:
        return asyncio.run(_room(board, user.pk, is_over))
    finally:
        connections.close_all()


async def _room(board: Board, user_id: int, is_over: threading.Event) -> int:
    """How much it drew: each time on top of what the others have committed."""
    store, author, drawn = Store(), Author(), 0
    head = await asyncio.to_thread(read_head, board.pk)
    assert head is not None
    while not is_over.is_set():
        author.updates.clear()
        author.elements[f"line{drawn}"] = type(author.elements)({"type": "line"})
        drawn += 1
        claims = ((author.doc.client_id, user_id),)
        while True:
            batch = Batch(
                board.pk, head.seq, head.access_version, author.updates[0], user_id, claims
            )
            (outcome,) = await store.commit([batch])
            if outcome.is_committed:
                head = head._replace(seq=head.seq + 1)
                break
            if outcome.head is not None:  # else somebody has the board locked
                head = outcome.head
        await asyncio.sleep(0.003)  # as rooms do
    store.close()
    return drawn
