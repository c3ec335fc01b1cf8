"""Shapes of the REST interface."""

from __future__ import annotations

from typing import Any, Literal

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from boards.access.resolve import resolve_access
from boards.api.fields import GroupField, UsernameField, level_field
from boards.lifecycle.templates import BoardTemplate
from boards.models import TITLE_MAX_LENGTH, Board, BoardFile, BoardPermission
from boards.sharing.link_entry import link_ids_of
from boards.validators import validate_title

LevelName = Literal["view", "comment", "edit"]


class CredentialsSerializer(serializers.Serializer[Any]):
    """What ``auth/token`` takes."""

    username = serializers.CharField(max_length=150)
    password = serializers.CharField(max_length=4096, trim_whitespace=False, write_only=True)


class AccessTokenSerializer(serializers.Serializer[Any]):
    """What ``auth/token`` gives."""

    access = serializers.CharField(help_text="Send it as `Authorization: Bearer <access>`.")
    expires_at = serializers.DateTimeField()


class BoardSerializer(serializers.ModelSerializer[Board]):
    """A board as the asking user sees it."""

    title = serializers.CharField(max_length=TITLE_MAX_LENGTH, validators=[validate_title])
    owner = serializers.CharField(source="owner.username", read_only=True)
    level = serializers.SerializerMethodField(help_text="What you may do on it.")
    is_owner = serializers.SerializerMethodField()
    is_locked = serializers.BooleanField(read_only=True)

    class Meta:
        model = Board
        fields = (
            "id",
            "title",
            "owner",
            "level",
            "is_owner",
            "is_locked",
            "created_at",
            "updated_at",
            "last_activity_at",
            "deleted_at",
        )
        read_only_fields = ("id", "created_at", "updated_at", "last_activity_at", "deleted_at")

    def get_level(self, board: Board) -> LevelName | None:
        """The level; null for a board in the trash."""
        listed: str | None = getattr(board, "user_level", None)
        if listed is None:
            request = self.context["request"]
            links = link_ids_of(request._request) if request.auth is None else ()
            access = resolve_access(board, user=request.user, link_ids=links)
            listed = access.level.label if access.can_view else None
        names: dict[str | None, LevelName] = {
            "view": "view",
            "comment": "comment",
            "edit": "edit",
            "owner": "edit",
        }
        return names.get(listed)

    def get_is_owner(self, board: Board) -> bool:
        """Whether the asking user owns the board."""
        return bool(board.owner_id == self.context["request"].user.pk)


class NewBoardSerializer(BoardSerializer):
    """A board that is made."""

    template = serializers.ChoiceField(
        choices=BoardTemplate.values,
        required=False,
        allow_null=True,
        default=None,
        write_only=True,
        help_text="What it begins with; null or left out for nothing.",
    )

    class Meta(BoardSerializer.Meta):
        fields = (*BoardSerializer.Meta.fields, "template")  # type: ignore[assignment]


class PermissionSerializer(serializers.ModelSerializer[BoardPermission]):
    """Who has which level. ``user`` and ``group`` null is everybody who has the public link."""

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
        """One subject, named: nothing is made public by leaving something out."""
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


@extend_schema_serializer(component_name="Image")
class FileSerializer(serializers.ModelSerializer[BoardFile]):
    """An image on a board."""

    id = serializers.CharField(source="file_id", read_only=True)
    size = serializers.IntegerField(source="size_bytes", read_only=True)

    class Meta:
        model = BoardFile
        fields = ("id", "mime", "size", "width", "height")
        read_only_fields = fields


class ProblemSerializer(serializers.Serializer[Any]):
    """What went wrong, in words to show. Every refusal has it."""

    detail = serializers.CharField()


@extend_schema_serializer(component_name="Invalid")
class InvalidSerializer(ProblemSerializer):
    """The same, and beside it what is wrong by the names of fields."""
