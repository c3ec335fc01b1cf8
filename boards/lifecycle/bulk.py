"""What the list does with several boards at once, and stars."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_POST

from boards.access.resolve import Access
from boards.lifecycle.basics import board_restore, board_trash
from boards.lifecycle.forms import BulkForm, BulkOperation
from boards.models import Board, Folder, Space
from boards.pages.common import actor_of, is_fetch, managed_board, seen_board, signed_in_user
from boards.quotas.checks import QuotaError
from boards.spaces.entry import edited_space, folder_of
from boards.spaces.marks import boards_star, boards_unstar
from boards.spaces.placing import boards_place, require_may_place

AT_ONCE = 100
Place = tuple[Space | None, Folder | None]


@require_POST
def star(request: HttpRequest, board_id: UUID) -> HttpResponse:
    """Star a board, or with `on=0` remove the star."""
    board, _ = seen_board(request, board_id, is_visit=False)
    mark = boards_unstar if request.POST.get("on") == "0" else boards_star
    mark(boards=[board], user=signed_in_user(request))
    return HttpResponse(status=204) if is_fetch(request) else back(request)


@require_POST
def bulk(request: HttpRequest) -> HttpResponse:
    """Move, star, trash or restore the chosen boards, and say what could not be done."""
    form = BulkForm(request.POST)
    ids = list(dict.fromkeys(_ids(request.POST.getlist("board")[: AT_ONCE + 1])))
    if not form.is_valid() or not ids:
        messages.error(request, gettext("Choose some boards first."))
        return back(request)
    if len(ids) > AT_ONCE:
        messages.error(request, gettext("Choose at most %(n)d boards.") % {"n": AT_ONCE})
        return back(request)
    operation = BulkOperation(form.cleaned_data["operation"])
    try:
        done = _DO[operation](request, ids, form.cleaned_data["place"])
    except (ValidationError, QuotaError) as error:
        texts = error.messages if isinstance(error, ValidationError) else [str(error)]
        messages.error(request, " ".join(texts))
        return back(request)
    if done:
        text = _SAID[operation](done)
        messages.success(request, text % {"n": done})
    if refused := len(ids) - done:
        text = ngettext(
            "%(n)d board stayed as it was: only its owner can do this.",
            "%(n)d boards stayed as they were: only their owners can do this.",
            refused,
        )
        messages.warning(request, text % {"n": refused})
    return back(request)


def back(request: HttpRequest) -> HttpResponse:
    """To the view of the list that the form was on."""
    address = request.POST.get("next", "")
    is_safe = url_has_allowed_host_and_scheme(address, allowed_hosts={request.get_host()})
    return redirect(address if is_safe else "home")


def _ids(values: list[str]) -> Iterator[UUID]:
    for value in values:
        try:
            yield UUID(value)
        except ValueError:
            continue


def _seen(request: HttpRequest, ids: list[UUID]) -> Iterator[tuple[Board, Access]]:
    for board_id in ids:
        try:
            yield seen_board(request, board_id, is_visit=False)
        except Http404:
            continue


def _managed(request: HttpRequest, ids: list[UUID], *, in_trash: bool = False) -> Iterator[Board]:
    for board_id in ids:
        try:
            yield managed_board(request, board_id, in_trash=in_trash)
        except (Http404, PermissionDenied):
            continue


def _move(request: HttpRequest, ids: list[UUID], place: str) -> int:
    space, folder = _place_of(request, place)
    user, allowed = signed_in_user(request), []
    for board, access in _seen(request, ids):
        try:
            require_may_place(board, access, user, space)
        except PermissionDenied:
            continue
        allowed.append(board)
    boards_place(boards=allowed, space=space, folder=folder, by=actor_of(request))
    return len(allowed)


def _place_of(request: HttpRequest, place: str) -> Place:
    """The space and folder that a value of the move field names: `<space>`, `<space>/<folder>`, or
    `none`. Raises `ValidationError` if there is no such place for this person."""
    if place == "none":
        return None, None
    space_id, _, folder_id = place.partition("/")
    try:
        space = edited_space(request.user, UUID(space_id))
        return space, folder_of(space, UUID(folder_id)) if folder_id else None
    except (ValueError, Http404, PermissionDenied) as error:
        raise ValidationError(gettext("Choose where to move them.")) from error


def _star(request: HttpRequest, ids: list[UUID], place: str) -> int:
    boards = [board for board, _ in _seen(request, ids)]
    boards_star(boards=boards, user=signed_in_user(request))
    return len(boards)


def _unstar(request: HttpRequest, ids: list[UUID], place: str) -> int:
    boards = [board for board, _ in _seen(request, ids)]
    boards_unstar(boards=boards, user=signed_in_user(request))
    return len(boards)


def _trash(request: HttpRequest, ids: list[UUID], place: str) -> int:
    boards = list(_managed(request, ids))
    for board in boards:
        board_trash(board=board, by=actor_of(request))
    return len(boards)


def _restore(request: HttpRequest, ids: list[UUID], place: str) -> int:
    boards = list(_managed(request, ids, in_trash=True))
    for board in boards:
        board_restore(board=board, by=actor_of(request))
    return len(boards)


_DO: dict[BulkOperation, Callable[[HttpRequest, list[UUID], str], int]] = {
    BulkOperation.MOVE: _move,
    BulkOperation.STAR: _star,
    BulkOperation.UNSTAR: _unstar,
    BulkOperation.TRASH: _trash,
    BulkOperation.RESTORE: _restore,
}
_SAID: dict[BulkOperation, Callable[[int], str]] = {
    BulkOperation.MOVE: lambda n: ngettext("%(n)d board moved.", "%(n)d boards moved.", n),
    BulkOperation.STAR: lambda n: ngettext("%(n)d board starred.", "%(n)d boards starred.", n),
    BulkOperation.UNSTAR: lambda n: ngettext("%(n)d star removed.", "%(n)d stars removed.", n),
    BulkOperation.TRASH: lambda n: ngettext(
        "%(n)d board is in the trash. You can restore it from there.",
        "%(n)d boards are in the trash. You can restore them from there.",
        n,
    ),
    BulkOperation.RESTORE: lambda n: ngettext("%(n)d board is back.", "%(n)d boards are back.", n),
}
