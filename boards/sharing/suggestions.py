"""Names to offer while someone types whom to share with.

It doesn't show anyone the directory: it offers people whom the asker knows already, by the
beginnings of their names. Anyone who knows a whole username can type it.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.models import Group, User
from django.db.models import Q, QuerySet

from accounts.account_page.menu import picture_of
from accounts.service_accounts.services import service_accounts_of
from boards.access.people import people_named
from boards.access.subjects import Subject
from boards.identity.names import display_name

QUERY_MIN_LENGTH = 2
QUERY_MAX_LENGTH = 150
MAX_SUGGESTED = 8
MAX_WORDS = 4
EVERYONE = "everyone"
"""The value of `CANVAS_DIRECTORY` that offers all accounts to everybody."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A person or a group."""

    is_group: bool
    value: str
    """What to write in the field: a username, or the name of a group."""
    name: str
    """The name that people see."""
    is_program: bool = False
    """Whether it is a service account."""
    picture: str = ""
    """The address of a person's picture; empty without one."""


def suggestions(asker: User, owner_id: int, typed: str) -> list[Suggestion]:
    """Whom the asker may mean: groups they are in, then people, by name. Not the owner of the board
    or the space, who has every level.

    Nobody for fewer than `QUERY_MIN_LENGTH` characters, which also go for names of one letter.
    """
    text = " ".join(typed.split())
    if not QUERY_MIN_LENGTH <= len(text) <= QUERY_MAX_LENGTH or "\0" in text:
        return []
    groups = _groups(asker).filter(_begins("name", text)).order_by("name")[:MAX_SUGGESTED]
    named = _people_named(asker, owner_id, _is_named(text))
    found = [Suggestion(True, group.name, Subject(group=group).name) for group in groups]
    programs = service_accounts_of([one.pk for one in named])
    found += [
        Suggestion(False, one.username, display_name(one), one.pk in programs, picture_of(one))
        for one in named
    ]
    return found[:MAX_SUGGESTED]


def _groups(asker: User) -> QuerySet[Group]:
    if settings.CANVAS_DIRECTORY == EVERYONE:
        return Group.objects.all()
    return asker.groups.all()


def _people_named(asker: User, owner_id: int, is_named: Q) -> list[User]:
    """Active people who share a board, a space or a group with the asker, or everybody; service
    accounts, which are for all."""
    named = User.objects.filter(is_named, is_active=True).exclude(pk__in=[asker.pk, owner_id])
    if settings.CANVAS_DIRECTORY != EVERYONE:
        # One more: the owner may be among them.
        on_boards = people_named(asker, is_named, MAX_SUGGESTED + 1)
        by_group = User.groups.through.objects.filter(group__in=asker.groups.values("pk"))
        named = named.filter(
            Q(pk__in=[one.pk for one in on_boards])
            | Q(pk__in=by_group.values("user"))
            | Q(service_account__isnull=False)
        )
    by_name = named.select_related("profile").order_by("first_name", "last_name", "username")
    return list(by_name[:MAX_SUGGESTED])


def _is_named(text: str) -> Q:
    """Every word begins a part of the name, or the username."""
    found = Q()
    for word in text.split()[:MAX_WORDS]:
        found &= (
            Q(username__istartswith=word) | _begins("first_name", word) | _begins("last_name", word)
        )
    return found


def _begins(field: str, text: str) -> Q:
    """The field, or a word in it, begins with the text."""
    return Q(**{f"{field}__istartswith": text}) | Q(**{f"{field}__icontains": f" {text}"})
