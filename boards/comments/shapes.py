"""Comments as JSON, the same in REST, in events and for every reader."""

from __future__ import annotations

import json
from typing import Any

from django.db.models import Prefetch, QuerySet
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.utils.encoders import JSONEncoder

from accounts.account_page.menu import picture_of
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
    picture = serializers.SerializerMethodField(
        help_text="Address of their picture, for people who are signed in; empty without one."
    )

    def get_picture(self, comment: Comment) -> str:
        """The picture that the person has now."""
        return "" if comment.author is None else picture_of(comment.author)


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


def with_comments(threads: QuerySet[CommentThread]) -> QuerySet[CommentThread]:
    """The threads with all that their shape needs; as many queries for one as for a thousand."""
    comments = Comment.objects.select_related("author__profile")
    return threads.prefetch_related(Prefetch("comments", comments), "comments__mentions")


def thread_shape(thread: CommentThread) -> dict[str, Any]:
    """A thread as plain JSON."""
    fresh = with_comments(CommentThread.objects.all()).get(pk=thread.pk)
    return dict(json.loads(json.dumps(ThreadSerializer(fresh).data, cls=JSONEncoder)))
