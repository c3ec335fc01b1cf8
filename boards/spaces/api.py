"""REST views of spaces and their permissions."""

from __future__ import annotations

from uuid import UUID

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle

from boards.access.scopes import ScopeLevel
from boards.access.spaces import spaces_of
from boards.access.subjects import Subject
from boards.api.base import CanvasView
from boards.api.fields import model_errors_as_400, validated
from boards.api.permissions import actor_of, require_person, scopes_of, signed_in
from boards.api.problems import ProblemSerializer
from boards.api.responses import QUOTA_RESPONSES
from boards.api.throttles import BoardCreateThrottle
from boards.levels import AccessLevel
from boards.models import Space, SpacePermission
from boards.spaces.entry import managed_space, seen_space
from boards.spaces.members import space_leave, space_permission_grant, space_permission_revoke
from boards.spaces.serializers import (
    SpaceLevelSerializer,
    SpacePermissionSerializer,
    SpaceSerializer,
    SpaceTransferSerializer,
)
from boards.spaces.services import space_create, space_delete, space_rename, space_transfer

NOT_MEMBER = {
    404: OpenApiResponse(ProblemSerializer, "No such space, or you are not in it: it's the same.")
}
NOT_MANAGED = {
    403: OpenApiResponse(ProblemSerializer, "Only the owner of the space can do this."),
    **NOT_MEMBER,
}


class SpacesView(CanvasView):
    """Your spaces."""

    takes_programs = True

    def get_throttles(self) -> list[BaseThrottle]:
        """Only creating is limited."""
        return [BoardCreateThrottle()] if self.request.method == "POST" else []

    @extend_schema(operation_id="spaces_list", responses={200: SpaceSerializer(many=True)})
    def get(self, request: Request) -> Response:
        """List the spaces you own or are in, by name. The token of a program sees those whose
        boards its scopes may read."""
        rows = spaces_of(request.user).select_related("owner")
        scopes = scopes_of(request)
        if scopes is not None:
            rows = rows.filter(scopes.spaces_at(ScopeLevel.READ))
        return Response(SpaceSerializer(rows, many=True, context={"request": request}).data)

    @extend_schema(
        operation_id="spaces_create",
        request=SpaceSerializer,
        responses={201: SpaceSerializer, **QUOTA_RESPONSES},
    )
    def post(self, request: Request) -> Response:
        """Create an empty space of your own."""
        require_person(request)
        values = validated(SpaceSerializer(data=request.data, context={"request": request}))
        with model_errors_as_400():
            space = space_create(
                owner=signed_in(request), name=values["name"], by=actor_of(request)
            )
        return _answer(request, space, status.HTTP_201_CREATED)


