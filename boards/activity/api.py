"""What happened on a board, by REST."""

from __future__ import annotations

from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from audit.actions import AuditAction
from audit.models import AuditLog
from boards.activity.serializers import ActivitySerializer
from boards.api.base import CanvasView
from boards.api.fields import require_choice
from boards.api.openapi import INVALID
from boards.api.pagination import ActivityPagination
from boards.api.permissions import managed_board
from boards.api.responses import (
    NOT_MANAGED,
)


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
        responses={200: ActivitySerializer(many=True), 400: INVALID, **NOT_MANAGED},
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
