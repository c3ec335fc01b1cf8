"""What the comment addresses take."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from boards.models import BODY_MAX_LENGTH, GUEST_NAME_MAX_LENGTH


@extend_schema_field(
    {
        "oneOf": [
            {
                "type": "object",
                "properties": {"x": {"type": "number"}, "y": {"type": "number"}},
                "required": ["x", "y"],
                "additionalProperties": False,
            },
            {
                "type": "object",
                "properties": {
                    "element_id": {"type": "string"},
                    "dx": {"type": "number"},
                    "dy": {"type": "number"},
                },
                "required": ["element_id", "dx", "dy"],
                "additionalProperties": False,
            },
        ]
    }
)
class AnchorField(serializers.JSONField):
    """A point of the board, or of an element."""


class ReplySerializer(serializers.Serializer[Any]):
    """Something to say."""

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
    """Something to say about a place."""

    anchor = AnchorField()


class EditSerializer(serializers.Serializer[Any]):
    """Other words."""

    body = serializers.CharField(max_length=BODY_MAX_LENGTH)


class ResolveSerializer(serializers.Serializer[Any]):
    """Whether it is settled."""

    is_resolved = serializers.BooleanField()
    guest_name = serializers.CharField(
        max_length=GUEST_NAME_MAX_LENGTH, required=False, allow_blank=True
    )
