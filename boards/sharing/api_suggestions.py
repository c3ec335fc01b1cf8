"""REST views of names to offer while someone types."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from boards.api.base import CanvasView
from boards.api.openapi import INVALID
from boards.api.permissions import managed_board, signed_in
from boards.api.responses import NOT_MANAGED
from boards.api.throttles import SuggestionThrottle
from boards.sharing.suggestions import QUERY_MAX_LENGTH, QUERY_MIN_LENGTH, suggestions
from boards.spaces.api import NOT_MANAGED as NOT_SPACE_MANAGER
from boards.spaces.entry import managed_space


class TypedSerializer(serializers.Serializer[Any]):
    """What was typed so far."""

    q = serializers.CharField(
        min_length=QUERY_MIN_LENGTH,
        max_length=QUERY_MAX_LENGTH,
        help_text="The beginnings of names.",
    )


class SuggestionSerializer(serializers.Serializer[Any]):
    """A person or a group to give a level."""

    is_group = serializers.BooleanField()
    value = serializers.CharField(help_text="The username, or the name of the group.")
    name = serializers.CharField(help_text="The name that people see.")
    is_program = serializers.BooleanField(help_text="Whether it is a service account.")
    picture = serializers.CharField(
        help_text="Address of a person's picture; empty without one, and for groups."
    )


class SuggestionsView(CanvasView):
    """Whom to share a board with."""

    throttle_classes = (SuggestionThrottle,)

    @extend_schema(
        operation_id="suggestions_list",
        parameters=[TypedSerializer],
        responses={200: SuggestionSerializer(many=True), 400: INVALID, **NOT_MANAGED},
    )
    def get(self, request: Request, board_id: UUID) -> Response:
        """List people you share a board, a space or a group with, and your groups: at most eight
        whose names begin like this."""
        return _offered(request, managed_board(request, board_id, is_visit=False).owner_id)


class SpaceSuggestionsView(CanvasView):
    """Whom to add to a space."""

    throttle_classes = (SuggestionThrottle,)

    @extend_schema(
        operation_id="space_suggestions_list",
        parameters=[TypedSerializer],
        responses={200: SuggestionSerializer(many=True), 400: INVALID, **NOT_SPACE_MANAGER},
    )
    def get(self, request: Request, space_id: UUID) -> Response:
        """List people you share a board, a space or a group with, and your groups: at most eight
        whose names begin like this."""
        return _offered(request, managed_space(request.user, space_id).owner_id)


def _offered(request: Request, owner_id: int) -> Response:
    query = TypedSerializer(data=request.query_params)
    query.is_valid(raise_exception=True)
    found = suggestions(signed_in(request), owner_id, query.validated_data["q"])
    return Response(SuggestionSerializer(found, many=True).data)
