"""The page "My boards": the list, its spaces at the side, and the form that creates a board."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from boards.access.spaces import SpaceAccess, spaces_of
from boards.lifecycle.basics import board_create
from boards.lifecycle.forms import BulkOperation, NewBoardForm
from boards.lifecycle.listing import Listing, Show, Sort
from boards.lifecycle.templates import BoardTemplate
from boards.models import SPACE_NAME_MAX_LENGTH, TITLE_MAX_LENGTH, Folder, Space
from boards.pages.common import FETCH_HEADER, actor_of, is_fetch, signed_in_user
from boards.quotas.checks import boards_nearly_full, usage_of
from boards.spaces.entry import edited_space, folder_of, seen_space
from boards.spaces.folders import FolderTree
from boards.spaces.placing import Place, placed_in

BOARDS_PER_PAGE = 48
MAX_FULL_NAMED = 5
MAX_PLACES = 1000
"""Folders to choose from when boards are moved."""
VIEW_COOKIE = f"canvas_list{settings.LANGUAGE_COOKIE_NAME.removeprefix('canvas_language')}"
VIEWS = ("grid", "list")

_SHOWN = (
    (Show.ALL, gettext_lazy("All boards"), "boards"),
    (Show.RECENT, gettext_lazy("Recent"), "clock"),
    (Show.STARRED, gettext_lazy("Starred"), "star"),
    (Show.MINE, gettext_lazy("My own"), "person"),
    (Show.SHARED, gettext_lazy("Shared with me"), "people"),
    (Show.TRASH, gettext_lazy("Trash"), "trash"),
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
    """The boards of one view: as a page, or the list alone. `?view=` is remembered."""
    if (view := request.GET.get("view")) in VIEWS:
        response: HttpResponse = redirect(_address(Listing.of(request.GET).query()))
        response.set_cookie(
            VIEW_COOKIE,
            view,
            max_age=settings.LANGUAGE_COOKIE_AGE,
            path=settings.SESSION_COOKIE_PATH,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
        return response
    return _home_page(request, Listing.of(request.GET), NewBoardForm(), status=200)


@require_POST
def create(request: HttpRequest) -> HttpResponse:
    """A new board, empty or from a template, opened at once."""
    form = NewBoardForm(request.POST)
    if form.is_valid():
        try:
            place = _place_of(request, form.cleaned_data["space"], form.cleaned_data["folder"])
            board = board_create(
                owner=signed_in_user(request),
                title=form.cleaned_data["title"],
                by=actor_of(request),
                template=form.cleaned_data["template"],
                place=place,
            )
        except ValidationError as error:
            form.add_error(None, ValidationError(error.messages))
        else:
            return redirect("board", board.pk)
    return _home_page(request, Listing(), form, status=422)


def _place_of(request: HttpRequest, space_id: UUID | None, folder_id: UUID | None) -> Place | None:
    if space_id is None:
        return None
    space = edited_space(request.user, space_id)
    folder = folder_of(space, folder_id) if folder_id is not None else None
    return placed_in(request.user, space, folder)


def _home_page(
    request: HttpRequest, listing: Listing, form: NewBoardForm, *, status: int
) -> HttpResponse:
    user = signed_in_user(request)
    here = _Here.of(request, listing)
    boards = listing.boards(user, in_subfolders=False)
    page = Paginator(boards, BOARDS_PER_PAGE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "boards": page,
        "listing": listing,
        "here": here,
        "view": _view_of(request),
        "title_max_length": TITLE_MAX_LENGTH,
        "name_max_length": SPACE_NAME_MAX_LENGTH,
        "this_page": _address(listing.query()),
        "without_words": _address(listing.query(q="")),
    }
    if page.has_previous():
        context["previous_page"] = _address(listing.query(page=page.previous_page_number()))
    if page.has_next():
        context["next_page"] = _address(listing.query(page=page.next_page_number()))
    if is_fetch(request):
        return render(request, "boards/board_list.html", context, status=status)
    spaces = list(spaces_of(user))
    context |= {
        "form": form,
        "shown": _shown(listing),
        "title": here.title(listing),
        "spaces": [_space_row(space, listing) for space in spaces],
        "places": _places(spaces),
        "bulk": BulkOperation,
        "views": [(name, _address(listing.query(view=name))) for name in VIEWS],
        "sorts": _SORTS,
        "templates": BoardTemplate.choices,
        "usage": _usage_warning(user),
        "is_new_here": listing == Listing() and not page.paginator.count and not spaces,
    }
    return render(request, "boards/home.html", context, status=status)


class _Here:
    """Where in the spaces the list is: the space, the way to the folder, the folders in it."""

    def __init__(
        self,
        space: Space | None = None,
        access: SpaceAccess | None = None,
        path: list[Folder] | None = None,
        folders: list[Folder] | None = None,
    ) -> None:
        self.space, self.access = space, access
        self.path, self.folders = path or [], folders or []
        self.folder = self.path[-1] if self.path else None

    @classmethod
    def of(cls, request: HttpRequest, listing: Listing) -> _Here:
        """Raises `Http404` for a space or folder that the person doesn't see."""
        if listing.space is None:
            return cls()
        space, access = seen_space(request.user, listing.space)
        tree = FolderTree.of(space)
        if listing.folder is None:
            return cls(space, access, [], tree.children.get(None, []))
        folder = tree.by_id.get(listing.folder)
        if folder is None:
            raise Http404
        return cls(space, access, tree.path_of(folder), tree.children.get(folder.pk, []))

    def title(self, listing: Listing) -> str:
        if self.folder is not None:
            return self.folder.name
        if self.space is not None:
            return self.space.name
        return str(next(label for show, label, _ in _SHOWN if show is listing.show))

    @property
    def can_create(self) -> bool:
        return self.access is None or self.access.can_edit


def _view_of(request: HttpRequest) -> str:
    view = request.COOKIES.get(VIEW_COOKIE, "")
    return view if view in VIEWS else VIEWS[0]


def _space_row(space: Space, listing: Listing) -> dict[str, Any]:
    return {
        "space": space,
        "url": f"{reverse('home')}?space={space.pk}",
        "is_current": listing.space == space.pk,
    }


def _places(spaces: list[Space]) -> list[dict[str, Any]]:
    """Where this person may move boards: their spaces, each with its folders. Two queries."""
    editable = [space for space in spaces if getattr(space, "user_level", "") in ("owner", "edit")]
    trees: dict[UUID, FolderTree] = {space.pk: FolderTree({}) for space in editable}
    folders = Folder.objects.filter(space__in=trees).order_by("name", "pk")
    for folder in folders[:MAX_PLACES]:
        trees[folder.space_id].add(folder)
    return [
        {
            "space": space,
            "folders": [("\u2003" * depth + one.name, one) for depth, one in tree.in_order()],
        }
        for space in editable
        for tree in [trees[space.pk]]
    ]


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


def _shown(listing: Listing) -> list[dict[str, Any]]:
    return [
        {
            "label": label,
            "icon": icon,
            "url": _address(Listing(show=show, sort=listing.sort).query()),
            "is_current": listing.space is None and listing.show is show,
        }
        for show, label, icon in _SHOWN
    ]


def _address(query: str) -> str:
    return reverse("home") + query
