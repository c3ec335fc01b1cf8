"""What every page shows of the person who is signed in: picture or initials, name, theme."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.models import User
from django.http import HttpRequest
from django.urls import reverse

from accounts.account_page.preferences import profile_of


@dataclass(frozen=True, slots=True)
class Own:
    """The person of this request."""

    name: str
    username: str
    initials: str
    hue: int
    """The colour behind the initials, in degrees."""
    picture_url: str
    """Empty without a picture."""
    theme: str
    """Empty if they never chose one: each browser has its own then."""
    language: str


def own(request: HttpRequest) -> dict[str, Own | None]:
    """A context processor. None if nobody is signed in."""
    user = getattr(request, "user", None)
    return {"own": own_of(user) if isinstance(user, User) and user.pk is not None else None}


def own_of(user: User) -> Own:
    """What pages show of this person."""
    profile = profile_of(user)
    name = user.get_full_name() or user.get_username()
    known = dict(settings.LANGUAGES)
    return Own(
        name=name,
        username=user.get_username(),
        initials=initials_of(name),
        hue=hue_of(str(user.pk)),
        picture_url=picture_of(user),
        theme=profile.theme,
        language=profile.language if profile.language in known else "",
    )


def picture_of(user: User) -> str:
    """The address of a person's picture, another one for each picture; empty without one.

    For lists, select `profile` with the users."""
    key = profile_of(user).picture_key
    return reverse("account-picture", args=[key]) if key else ""


def initials_of(name: str) -> str:
    """The first letters of the first and the last word, as the comments show them."""
    words = name.split()
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()


def hue_of(key: str) -> int:
    """One of twelve colours for a person, as in `frontend/src/comments/Avatar.tsx`."""
    value = 2166136261
    for character in key:
        value = ((value ^ ord(character)) * 16777619) & 0xFFFFFFFF
    return value % 12
