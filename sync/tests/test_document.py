"""The document in memory: merging, and what newcomers get."""

import pytest
from django.contrib.auth.models import User
from pycrdt import Doc, Map, merge_updates

from boards.models import Board
from sync.document import yjs
from sync.document.document import Document
from sync.document.yjs import DocumentError, merge
from sync.tests.conftest import Open
from sync.tests.histories import random_history


@pytest.mark.parametrize("count", [1, 2, 31, 32, 33, 64, 65, 1100])
def test_a_merged_batch_does_what_its_updates_do(count: int) -> None:
    history: list[bytes] = []
    seed = 0
    while len(history) < count:
        history += random_history(seed, steps=60)
        seed += 1
    history = history[:count]
    one_by_one = Document.load(history)
    merged = Document.load([merge(history)])
    assert merged.clocks == one_by_one.clocks
    assert merged.content() == one_by_one.content()


def test_merging_a_burst_does_not_cost_the_square_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    history: list[bytes] = []
    for seed in range(150):
        history += random_history(seed, steps=40)
    merged: list[int] = []

    def count(*updates: bytes) -> bytes:
        merged.append(len(updates))
        return merge_updates(*updates)

    monkeypatch.setattr(yjs, "merge_updates", count)
    merge(history[:3200])
    # One call costs the square of its updates; every update goes through three levels of calls.
    assert max(merged) <= 32
    assert sum(merged) <= 3200 + 100 + 4


@pytest.mark.django_db(transaction=True)
async def test_newcomers_at_one_moment_get_what_is_true_then(
    board: Board, alice: User, bob: User, connect: Open
) -> None:
    """The frame for newcomers is kept; it must not outlive the next edit."""
    a = await connect(board, alice)
    for number in range(3):
        await a.draw(f"e{number}", type="rectangle")
        await a.until_saved()
        for _ in range(3):
            late = await connect(board, bob)
            assert late.ids() == a.ids()


def test_a_load_that_leaves_something_pending_fails() -> None:
    """What is pending is in no state vector: a compaction would lose it."""
    doc: Doc[Map[object]] = Doc(client_id=5)
    updates: list[bytes] = []
    subscription = doc.observe(lambda event: updates.append(event.update))
    elements = doc.get("elements", type=Map)
    for number in range(3):
        elements[f"e{number}"] = Map({"type": "rectangle"})
    del elements["e1"]
    doc.unobserve(subscription)
    assert Document.load(updates).clocks == {5: 6}
    assert Document.load([updates[1], updates[0], *updates[2:]]).clocks == {5: 6}
    with pytest.raises(DocumentError, match="missing"):
        Document.load([updates[0], updates[2]])
    with pytest.raises(DocumentError, match="missing"):  # a deletion of what is not there
        Document.load([updates[0], updates[3]])
