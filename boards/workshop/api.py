"""REST views of the lead, and of the workshop as a whole."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.utils.translation import gettext_lazy
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import SAFE_METHODS, AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle

from boards.access.resolve import Access
from boards.api.base import CanvasView
from boards.api.fields import model_errors_as_400, validated
from boards.api.permissions import entry_of, guarded_record, visible_board
from boards.api.problems import ProblemSerializer
from boards.api.responses import NOT_FOUND_RESPONSE
from boards.api.throttles import WorkshopThrottle
from boards.models import Board, Workshop
from boards.workshop.lead import lead_give_up, lead_hand_over, lead_take, workshop_end
from boards.workshop.people import WorkshopPerson, person_of
from boards.workshop.serializers import TakeLeadSerializer, WorkshopAnswerSerializer
from boards.workshop.session import workshop_of
from boards.workshop.shapes import workshop_shape
from boards.writing import Record

MAY_NOT_RUN = gettext_lazy("Only people who may edit this board can run a workshop on it.")
WROTE = "workshop"
PUBLIC_PARAMETER = OpenApiParameter(
    "public", OpenApiTypes.INT, description="`1`: by the public link, without signing in."
)
ANSWER = {200: WorkshopAnswerSerializer, 404: NOT_FOUND_RESPONSE}
COMMAND = {
    **ANSWER,
    403: OpenApiResponse(ProblemSerializer, "You may not do this here, or you do not lead."),
    409: OpenApiResponse(ProblemSerializer, "No workshop or vote is on, or somebody else leads."),
}
Command = Callable[[Board, WorkshopPerson, Record], object]


class WorkshopBase(CanvasView):
    permission_classes = (AllowAny,)

    def get_throttles(self) -> list[BaseThrottle]:
        """Only writing is limited."""
        return [] if self.request.method in SAFE_METHODS else [WorkshopThrottle()]

    def run(
        self,
        request: Request,
        board_id: UUID,
        command: Command,
        *,
        may: Callable[[Access], bool] = lambda access: access.can_edit,
        refusal: object = MAY_NOT_RUN,
    ) -> Response:
        """Does what a person with enough access wants, and answers with the state after it.

        Raises as `visible_board`, and `PermissionDenied`.
        """
        board, access = visible_board(request, board_id, entry=entry_of(request))
        if not may(access):
            raise PermissionDenied(str(refusal))
        person = person_of(request, board, access)
        with model_errors_as_400():
            command(board, person, guarded_record(request, board, WROTE))
        return self.answer(board, person)

    def answer(self, board: Board, person: WorkshopPerson) -> Response:
        """The state as this person sees it."""
        workshop = workshop_of(board)
        return Response(
            {
                "me": person.key,
                "workshop": workshop and workshop_shape(workshop),
                "ballot": workshop and _ballot_of(workshop, person),
            }
        )


class WorkshopView(WorkshopBase):
    """The workshop of a board."""

    @extend_schema(
        operation_id="workshop_retrieve", parameters=[PUBLIC_PARAMETER], responses=ANSWER
    )
    def get(self, request: Request, board_id: UUID) -> Response:
        """Read what goes on."""
        board, access = visible_board(request, board_id, entry=entry_of(request))
        return self.answer(board, person_of(request, board, access))

    @extend_schema(operation_id="workshop_end", parameters=[PUBLIC_PARAMETER], responses=COMMAND)
    def delete(self, request: Request, board_id: UUID) -> Response:
        """End it for everybody: if you lead, or own the board."""
        return self.run(request, board_id, workshop_end)


class WorkshopLeadView(WorkshopBase):
    """Who leads the workshop."""

    @extend_schema(
        operation_id="workshop_lead",
        parameters=[PUBLIC_PARAMETER],
        request=TakeLeadSerializer,
        responses=COMMAND,
    )
    def post(self, request: Request, board_id: UUID) -> Response:
        """Take the lead, keep it, or hand it over. Taking it begins a workshop."""
        to = validated(TakeLeadSerializer(data=request.data)).get("to")
        if to is None:
            return self.run(request, board_id, lead_take)

        def hand_over(board: Board, person: WorkshopPerson, guard: Record) -> object:
            return lead_hand_over(board, person, to, guard)

        return self.run(request, board_id, hand_over)

    @extend_schema(
        operation_id="workshop_lead_give_up", parameters=[PUBLIC_PARAMETER], responses=COMMAND
    )
    def delete(self, request: Request, board_id: UUID) -> Response:
        """Give the lead up."""
        return self.run(request, board_id, lead_give_up)


def _ballot_of(workshop: Workshop, person: WorkshopPerson) -> dict[str, object] | None:
    """Nobody else's."""
    ballot = person.key and workshop.ballots.filter(person_key=person.key).first()
    return {"dots": ballot.dots, "is_done": ballot.is_done} if ballot else None
