"""REST serializers of tokens."""

from __future__ import annotations

from rest_framework import serializers

from accounts.models import ApiToken
from accounts.models.tokens import NAME_MAX_LENGTH
from boards.access.scopes import MAX_SCOPES

SCOPE_MAX_LENGTH = 64


class ApiTokenSerializer(serializers.ModelSerializer[ApiToken]):
    """A token for programs, without the token itself."""

    name = serializers.CharField(
        max_length=NAME_MAX_LENGTH, help_text="Of the program; yours have different ones."
    )
    scopes = serializers.ListField(
        child=serializers.CharField(max_length=SCOPE_MAX_LENGTH),
        min_length=1,
        max_length=MAX_SCOPES,
        help_text="`boards:<level>`, `space:<id>:<level>` or `board:<id>:<level>`; levels are "
        "read, comment, edit and manage.",
    )
    expires_at = serializers.DateTimeField(
        required=False, allow_null=True, help_text="If left out, the server chooses."
    )

    class Meta:
        model = ApiToken
        fields = ("id", "name", "scopes", "created_at", "expires_at", "last_used_at")
        read_only_fields = ("id", "created_at", "last_used_at")
        # A name that is taken is refused by the service, which knows whose they are.
        validators: list[object] = []


class NewApiTokenSerializer(ApiTokenSerializer):
    """The answer to making one: the only one that has the token itself."""

    token = serializers.CharField(
        read_only=True, help_text="Shown now and never again: `Authorization: Bearer <token>`."
    )

    class Meta(ApiTokenSerializer.Meta):
        fields = (*ApiTokenSerializer.Meta.fields, "token")  # type: ignore[assignment]
