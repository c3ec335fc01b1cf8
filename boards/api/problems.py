"""The shape of every error."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers


class ProblemSerializer(serializers.Serializer[Any]):
    """What went wrong, ready to be shown. Every error has it."""

    detail = serializers.CharField()


@extend_schema_serializer(component_name="Invalid")
class InvalidSerializer(ProblemSerializer):
    """The same, with the errors of each field beside it."""
