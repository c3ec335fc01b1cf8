"""Turns notifications into words, with functions that other apps register."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from django.contrib.auth.models import User

from accounts.models import Notification


@dataclass(frozen=True, slots=True)
class Asked:
    """A request for access that the reader may answer where they read of it."""

    request_id: int
    level: str


@dataclass(frozen=True, slots=True)
class Description:
    """A notification in words, in the language that is active."""

    text: str
    """One sentence, without the excerpt."""
    url: str
    """The path of the place, on this site."""
    place_name: str
    excerpt: str = ""
    asked: Asked | None = None


class Describe(Protocol):
    """Describes notifications of one reader by their ids; leaves out what they may not see."""

    def __call__(self, reader: User, rows: Sequence[Notification]) -> dict[int, Description]: ...


_describers: dict[str, Describe] = {}


def describes(*kinds: Notification.Kind) -> Callable[[Describe], Describe]:
    """Registers a function that describes these kinds."""

    def register(describe: Describe) -> Describe:
        for kind in kinds:
            _describers[kind.value] = describe
        return describe

    return register


@dataclass(frozen=True, slots=True)
class Described:
    """A notification with its words."""

    row: Notification
    words: Description

    @property
    def id(self) -> int:
        return self.row.pk

    @property
    def place(self) -> UUID:
        return self.row.place


def described(reader: User, rows: Sequence[Notification]) -> list[Described]:
    """These with their words, in the same order. Those that the reader may not see any more are
    deleted.
    """
    words: dict[int, Description] = {}
    by_describer: dict[Describe, list[Notification]] = {}
    for row in rows:
        describer = _describers.get(row.kind)
        if describer is not None:
            by_describer.setdefault(describer, []).append(row)
    for describer, some in by_describer.items():
        words |= describer(reader, some)
    gone = [row.pk for row in rows if row.pk not in words]
    if gone:
        Notification.objects.filter(pk__in=gone).delete()
    return [Described(row, words[row.pk]) for row in rows if row.pk in words]
