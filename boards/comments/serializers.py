"""REST serializers of what is written about comments."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from boards.comments.shapes import AnchorField
from boards.models import BODY_MAX_LENGTH, GUEST_NAME_MAX_LENGTH


class ReplySerializer(serializers.Serializer[Any]):
    """A reply."""

    id = serializers.UUIDField(
        required=False,
        help_text="Id for the comment. Sent again with the same id, it is written once.",
    )
    body = serializers.CharField(max_length=BODY_MAX_LENGTH, help_text="Plain text.")
    guest_name = serializers.CharField(
        max_length=GUEST_NAME_MAX_LENGTH,
        required=False,
        allow_blank=True,
        help_text="Needed from people without an account; ignored from others.",
    )


class NewThreadSerializer(ReplySerializer):
    """The first comment of a thread, and its place."""

    anchor = AnchorField()


class EditSerializer(serializers.Serializer[Any]):
    """An edited comment."""

    body = serializers.CharField(max_length=BODY_MAX_LENGTH)


class ResolveSerializer(serializers.Serializer[Any]):
    """Whether a thread is resolved."""

    is_resolved = serializers.BooleanField()
    guest_name = serializers.CharField(
        max_length=GUEST_NAME_MAX_LENGTH, required=False, allow_blank=True
    )
