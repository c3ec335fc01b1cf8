"""The audit log in the admin: to read and export, never to change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.core.handlers.asgi import ASGIRequest
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase, StreamingHttpResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy

from audit.actions import AuditAction, AuditVia
from audit.actor import actor_of_request
from audit.export import FORMATS, Export
from audit.models import AuditLog
from audit.services import audit_record

# Django's classes take type arguments for the type checker only.
if TYPE_CHECKING:
    AuditModelAdmin = admin.ModelAdmin[AuditLog]
else:
    AuditModelAdmin = admin.ModelAdmin


class ReadOnly:
    """Not even superusers write here: services do, and leave audit rows."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(AuditLog)
class AuditLogAdmin(ReadOnly, AuditModelAdmin):
    """Filters and search over the log."""

    list_display = (
        "at",
        "action",
        "outcome",
        "actor_name",
        "board_name",
        "target_name",
        "level",
        "via",
        "ip_address",
    )
    list_filter = ("action", "outcome", "via", "actor_kind", "level")
    search_fields = ("actor_label", "target_label", "board_title", "ip_address")
    search_help_text = gettext_lazy(
        "Name of a person or board, address, or the id of a board, link or socket."
    )
    change_list_template = "admin/audit/change_list.html"
    date_hierarchy = "created_at"
    list_per_page = 50
    show_full_result_count = False
    actions = None

    @admin.display(description=gettext_lazy("time"), ordering="created_at")
    def at(self, row: AuditLog) -> str:
        """To the second, in the time zone of the installation."""
        return f"{timezone.localtime(row.created_at):%Y-%m-%d %H:%M:%S}"

    @admin.display(description=gettext_lazy("actor"), ordering="actor_label")
    def actor_name(self, row: AuditLog) -> str:
        """The username at that time, or the kind of actor if there was none; and the token of a
        program."""
        name = row.actor_label or row.get_actor_kind_display()
        if not row.data.get("token"):
            return name
        return gettext("%(actor)s (by %(token)s)") % {"actor": name, "token": row.data["token"]}

    @admin.display(description=gettext_lazy("board"), ordering="board_title")
    def board_name(self, row: AuditLog) -> str:
        """Its title at that time."""
        return row.board_title

    @admin.display(description=gettext_lazy("about"), ordering="target_label")
    def target_name(self, row: AuditLog) -> str:
        """The username of the target."""
        return row.target_label

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[AuditLog], search_term: str
    ) -> tuple[QuerySet[AuditLog], bool]:
        """An id finds everything about that board, share link or socket."""
        try:
            wanted = UUID(search_term.strip())
        except ValueError:
            return super().get_search_results(request, queryset, search_term)
        is_about = Q(board_id=wanted) | Q(share_link_id=wanted) | Q(connection_id=wanted)
        return queryset.filter(is_about), False

    def get_urls(self) -> list[URLPattern]:
        """Adds the address of the export."""
        export = self.admin_site.admin_view(self.export)
        mine = [path("export/<str:format_name>", export, name="audit_auditlog_export")]
        return mine + super().get_urls()

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, object] | None = None
    ) -> HttpResponse:
        """Adds buttons to export the filtered rows, for people who may."""
        context = {
            **(extra_context or {}),
            "export_formats": list(FORMATS) if self._may_export(request) else [],
            "export_query": request.GET.urlencode(),
        }
        return super().changelist_view(request, context)

    def export(self, request: HttpRequest, format_name: str) -> HttpResponseBase:
        """Streams the filtered rows. The export is recorded in a row of its own."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not self._may_export(request):
            raise PermissionDenied
        if format_name not in FORMATS:
            raise Http404
        rows = self.get_changelist_instance(request).get_queryset(request)
        export = Export(rows.select_related(None), format_name)
        audit_record(
            action=AuditAction.AUDIT_EXPORT,
            by=actor_of_request(request, AuditVia.ADMIN),
            data={
                "format": format_name,
                "count": export.count(),
                "filters": {key: request.GET[key][:200] for key in request.GET},
            },
        )
        chunks = aiter(export) if isinstance(request, ASGIRequest) else iter(export)
        response = StreamingHttpResponse(chunks, content_type=export.content_type)
        name = f"audit-{timezone.now():%Y%m%d-%H%M%S}.{format_name}"
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        return response

    def _may_export(self, request: HttpRequest) -> bool:
        may_view = self.has_view_permission(request)
        return may_view and request.user.has_perm("audit.export_auditlog")
