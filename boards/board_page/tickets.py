"""Tickets: each opens one socket of a board, once, where a cookie can't be sent."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.models import User
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.limits.repeated import has_enough_rows
from accounts.models import ApiToken
from audit.actions import AuditAction
from audit.services import audit_record
from boards.api.base import CanvasView
from boards.api.permissions import actor_of, visible_board, visitor_of
from boards.api.problems import ProblemSerializer
from boards.api.responses import (
    NOT_FOUND_RESPONSE,
)
from boards.api.throttles import TicketThrottle
from boards.identity.tokens import (
    AUDIENCE_TICKET,
    TICKET_SECONDS,
    issue_ticket,
    user_of_access_token,
)


class TicketSerializer(serializers.Serializer[Any]):
    """A ticket for a socket."""

    ticket = serializers.CharField(help_text="Connect with `?token=<ticket>`.")
    expires_at = serializers.DateTimeField()


class TicketView(CanvasView):
    """Tickets open a socket where a cookie can't be sent: from another site, or from a program."""

    permission_classes = (AllowAny,)
    throttle_classes = (TicketThrottle,)

    @extend_schema(
        operation_id="boards_ticket",
        request=None,
        responses={
            201: TicketSerializer,
            404: NOT_FOUND_RESPONSE,
            429: OpenApiResponse(ProblemSerializer, "Too many tickets."),
        },
    )
    def post(self, request: Request, board_id: UUID) -> Response:
        """Get a ticket for one socket of this board, valid once and for a minute."""
        board, access = visible_board(request, board_id)
        user = request.user if isinstance(request.user, User) else None
        token, expires_at = issue_ticket(
            board.pk, user, visitor_of(request).link_ids, **_origin_of_ticket(request)
        )
        by = actor_of(request)
        if not has_enough_rows(AuditAction.TOKEN_ISSUE, by, str(board.pk)):
            audit_record(
                action=AuditAction.TOKEN_ISSUE,
                board_id=board.pk,
                board_title=board.title,
                level=access.audit_level,
                data={"audience": AUDIENCE_TICKET, "seconds": TICKET_SECONDS},
                by=by,
            )
        body = TicketSerializer({"ticket": token, "expires_at": expires_at}).data
        headers = {"Cache-Control": "no-store"}
        return Response(body, status=status.HTTP_201_CREATED, headers=headers)


def _origin_of_ticket(request: Request) -> dict[str, Any]:
    """What the ticket ends with: the token or the session that requested it."""
    if isinstance(request.auth, ApiToken):
        return {"ends_at": request.auth.expires_at, "program_token_id": request.auth.pk}
    if isinstance(request.auth, str):
        return {"ends_at": user_of_access_token(request.auth)[1]}
    return {"session_key": request._request.session.session_key or ""}
