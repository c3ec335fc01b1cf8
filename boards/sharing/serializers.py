"""REST serializers of permissions, share links and access requests."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from rest_framework import serializers

from boards.api.fields import GroupField, UsernameField, level_field
from boards.identity.tokens import link_token
from boards.models import (
    LABEL_MAX_LENGTH,
    MESSAGE_MAX_LENGTH,
    AccessRequest,
    BoardPermission,
    ShareLink,
)
from boards.sharing.links import PASSWORD_MAX_LENGTH
from boards.validators import validate_line


class ShareLinkSerializer(serializers.ModelSerializer[ShareLink]):
    """A link that gives a level to everyone who has it."""

    level = level_field()
    label = serializers.CharField(  # type: ignore[assignment]  # the field, not its label
        max_length=LABEL_MAX_LENGTH, required=False, allow_blank=True, validators=[validate_line]
    )
    password = serializers.CharField(
        max_length=PASSWORD_MAX_LENGTH,
        required=False,
        allow_blank=True,
        write_only=True,
        trim_whitespace=False,
        help_text="Asked for when the link is opened. Kept as a hash.",
    )
    expires_at = serializers.DateTimeField(required=False, allow_null=True)
    url = serializers.SerializerMethodField(help_text="The address to share.")
    has_password = serializers.BooleanField(read_only=True)
    created_by = serializers.CharField(source="created_by.username", read_only=True, default=None)

    class Meta:
        model = ShareLink
        fields = (
            "id",
            "level",
            "label",
            "password",
            "url",
            "has_password",
            "created_by",
            "created_at",
            "expires_at",
            "revoked_at",
            "last_used_at",
            "use_count",
        )
        read_only_fields = ("id", "created_at", "revoked_at", "last_used_at", "use_count")

    def get_url(self, link: ShareLink) -> str:
        path = reverse("board", args=[link.board_id])
        return str(self.context["request"].build_absolute_uri(f"{path}?token={link_token(link)}"))


class AccessRequestSerializer(serializers.ModelSerializer[AccessRequest]):
    """A request for a level."""

    user = serializers.CharField(source="user.username", read_only=True)
    level = level_field()
    message = serializers.CharField(
        max_length=MESSAGE_MAX_LENGTH, required=False, allow_blank=True, validators=[validate_line]
    )

    outcome = serializers.ChoiceField(
        choices=AccessRequest.Outcome.choices,
        read_only=True,
        allow_blank=True,
        help_text="Empty: not answered yet.",
    )

    class Meta:
        model = AccessRequest
        fields = ("id", "user", "level", "message", "created_at", "resolved_at", "outcome")
        read_only_fields = ("id", "created_at", "resolved_at", "outcome")


class AccessAnswerSerializer(serializers.Serializer[Any]):
    """The owner's answer."""

    level = level_field(allow_null=True, help_text="null declines.")


class PermissionSerializer(serializers.ModelSerializer[BoardPermission]):
    """Who has which level. If `user` and `group` are null, it is everyone with the public link."""

    user = UsernameField(
        allow_null=True,
        required=False,
        help_text="Username; null for a group, and for everybody who has the public link.",
    )
    group = GroupField(
        allow_null=True, required=False, help_text="Name of a group; null or left out otherwise."
    )
    level = level_field()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Exactly one subject must be named, so that nothing becomes public by omission."""
        if attrs.get("group") is None and "user" not in attrs:
            raise serializers.ValidationError({"user": "Name a user, a group, or null."})
        if attrs.get("group") is not None and attrs.get("user") is not None:
            raise serializers.ValidationError({"group": "Name a user or a group, not both."})
        return attrs

    class Meta:
        model = BoardPermission
        fields = ("id", "user", "group", "level", "created_at", "updated_at")
        read_only_fields = ("id", "created_at", "updated_at")
        validators: list[Any] = []


class PermissionLevelSerializer(serializers.Serializer[Any]):
    """The new level of a permission."""

    level = level_field()


class TransferSerializer(serializers.Serializer[Any]):
    """Who becomes the owner."""

    user = UsernameField(help_text="Username of the new owner.")
