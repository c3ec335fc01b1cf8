"""The JSON shapes of the document's REST interface."""

from typing import Any

from rest_framework import serializers

from boards.names import display_name
from sync.drawing.bounds import MAX_ID_LENGTH
from sync.drawing.checks import NotAnElement, checked_program_element
from sync.models import Version

MAX_BATCH = 5_000


class ElementField(serializers.DictField):
    """An Excalidraw element, as in its files; what is left out gets a default."""

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """An element whose properties have the shapes that they need."""
        try:
            return checked_program_element(data)
        except NotAnElement as error:
            raise serializers.ValidationError(str(error)) from None


class ElementBatchSerializer(serializers.Serializer[Any]):
    """Elements to create, change and delete in one update."""

    create = serializers.ListField(  # type: ignore[assignment]  # a field, not the method
        child=ElementField(), max_length=MAX_BATCH, default=list
    )
    change = serializers.ListField(child=ElementField(), max_length=MAX_BATCH, default=list)
    delete = serializers.ListField(
        child=serializers.CharField(max_length=MAX_ID_LENGTH), max_length=MAX_BATCH, default=list
    )

    def to_internal_value(self, data: Any) -> Any:
        """The lists of a batch; a word that is none of theirs is a mistake that nobody sees."""
        unknown = (
            sorted(map(str, data.keys() - self.fields.keys())) if hasattr(data, "keys") else []
        )
        if unknown:
            raise serializers.ValidationError(
                {key[:50]: ["A batch has `create`, `change` and `delete`."] for key in unknown[:10]}
            )
        return super().to_internal_value(data)

    def validate_create(self, elements: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """New elements say what they are."""
        if any("type" not in element for element in elements):
            raise serializers.ValidationError("Every new element needs a `type`.")
        return elements

    def validate_change(self, elements: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Changes say of which element."""
        if any("id" not in element for element in elements):
            raise serializers.ValidationError("Every change needs the `id` of its element.")
        return elements


class BatchResultSerializer(serializers.Serializer[Any]):
    """Where the board stands after a batch."""

    seq = serializers.IntegerField(help_text="Sequence of the update that holds it.")
    created = serializers.ListField(child=serializers.CharField(), help_text="Ids, in order.")


class SequenceSerializer(serializers.Serializer[Any]):
    """Where the board stands."""

    seq = serializers.IntegerField()


class DrawingSerializer(serializers.Serializer[Any]):
    """The elements of a board, back to front."""

    seq = serializers.IntegerField()
    elements = serializers.ListField(child=serializers.DictField())


class VersionSerializer(serializers.ModelSerializer[Version]):
    """A restore point."""

    author = serializers.CharField(source="author.username", read_only=True, default=None)
    author_name = serializers.SerializerMethodField()
    size = serializers.IntegerField(source="size_bytes", read_only=True)
    name = serializers.CharField(max_length=200, allow_blank=True)

    class Meta:
        model = Version
        fields = ("id", "name", "author", "author_name", "created_at", "size", "seq")
        read_only_fields = ("id", "created_at", "seq")

    def get_author_name(self, version: Version) -> str | None:
        """The name that people see; null where nobody asked for it."""
        return display_name(version.author) if version.author else None


class VersionDrawingSerializer(VersionSerializer):
    """A restore point with its elements, for a preview."""

    elements = serializers.ListField(child=serializers.DictField(), read_only=True)

    class Meta(VersionSerializer.Meta):
        fields = (*VersionSerializer.Meta.fields, "elements")  # type: ignore[assignment]
