"""What the list does with one board: rename, trash, restore, copy."""

from __future__ import annotations

import time
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from boards.lifecycle.basics import board_rename, board_restore, board_trash
from boards.lifecycle.bulk import back
from boards.lifecycle.copies import board_duplicate
from boards.lifecycle.forms import TitleForm
from boards.limits.expensive import LOOK_AGAIN_SECONDS, count_expensive, expensive_work, who_asks
from boards.pages.common import actor_of, managed_board, seen_board, signed_in_user


@require_POST
def rename(request: HttpRequest, board_id: UUID) -> HttpResponse:
    board = managed_board(request, board_id)
    form = TitleForm(request.POST)
    if form.is_valid():
        board_rename(
            board=board,
            title=form.cleaned_data["title"],
            by=actor_of(request),
        )
    else:
        for error in form.errors["title"]:
            problem = gettext("“%(title)s” was not renamed.") % {"title": board.title}
            messages.error(request, f"{problem} {error}")
    return back(request)


@require_POST
def trash(request: HttpRequest, board_id: UUID) -> HttpResponse:
    board = managed_board(request, board_id)
    board_trash(
        board=board,
        by=actor_of(request),
    )
    text = gettext("“%(title)s” is in the trash. You can restore it from there.")
    messages.success(request, text % {"title": board.title})
    return back(request)


@require_POST
def restore(request: HttpRequest, board_id: UUID) -> HttpResponse:
    board = managed_board(request, board_id, in_trash=True)
    board_restore(
        board=board,
        by=actor_of(request),
    )
    if "open" in request.POST:
        return redirect("board", board.pk)
    messages.success(request, gettext("“%(title)s” is back.") % {"title": board.title})
    return back(request)


@require_POST
def duplicate(request: HttpRequest, board_id: UUID) -> HttpResponse:
    """A private copy, opened at once."""
    board, _ = seen_board(request, board_id)
    user = signed_in_user(request)
    who = who_asks(request)
    count_expensive(who)
    started = time.monotonic()
    with expensive_work(who):
        if time.monotonic() - started > LOOK_AGAIN_SECONDS:
            board, _ = seen_board(request, board_id)
        copy = board_duplicate(board=board, owner=user, by=actor_of(request))
    return redirect("board", copy.pk)
