"""REST view of what a person's boards store, and their limits."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from boards.access.scopes import ScopeLevel
from boards.api.base import CanvasView
from boards.api.permissions import scopes_of, signed_in
from boards.quotas.checks import boards_nearly_full, usage_of

MAX_NAMED = 20


class UsageSerializer(serializers.Serializer[Any]):
    """Your own boards, including the trash."""

    boards = serializers.IntegerField(help_text="How many there are.")
    max_boards = serializers.IntegerField()
    stored_bytes = serializers.IntegerField(help_text="Of all of them together.")
    max_stored_bytes = serializers.IntegerField()
    document_bytes = serializers.IntegerField()
    version_bytes = serializers.IntegerField()
    image_bytes = serializers.IntegerField()
    is_nearly_full = serializers.BooleanField(help_text="Four fifths of a limit are reached.")
    nearly_full_boards = serializers.ListField(
        child=serializers.UUIDField(), help_text="Boards near a limit of their own, largest first."
    )


class UsageView(CanvasView):
    """How much one person stores."""

    takes_programs = True

    @extend_schema(operation_id="usage", responses={200: UsageSerializer})
    def get(self, request: Request) -> Response:
        """Read how many boards you own, how much they store, and your limits."""
        scopes = scopes_of(request)
        if scopes is not None and scopes.everywhere < ScopeLevel.READ:
            raise PermissionDenied("This token has no scope for all boards: boards:read.")
        user = signed_in(request)
        usage = usage_of(user.pk)
        values = {
            "boards": usage.boards,
            "max_boards": settings.CANVAS_MAX_BOARDS_PER_PERSON,
            "stored_bytes": usage.stored_bytes,
            "max_stored_bytes": settings.CANVAS_MAX_BYTES_PER_PERSON,
            "document_bytes": usage.document_bytes,
            "version_bytes": usage.version_bytes,
            "image_bytes": usage.image_bytes,
            "is_nearly_full": usage.is_nearly_full,
            "nearly_full_boards": [board.pk for board in boards_nearly_full(user)[:MAX_NAMED]],
        }
        return Response(UsageSerializer(values).data)
