"""The page "My boards": open, create, rename, copy, trash and restore."""

from __future__ import annotations

import time
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import User
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from boards.lifecycle.basics import board_create, board_rename, board_restore, board_trash
from boards.lifecycle.copies import board_duplicate
from boards.lifecycle.forms import NewBoardForm, TitleForm
from boards.lifecycle.listing import Listing, Show, Sort
from boards.lifecycle.templates import BoardTemplate
from boards.limits.expensive import LOOK_AGAIN_SECONDS, count_expensive, expensive_work, who_asks
from boards.models import TITLE_MAX_LENGTH
from boards.pages.common import (
    FETCH_HEADER,
    actor_of,
    is_fetch,
    managed_board,
    seen_board,
    signed_in_user,
)
from boards.quotas.checks import boards_nearly_full, usage_of

BOARDS_PER_PAGE = 48
MAX_FULL_NAMED = 5

_TABS = (
    (Show.ALL, gettext_lazy("All")),
    (Show.MINE, gettext_lazy("My own")),
    (Show.SHARED, gettext_lazy("Shared with me")),
    (Show.TRASH, gettext_lazy("Trash")),
)
_SORTS = (
    (Sort.CHANGED, gettext_lazy("Last changed")),
    (Sort.NAME, gettext_lazy("Name")),
    (Sort.CREATED, gettext_lazy("Newest")),
)


@never_cache
@vary_on_headers(FETCH_HEADER)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The boards the user owns or was given, and their trash: as a page, or the list alone."""
    return _home_page(request, NewBoardForm(), status=200)


@require_POST
def create(request: HttpRequest) -> HttpResponse:
    """A new board, empty or from a template, opened at once."""
    form = NewBoardForm(request.POST)
    if not form.is_valid():
        return _home_page(request, form, status=422)
    board = board_create(
        owner=signed_in_user(request),
        title=form.cleaned_data["title"],
        by=actor_of(request),
        template=form.cleaned_data["template"],
    )
    return redirect("board", board.pk)


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
    return redirect("home")


@require_POST
def trash(request: HttpRequest, board_id: UUID) -> HttpResponse:
    board = managed_board(request, board_id)
    board_trash(
        board=board,
        by=actor_of(request),
    )
    text = gettext("“%(title)s” is in the trash. You can restore it from there.")
    messages.success(request, text % {"title": board.title})
    return redirect("home")


@require_POST
def restore(request: HttpRequest, board_id: UUID) -> HttpResponse:
    board = managed_board(request, board_id, in_trash=True)
    board_restore(
        board=board,
        by=actor_of(request),
    )
    messages.success(request, gettext("“%(title)s” is back.") % {"title": board.title})
    return redirect("home")


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


def _home_page(request: HttpRequest, form: NewBoardForm, *, status: int) -> HttpResponse:
    listing = Listing.of(request.GET)
    boards = listing.boards(signed_in_user(request))
    page = Paginator(boards, BOARDS_PER_PAGE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "boards": page,
        "listing": listing,
        "title_max_length": TITLE_MAX_LENGTH,
        "without_words": _address(listing.query(q="")),
    }
    if page.has_previous():
        context["previous_page"] = _address(listing.query(page=page.previous_page_number()))
    if page.has_next():
        context["next_page"] = _address(listing.query(page=page.next_page_number()))
    if is_fetch(request):
        return render(request, "boards/board_list.html", context, status=status)
    context |= {
        "form": form,
        "tabs": _tabs(listing),
        "sorts": _SORTS,
        "templates": BoardTemplate.choices,
        "usage": _usage_warning(signed_in_user(request)),
        "is_new_here": listing == Listing() and not page.paginator.count,
    }
    return render(request, "boards/home.html", context, status=status)


def _usage_warning(user: User) -> dict[str, Any] | None:
    """What is near a limit; None if nothing is."""
    usage, full = usage_of(user.pk), list(boards_nearly_full(user)[:MAX_FULL_NAMED])
    if not (usage.is_nearly_full or full):
        return None
    return {
        "is_person": usage.is_nearly_full,
        "boards": usage.boards,
        "max_boards": settings.CANVAS_MAX_BOARDS_PER_PERSON,
        "stored_bytes": usage.stored_bytes,
        "max_stored_bytes": settings.CANVAS_MAX_BYTES_PER_PERSON,
        "full_boards": full,
    }


def _tabs(listing: Listing) -> list[dict[str, Any]]:
    return [
        {
            "label": label,
            "url": _address(listing.query(show=show)),
            "is_current": listing.show is show,
        }
        for show, label in _TABS
    ]


def _address(query: str) -> str:
    return reverse("home") + query
