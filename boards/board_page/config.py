"""The configuration that the server gives the page's script, as one JSON value."""

from __future__ import annotations

from typing import TypedDict
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.models import User
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.templatetags.static import static
from django.urls import get_script_prefix, reverse
from django.utils.translation import gettext, gettext_lazy

from accounts.account_page.menu import picture_of
from boards.access.resolve import Access, Entry
from boards.board_state import board_state, facts_of
from boards.identity.names import display_name
from boards.identity.token_sessions import has_own_session
from boards.levels import AccessLevel
from boards.models import Board

SOCKET_PATH = "ws/canvas"
ASSET_DIRECTORY = "board/excalidraw/"

READ_ONLY_LINK_NOTICES = {
    AccessLevel.VIEW: gettext_lazy("This link allows viewing only."),
    AccessLevel.COMMENT: gettext_lazy("This link allows viewing and commenting, not editing."),
}


class PageUser(TypedDict):
    """The person looking at the page; without an id if not signed in."""

    id: str | None
    name: str
    username: str
    """The name for mentions; empty if not signed in."""
    picture: str
    """Its address; empty without one."""


class BoardConfig(TypedDict):
    """The names are those of `BoardConfig` in the front end."""

    boardId: str
    title: str
    isLocked: bool
    workshop: int
    """The revision of the workshop that goes on; 0 if there is none."""
    level: str
    isOwner: bool
    entry: str
    user: PageUser
    socketBase: str
    socketParams: dict[str, str]
    filesUrl: str
    shareUrl: str | None
    homeUrl: str | None
    signInUrl: str
    csrfToken: str
    csrfCookie: str
    languages: list[tuple[str, str]]
    languageUrl: str
    accountUrl: str | None
    notificationsUrl: str | None
    adminUrl: str | None
    signOutUrl: str | None
    assetPath: str
    maxFileBytes: int
    maxUpdateBytes: int
    notice: str | None


def board_config(
    request: HttpRequest, board: Board, access: Access, *, entry: Entry, wants_edit: bool = False
) -> BoardConfig:
    """The configuration of one page view. Its level is for display: sockets resolve access
    again."""
    is_signed_in = isinstance(request.user, User)
    is_public = entry is Entry.PUBLIC
    state = board_state(facts_of(board), access)
    files_url = reverse("api-files", args=[board.pk])
    return BoardConfig(
        boardId=str(board.pk),
        title=state["title"],
        isLocked=state["is_locked"],
        workshop=state["workshop"],
        level=state["level"],
        isOwner=access.is_owner,
        entry=entry.value,
        user=_page_user(request),
        socketBase=f"{get_script_prefix()}{SOCKET_PATH}",
        socketParams=_socket_params(is_public=is_public, wants_edit=wants_edit),
        filesUrl=f"{files_url}?public=1" if is_public else files_url,
        shareUrl=reverse("share", args=[board.pk]) if state["can_manage"] else None,
        homeUrl=reverse("home") if is_signed_in else None,
        signInUrl=sign_in_url(request),
        csrfToken=get_token(request),
        csrfCookie=settings.CSRF_COOKIE_NAME,
        languages=list(settings.LANGUAGES),
        languageUrl=reverse("language"),
        **_account_urls(request),
        signOutUrl=reverse("logout") if is_signed_in else None,
        assetPath=static(ASSET_DIRECTORY),
        maxFileBytes=settings.CANVAS_MAX_FILE_BYTES,
        maxUpdateBytes=settings.CANVAS_MAX_UPDATE_BYTES,
        notice=_notice(access, wants_edit=wants_edit),
    )


class _AccountUrls(TypedDict):
    accountUrl: str | None
    notificationsUrl: str | None
    adminUrl: str | None


def _account_urls(request: HttpRequest) -> _AccountUrls:
    """Pages of the person themselves; None where they may not go, also with a session that a token
    began.
    """
    user = request.user
    is_own = isinstance(user, User) and has_own_session(request)
    return {
        "accountUrl": reverse("account") if is_own else None,
        "notificationsUrl": reverse("notifications") if is_own else None,
        "adminUrl": reverse("admin:index") if is_own and user.is_staff else None,
    }


def sign_in_url(request: HttpRequest) -> str:
    """The sign-in page, leading back to this path without its query, which may hold a token."""
    return f"{reverse('login')}?{urlencode({'next': request.path})}"


def _page_user(request: HttpRequest) -> PageUser:
    user = request.user
    if isinstance(user, User):
        username = user.get_username()
        return PageUser(
            id=str(user.pk), name=display_name(user), username=username, picture=picture_of(user)
        )
    return PageUser(id=None, name=gettext("Guest"), username="", picture="")


def _socket_params(*, is_public: bool, wants_edit: bool) -> dict[str, str]:
    params = {"saved": "1"}
    if is_public:
        params["public"] = "1"
        if wants_edit:
            params["edit"] = "true"
    return params


def _notice(access: Access, *, wants_edit: bool) -> str | None:
    notice = READ_ONLY_LINK_NOTICES.get(access.level) if wants_edit else None
    return str(notice) if notice else None
