"""The list of boards with what the engine knows: who is connected, what is stored, what is due."""

import io
import zipfile
from typing import Any
from urllib.parse import quote

from django.contrib import admin, messages
from django.db.models import Count, Exists, Model, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.template.defaultfilters import filesizeformat
from django.utils.text import get_valid_filename
from django.utils.translation import gettext, gettext_lazy, ngettext

from boards.admin.actions import actor_of, is_confirmed
from boards.admin.board import BoardAdmin
from boards.limits.expensive import who_asks
from boards.models import Board
from sync.admin.failures import CANNOT_BE_DONE, reason_of
from sync.models import DocumentUpdate, LoadAttempt
from sync.programs.export import MEDIA_TYPE, board_export
from sync.programs.maintenance import board_compact, board_disconnect
from sync.rooms.connected import connected_now

MAX_AT_ONCE = 50
"""Boards that one request compacts or exports."""


def _total(model: type[Model], what: Any) -> Coalesce:
    """A sum over the rows of a board, as one subquery."""
    rows = model._default_manager.filter(board_id=OuterRef("pk")).order_by().values("board_id")
    return Coalesce(Subquery(rows.annotate(total=what).values("total")), 0)


class QuarantineFilter(admin.SimpleListFilter):
    """Filters for boards that failed to load too often."""

    title = gettext_lazy("quarantine")
    parameter_name = "quarantine"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", gettext("In quarantine"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Board]) -> QuerySet[Board]:
        """The selected boards; all of them without a selection."""
        if self.value() == "yes":
            return queryset.filter(load_attempt__quarantined_at__isnull=False)
        return queryset


admin.site.unregister(Board)


@admin.register(Board)
class LiveBoardAdmin(BoardAdmin):
    """Adds live numbers, and actions on documents."""

    list_display: Any = (
        "title",
        "owner",
        "public_level",
        "people",
        "connected",
        "stored",
        "rows_since_snapshot",
        "active_at",
        "state",
        "page",
    )
    list_filter = (QuarantineFilter, *BoardAdmin.list_filter)
    readonly_fields = (
        *BoardAdmin.readonly_fields,
        "connected",
        "rows_since_snapshot",
        "quarantined",
    )
    actions = ("disconnect", *BoardAdmin.actions, "compact", "export")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Board]:
        """Everything the list shows, in one query."""
        counts = connected_now().filter(board_id=OuterRef("pk")).order_by().values("board_id")
        troubled = LoadAttempt.objects.filter(board=OuterRef("pk"), quarantined_at__isnull=False)
        return (
            super()
            .get_queryset(request)
            .annotate(
                connected_count=Coalesce(Subquery(counts.annotate(n=Sum("people")).values("n")), 0),
                update_count=_total(DocumentUpdate, Count("pk")),
                is_quarantined=Exists(troubled),
            )
        )

    @admin.display(description=gettext_lazy("connected now"), ordering="connected_count")
    def connected(self, board: Board) -> int:
        """How many people have it open, in all processes."""
        return int(getattr(board, "connected_count", 0))

    @admin.display(description=gettext_lazy("updates"), ordering="update_count")
    def rows_since_snapshot(self, board: Board) -> int:
        """What the next compaction merges."""
        return int(getattr(board, "update_count", 0))

    @admin.display(description=gettext_lazy("state"))
    def state(self, board: Board) -> str:
        """The board's state, including quarantine."""
        return gettext("in quarantine") if self.quarantined(board) else super().state(board)

    @admin.display(description=gettext_lazy("in quarantine"), boolean=True)
    def quarantined(self, board: Board) -> bool:
        """Whether the board failed to load too often."""
        return bool(getattr(board, "is_quarantined", False))

    def has_export_permission(self, request: HttpRequest) -> bool:
        """Only people who may open every board may export its content."""
        return bool(getattr(request.user, "is_superuser", False))

    @admin.action(description=gettext_lazy("Disconnect everybody…"), permissions=["change"])
    def disconnect(self, request: HttpRequest, queryset: QuerySet[Board]) -> HttpResponse | None:
        """Close every socket. Pages of people who still have access reconnect by themselves."""
        if not is_confirmed(request):
            return self.ask(
                request,
                queryset.select_related("owner"),
                action="disconnect",
                question=gettext(
                    "Close every connection to these boards? Nothing is lost. Who still has access "
                    "is back in a moment; lock a board or make it private to keep people off."
                ),
                answer=gettext("Disconnect everybody"),
            )
        count = self.for_each(request, queryset, board_disconnect)
        words = ngettext(
            "%(n)d board is without connections.", "%(n)d boards are without connections.", count
        )
        self.done(request, words, count)
        return None

    @admin.action(description=gettext_lazy("Compact now"), permissions=["change"])
    def compact(self, request: HttpRequest, queryset: QuerySet[Board]) -> None:
        """Merge the updates of each board into one verified snapshot."""
        boards = self._some(request, queryset)
        rows = saved = 0
        for board in boards:
            try:
                report = board_compact(board=board, by=actor_of(request))
            except CANNOT_BE_DONE as error:
                text = gettext("“%(title)s” was not compacted: %(reason)s") % {
                    "title": board.title,
                    "reason": reason_of(error),
                }
                self.message_user(request, text, messages.ERROR)
                continue
            if report is not None:
                rows += report.rows
                saved += report.bytes_before - report.bytes_after
        text = ngettext(
            "%(n)d update was merged; %(size)s less are stored.",
            "%(n)d updates were merged; %(size)s less are stored.",
            rows,
        )
        values = {"n": rows, "size": filesizeformat(max(saved, 0))}
        self.message_user(request, text % values, messages.SUCCESS)

    @admin.action(description=gettext_lazy("Export as .excalidraw"), permissions=["export"])
    def export(self, request: HttpRequest, queryset: QuerySet[Board]) -> HttpResponse | None:
        """One board as a file, several as an archive."""
        files: list[tuple[str, bytes]] = []
        for board in self._some(request, queryset):
            try:
                export = board_export(board=board, who=who_asks(request), by=actor_of(request))
            except CANNOT_BE_DONE as error:
                text = gettext("“%(title)s” was not exported: %(reason)s") % {
                    "title": board.title,
                    "reason": reason_of(error),
                }
                self.message_user(request, text, messages.ERROR)
                return None
            files.append((f"{_file_name(board)}.excalidraw", b"".join(export.pieces())))
        if len(files) == 1:
            return _download(*files[0], MEDIA_TYPE)
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as zipped:
            for name, data in files:
                zipped.writestr(name, data)
        return _download("boards.zip", archive.getvalue(), "application/zip")

    def _some(self, request: HttpRequest, queryset: QuerySet[Board]) -> list[Board]:
        boards = list(queryset[: MAX_AT_ONCE + 1])
        if len(boards) > MAX_AT_ONCE:
            text = gettext("Only the first %(n)d: take the others in a second step.")
            self.message_user(request, text % {"n": MAX_AT_ONCE}, messages.WARNING)
        return boards[:MAX_AT_ONCE]


def _file_name(board: Board) -> str:
    """The title, reduced to what file systems accept; never the same for two boards."""
    return f"{get_valid_filename(f'{board.title[:60]} ')}{board.pk.hex[:8]}"


def _download(name: str, data: bytes, media_type: str) -> HttpResponse:
    response = HttpResponse(data, media_type)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return response
