"""Which boards, texts, comments and people a query finds for someone.

The permissions are part of every query: what someone may not see is never read for them. Nothing
that comes back depends on other boards, neither the order nor the numbers: see `docs/search.md` for
why there is no rank by how rare a word is.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.contrib.auth.models import User
from django.db import connection
from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce

from boards.access.selectors import board_ids_visible_to, people_visible_to
from boards.identity.names import display_name
from boards.models import Board, Comment, Match, Phrase, SearchText, ShareLink, TextKind
from boards.models.search import INDEX, TABLE
from boards.search.excerpts import Part, excerpt_of, marked
from boards.search.words import Query, Term, query_of

MAX_PEOPLE = 5
MAX_OF_ONE_BOARD = 3
"""Texts and comments of one board, so that others are shown too."""
LOOKED_AT = 300
"""Of a word that is in more texts, the newest are looked at."""
ANSWER_STEP_SECONDS = 0.05
"""Answers take a multiple of this, so that the time reveals nothing of boards that others have."""


@dataclass(frozen=True, slots=True)
class FoundBoard:
    """A board by its title."""

    id: UUID
    title: str
    owner: str
    active_at: datetime
    parts: list[Part]


@dataclass(frozen=True, slots=True)
class FoundText:
    """The text of an element."""

    board_id: UUID
    board_title: str
    element_id: str
    excerpt: list[Part]


@dataclass(frozen=True, slots=True)
class FoundComment:
    """A comment, and the element that its thread is pinned to, if it is."""

    board_id: UUID
    board_title: str
    thread_id: UUID
    comment_id: UUID
    element_id: str | None
    author: str
    excerpt: list[Part]


@dataclass(frozen=True, slots=True)
class FoundPerson:
    """Someone with whom a board is shared."""

    username: str
    name: str


@dataclass(frozen=True, slots=True)
class Found:
    """What a query found, the best first in each group."""

    boards: list[FoundBoard]
    texts: list[FoundText]
    comments: list[FoundComment]
    people: list[FoundPerson]


@contextmanager
def answered_in_steps() -> Iterator[None]:
    """Waits until the block has taken a multiple of `ANSWER_STEP_SECONDS`."""
    started = time.monotonic()
    try:
        yield
    finally:
        if ANSWER_STEP_SECONDS:
            time.sleep(-(time.monotonic() - started) % ANSWER_STEP_SECONDS)


def search(
    user: User, text: str, *, link_ids: Collection[UUID] = (), limit: int, board: UUID | None = None
) -> Found:
    """What `user` finds for a typed text: at most `limit` of each kind, and `MAX_PEOPLE` people.

    `link_ids` are the share links they have opened. With `board`, what is on that board comes
    first. A text without words finds nothing.
    """
    query = query_of(text)
    if not query.phrases:
        return Found([], [], [], [])
    boards = boards_to_search(user, link_ids)
    return Found(
        boards=_boards_by_title(boards, query, limit),
        texts=_texts(boards, query, limit, board),
        comments=_comments(boards, query, limit, board),
        people=_people(user, query),
    )


def boards_to_search(user: User, link_ids: Collection[UUID] = ()) -> QuerySet[Board]:
    """The boards in the user's list, and those they opened by a share link."""
    is_found = Q(pk__in=board_ids_visible_to(user))
    if link_ids:
        links = ShareLink.objects.active().filter(pk__in=link_ids)
        is_found |= Q(pk__in=links.values("board"))
    return Board.objects.filter(is_found, deleted_at=None)


def boards_saying(text: str) -> Q:
    """Filters boards to those that have everything in a typed text: in their title, the name of
    their owner, the text on them, or their comments."""
    terms = query_of(text).terms
    found = Q()
    for term in terms:
        found &= _is_named(term) | _has(term.phrase)
    return found


def _is_named(term: Term) -> Q:
    """Whether the title or the owner's name has it, also in the middle of a word."""
    return (
        Q(title__icontains=term.typed)
        | Q(owner__username__icontains=term.typed)
        | Q(owner__first_name__icontains=term.typed)
        | Q(owner__last_name__icontains=term.typed)
    )


def _has(phrase: Phrase | None) -> Q:
    if phrase is None:
        return Q()
    texts = SearchText.objects.filter(words__matches=Match((phrase,)))
    return Q(pk__in=texts.values("board"))


def _boards_by_title(boards: QuerySet[Board], query: Query, limit: int) -> list[FoundBoard]:
    """The last active first."""
    titles = _newest(boards, Match(query.phrases, TextKind.TITLE), LOOKED_AT)
    contains = Q()
    for term in query.terms:
        contains &= Q(title__icontains=term.typed)
    found = (
        boards.filter(Q(pk__in=[row.board_id for row in titles]) | contains)
        .annotate(active_at=Coalesce("last_activity_at", "created_at"))
        .select_related("owner")
        .order_by("-active_at", "pk")
    )
    return [
        FoundBoard(
            id=board.pk,
            title=board.title,
            owner=display_name(board.owner),
            active_at=board.active_at,
            parts=marked(board.title, query.phrases),
        )
        for board in found[:limit]
    ]


class _Row(NamedTuple):
    id: int
    board_id: UUID


