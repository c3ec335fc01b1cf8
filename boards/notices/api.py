"""REST views of a person's notifications."""

from __future__ import annotations

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Notification
from accounts.notifications.descriptions import Described, described
from accounts.notifications.services import mark_read, unread_count
from boards.api.base import CanvasView
from boards.api.openapi import INVALID
from boards.api.permissions import signed_in

MAX_LISTED = 50
LIMIT = OpenApiParameter(
    "limit", OpenApiTypes.INT, description=f"How many to list: 0 to {MAX_LISTED}, which is usual."
)


class AskedSerializer(serializers.Serializer[Any]):
    """An open request for access, to be answered at the board's access requests."""

    id = serializers.IntegerField(source="request_id")
    level = serializers.CharField()


class NotificationSerializer(serializers.Serializer[Any]):
    """Something that concerns you, in your language."""

    id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=Notification.Kind.values, source="row.kind")
    text = serializers.CharField(source="words.text")
    excerpt = serializers.CharField(source="words.excerpt")
    url = serializers.CharField(source="words.url", help_text="Where to go, on this site.")
    place = serializers.UUIDField(help_text="The id of the board, or of the space.")
    place_name = serializers.CharField(source="words.place_name")
    created_at = serializers.DateTimeField(source="row.created_at")
    is_read = serializers.SerializerMethodField()
    request = AskedSerializer(source="words.asked", allow_null=True)

    def get_is_read(self, item: Described) -> bool:
        return item.row.read_at is not None


class NotificationsSerializer(serializers.Serializer[Any]):
    """Your newest notifications."""

    unread = serializers.IntegerField(help_text="How many are unread, listed here or not.")
    results = NotificationSerializer(many=True)


class ListQuery(serializers.Serializer[Any]):
    limit = serializers.IntegerField(min_value=0, max_value=MAX_LISTED, default=MAX_LISTED)


class ReadSerializer(serializers.Serializer[Any]):
    """Which ones; without either, all of them."""

    ids = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**63 - 1),
        required=False,
        max_length=MAX_LISTED,
    )
    board = serializers.UUIDField(required=False)


class UnreadSerializer(serializers.Serializer[Any]):
    """What is left."""

    unread = serializers.IntegerField()


class NotificationsView(CanvasView):
    """What concerns a person."""

    @extend_schema(
        operation_id="notifications_list",
        parameters=[LIMIT],
        responses={200: NotificationsSerializer, 400: INVALID},
    )
    def get(self, request: Request) -> Response:
        """List what concerns you, the newest first. What you may not see any more is left out."""
        query = ListQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        user = signed_in(request)
        rows = Notification.objects.filter(reader=user)[: query.validated_data["limit"]]
        items = described(user, list(rows))
        shown = NotificationSerializer(items, many=True).data
        return Response({"unread": unread_count(user), "results": shown})


class NotificationsReadView(CanvasView):
    """Marks notifications as read."""

    @extend_schema(
        operation_id="notifications_read",
        request=ReadSerializer,
        responses={200: UnreadSerializer},
    )
    def post(self, request: Request) -> Response:
        """Mark these, or those about a board, or all as read."""
        wanted = ReadSerializer(data=request.data)
        wanted.is_valid(raise_exception=True)
        user = signed_in(request)
        mark_read(user, wanted.validated_data.get("ids"), wanted.validated_data.get("board"))
        return Response({"unread": unread_count(user)})
