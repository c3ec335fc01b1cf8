"""The audit log in the admin: to read, for nobody to change."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from audit.models import AuditLog

# Django's classes take type arguments for the type checker only.
if TYPE_CHECKING:
    AuditModelAdmin = admin.ModelAdmin[AuditLog]
else:
    AuditModelAdmin = admin.ModelAdmin


@admin.register(AuditLog)
class AuditLogAdmin(AuditModelAdmin):
    """Filters and search over the log. Adding, changing and deleting are refused to everybody."""

    list_display = (
        "at",
        "action",
        "outcome",
        "actor_label",
        "board_title",
        "target_label",
        "level",
        "via",
        "ip_address",
    )
    list_filter = ("action", "outcome", "via", "actor_kind", "level")
    search_fields = ("actor_label", "target_label", "board_title", "ip_address")
    search_help_text = "Name of a person or board, address, or the id of a board."
    date_hierarchy = "created_at"
    list_per_page = 50
    show_full_result_count = False
    actions = None

    @admin.display(description="time", ordering="created_at")
    def at(self, row: AuditLog) -> str:
        """To the second, in the time zone of the installation."""
        return f"{timezone.localtime(row.created_at):%Y-%m-%d %H:%M:%S}"

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[AuditLog], search_term: str
    ) -> tuple[QuerySet[AuditLog], bool]:
        """The id of a board finds everything about that board."""
        try:
            board_id = UUID(search_term.strip())
        except ValueError:
            return super().get_search_results(request, queryset, search_term)
        return queryset.filter(board_id=board_id), False

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody, not even a superuser."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: AuditLog | None = None) -> bool:
        """Nobody, not even a superuser."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: AuditLog | None = None) -> bool:
        """Nobody, not even a superuser."""
        return False
