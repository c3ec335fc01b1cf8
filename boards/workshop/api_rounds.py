"""REST views of the timer, votes and private writing."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from boards.api.fields import validated
from boards.models import Board
from boards.workshop.api import COMMAND, PUBLIC_PARAMETER, WorkshopBase
from boards.workshop.people import WorkshopPerson
from boards.workshop.serializers import (
    BallotSerializer,
    ChangeTimerSerializer,
    StartTimerSerializer,
    StartVoteSerializer,
)
from boards.workshop.timer import timer_extend, timer_pause, timer_resume, timer_start, timer_stop
from boards.workshop.voting import ballot_put, vote_end, vote_reveal, vote_start
from boards.workshop.writing import writing_reveal, writing_start
from boards.writing import Record

MAY_NOT_VOTE = gettext_lazy("You may look at this board, but not vote on it.")
_CHANGES = {"pause": timer_pause, "resume": timer_resume, "extend": timer_extend}


class WorkshopTimerView(WorkshopBase):
    """The timer that everybody sees; for the person who leads."""

    @extend_schema(
        operation_id="workshop_timer_start",
        parameters=[PUBLIC_PARAMETER],
        request=StartTimerSerializer,
        responses=COMMAND,
    )
    def put(self, request: Request, board_id: UUID) -> Response:
        """Start it, in place of one that runs."""
        seconds = validated(StartTimerSerializer(data=request.data))["seconds"]

        def start(board: Board, person: WorkshopPerson, guard: Record) -> object:
            return timer_start(board, person, seconds, guard)

        return self.run(request, board_id, start)

    @extend_schema(
        operation_id="workshop_timer_change",
        parameters=[PUBLIC_PARAMETER],
        request=ChangeTimerSerializer,
        responses=COMMAND,
    )
    def patch(self, request: Request, board_id: UUID) -> Response:
        """Pause it, go on, or add a minute."""
        change = validated(ChangeTimerSerializer(data=request.data))["change"]
        return self.run(request, board_id, _CHANGES[change])

    @extend_schema(
        operation_id="workshop_timer_stop", parameters=[PUBLIC_PARAMETER], responses=COMMAND
    )
    def delete(self, request: Request, board_id: UUID) -> Response:
        """Take it away."""
        return self.run(request, board_id, timer_stop)


class WorkshopVoteView(WorkshopBase):
    """A vote with dots; for the person who leads."""

    @extend_schema(
        operation_id="workshop_vote_start",
        parameters=[PUBLIC_PARAMETER],
        request=StartVoteSerializer,
        responses=COMMAND,
    )
    def put(self, request: Request, board_id: UUID) -> Response:
        """Start one, in place of one that goes on."""
        values = validated(StartVoteSerializer(data=request.data))

        def start(board: Board, person: WorkshopPerson, guard: Record) -> object:
            dots, objects = values["dots"], values["objects"]
            return vote_start(board, person, dots=dots, objects=objects, guard=guard)

        return self.run(request, board_id, start)

    @extend_schema(
        operation_id="workshop_vote_reveal",
        parameters=[PUBLIC_PARAMETER],
        request=None,
        responses=COMMAND,
    )
    def post(self, request: Request, board_id: UUID) -> Response:
        """Reveal it: nobody can vote any more, and everybody sees the dots."""
        return self.run(request, board_id, vote_reveal)

    @extend_schema(
        operation_id="workshop_vote_end", parameters=[PUBLIC_PARAMETER], responses=COMMAND
    )
    def delete(self, request: Request, board_id: UUID) -> Response:
        """End it, with all dots."""
        return self.run(request, board_id, vote_end)


class WorkshopBallotView(WorkshopBase):
    """Your own dots; for people who may comment."""

    @extend_schema(
        operation_id="workshop_ballot",
        parameters=[PUBLIC_PARAMETER],
        request=BallotSerializer,
        responses=COMMAND,
    )
    def put(self, request: Request, board_id: UUID) -> Response:
        """Give all your dots at once; they replace those before."""
        values = validated(BallotSerializer(data=request.data))

        def put(board: Board, person: WorkshopPerson, guard: Record) -> object:
            return ballot_put(
                board,
                person,
                vote_id=values["vote"],
                dots=values["dots"],
                is_done=values["is_done"],
                guard=guard,
            )

        may, refusal = lambda access: access.can_comment, MAY_NOT_VOTE
        return self.run(request, board_id, put, may=may, refusal=refusal)


class WorkshopWritingView(WorkshopBase):
    """Private writing; for the person who leads."""

    @extend_schema(
        operation_id="workshop_writing_start",
        parameters=[PUBLIC_PARAMETER],
        request=None,
        responses=COMMAND,
    )
    def put(self, request: Request, board_id: UUID) -> Response:
        """Start it: new notes stay in the pages of those who write them."""
        return self.run(request, board_id, writing_start)

    @extend_schema(
        operation_id="workshop_writing_reveal", parameters=[PUBLIC_PARAMETER], responses=COMMAND
    )
    def delete(self, request: Request, board_id: UUID) -> Response:
        """Reveal it: every page puts its notes on the board."""
        return self.run(request, board_id, writing_reveal)