class SpaceView(CanvasView):
    """One space."""

    @extend_schema(operation_id="spaces_retrieve", responses={200: SpaceSerializer, **NOT_MEMBER})
    def get(self, request: Request, space_id: UUID) -> Response:
        """Read one space."""
        return _answer(request, seen_space(request.user, space_id)[0])

    @extend_schema(
        operation_id="spaces_update",
        request=SpaceSerializer,
        responses={200: SpaceSerializer, **NOT_MANAGED},
    )
    def patch(self, request: Request, space_id: UUID) -> Response:
        """Rename it."""
        space = managed_space(request.user, space_id)
        context = {"request": request}
        values = validated(SpaceSerializer(space, data=request.data, partial=True, context=context))
        if "name" in values:
            with model_errors_as_400():
                space_rename(space=space, name=values["name"], by=actor_of(request))
        return _answer(request, space)

    @extend_schema(operation_id="spaces_delete", responses={204: None, **NOT_MANAGED})
    def delete(self, request: Request, space_id: UUID) -> Response:
        """Delete it. Its boards stay with their owners; what the space gave on them ends."""
        with model_errors_as_400():
            space_delete(space=managed_space(request.user, space_id), by=actor_of(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


class SpaceTransferView(CanvasView):
    """Who owns the space."""

    @extend_schema(
        operation_id="spaces_transfer",
        request=SpaceTransferSerializer,
        responses={200: SpaceSerializer, **NOT_MANAGED, **QUOTA_RESPONSES},
    )
    def post(self, request: Request, space_id: UUID) -> Response:
        """Make somebody else the owner. You stay and may edit."""
        space = managed_space(request.user, space_id)
        values = validated(SpaceTransferSerializer(data=request.data))
        with model_errors_as_400():
            space_transfer(space=space, new_owner=values["user"], by=actor_of(request))
        return _answer(request, space)


class SpaceLeaveView(CanvasView):
    """A space that you are in."""

    @extend_schema(
        operation_id="spaces_leave",
        request=None,
        responses={
            204: None,
            400: OpenApiResponse(ProblemSerializer, "You were not given this space yourself."),
            **NOT_MEMBER,
        },
    )
    def post(self, request: Request, space_id: UUID) -> Response:
        """Give up your own level in it."""
        space, _ = seen_space(request.user, space_id)
        with model_errors_as_400():
            space_leave(space=space, user=signed_in(request), by=actor_of(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


class SpacePermissionsView(CanvasView):
    """Who has which level on all boards of a space."""

    @extend_schema(
        operation_id="space_permissions_list",
        responses={200: SpacePermissionSerializer(many=True), **NOT_MANAGED},
    )
    def get(self, request: Request, space_id: UUID) -> Response:
        """List them; the owner has none and is not listed."""
        rows = managed_space(request.user, space_id).permissions.select_related("user", "group")
        data = SpacePermissionSerializer(rows.order_by("pk"), many=True).data
        return Response(data)

    @extend_schema(
        operation_id="space_permissions_grant",
        request=SpacePermissionSerializer,
        responses={
            200: SpacePermissionSerializer,
            201: SpacePermissionSerializer,
            **NOT_MANAGED,
        },
    )
    def post(self, request: Request, space_id: UUID) -> Response:
        """Give a level, or change the one that is there."""
        space = managed_space(request.user, space_id)
        values = validated(SpacePermissionSerializer(data=request.data))
        subject = Subject(values.get("user"), values.get("group"))
        is_new = not space.permissions.filter(**subject.columns).exists()
        row = _grant(request, space, subject, values["level"])
        code = status.HTTP_201_CREATED if is_new else status.HTTP_200_OK
        return Response(SpacePermissionSerializer(row).data, status=code)


class SpacePermissionView(CanvasView):
    """One permission of a space."""

    @extend_schema(
        operation_id="space_permissions_read",
        responses={200: SpacePermissionSerializer, **NOT_MANAGED},
    )
    def get(self, request: Request, space_id: UUID, permission_id: int) -> Response:
        """Read it."""
        row = _row(request, space_id, permission_id)
        return Response(SpacePermissionSerializer(row).data)

    @extend_schema(
        operation_id="space_permissions_change",
        request=SpaceLevelSerializer,
        responses={200: SpacePermissionSerializer, **NOT_MANAGED},
    )
    def patch(self, request: Request, space_id: UUID, permission_id: int) -> Response:
        """Change its level."""
        row = _row(request, space_id, permission_id)
        values = validated(SpaceLevelSerializer(data=request.data))
        changed = _grant(request, row.space, Subject.of_row(row), values["level"])
        return Response(SpacePermissionSerializer(changed).data)

    @extend_schema(operation_id="space_permissions_revoke", responses={204: None, **NOT_MANAGED})
    def delete(self, request: Request, space_id: UUID, permission_id: int) -> Response:
        """Take it away."""
        row = _row(request, space_id, permission_id)
        with model_errors_as_400():
            space_permission_revoke(
                space=row.space, subject=Subject.of_row(row), by=actor_of(request)
            )
        return Response(status=status.HTTP_204_NO_CONTENT)


def _answer(request: Request, space: Space, code: int = status.HTTP_200_OK) -> Response:
    return Response(SpaceSerializer(space, context={"request": request}).data, status=code)


def _grant(request: Request, space: Space, subject: Subject, level: str) -> SpacePermission:
    with model_errors_as_400():
        return space_permission_grant(
            space=space, subject=subject, level=AccessLevel.parse(level), by=actor_of(request)
        )


def _row(request: Request, space_id: UUID, permission_id: int) -> SpacePermission:
    space = managed_space(request.user, space_id)
    rows = space.permissions.select_related("user", "group", "space__owner")
    row = rows.filter(pk=permission_id).first()
    if row is None:
        raise NotFound("This space has no such permission.")
    return row
