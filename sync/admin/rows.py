"""The update log and the snapshots in the admin, read-only."""

from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.db.models.functions import Length
from django.http import HttpRequest
from django.utils.translation import gettext, gettext_lazy

from audit.admin import ReadOnly
from boards.admin.actions import actor_of
from sync.admin.failures import CANNOT_BE_DONE, reason_of
from sync.models import DocumentSnapshot, DocumentUpdate, JobAttempt, LoadAttempt, Version
from sync.programs.versions import version_restore


class _RowAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    """Rows that only the engine writes; the payload is never loaded for a list."""

    list_select_related = ("board",)
    show_full_result_count = False
    actions: Any = None


@admin.register(DocumentUpdate)
class DocumentUpdateAdmin(_RowAdmin):
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

    @admin.display(description=gettext_lazy("size in bytes"), ordering="length")
    def size_bytes(self, update: DocumentUpdate) -> int:
        """The stored size of the update."""
        return int(getattr(update, "length", 0))


@admin.register(DocumentSnapshot)
class DocumentSnapshotAdmin(_RowAdmin):
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
class LoadAttemptAdmin(_RowAdmin):
    """Boards that failed to load, quarantined ones first; `repair_board` repairs them."""

    list_display = ("board", "unfinished", "quarantined_at", "reason")
    fields = ("board", "unfinished", "quarantined_at", "reason")
    search_fields = ("board__title", "=board__id")


@admin.register(JobAttempt)
class JobAttemptAdmin(_RowAdmin):
    """Boards on which a job failed. After five failures they are skipped until `repair_board`."""

    list_display = ("board", "work", "unfinished", "begun_at", "reason")
    fields = ("board", "work", "unfinished", "begun_at", "reason")
    search_fields = ("board__title", "=board__id")
    ordering = ("-unfinished",)


@admin.register(Version)
class VersionAdmin(_RowAdmin):
    """Restore points, newest first, with an action to restore one."""

    list_display = ("board", "name", "author", "created_at", "size_bytes")
    fields = ("board", "name", "author", "seq", "created_at", "size_bytes")
    search_fields = ("board__title", "name", "=board__id")
    actions = ("restore",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Version]:
        """Rows without their payload."""
        rows: QuerySet[Version] = super().get_queryset(request)
        return rows.defer("payload")

    def has_restore_permission(self, request: HttpRequest) -> bool:
        """People who may change boards may restore their versions."""
        return isinstance(request.user, User) and request.user.has_perm("boards.change_board")

    @admin.action(description=gettext_lazy("Restore"), permissions=["restore"])
    def restore(self, request: HttpRequest, queryset: QuerySet[Version]) -> None:
        """Restore this drawing, live for everyone; the present one is kept as a version."""
        versions = list(queryset.select_related("board")[:2])
        if len(versions) != 1:
            self.message_user(request, gettext("Choose one version."), messages.WARNING)
            return
        version = versions[0]
        user = cast(User, request.user)
        try:
            version_restore(board=version.board, version=version, user=user, by=actor_of(request))
        except CANNOT_BE_DONE as error:
            text = gettext("Not restored: %(reason)s") % {"reason": reason_of(error)}
            self.message_user(request, text, messages.ERROR)
            return
        text = gettext("“%(title)s” is as it was then.") % {"title": version.board.title}
        self.message_user(request, text, messages.SUCCESS)
