"""The events socket names elements that pages can't show."""

from typing import Any

import pytest
from django.contrib.auth.models import User

from boards.models import Board
from sync.rooms.process import rooms_of_this_process
from sync.tests.conftest import Listen, Open
from sync.tests.gates import eventually
from sync.tests.histories import LINE

pytestmark = pytest.mark.django_db(transaction=True)


async def test_elements_that_nobody_can_see_are_named(
    board: Board,
    alice: User,
    connect: Open,
    listen: Listen,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What comes in two updates is whole in a moment; what stays half is said."""
    # However long the drawing takes: the look comes when all of it is there.
    monkeypatch.setattr("sync.document.incomplete_elements.PATIENCE_SECONDS", 60.0)
    events = await listen(board, alice)
    await events.receive_json_from()
    client = await connect(board, alice)
    await client.draw("later", strokeColor="#000000")
    await client.draw("half", strokeColor="#000000", pos="here")
    await client.draw("later", type="rectangle", pos=[0, 0])
    await client.draw("whole", type="rectangle", pos=[0, 0])
    await client.draw("odd", type="rectangle", pos="here")
    await client.draw("odder", type=5, pos=[0, None])
    await client.draw("oddest", type="text", pos=[0, 0], text="words", size=[1])
    await client.until_saved()
    room = rooms_of_this_process()._entries[board.pk].room
    await eventually(lambda: not room.is_committing)
    room._incomplete_elements._look()
    event = await events.receive_json_from(timeout=5)
    assert event["type"] == "hidden"
    assert {one["id"]: one["missing"] for one in event["elements"]} == {
        "half": ["type", "pos"],
        "odd": ["pos"],
        "odder": ["type", "pos"],
        "oddest": ["size", "text"],
    }
    assert await events.receive_nothing(0.5)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        *(("pos", "here"), ("pos", [0, None]), ("pos", [1, 2, 3, 4]), ("pos", {"x": 1})),
        *(("type", 5), ("type", None), ("size", [1]), ("text", "words")),
    ],
)
async def test_elements_that_lose_their_shape_are_named(
    board: Board,
    alice: User,
    connect: Open,
    listen: Listen,
    monkeypatch: pytest.MonkeyPatch,
    key: str,
    value: Any,
) -> None:
    """A write that replaces a value does not say under which key it stands."""
    monkeypatch.setattr("sync.document.incomplete_elements.PATIENCE_SECONDS", 0.2)
    events = await listen(board, alice)
    await events.receive_json_from()
    client = await connect(board, alice)
    whole = {"type": "text", "pos": [0, 0], "size": [1, 1], "text": {"text": "a"}}
    await client.draw("a", **whole)
    await client.draw("b", **whole)
    await client.draw("b", pos=[5, 5], type="rectangle", opacity=50, text={"text": "b"})
    await client.draw("a", **{key: value})
    event = await events.receive_json_from(timeout=5)
    assert event == {"type": "hidden", "elements": [{"id": "a", "missing": [key]}]}
    assert await events.receive_nothing(0.3)


TEXT = {"type": "text", "pos": [0, 0], "text": {"text": "a"}}


@pytest.mark.parametrize(
    ("before", "change", "missing"),
    [
        (LINE, {"pos": None}, "pos"),
        (LINE, {"type": None}, "type"),
        (LINE, {"path": None}, "path"),
        (LINE, {"type": "x" * 51}, "type"),
        (LINE, {"type": "text"}, "text"),
        (LINE, {"path": {"points": []}}, "path"),
        (LINE, {"path": {"points": ["here", "there"]}}, "path"),
        (LINE, {"path": {"points": [[0, 0], [1e9, 0]], "newer": 1}}, "path"),
        (LINE, {"size": "large"}, "size"),
        (TEXT, {"text": {"originalText": "a"}}, "text"),
        ({}, {"type": "arrow", "pos": [0, 0]}, "path"),
        ({}, {"path": {"points": []}, "type": "freedraw", "pos": [0, 0]}, "path"),
        ({}, {"type": "text", "pos": [0, 0]}, "text"),
    ],
)
async def test_what_only_pages_leave_out_is_named_too(
    board: Board,
    alice: User,
    connect: Open,
    listen: Listen,
    monkeypatch: pytest.MonkeyPatch,
    before: dict[str, Any],
    change: dict[str, Any],
    missing: str,
) -> None:
    """Also after a key was removed, which an update says without naming it."""
    monkeypatch.setattr("sync.document.incomplete_elements.PATIENCE_SECONDS", 0.2)
    events = await listen(board, alice)
    await events.receive_json_from()
    client = await connect(board, alice)
    await client.draw("b", **LINE)
    if before:
        await client.draw("a", **before)
    if None in change.values():
        await client.erase("a", *change)
    else:
        await client.draw("a", **change)
    event = await events.receive_json_from(timeout=5)
    assert event == {"type": "hidden", "elements": [{"id": "a", "missing": [missing]}]}


async def test_nothing_is_said_of_what_is_seen(
    board: Board,
    alice: User,
    connect: Open,
    listen: Listen,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Such as a text that somebody is about to write again, and ends of arrows that let go."""
    monkeypatch.setattr("sync.document.incomplete_elements.PATIENCE_SECONDS", 0.2)
    events = await listen(board, alice)
    await events.receive_json_from()
    client = await connect(board, alice)
    await client.draw("line", **LINE, **{"bound:text": "text"})
    await client.draw("text", **TEXT)
    await client.draw("text", text={"text": ""})
    await client.draw("line", path={"points": [[0, 0], [5, 5]]}, size=[5, 5])
    await client.erase("line", "bound:text")
    await client.until_saved()
    assert await events.receive_nothing(0.5)
