"""What happened on a board, for its owner."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from audit.actions import AuditAction, AuditLevel
from audit.models import AuditLog
from boards.levels import AccessLevel
from boards.pages.common import managed_board

ROWS_PER_PAGE = 50
_OF_LEVELS = (
    AuditAction.PERMISSION_CHANGE,
    AuditAction.PUBLIC_ACCESS_CHANGE,
    AuditAction.SPACE_PERMISSION_CHANGE,
)


@never_cache
@require_safe
def activity(request: HttpRequest, board_id: UUID) -> HttpResponse:
    """Who did what, newest first. Addresses are for admins."""
    board = managed_board(request, board_id)
    rows = AuditLog.objects.filter(board_id=board.pk).select_related("actor", "target_user")
    page = Paginator(rows, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    context = {"board": board, "rows": page, "lines": list(_collapsed(page))}
    return render(request, "boards/activity.html", context)


def _collapsed(rows: Iterable[AuditLog]) -> Iterator[tuple[AuditLog, int, str]]:
    """Repeated actions of one person become one line: a page opens sockets too. With what changed,
    in words."""
    for _, same in itertools.groupby(rows, _line):
        newest, *others = same
        yield newest, 1 + len(others), _change(newest)


def _change(row: AuditLog) -> str:
    old, new = (str(row.data.get(key) or "") for key in ("old", "new"))
    if not (old and new):
        return ""
    if row.action in _OF_LEVELS:
        old, new = _level_word(old), _level_word(new)
    return f"{old} → {new}"


def _level_word(level: str) -> str:
    if level == AccessLevel.NONE.label:
        return gettext("no access")
    return str(AuditLevel(level).label) if level in AuditLevel else level


def _line(row: AuditLog) -> tuple[object, ...]:
    changed = tuple(row.data.get(key) for key in ("group", "old", "new"))
    return (row.actor_label, row.actor_kind, row.action, row.target_label, row.level, changed)
