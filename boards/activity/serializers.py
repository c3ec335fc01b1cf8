"""Shapes of transfer, copies, activity and tickets."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from audit.models import AuditLog
from boards.api.fields import UsernameField
from boards.identity.names import name_in_row
from boards.models import TITLE_MAX_LENGTH
from boards.validators import validate_title


class TransferSerializer(serializers.Serializer[Any]):
    """Who becomes the owner."""

    user = UsernameField(help_text="Username of the new owner.")


class DuplicateSerializer(serializers.Serializer[Any]):
    """What the copy is called."""

    title = serializers.CharField(
        max_length=TITLE_MAX_LENGTH,
        validators=[validate_title],
        required=False,
        help_text='"Copy of" and the title, if nothing else is given.',
    )


class ActivitySerializer(serializers.ModelSerializer[AuditLog]):
    """One thing that happened on a board. Without addresses and user agents."""

    actor = serializers.CharField(source="actor_label", help_text="Empty: not signed in.")
    actor_name = serializers.SerializerMethodField()
    target = serializers.CharField(source="target_label")
    target_name = serializers.SerializerMethodField()
    action = serializers.CharField()
    outcome = serializers.CharField()
    actor_kind = serializers.CharField()
    level = serializers.CharField()
    via = serializers.CharField()

    class Meta:
        model = AuditLog
        fields = (
            "id",
            "created_at",
            "action",
            "outcome",
            "actor",
            "actor_name",
            "actor_kind",
            "target",
            "target_name",
            "level",
            "via",
            "data",
        )
        read_only_fields = fields

    def get_actor_name(self, row: AuditLog) -> str:
        """The name that people see today; the username of then, where the account is gone."""
        return name_in_row(row.actor, row.actor_label)

    def get_target_name(self, row: AuditLog) -> str:
        """The same of whom it was about."""
        return name_in_row(row.target_user, row.target_label)


class TicketSerializer(serializers.Serializer[Any]):
    """A ticket for a socket."""

    ticket = serializers.CharField(help_text="Connect with `?token=<ticket>`.")
    expires_at = serializers.DateTimeField()
