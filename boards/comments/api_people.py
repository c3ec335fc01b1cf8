"""REST view of the people that a comment can mention."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.models import User
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.account_page.menu import picture_of
from boards.access.selectors import people_of
from boards.api.base import CanvasView
from boards.api.permissions import signed_in, visible_board
from boards.api.problems import ProblemSerializer
from boards.api.responses import NOT_FOUND_RESPONSE
from boards.identity.names import display_name

MAX_LISTED = 500
NOT_FOR_YOU = "Only people who were given this board and may comment see who else was."
REFUSALS = {403: OpenApiResponse(ProblemSerializer, NOT_FOR_YOU), 404: NOT_FOUND_RESPONSE}


class PersonSerializer(serializers.Serializer[User]):
    """Someone who was given the board."""

    username = serializers.CharField(help_text="What to write after `@`.")
    name = serializers.SerializerMethodField()
    picture = serializers.SerializerMethodField(
        help_text="Address of their picture; empty without one."
    )

    def get_name(self, user: User) -> str:
        """The name that people see."""
        return display_name(user)

    def get_picture(self, user: User) -> str:
        """The picture that they have now."""
        return picture_of(user)


class PeopleView(CanvasView):
    """The people of a board."""

    @extend_schema(
        operation_id="people_list", responses={200: PersonSerializer(many=True), **REFUSALS}
    )
    def get(self, request: Request, board_id: UUID) -> Response:
        """List the people the board was given to, by name; for those of them who may comment."""
        board, access = visible_board(request, board_id)
        people = people_of(board)
        is_one_of_them = people.filter(pk=signed_in(request).pk).exists()
        if not access.can_comment or not (is_one_of_them or access.can_manage):
            raise PermissionDenied(NOT_FOR_YOU)
        by_name = people.select_related("profile").order_by("first_name", "last_name", "username")
        listed: Any = by_name[:MAX_LISTED]
        return Response(PersonSerializer(listed, many=True).data)
