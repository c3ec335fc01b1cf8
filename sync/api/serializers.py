"""The JSON shapes of the document's REST interface."""

from typing import Any

from rest_framework import serializers

from boards.identity.names import display_name
from boards.levels import LENGTHS
from boards.lifecycle.serializers import BoardSerializer
from sync.drawing.checks import NotAnElementError, checked_program_element
from sync.drawing.file_reader import MAX_TOLD
from sync.drawing.model import MAX_ID_LENGTH
from sync.models import Version

MAX_BATCH = 5_000


class ElementField(serializers.DictField):
    """An element of the board, as in Excalidraw's files."""

    component = "Element"
    """What the OpenAPI schema calls it (`sync/api/element_schema.py`)."""


class WrittenElementField(ElementField):
    """An element written by a program, with every property in the shape that readers expect."""

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """A copy of it. Raises ValidationError."""
        try:
            return checked_program_element(data)
        except NotAnElementError as error:
            raise serializers.ValidationError(str(error)) from None


class NewElementField(WrittenElementField):
    """An element to make; what is left out gets a default."""

    component = "NewElement"


class ChangedElementField(WrittenElementField):
    """What changes in an element."""

    component = "ChangedElement"


class ElementBatchSerializer(serializers.Serializer[Any]):
    """Elements to create, change and delete in one update."""

    create = serializers.ListField(  # type: ignore[assignment]  # a field, not the method
        child=NewElementField(), max_length=MAX_BATCH, default=list
    )
    change = serializers.ListField(child=ChangedElementField(), max_length=MAX_BATCH, default=list)
    delete = serializers.ListField(
        child=serializers.CharField(max_length=MAX_ID_LENGTH), max_length=MAX_BATCH, default=list
    )

    def to_internal_value(self, data: Any) -> Any:
        """Rejects unknown keys, which would otherwise be ignored silently."""
        unknown = (
            sorted(map(str, data.keys() - self.fields.keys())) if hasattr(data, "keys") else []
        )
        if unknown:
            raise serializers.ValidationError(
                {key[:50]: ["A batch has `create`, `change` and `delete`."] for key in unknown[:10]}
            )
        return super().to_internal_value(data)

    def validate_create(self, elements: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Requires a type for new elements."""
        if any("type" not in element for element in elements):
            raise serializers.ValidationError("Every new element needs a `type`.")
        return elements

    def validate_change(self, elements: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Requires an id for changes."""
        if any("id" not in element for element in elements):
            raise serializers.ValidationError("Every change needs the `id` of its element.")
        return elements


class BatchResultSerializer(serializers.Serializer[Any]):
    """Where the board stands after a batch."""

    seq = serializers.IntegerField(help_text="Sequence of the update that holds it.")
    created = serializers.ListField(child=serializers.CharField(), help_text="Ids, in order.")


class LeftOutSerializer(serializers.Serializer[Any]):
    """A property of an element of a file that could not be taken."""

    element = serializers.IntegerField(help_text="Its place in the file, from 1.")
    property = serializers.CharField()
    reason = serializers.CharField()


class LeftOutOfFileSerializer(serializers.Serializer[Any]):
    """What could not be taken of a file."""

    left_out = LeftOutSerializer(many=True, help_text=f"The first {MAX_TOLD}.")
    left_out_count = serializers.IntegerField()


class ImportedSerializer(BatchResultSerializer, LeftOutOfFileSerializer):
    """Where the board stands after an import, and what was left out."""


class ImportedBoardSerializer(LeftOutOfFileSerializer, BoardSerializer):
    """A new board from a file, and what was left out of it."""

    class Meta(BoardSerializer.Meta):
        fields = (*BoardSerializer.Meta.fields, "left_out", "left_out_count")


class SequenceSerializer(serializers.Serializer[Any]):
    """Where the board stands."""

    seq = serializers.IntegerField()


class DrawingSerializer(serializers.Serializer[Any]):
    """The elements of a board, back to front."""

    seq = serializers.IntegerField()
    elements = serializers.ListField(child=ElementField())


class DrawingFileImageSerializer(serializers.Serializer[Any]):
    """An image in a file."""

    id = serializers.CharField(required=False)
    mimeType = serializers.CharField(required=False)  # noqa: N815  as in the file
    dataURL = serializers.CharField(help_text="`data:<type>;base64,<bytes>`")  # noqa: N815
    created = serializers.FloatField(required=False)


class DrawingFileSerializer(serializers.Serializer[Any]):
    """An `.excalidraw` file. An import needs `type` and `elements` alone."""

    type = serializers.CharField(help_text="`excalidraw`")
    version = serializers.FloatField(required=False)
    source = serializers.CharField(required=False)  # type: ignore[assignment]  # a field
    elements = serializers.ListField(child=ElementField())
    appState = serializers.DictField(required=False)  # noqa: N815
    files = serializers.DictField(child=DrawingFileImageSerializer(), required=False)


class VersionSerializer(serializers.ModelSerializer[Version]):
    """A restore point."""

    author = serializers.CharField(source="author.username", read_only=True, default=None)
    author_name = serializers.SerializerMethodField()
    size = serializers.IntegerField(source="size_bytes", read_only=True)
    name = serializers.CharField(max_length=LENGTHS["versionName"], allow_blank=True)

    class Meta:
        model = Version
        fields = ("id", "name", "author", "author_name", "created_at", "size", "seq")
        read_only_fields = ("id", "created_at", "seq")

    def get_author_name(self, version: Version) -> str | None:
        """The name that people see; null for automatic versions."""
        return display_name(version.author) if version.author else None


class VersionDrawingSerializer(VersionSerializer):
    """A restore point with its elements, for a preview."""

    elements = serializers.ListField(child=ElementField(), read_only=True)

    class Meta(VersionSerializer.Meta):
        fields = (*VersionSerializer.Meta.fields, "elements")  # type: ignore[assignment]
