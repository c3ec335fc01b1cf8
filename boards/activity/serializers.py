"""REST serializers of activity."""

from __future__ import annotations

from rest_framework import serializers

from audit.models import AuditLog
from boards.identity.names import name_in_row


class ActivitySerializer(serializers.ModelSerializer[AuditLog]):
    """One action on a board, without addresses and user agents."""

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
        """The person's present name; if the account is gone, the username at that time."""
        return name_in_row(row.actor, row.actor_label)

    def get_target_name(self, row: AuditLog) -> str:
        """The same for the person it was about."""
        return name_in_row(row.target_user, row.target_label)
