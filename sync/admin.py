"""The update log and the snapshots in the admin: to look at, not to change."""

from django.contrib import admin
from django.db.models import QuerySet
from django.db.models.functions import Length
from django.http import HttpRequest

from sync.models import DocumentSnapshot, DocumentUpdate, LoadAttempt, Version


class _ReadOnlyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Rows that only the engine writes; the payload is never loaded for a list."""

    list_select_related = ("board",)
    show_full_result_count = False
    actions = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


@admin.register(DocumentUpdate)
class DocumentUpdateAdmin(_ReadOnlyAdmin):
    """The log, newest first."""

    list_display = ("board", "seq", "author", "created_at", "size_bytes")
    fields = ("board", "seq", "author", "created_at", "size_bytes")
    readonly_fields = ("size_bytes",)
    search_fields = ("board__title", "=board__id")
    ordering = ("-id",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[DocumentUpdate]:
        """Rows without their payload, with its length."""
        rows: QuerySet[DocumentUpdate] = super().get_queryset(request)
        return rows.defer("payload").annotate(length=Length("payload"))

    @admin.display(description="size in bytes", ordering="length")
    def size_bytes(self, update: DocumentUpdate) -> int:
        """The stored size of the update."""
        return int(getattr(update, "length", 0))


@admin.register(DocumentSnapshot)
class DocumentSnapshotAdmin(_ReadOnlyAdmin):
    """The snapshots, newest first."""

    list_display = ("board", "seq", "size_bytes", "created_at")
    fields = ("board", "seq", "size_bytes", "created_at")
    search_fields = ("board__title", "=board__id")
    ordering = ("-id",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[DocumentSnapshot]:
        """Rows without their payload."""
        rows: QuerySet[DocumentSnapshot] = super().get_queryset(request)
        return rows.defer("payload")


@admin.register(LoadAttempt)
class LoadAttemptAdmin(_ReadOnlyAdmin):
    """Boards that could not be loaded, quarantined ones first; `repair_board` helps them."""

    list_display = ("board", "unfinished", "quarantined_at", "reason")
    fields = ("board", "unfinished", "quarantined_at", "reason")
    search_fields = ("board__title", "=board__id")


@admin.register(Version)
class VersionAdmin(_ReadOnlyAdmin):
    """Restore points, newest first."""

    list_display = ("board", "name", "author", "created_at", "size_bytes")
    fields = ("board", "name", "author", "seq", "created_at", "size_bytes")
    search_fields = ("board__title", "name", "=board__id")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Version]:
        """Rows without their payload."""
        rows: QuerySet[Version] = super().get_queryset(request)
        return rows.defer("payload")
