"""Presence of many people: what each of them is sent, and what that costs."""

import time

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import User
from pytest_django.fixtures import Settings

from boards.models import Board
from sync.rooms.presence import TICK_SECONDS
from sync.tests.conftest import Open
from sync.tests.presence import state_frame, states_seen_by


@pytest.mark.django_db(transaction=True)
class TestCrowds:
    """Places are limited, and people come first."""

    async def test_people_with_a_name_are_shown_before_anonymous_readers(
        self, board: Board, alice: User, connect: Open, settings: Settings
    ) -> None:
        settings.CANVAS_MAX_PRESENCE = 3
        await sync_to_async(board.permissions.create)(is_public=True, level="view")
        a = await connect(board, alice)
        guests = [await connect(board, None, "public=1") for _ in range(5)]
        for number, guest in enumerate(guests):
            await guest.send(state_frame(100 + number, 1, {"p": number}))
        await a.until(lambda: len([one for one in states_seen_by(a).values() if one]) == 3)
        await a.send(state_frame(11, 1, {"p": 0}))
        await guests[0].until(lambda: states_seen_by(guests[0]).get(11))
        await a.until(lambda: sum(1 for one in states_seen_by(a).values() if one) == 3)
        late = await connect(board, None, "public=1")
        await late.until(lambda: 11 in states_seen_by(late))
        assert len(states_seen_by(late)) == 3

    async def test_a_place_that_gets_free_goes_to_who_waits(
        self, board: Board, alice: User, bob: User, connect: Open, settings: Settings
    ) -> None:
        settings.CANVAS_MAX_PRESENCE = 1
        a, b = await connect(board, alice), await connect(board, bob)
        await a.send(state_frame(11, 1, {"p": 1}))
        await b.until(lambda: states_seen_by(b).get(11))
        await b.send(state_frame(22, 1, {"p": 2}))
        await a.close()
        late = await connect(board, alice)
        await late.until(lambda: states_seen_by(late).get(22))

    async def test_second_clients_of_one_person_come_after_first_ones(
        self, board: Board, alice: User, bob: User, connect: Open, settings: Settings
    ) -> None:
        settings.CANVAS_MAX_PRESENCE = 2
        a, b = await connect(board, alice), await connect(board, bob)
        for client_id in (11, 12, 13):
            await a.send(state_frame(client_id, 1, {"p": client_id}))
        await b.until(lambda: set(states_seen_by(b)) == {11, 12})
        await b.send(state_frame(22, 1, {"p": 22}))
        await a.until(lambda: states_seen_by(a).get(22))
        await b.until(lambda: states_seen_by(b)[12] is None)

    async def test_a_viewer_has_one_client_and_a_kilobyte(
        self, board: Board, alice: User, charlie: User, connect: Open
    ) -> None:
        await sync_to_async(board.permissions.create)(user=charlie, level="view")
        a, viewer = await connect(board, alice), await connect(board, charlie)
        await viewer.send(state_frame(33, 1, {"presenting": True, "p": 1}))
        await viewer.send(state_frame(34, 1, {"p": 2}))
        await viewer.send(state_frame(33, 2, {"p": "x" * 1100}))
        await a.send(state_frame(11, 1, {"p": "x" * 3900}))
        await a.send(state_frame(12, 1, {"p": 1}))
        await viewer.until(lambda: {11, 12} <= set(states_seen_by(viewer)))
        await a.until(lambda: 33 in states_seen_by(a))
        assert 34 not in states_seen_by(a)
        assert states_seen_by(a)[33] == {
            "p": 1,
            "user": {"id": str(charlie.pk), "name": "charlie"},
        }

    async def test_of_a_flood_only_the_newest_states_are_sent(
        self, board: Board, alice: User, bob: User, connect: Open
    ) -> None:
        a, b = await connect(board, alice), await connect(board, bob)
        started = time.monotonic()
        for clock in range(1, 2001):
            await a.send(state_frame(11, clock, {"p": clock}))
        await b.until(lambda: (states_seen_by(b).get(11) or {}).get("p") == 2000)  # type: ignore[attr-defined]
        assert len(b.awareness) < 10 + 2 * (time.monotonic() - started) / TICK_SECONDS
