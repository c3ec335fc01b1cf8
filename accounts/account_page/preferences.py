"""Language and theme of a person: kept, and applied to every page that they ask for."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponseBase
from django.utils import translation

from accounts.models import Profile


def profile_of(user: User) -> Profile:
    """The person's profile; an empty one, not stored, if they have set nothing."""
    try:
        found: Profile = user.profile
    except Profile.DoesNotExist:
        found = Profile(user=user)
        user.profile = found
    return found


def preferences_set(user: User, *, language: str | None = None, theme: str | None = None) -> None:
    """Keeps a language, a theme, or both. Unknown values are ignored: they come from buttons."""
    values = {}
    if language is not None and (language == "" or language in dict(settings.LANGUAGES)):
        values["language"] = language
    if theme in Profile.Theme.values:
        values["theme"] = theme
    if values:
        profile, _ = Profile.objects.update_or_create(user=user, defaults=values)
        user.profile = profile


class LanguageMiddleware:
    """Pages are in the language of the person who is signed in, on whatever device.

    Without one, Django's own middleware has chosen by the cookie or the browser.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        # Requests without a session, as those of programs, need not look for a person here.
        if settings.SESSION_COOKIE_NAME in request.COOKIES and isinstance(request.user, User):
            language = profile_of(request.user).language
            if language in dict(settings.LANGUAGES):
                translation.activate(language)
                request.LANGUAGE_CODE = language
        return self._get_response(request)
