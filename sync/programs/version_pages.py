"""The versions of a board as a plain page, for a board that can't be opened."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from boards.limits.expensive import count_expensive, expensive_work, who_asks
from boards.models import Board
from boards.pages.common import actor_of, seen_board, signed_in_user
from sync.document.yjs import DocumentError
from sync.programs.committing import ConflictError, NotAllowedError
from sync.programs.versions import VersionGoneError, version_restore
from sync.storage.log import BoardGoneError, LogDamagedError
from sync.wire.frames import MalformedError

MAX_LISTED = 500
EDITORS_ONLY = gettext_lazy("You may look at this board, but not change it.")
_FAILURES = (BoardGoneError, ConflictError, DocumentError, LogDamagedError, MalformedError)


@never_cache
@require_safe
def board_versions(request: HttpRequest, board_id: UUID) -> HttpResponse:
    """List the versions, newest first, for people who may edit. Nothing of the board is drawn."""
    board = _edited_board(request, board_id)
    versions = board.versions.select_related("author").defer("payload")[:MAX_LISTED]
    return render(request, "boards/versions.html", {"board": board, "versions": versions})


@require_POST
def board_version_restore(request: HttpRequest, board_id: UUID, version_id: int) -> HttpResponse:
    """Restore one of them, as the REST interface does (`versions/<id>/restore`)."""
    board, user = _edited_board(request, board_id), signed_in_user(request)
    version = board.versions.filter(pk=version_id).first()
    if version is None:
        raise Http404
    who = who_asks(request)
    count_expensive(who)
    try:
        with expensive_work(who):
            version_restore(
                board=board,
                version=version,
                user=user,
                by=actor_of(request),
            )
    except VersionGoneError:
        raise Http404 from None
    except NotAllowedError:
        raise PermissionDenied(EDITORS_ONLY) from None
    except _FAILURES:
        messages.error(request, gettext("This version could not be restored. Try again later."))
    else:
        messages.success(request, gettext("The board was restored to this version."))
    return redirect("board-versions", board.pk)


def _edited_board(request: HttpRequest, board_id: UUID) -> Board:
    """The board, for people with edit access.

    Raises `Http404` for strangers and `PermissionDenied` for viewers and commenters.
    """
    board, access = seen_board(request, board_id)
    if not access.can_edit:
        raise PermissionDenied(EDITORS_ONLY)
    return board
