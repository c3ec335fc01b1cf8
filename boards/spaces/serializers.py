"""REST serializers of spaces, their permissions and their folders."""

from __future__ import annotations

from typing import Any, Literal

from django.db.models import Q, QuerySet
from rest_framework import serializers

from boards.access.spaces import resolve_space_access, spaces_of
from boards.api.fields import GroupField, UsernameField, level_field
from boards.models import SPACE_NAME_MAX_LENGTH, Folder, Space, SpacePermission
from boards.validators import validate_line


def name_field() -> serializers.CharField:
    return serializers.CharField(max_length=SPACE_NAME_MAX_LENGTH, validators=[validate_line])


class SpaceSerializer(serializers.ModelSerializer[Space]):
    """A space as the user sees it."""

    name = name_field()
    owner = serializers.CharField(source="owner.username", read_only=True)
    level = serializers.SerializerMethodField(help_text="What you may do on its boards.")
    is_owner = serializers.SerializerMethodField()

    class Meta:
        model = Space
        fields = ("id", "name", "owner", "level", "is_owner", "created_at", "updated_at")
        read_only_fields = ("id", "created_at", "updated_at")

    def get_level(self, space: Space) -> Literal["view", "comment", "edit"]:
        """The user's level."""
        listed: str | None = getattr(space, "user_level", None)
        if listed is None:
            listed = resolve_space_access(space, self.context["request"].user).level.label
        levels: dict[str, Literal["view", "comment", "edit"]]
        levels = {"view": "view", "comment": "comment", "edit": "edit", "owner": "edit"}
        return levels[listed]

    def get_is_owner(self, space: Space) -> bool:
        """Whether the user owns the space."""
        return bool(space.owner_id == self.context["request"].user.pk)


class SpaceField(serializers.PrimaryKeyRelatedField[Space]):
    """One of the user's spaces, by id."""

    default_error_messages = {
        "does_not_exist": "There is no such space, or you are not in it.",
        "incorrect_type": "The id of a space is a text.",
    }

    def get_queryset(self) -> QuerySet[Space]:
        """Also the space that the board is in now, so that what was read can be sent back."""
        user = self.context["request"].user
        if user.is_superuser:
            return Space.objects.all()
        board = getattr(self.parent, "instance", None)
        current = Q(pk=getattr(board, "space_id", None))
        return Space.objects.filter(Q(pk__in=spaces_of(user).values("pk")) | current)


class FolderField(serializers.PrimaryKeyRelatedField[Folder]):
    """A folder by id. The service checks that it is in the right space."""

    default_error_messages = {
        "does_not_exist": "There is no such folder.",
        "incorrect_type": "The id of a folder is a text.",
    }

    def __init__(self, **kwargs: Any) -> None:
        if not kwargs.get("read_only"):
            kwargs.setdefault("queryset", Folder.objects.all())
        super().__init__(**kwargs)


class SpacePermissionSerializer(serializers.ModelSerializer[SpacePermission]):
    """Who has which level on all boards of a space: one person, or one group."""

    user = UsernameField(allow_null=True, required=False, help_text="Username; null for a group.")
    group = GroupField(allow_null=True, required=False, help_text="Name of a group, or null.")
    level = level_field()

    class Meta:
        model = SpacePermission
        fields = ("id", "user", "group", "level", "created_at", "updated_at")
        read_only_fields = ("id", "created_at", "updated_at")
        validators: list[Any] = []

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """A space is never public: exactly one subject must be named."""
        if (attrs.get("group") is None) == (attrs.get("user") is None):
            raise serializers.ValidationError({"user": "Name a user or a group."})
        return attrs


class SpaceLevelSerializer(serializers.Serializer[Any]):
    """The new level of a permission."""

    level = level_field()


class SpaceTransferSerializer(serializers.Serializer[Any]):
    """Who becomes the owner."""

    user = UsernameField(help_text="Username of the new owner.")


class FolderSerializer(serializers.ModelSerializer[Folder]):
    """A folder of a space."""

    name = name_field()
    parent = FolderField(  # type: ignore[assignment]  # the field, not the serializer's parent
        required=False, allow_null=True, help_text="The folder that it is in; null at the top."
    )

    class Meta:
        model = Folder
        fields = ("id", "name", "parent", "created_at")
        read_only_fields = ("id", "created_at")
