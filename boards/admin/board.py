"""Boards in the admin. Every write goes through the services, so it is audited and announced."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from django.conf import settings
from django.contrib import admin
from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext, gettext_lazy

from boards.access.subjects import Subject
from boards.admin.actions import BoardActions, actor_of
from boards.admin.permissions import PermissionInline
from boards.levels import AccessLevel
from boards.lifecycle.basics import board_create, board_rename
from boards.models import Board, BoardPermission, PermissionLevel
from boards.quotas.checks import STORED, is_nearly_full
from boards.sharing.permissions import permission_grant, permission_revoke

# Django's classes take type arguments for the type checker only.
if TYPE_CHECKING:
    BoardModelAdmin = admin.ModelAdmin[Board]
else:
    BoardModelAdmin = admin.ModelAdmin


def size_of(used: int, limit: int) -> str:
    sizes = {"size": filesizeformat(used), "limit": filesizeformat(limit)}
    return gettext("%(size)s of %(limit)s") % sizes


class TrashFilter(admin.SimpleListFilter):
    """In use, or in the trash."""

    title = gettext_lazy("trash")
    parameter_name = "trash"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("no", gettext("In use")), ("yes", gettext("In the trash"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Board]) -> QuerySet[Board]:
        if self.value() in ("yes", "no"):
            return queryset.filter(deleted_at__isnull=self.value() == "no")
        return queryset


class PublicFilter(admin.SimpleListFilter):
    """By the level of the public link."""

    title = gettext_lazy("public link")
    parameter_name = "public"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        levels = [(level.value, str(level.label)) for level in PermissionLevel]
        return [("off", gettext("Off")), *levels]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Board]) -> QuerySet[Board]:
        rows = BoardPermission.objects.filter(board=OuterRef("pk"), is_public=True)
        if self.value() == "off":
            return queryset.filter(~Exists(rows))
        return (
            queryset.filter(Exists(rows.filter(level=self.value()))) if self.value() else queryset
        )


class IdleFilter(admin.SimpleListFilter):
    """By the time since the last drawing."""

    title = gettext_lazy("last activity")
    parameter_name = "idle"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("-1", gettext("Today")), ("-7", gettext("In the last 7 days"))] + [
            (str(days), gettext("Idle for %(n)d days or more") % {"n": days})
            for days in (30, 90, 365)
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Board]) -> QuerySet[Board]:
        """Boards drawn on since then, or not. A new board counts from its creation."""
        word = self.value() or ""
        if not word.removeprefix("-").isdecimal():
            return queryset
        since = timezone.now() - timedelta(days=min(abs(int(word)), 36_500))
        boards = queryset.alias(used_at=Coalesce("last_activity_at", "created_at"))
        is_idle = not word.startswith("-")
        return boards.filter(used_at__lt=since) if is_idle else boards.filter(used_at__gte=since)


@admin.register(Board)
class BoardAdmin(BoardActions, BoardModelAdmin):
    """Boards: find, rename, share, trash, restore. Nothing is deleted for good here."""

    list_display: Any = (
        "title",
        "owner",
        "space",
        "public_level",
        "people",
        "stored",
        "active_at",
        "state",
        "page",
    )
    list_filter: ClassVar[Any] = (
        PublicFilter,
        TrashFilter,
        IdleFilter,
        ("locked_at", admin.EmptyFieldListFilter),
        "owner__is_active",
        "created_at",
    )
    date_hierarchy = "created_at"
    list_select_related = ("owner", "space")
    list_per_page = 50
    show_full_result_count = False
    search_fields = ("title", "owner__username")
    search_help_text = gettext_lazy("Title, owner, or the id of a board.")
    autocomplete_fields = ("owner",)
    readonly_fields: ClassVar[Any] = (
        "id",
        "space",
        "page",
        "opened_by",
        "created_at",
        "updated_at",
        "last_activity_at",
        "deleted_at",
        "locked_at",
        "locked_by",
        "stored",
        "drawing_size",
        "versions_size",
        "images_size",
        "head_seq",
        "access_version",
    )

    def get_fieldsets(self, request: HttpRequest, obj: Board | None = None) -> Any:
        """A new board has no state to show yet."""
        identity = (None, {"fields": ("title", "owner")})
        state = (gettext("State"), {"fields": self.readonly_fields})
        return [identity] if obj is None else [identity, state]

    def get_readonly_fields(self, request: HttpRequest, obj: Board | None = None) -> Any:
        """Later, owners change by a transfer."""
        return self.readonly_fields if obj is None else (*self.readonly_fields, "owner")

    def get_inlines(self, request: HttpRequest, obj: Board | None) -> Any:
        """Permissions need a board that exists."""
        return [] if obj is None else [PermissionInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Board]:
        rows = BoardPermission.objects.filter(board=OuterRef("pk"))
        given = rows.filter(is_public=False).order_by().values("board")
        boards: QuerySet[Board] = super().get_queryset(request)
        return boards.annotate(
            public_word=Subquery(rows.filter(is_public=True).values("level")),
            people_count=Coalesce(Subquery(given.annotate(n=Count("pk")).values("n")), 0),
            stored_total=STORED,
        )

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Board], search_term: str
    ) -> tuple[QuerySet[Board], bool]:
        """Finds a board by its id too."""
        try:
            board_id = UUID(search_term.strip())
        except ValueError:
            return super().get_search_results(request, queryset, search_term)
        return queryset.filter(pk=board_id), False

    @admin.display(description=gettext_lazy("public link"))
    def public_level(self, board: Board) -> str:
        word = getattr(board, "public_word", None)
        return str(PermissionLevel(word).label) if word else gettext("off")

    @admin.display(description=gettext_lazy("shared with"), ordering="people_count")
    def people(self, board: Board) -> int:
        return int(getattr(board, "people_count", 0))

    @admin.display(description=gettext_lazy("stored"), ordering="stored_total")
    def stored(self, board: Board) -> str:
        size = filesizeformat(board.stored_bytes)
        return gettext("%(size)s (nearly full)") % {"size": size} if is_nearly_full(board) else size

    @admin.display(description=gettext_lazy("drawing"))
    def drawing_size(self, board: Board) -> str:
        return size_of(board.document_bytes, settings.CANVAS_MAX_DOCUMENT_BYTES)

    @admin.display(description=gettext_lazy("versions"))
    def versions_size(self, board: Board) -> str:
        return size_of(board.version_bytes, settings.CANVAS_MAX_BOARD_VERSION_BYTES)

    @admin.display(description=gettext_lazy("images"))
    def images_size(self, board: Board) -> str:
        return size_of(board.image_bytes, settings.CANVAS_MAX_BOARD_IMAGE_BYTES)

    @admin.display(description=gettext_lazy("last activity"), ordering="last_activity_at")
    def active_at(self, board: Board) -> str:
        """When someone last drew, to the minute, in the installation's time zone."""
        at = board.last_activity_at
        return f"{timezone.localtime(at):%Y-%m-%d %H:%M}" if at else "-"

    @admin.display(description=gettext_lazy("state"))
    def state(self, board: Board) -> str:
        words = [
            (gettext("locked"), board.is_locked),
            (gettext("in the trash"), board.is_trashed),
        ]
        return ", ".join(word for word, holds in words if holds) or gettext("in use")

    @admin.display(description=gettext_lazy("page"))
    def page(self, board: Board) -> str:
        address = reverse("board", args=[board.pk])
        return format_html('<a href="{}">{}</a>', address, gettext("Open"))

    @admin.display(description=gettext_lazy("in the audit log"))
    def opened_by(self, board: Board) -> str:
        """From a board straight to who opened it, and to all that happened on it."""
        log = reverse("admin:audit_auditlog_changelist")
        return format_html(
            '<a href="{}?board_id={}&amp;action=room_access">{}</a> · '
            '<a href="{}?board_id={}">{}</a>',
            *(log, board.pk, gettext("Who opened it"), log, board.pk, gettext("All rows")),
        )

    def has_delete_permission(self, request: HttpRequest, obj: Board | None = None) -> bool:
        """Boards go to the trash; nobody deletes them here."""
        return False

    def save_model(self, request: HttpRequest, obj: Board, form: Any, change: bool) -> None:
        by = actor_of(request)
        if change:
            board_rename(board=obj, title=obj.title, by=by)
            return
        created = board_create(owner=obj.owner, title=obj.title, by=by)
        obj.pk = created.pk
        obj.refresh_from_db()

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        formset.save(commit=False)
        for row in formset.deleted_objects:
            self._permission_remove(request, row)
        for row, _ in formset.changed_objects:
            before = BoardPermission.objects.get(pk=row.pk)
            if Subject.of_row(before) != Subject.of_row(row):
                self._permission_remove(request, before)
            self._permission_set(request, row)
        for row in formset.new_objects:
            self._permission_set(request, row)

    def _permission_set(self, request: HttpRequest, row: BoardPermission) -> None:
        permission_grant(
            board=row.board,
            subject=Subject.of_row(row),
            level=AccessLevel.parse(row.level),
            by=actor_of(request),
        )

    def _permission_remove(self, request: HttpRequest, row: BoardPermission) -> None:
        subject = Subject.of_row(row)
        permission_revoke(board=row.board, subject=subject, by=actor_of(request))
