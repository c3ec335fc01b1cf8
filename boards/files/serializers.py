"""REST serializers of images."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from boards.models import BoardFile


@extend_schema_serializer(component_name="Image")
class FileSerializer(serializers.ModelSerializer[BoardFile]):
    """An image on a board."""

    id = serializers.CharField(source="file_id", read_only=True)
    size = serializers.IntegerField(source="size_bytes", read_only=True)

    class Meta:
        model = BoardFile
        fields = ("id", "mime", "size", "width", "height")
        read_only_fields = fields
