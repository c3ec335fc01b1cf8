"""Comments as JSON, the same in REST, in events and for every reader."""

from __future__ import annotations

import json
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.utils.encoders import JSONEncoder

from boards.models import Comment, CommentThread


@extend_schema_field(
    {
        "oneOf": [
            {"$ref": "#/components/schemas/PointAnchor"},
            {"$ref": "#/components/schemas/ElementAnchor"},
        ]
    }
)
class AnchorField(serializers.JSONField):
    """A point of the board, or of an element."""


class AuthorSerializer(serializers.Serializer[Comment]):
    """Who wrote a comment, as the server knows it."""

    id = serializers.CharField(
        source="author_id", allow_null=True, help_text="null for guests and deleted accounts."
    )
    name = serializers.CharField(source="author_name")
    is_guest = serializers.BooleanField(help_text="A name that was chosen, not an account.")
    guest_id = serializers.CharField(
        source="guest_label", help_text="The same for all comments of one guest; empty otherwise."
    )


class CommentSerializer(serializers.ModelSerializer[Comment]):
    """One comment of a thread."""

    author = AuthorSerializer(source="*", read_only=True)
    mentions = serializers.SlugRelatedField[Any](slug_field="username", many=True, read_only=True)

    class Meta:
        model = Comment
        fields = ("id", "author", "body", "mentions", "created_at", "edited_at")
        read_only_fields = fields


class ThreadSerializer(serializers.ModelSerializer[CommentThread]):
    """A thread: a place on the board and its comments, oldest first."""

    anchor = AnchorField(read_only=True)
    is_resolved = serializers.BooleanField(read_only=True)
    resolved_by = serializers.CharField(source="resolved_by_name", read_only=True)
    comments = CommentSerializer(many=True, read_only=True)

    class Meta:
        model = CommentThread
        fields = (
            "id",
            "anchor",
            "created_at",
            "is_resolved",
            "resolved_at",
            "resolved_by",
            "comments",
        )
        read_only_fields = fields


def thread_shape(thread: CommentThread) -> dict[str, Any]:
    """A thread as plain JSON."""
    fresh = CommentThread.objects.prefetch_related("comments__mentions").get(pk=thread.pk)
    return dict(json.loads(json.dumps(ThreadSerializer(fresh).data, cls=JSONEncoder)))
