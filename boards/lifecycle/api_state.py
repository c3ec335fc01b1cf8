"""A board as a whole: lock, transfer, leave, duplicate; its activity; tickets for its sockets."""

from __future__ import annotations

import time
from typing import Any
from uuid import UUID

from django.contrib.auth.models import User
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.generics import GenericAPIView
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from audit.actions import AuditAction
from audit.models import AuditLog
from audit.services import audit_record
from boards.activity.serializers import (
    ActivitySerializer,
    DuplicateSerializer,
    TicketSerializer,
    TransferSerializer,
)
from boards.api.base import CanvasView
from boards.api.fields import model_errors_as_400, require_choice, validated
from boards.api.openapi import INVALID
from boards.api.pagination import ActivityPagination
from boards.api.permissions import managed_board, signed_in, visible_board
from boards.api.responses import (
    BUSY_RESPONSE,
    NOT_FOUND_RESPONSE,
    NOT_MANAGER_RESPONSE,
    QUOTA_RESPONSES,
)
from boards.api.throttles import BoardCreateThrottle, TicketThrottle
from boards.identity.tokens import (
    AUDIENCE_TICKET,
    TICKET_SECONDS,
    issue_ticket,
    user_of_access_token,
)
from boards.lifecycle.copies import board_duplicate, board_lock, board_transfer, board_unlock
from boards.lifecycle.serializers import BoardSerializer, ProblemSerializer
from boards.limits.expensive import LOOK_AGAIN_SECONDS, count_expensive, expensive_work, who_asks
from boards.sharing.link_entry import link_ids_of
from boards.sharing.permissions import board_leave

REFUSALS = {403: NOT_MANAGER_RESPONSE, 404: NOT_FOUND_RESPONSE}


class BoardLockView(CanvasView):
    """Whether the board is locked: then everybody but its owner may look and comment only."""

    @extend_schema(
        operation_id="boards_lock", request=None, responses={200: BoardSerializer, **REFUSALS}
    )
    def put(self, request: Request, board_id: UUID) -> Response:
        """Lock it."""
        board = managed_board(request, board_id)
        board_lock(board=board, **self.written_by(request))
        return Response(BoardSerializer(board, context={"request": request}).data)

    @extend_schema(operation_id="boards_unlock", responses={204: None, **REFUSALS})
    def delete(self, request: Request, board_id: UUID) -> Response:
        """Unlock it."""
        board_unlock(board=managed_board(request, board_id), **self.written_by(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


class BoardTransferView(CanvasView):
    """Who owns the board."""

    @extend_schema(
        operation_id="boards_transfer",
        request=TransferSerializer,
        responses={200: BoardSerializer, **REFUSALS, **QUOTA_RESPONSES},
    )
    def post(self, request: Request, board_id: UUID) -> Response:
        """Make somebody else the owner. You stay and may edit."""
        board = managed_board(request, board_id)
        values = validated(TransferSerializer(data=request.data))
        with model_errors_as_400():
            board_transfer(board=board, new_owner=values["user"], **self.written_by(request))
        return Response(BoardSerializer(board, context={"request": request}).data)


class BoardLeaveView(CanvasView):
    """A board that was shared with you."""

    @extend_schema(
        operation_id="boards_leave",
        request=None,
        responses={
            204: None,
            400: OpenApiResponse(ProblemSerializer, "You were not given this board yourself."),
            404: NOT_FOUND_RESPONSE,
        },
    )
    def post(self, request: Request, board_id: UUID) -> Response:
        """Give up your own level on it."""
        board, _ = visible_board(request, board_id)
        by = self.written_by(request)
        with model_errors_as_400():
            board_leave(board=board, user=signed_in(request), origin=by["origin"], via=by["via"])
        return Response(status=status.HTTP_204_NO_CONTENT)


class BoardDuplicateView(CanvasView):
    """A copy of a board."""

    throttle_classes = (BoardCreateThrottle,)

    @extend_schema(
        operation_id="boards_duplicate",
        request=DuplicateSerializer,
        responses={
            201: BoardSerializer,
            404: NOT_FOUND_RESPONSE,
            **QUOTA_RESPONSES,
            503: BUSY_RESPONSE,
        },
    )
    def post(self, request: Request, board_id: UUID) -> Response:
        """Make a private copy of a board you see: its drawing and images, nobody's permissions."""
        board, _ = visible_board(request, board_id)
        values = validated(DuplicateSerializer(data=request.data))
        by = self.written_by(request)
        who = who_asks(request._request, request.user)
        count_expensive(who)
        started = time.monotonic()
        with model_errors_as_400(), expensive_work(who):
            if time.monotonic() - started > LOOK_AGAIN_SECONDS:
                board, _ = visible_board(request, board_id)
            copy = board_duplicate(
                board=board,
                owner=signed_in(request),
                title=values.get("title", ""),
                origin=by["origin"],
                via=by["via"],
            )
        data = BoardSerializer(copy, context={"request": request}).data
        return Response(data, status=status.HTTP_201_CREATED)


class BoardActivityView(CanvasView, GenericAPIView[AuditLog]):
    """What happened on a board, for its owner."""

    serializer_class = ActivitySerializer
    pagination_class = ActivityPagination
    queryset = AuditLog.objects.none()

    @extend_schema(
        operation_id="boards_activity",
        parameters=[
            OpenApiParameter("action", enum=AuditAction.values, description="Only this."),
        ],
        responses={200: ActivitySerializer(many=True), 400: INVALID, **REFUSALS},
    )
    def get(self, request: Request, board_id: UUID) -> Response:
        """List it, newest first: who, what, when, at which level. Addresses are for admins."""
        board = managed_board(request, board_id, is_visit=False)
        rows = AuditLog.objects.filter(board_id=board.pk).select_related("actor", "target_user")
        action = require_choice(request, "action", AuditAction.values)
        if action:
            rows = rows.filter(action=action)
        page = self.paginate_queryset(rows) or []
        return self.get_paginated_response(self.get_serializer(page, many=True).data)


class TicketView(CanvasView):
    """Tickets open a socket where no cookie goes: from another site, or from a program."""

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
        """Get a ticket for one socket of this board, good once and for a minute."""
        board, access = visible_board(request, board_id)
        user = request.user if isinstance(request.user, User) else None
        token, expires_at = issue_ticket(
            board.pk, user, link_ids_of(request._request), **_origin_of_ticket(request)
        )
        audit_record(
            action=AuditAction.TOKEN_ISSUE,
            board_id=board.pk,
            board_title=board.title,
            level=access.audit_level,
            data={"audience": AUDIENCE_TICKET, "seconds": TICKET_SECONDS},
            **self.written_by(request),
        )
        body = TicketSerializer({"ticket": token, "expires_at": expires_at}).data
        headers = {"Cache-Control": "no-store"}
        return Response(body, status=status.HTTP_201_CREATED, headers=headers)


def _origin_of_ticket(request: Request) -> dict[str, Any]:
    """What the ticket ends with: the access token, or the session, of whoever asks for it."""
    if isinstance(request.auth, str):
        return {"ends_at": user_of_access_token(request.auth)[1]}
    return {"session_key": request._request.session.session_key or ""}
