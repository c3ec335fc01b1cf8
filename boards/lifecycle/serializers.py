"""REST serializers of boards."""

from __future__ import annotations

from typing import Any, Literal

from rest_framework import serializers

from boards.access.spaces import LEVEL_OWNER
from boards.api.permissions import scopes_of, visitor_of
from boards.levels import AccessLevel
from boards.lifecycle.templates import BoardTemplate
from boards.models import TITLE_MAX_LENGTH, Board
from boards.spaces.serializers import FolderField, SpaceField
from boards.validators import validate_title

LevelName = Literal["view", "comment", "edit"]


class BoardSerializer(serializers.ModelSerializer[Board]):
    """A board as the user sees it."""

    title = serializers.CharField(max_length=TITLE_MAX_LENGTH, validators=[validate_title])
    owner = serializers.CharField(source="owner.username", read_only=True)
    level = serializers.SerializerMethodField(help_text="What you may do on it.")
    is_owner = serializers.SerializerMethodField()
    is_locked = serializers.BooleanField(read_only=True)
    space = SpaceField(
        required=False, allow_null=True, help_text="The space it is in; null for none."
    )
    folder = FolderField(
        required=False, allow_null=True, help_text="The folder of that space; null at its top."
    )

    class Meta:
        model = Board
        fields: tuple[str, ...] = (
            "id",
            "title",
            "owner",
            "level",
            "is_owner",
            "is_locked",
            "space",
            "folder",
            "created_at",
            "updated_at",
            "last_activity_at",
            "deleted_at",
        )
        read_only_fields = ("id", "created_at", "updated_at", "last_activity_at", "deleted_at")

    def get_level(self, board: Board) -> LevelName | None:
        """The user's level; null for a board in the trash."""
        request = self.context["request"]
        listed: str | None = getattr(board, "user_level", None)
        scopes = scopes_of(request)
        if listed is None:
            access = visitor_of(request).access_to(board)
            listed = access.level.label if access.can_view else None
        elif scopes is not None:
            level = AccessLevel.EDIT if listed == LEVEL_OWNER else AccessLevel.parse(listed)
            listed = min(level, scopes.level_on(board).access_level).label
        names: dict[str | None, LevelName] = {
            "view": "view",
            "comment": "comment",
            "edit": "edit",
            "owner": "edit",
        }
        return names.get(listed)

    def get_is_owner(self, board: Board) -> bool:
        """Whether the user owns the board."""
        return bool(board.owner_id == self.context["request"].user.pk)


class NewBoardSerializer(BoardSerializer):
    """A new board."""

    template = serializers.ChoiceField(
        choices=BoardTemplate.values,
        required=False,
        allow_null=True,
        default=None,
        write_only=True,
        help_text="What it begins with; null or left out for nothing.",
    )

    class Meta(BoardSerializer.Meta):
        fields = (*BoardSerializer.Meta.fields, "template")


class DuplicateSerializer(serializers.Serializer[Any]):
    """The title of a copy."""

    title = serializers.CharField(
        max_length=TITLE_MAX_LENGTH,
        validators=[validate_title],
        required=False,
        help_text='"Copy of" and the title, if nothing else is given.',
    )