def _rows(
    boards: QuerySet[Board], kind: TextKind, query: Query, limit: int, board: UUID | None
) -> list[SearchText]:
    """Texts that have all of the words, then those that have some on boards that have all; of
    each, what was written last comes first, and before everything what is on `board`.
    """
    whole = Match(query.phrases, kind)
    rows = _newest(boards.filter(pk=board), whole, limit) if board is not None else []
    rows += _newest(boards, whole, LOOKED_AT)
    ids = _few_of_each_board(rows, limit)
    if len(ids) < limit and len(query.phrases) > 1:
        ids = _few_of_each_board(rows + _scattered(boards, kind, query), limit)
    found = SearchText.objects.select_related("board").defer("words").in_bulk(ids)
    return [found[row_id] for row_id in ids if row_id in found]


def _few_of_each_board(rows: list[_Row], limit: int) -> list[int]:
    counts: Counter[UUID] = Counter()
    ids: dict[int, None] = {}
    for row in rows:
        if row.id not in ids and counts[row.board_id] < MAX_OF_ONE_BOARD:
            counts[row.board_id] += 1
            ids[row.id] = None
    return list(ids)[:limit]


def _scattered(boards: QuerySet[Board], kind: TextKind, query: Query) -> list[_Row]:
    """Texts with some of the words, on boards that have all of them in different places.

    The rarest word says on which boards to look for the others.
    """
    by_word = [_newest(boards, Match((phrase,)), LOOKED_AT) for phrase in query.phrases]
    rarest = min(range(len(by_word)), key=lambda number: len(by_word[number]))
    ids = {row.board_id for row in by_word[rarest]}
    for number, phrase in enumerate(query.phrases):
        if ids and number != rarest:
            texts = SearchText.objects.filter(board__in=ids, words__matches=Match((phrase,)))
            ids = set(texts.values_list("board", flat=True))
    if not ids:
        return []
    some = Board.objects.filter(pk__in=ids)
    rows = [
        row for phrase in query.phrases for row in _newest(some, Match((phrase,), kind), LOOKED_AT)
    ]
    return sorted(set(rows), reverse=True)


def _newest(boards: QuerySet[Board], match: Match, limit: int) -> list[_Row]:
    """The rows that match on some boards, the last written first.

    The order of the joins is fixed on SQLite, which else begins with the boards, that is, with
    nearly all rows.
    """
    visible, parameters = boards.order_by().values("pk").query.sql_with_params()
    if connection.vendor == "postgresql":
        sql = f"""
            SELECT t.id, t.board_id FROM {TABLE} t
            WHERE t.words @@ %s::tsquery AND t.board_id IN ({visible})
            ORDER BY t.id DESC LIMIT %s"""  # noqa: S608  names and a query of Django
        wanted = match.for_postgresql()
    else:
        sql = f"""
            SELECT t.id, t.board_id FROM {INDEX} f CROSS JOIN {TABLE} t ON t.id = f.rowid
            WHERE f.{INDEX} MATCH %s AND +t.board_id IN ({visible})
            ORDER BY f.rowid DESC LIMIT %s"""  # noqa: S608  names and a query of Django
        wanted = match.for_sqlite()
    with connection.cursor() as cursor:
        cursor.execute(sql, [wanted, *parameters, limit])
        rows = cursor.fetchall()
    return [_Row(row_id, UUID(str(board_id))) for row_id, board_id in rows]


def _texts(
    boards: QuerySet[Board], query: Query, limit: int, board: UUID | None
) -> list[FoundText]:
    return [
        FoundText(
            board_id=row.board_id,
            board_title=row.board.title,
            element_id=row.key,
            excerpt=excerpt_of(row.text, query.phrases),
        )
        for row in _rows(boards, TextKind.ELEMENT, query, limit, board)
    ]


def _comments(
    boards: QuerySet[Board], query: Query, limit: int, board: UUID | None
) -> list[FoundComment]:
    """The comments as they are now: the index may be a few seconds older than an edit."""
    keys = [UUID(row.key) for row in _rows(boards, TextKind.COMMENT, query, limit, board)]
    comments = Comment.objects.select_related("thread__board").in_bulk(keys)
    found = []
    for key in keys:
        comment = comments.get(key)
        excerpt = excerpt_of(comment.body, query.phrases) if comment is not None else []
        if comment is not None and excerpt:
            found.append(_found_comment(comment, excerpt))
    return found


def _found_comment(comment: Comment, excerpt: list[Part]) -> FoundComment:
    thread = comment.thread
    return FoundComment(
        board_id=thread.board_id,
        board_title=thread.board.title,
        thread_id=thread.pk,
        comment_id=comment.pk,
        element_id=thread.anchor.get("element_id"),
        author=comment.author_name,
        excerpt=excerpt,
    )


def _people(user: User, query: Query) -> list[FoundPerson]:
    is_named = Q()
    for term in query.terms:
        is_named &= (
            Q(username__icontains=term.typed)
            | Q(first_name__icontains=term.typed)
            | Q(last_name__icontains=term.typed)
        )
    people = people_visible_to(user).filter(is_named).exclude(pk=user.pk)
    named = people.order_by("first_name", "last_name", "username")[:MAX_PEOPLE]
    return [FoundPerson(person.get_username(), display_name(person)) for person in named]
