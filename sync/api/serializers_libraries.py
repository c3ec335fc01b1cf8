"""The JSON shapes of libraries in the REST interface."""

from typing import Any

from rest_framework import serializers

from boards.libraries.services import MAX_POSITION
from boards.models.libraries import ITEM_NAME_MAX_LENGTH
from boards.validators import validate_line
from sync.api.serializers import (
    MAX_BATCH,
    DrawingFileImageSerializer,
    ElementField,
    LeftOutOfFileSerializer,
)


class LibrarySerializer(serializers.Serializer[Any]):
    """A library as you have it."""

    id = serializers.CharField(
        source="place.key",
        help_text="For the addresses: `mine`, `everybody`, or the id of a space.",
    )
    kind = serializers.CharField(source="place.kind", help_text="`person`, `space`, `everybody`.")
    name = serializers.CharField(source="place.name", help_text="Of the space; empty for others.")
    can_change = serializers.BooleanField(source="place.can_change")
    revision = serializers.IntegerField()
    items = serializers.IntegerField(help_text="How many it has.")
    size_bytes = serializers.IntegerField()


def _name(**options: Any) -> serializers.CharField:
    return serializers.CharField(
        max_length=ITEM_NAME_MAX_LENGTH, allow_blank=True, validators=[validate_line], **options
    )


def _position(**options: Any) -> serializers.FloatField:
    return serializers.FloatField(
        min_value=-MAX_POSITION,
        max_value=MAX_POSITION,
        help_text="Items are in the order of these numbers.",
        **options,
    )


class LibraryFileItemSerializer(serializers.Serializer[Any]):
    """An item of a file. Others than `elements` need not be there."""

    id = serializers.CharField(required=False)
    status = serializers.CharField(required=False)
    created = serializers.FloatField(required=False)
    name = serializers.CharField(required=False)
    elements = serializers.ListField(child=ElementField())


class LibraryFileSerializer(serializers.Serializer[Any]):
    """An `.excalidrawlib` file. Those before 2022 have `library` with lists of elements."""

    type = serializers.CharField(help_text="`excalidrawlib`")
    version = serializers.FloatField(required=False)
    source = serializers.CharField(required=False)  # type: ignore[assignment]  # a field
    libraryItems = LibraryFileItemSerializer(many=True, required=False)  # noqa: N815
    library = serializers.ListField(
        child=serializers.ListField(child=ElementField()), required=False
    )
    files = serializers.DictField(child=DrawingFileImageSerializer(), required=False)


class NewItemSerializer(serializers.Serializer[Any]):
    """An item to keep."""

    name = _name(default="")
    position = _position(default=None, allow_null=True)
    elements = serializers.ListField(child=ElementField(), min_length=1, max_length=MAX_BATCH)
    files = serializers.DictField(
        default=dict, help_text="The images that its elements show, as in a drawing."
    )


class ItemChangeSerializer(serializers.Serializer[Any]):
    """What changes in an item."""

    name = _name(required=False)
    position = _position(required=False)


class WrittenItemSerializer(serializers.Serializer[Any]):
    """An item without what is drawn in it."""

    id = serializers.UUIDField(source="key")
    name = serializers.CharField()
    position = serializers.FloatField()


class ItemSerializer(WrittenItemSerializer):
    """An item with all that is in it."""

    elements = serializers.ListField(child=ElementField())
    files = serializers.DictField()


class ItemsSerializer(serializers.Serializer[Any]):
    """What is in a library."""

    revision = serializers.IntegerField()
    items = ItemSerializer(many=True)


class ImportedItemsSerializer(LeftOutOfFileSerializer):
    """What an import did."""

    created = serializers.IntegerField(help_text="How many items are new.")
