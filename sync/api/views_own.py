"""The REST view that gives a person all of their boards."""

from typing import cast

from django.contrib.auth.models import User
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request

from boards.api.base import CanvasView
from boards.api.permissions import actor_of
from boards.api.problems import ProblemSerializer
from boards.api.streams import streamed
from boards.limits.expensive import count_expensive, who_asks
from sync.programs.own_boards import own_boards_zip

ZIP = "application/zip"


class OwnBoardsView(CanvasView):
    """All boards that one owns."""

    @extend_schema(
        operation_id="own_boards_export",
        responses={
            (200, ZIP): OpenApiTypes.BINARY,
            429: OpenApiResponse(ProblemSerializer, "Another download of yours is not done."),
        },
    )
    def get(self, request: Request) -> HttpResponseBase:
        """Download them as a zip of `.excalidraw` files, images included; not those in the trash.

        It is made while it is sent, one board after another, so its length is not known before.
        """
        user = cast(User, request.user)
        who = who_asks(request._request, user)
        count_expensive(who)
        pieces = own_boards_zip(user=user, by=actor_of(request), who=who)
        response = streamed(request, pieces, ZIP)
        response.headers["Content-Disposition"] = 'attachment; filename="boards.zip"'
        response.headers["Cache-Control"] = "no-store"
        return response
