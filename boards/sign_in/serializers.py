"""REST serializers of access tokens."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers


class CredentialsSerializer(serializers.Serializer[Any]):
    """What `auth/token` takes."""

    username = serializers.CharField(max_length=150)
    password = serializers.CharField(max_length=4096, trim_whitespace=False, write_only=True)


class AccessTokenSerializer(serializers.Serializer[Any]):
    """What `auth/token` gives."""

    access = serializers.CharField(help_text="Send it as `Authorization: Bearer <access>`.")
    expires_at = serializers.DateTimeField()
