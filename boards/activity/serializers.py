"""The shape of activity by REST."""

from __future__ import annotations

from rest_framework import serializers

from audit.models import AuditLog
from boards.identity.names import name_in_row


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
