"""The shape of every refusal."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers


class ProblemSerializer(serializers.Serializer[Any]):
    """What went wrong, in words to show. Every refusal has it."""

    detail = serializers.CharField()


@extend_schema_serializer(component_name="Invalid")
class InvalidSerializer(ProblemSerializer):
    """The same, and beside it what is wrong by the names of fields."""
