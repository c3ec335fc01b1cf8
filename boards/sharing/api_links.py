"""Share links and access requests."""

from __future__ import annotations

from uuid import UUID

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.exceptions import NotFound, Throttled
from rest_framework.request import Request
from rest_framework.response import Response

from boards.api.base import CanvasView
from boards.api.fields import model_errors_as_400, validated
from boards.api.openapi import TOO_OFTEN
from boards.api.permissions import actor_of, managed_board, require_person, signed_in
from boards.api.problems import ProblemSerializer
from boards.api.responses import (
    NOT_MANAGED,
    QUOTA_RESPONSES,
)
from boards.levels import AccessLevel
from boards.models import AccessRequest, ShareLink
from boards.sharing.asking import access_request_ask, access_request_count
from boards.sharing.links import share_link_create, share_link_revoke
from boards.sharing.requests import access_request_resolve
from boards.sharing.serializers import (
    AccessAnswerSerializer,
    AccessRequestSerializer,
    ShareLinkSerializer,
)

ASKED_MESSAGE = "If there is such a board, its owner has been asked."


class ShareLinksView(CanvasView):
    """The share links of one board."""

    @extend_schema(
        operation_id="links_list",
        responses={200: ShareLinkSerializer(many=True), **NOT_MANAGED},
    )
    def get(self, request: Request, board_id: UUID) -> Response:
        """List them, newest first, with those that ended."""
        links = managed_board(request, board_id).share_links.select_related("created_by")
        return Response(ShareLinkSerializer(links, many=True, context={"request": request}).data)

    @extend_schema(
        operation_id="links_create",
        request=ShareLinkSerializer,
        responses={201: ShareLinkSerializer, **NOT_MANAGED, 429: QUOTA_RESPONSES[429]},
    )
    def post(self, request: Request, board_id: UUID) -> Response:
        """Make one."""
        board = managed_board(request, board_id)
        values = validated(ShareLinkSerializer(data=request.data, context={"request": request}))
        values["level"] = AccessLevel.parse(values["level"])
        with model_errors_as_400():
            link = share_link_create(board=board, **values, by=actor_of(request))
        data = ShareLinkSerializer(link, context={"request": request}).data
        return Response(data, status=status.HTTP_201_CREATED)


class ShareLinkView(CanvasView):
    """One share link."""

    @extend_schema(
        operation_id="links_retrieve", responses={200: ShareLinkSerializer, **NOT_MANAGED}
    )
    def get(self, request: Request, board_id: UUID, link_id: UUID) -> Response:
        """Read it."""
        link = self._link(request, board_id, link_id)
        return Response(ShareLinkSerializer(link, context={"request": request}).data)

    @extend_schema(operation_id="links_revoke", responses={204: None, **NOT_MANAGED})
    def delete(self, request: Request, board_id: UUID, link_id: UUID) -> Response:
        """Revoke it, and disconnect everyone who came by it."""
        link = self._link(request, board_id, link_id)
        share_link_revoke(link=link, by=actor_of(request))
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _link(self, request: Request, board_id: UUID, link_id: UUID) -> ShareLink:
        board = managed_board(request, board_id)
        link = board.share_links.select_related("board", "created_by").filter(pk=link_id).first()
        if link is None:
            raise NotFound("This board has no such link.")
        return link


class AccessRequestsView(CanvasView):
    """Who waits for access to a board."""

    @extend_schema(
        operation_id="access_requests_list",
        responses={200: AccessRequestSerializer(many=True), **NOT_MANAGED},
    )
    def get(self, request: Request, board_id: UUID) -> Response:
        """List those without an answer, who waits longest first."""
        board = managed_board(request, board_id)
        waiting = board.access_requests.filter(resolved_at__isnull=True).select_related("user")
        return Response(AccessRequestSerializer(waiting, many=True).data)

    @extend_schema(
        operation_id="access_requests_create",
        request=AccessRequestSerializer,
        responses={
            202: OpenApiResponse(ProblemSerializer, ASKED_MESSAGE),
            429: TOO_OFTEN,
        },
    )
    def post(self, request: Request, board_id: UUID) -> Response:
        """Ask the owner. The answer says nothing about whether the board exists."""
        require_person(request)
        values = validated(AccessRequestSerializer(data=request.data))
        user, by = signed_in(request), actor_of(request)
        full = access_request_count(user)
        if full is not None:
            raise Throttled(wait=full.seconds)
        with model_errors_as_400():
            access_request_ask(
                board_id=board_id,
                user=user,
                level=AccessLevel.parse(values["level"]),
                message=values.get("message", ""),
                by=by,
            )
        return Response({"detail": ASKED_MESSAGE}, status=status.HTTP_202_ACCEPTED)


class AccessRequestView(CanvasView):
    """One access request."""

    @extend_schema(
        operation_id="access_requests_answer",
        request=AccessAnswerSerializer,
        responses={200: AccessRequestSerializer, **NOT_MANAGED},
    )
    def post(self, request: Request, board_id: UUID, request_id: int) -> Response:
        """Grant a level, or decline with null."""
        board = managed_board(request, board_id)
        found = (
            AccessRequest.objects.select_related("board", "user")
            .filter(board=board, pk=request_id)
            .first()
        )
        if found is None:
            raise NotFound("This board has no such request.")
        word = validated(AccessAnswerSerializer(data=request.data))["level"]
        level = AccessLevel.parse(word) if word else None
        with model_errors_as_400():
            answered = access_request_resolve(request=found, level=level, by=actor_of(request))
        return Response(AccessRequestSerializer(answered).data)
