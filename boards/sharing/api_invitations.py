"""REST views of invitations."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from boards.api.base import CanvasView
from boards.api.fields import level_field, model_errors_as_400, validated
from boards.api.permissions import actor_of, managed_board
from boards.api.responses import NOT_MANAGED, QUOTA_RESPONSES
from boards.levels import AccessLevel
from boards.models import Board, Invitation
from boards.sharing.invitation_links import invitation_send, link_to_pass_on
from boards.sharing.invitations import GONE_MESSAGE, invitation_create, invitation_withdraw


class InvitationSerializer(serializers.ModelSerializer[Invitation]):
    """An invitation that nobody has accepted yet."""

    level = level_field()
    created_by = serializers.CharField(source="created_by.username", read_only=True, default=None)
    link = serializers.SerializerMethodField(
        help_text="To pass on by hand; empty where mail is configured: then it was sent."
    )

    class Meta:
        model = Invitation
        fields = ("id", "email", "level", "created_by", "created_at", "expires_at", "link")
        read_only_fields = ("id", "created_at", "expires_at")

    def get_link(self, invitation: Invitation) -> str:
        return link_to_pass_on(self.context["request"]._request, invitation)


class InvitationsView(CanvasView):
    """The open invitations to one board."""

    @extend_schema(
        operation_id="invitations_list",
        responses={200: InvitationSerializer(many=True), **NOT_MANAGED},
    )
    def get(self, request: Request, board_id: UUID) -> Response:
        """List them, newest first."""
        rows = _open(managed_board(request, board_id))
        data = InvitationSerializer(rows, many=True, context={"request": request}).data
        return Response(data)

    @extend_schema(
        operation_id="invitations_create",
        request=InvitationSerializer,
        responses={201: InvitationSerializer, **NOT_MANAGED, 429: QUOTA_RESPONSES[429]},
    )
    def post(self, request: Request, board_id: UUID) -> Response:
        """Invite an address, or again: then it is sent again, with this level. The answer is the
        same whether an account has the address or not."""
        board = managed_board(request, board_id)
        values = validated(InvitationSerializer(data=request.data, context={"request": request}))
        with model_errors_as_400():
            invitation = invitation_create(
                board=board,
                email=values["email"],
                level=AccessLevel.parse(values["level"]),
                by=actor_of(request),
            )
        invitation_send(request._request, invitation)
        data = InvitationSerializer(invitation, context={"request": request}).data
        return Response(data, status=status.HTTP_201_CREATED)


class InvitationView(CanvasView):
    """One invitation."""

    @extend_schema(operation_id="invitations_withdraw", responses={204: None, **NOT_MANAGED})
    def delete(self, request: Request, board_id: UUID, invitation_id: UUID) -> Response:
        """Withdraw it: its link lets nobody in any more."""
        board = managed_board(request, board_id)
        invitation = _open(board).filter(pk=invitation_id).first()
        if invitation is None:
            raise NotFound(GONE_MESSAGE)
        invitation_withdraw(invitation=invitation, by=actor_of(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


def _open(board: Board) -> QuerySet[Invitation]:
    return board.invitations.open().select_related("board", "created_by")
