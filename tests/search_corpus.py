"""Boards for `tests.search_speed`, with words as languages have them: few words are in most texts.

Django has to be set up before this is imported.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterator
from datetime import timedelta
from uuid import UUID

from django.contrib.auth.models import Group, User
from django.db import connection, transaction
from django.utils import timezone

from boards.models import (
    Board,
    BoardPermission,
    SearchState,
    SearchText,
    ShareLink,
    Space,
    SpacePermission,
    TextKind,
)
from boards.search.index import indexed_words

ROWS_A_BOARD, WORDS_A_ROW = 10, 10
VOCABULARY = 50_000
PEOPLE, SPACES = 500, 20
PERSONS = {
    "owner": "owns all",
    "guest": "given 100",
    "between": "given 600",
    "few": "given 5",
    "linked": "by 20 links",
    "member": "by a group",
    "neighbour": "by spaces",
    "admin": "admin",
}
"""Who searches, and where what they see comes from."""
HAN = (
    "的一是不了在人有我他这中大来上国个到说们为子和你地出道也时年得就那要下以生会自着去之过家学"
    "对可她里后小么心多天而能好都然没日于起还发成事只作当想看文无开手用主行方又如前所本见经头面公同三已老从动两长"
)
_AT_ONCE = 500


def words_by_frequency() -> list[str]:
    """The vocabulary, the most frequent word first; the same each time."""
    chance = random.Random(14)
    syllables = [a + b for a in "bcdfghklmnprstvwz" for b in ("a", "e", "i", "o", "u", "en", "er")]
    words: dict[str, None] = {}
    while len(words) < VOCABULARY:
        words["".join(chance.choices(syllables, k=chance.choice((2, 3, 3, 4))))] = None
    return list(words)


def make(count: int) -> None:
    """So many boards in an empty installation, and the people who search."""
    chance = random.Random(15)
    words = words_by_frequency()
    totals = list(itertools.accumulate(1 / rank for rank in range(1, VOCABULARY + 1)))
    owner, people, spaces = _people(words)

    def text(length: int) -> str:
        return " ".join(chance.choices(words, cum_weights=totals, k=length))

    for start in range(0, count, _AT_ONCE):
        numbers = range(start, min(start + _AT_ONCE, count))
        with transaction.atomic():
            boards = _boards(numbers, owner, spaces, chance, text)
            _texts(boards, chance, text)
            _permissions(numbers, boards, people)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def searchers() -> dict[str, tuple[User, list[UUID]]]:
    """Those of `PERSONS`, each with the share links that they have opened."""
    links = list(ShareLink.objects.values_list("pk", flat=True))
    return {
        name: (User.objects.get(username=name), links if name == "linked" else [])
        for name in PERSONS
    }


def _people(words: list[str]) -> tuple[User, list[User], list[Space]]:
    """The owner, many colleagues, and spaces; a group sees the boards of half of the spaces."""
    named = [User(username=name, password="!", is_superuser=name == "admin") for name in PERSONS]
    owner = User.objects.bulk_create(named)[0]
    people = User.objects.bulk_create(
        User(username=f"p{n}", first_name=words[n].title(), last_name=words[n + 1].title())
        for n in range(PEOPLE)
    )
    spaces = Space.objects.bulk_create(Space(name=f"s{n}", owner=owner) for n in range(SPACES))
    for name in ("member", "neighbour"):
        User.objects.get(username=name).groups.add(Group.objects.create(name=name))
    group = Group.objects.get(name="neighbour")
    SpacePermission.objects.bulk_create(
        SpacePermission(space=space, group=group, level="edit") for space in spaces[::2]
    )
    return owner, people, spaces


def _boards(
    numbers: range,
    owner: User,
    spaces: list[Space],
    chance: random.Random,
    text: Callable[[int], str],
) -> list[Board]:
    """Every second one in a space."""
    now = timezone.now()
    return Board.objects.bulk_create(
        Board(
            title=text(3),
            owner=owner,
            space=spaces[number // 2 % SPACES] if number % 2 else None,
            last_activity_at=now - timedelta(seconds=chance.randrange(10**7)),
        )
        for number in numbers
    )


def _texts(boards: list[Board], chance: random.Random, text: Callable[[int], str]) -> None:
    def rows(board: Board) -> Iterator[tuple[TextKind, str, str]]:
        yield TextKind.TITLE, "", board.title
        for number in range(ROWS_A_BOARD):
            han = " " + "".join(chance.choices(HAN, k=20)) if chance.random() < 0.1 else ""
            yield TextKind.ELEMENT, f"e{number}", text(WORDS_A_ROW) + han

    SearchState.objects.bulk_create(
        SearchState(board=board, seq=0, comments=0, title=board.title) for board in boards
    )
    SearchText.objects.bulk_create(
        SearchText(board=board, kind=kind, key=key, text=one, words=indexed_words(kind, one))
        for board in boards
        for kind, key, one in rows(board)
    )


def _permissions(numbers: range, boards: list[Board], people: list[User]) -> None:
    """Each board has two colleagues; a group has a quarter of all; 20 have a link."""
    names = ("guest", "between", "few", "linked", "admin")
    guest, between, few, linked, admin = (User.objects.get(username=name) for name in names)
    group = Group.objects.get(name="member")
    rows, links = [], []
    for number, board in zip(numbers, boards, strict=True):
        for colleague in (people[number % PEOPLE], people[(number * 7 + 1) % PEOPLE]):
            rows.append(BoardPermission(board=board, user=colleague, level="comment"))
        if number % 100 == 0:
            rows.append(BoardPermission(board=board, user=guest, level="view"))
        if number % 100 == 1:
            rows.append(BoardPermission(board=board, user=admin, level="edit"))
        if number % 2000 == 2:
            rows.append(BoardPermission(board=board, user=few, level="comment"))
        if number % 16 == 3:
            rows.append(BoardPermission(board=board, user=between, level="comment"))
        if number % 500 == 4:
            links.append(ShareLink(board=board, level="view", created_by=linked))
        if number % 4 == 0:
            rows.append(BoardPermission(board=board, group=group, level="edit"))
    BoardPermission.objects.bulk_create(rows)
    ShareLink.objects.bulk_create(links)
