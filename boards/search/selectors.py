"""Which boards, texts, comments and people a query finds for someone.

The permissions are part of every query: what someone may not see is never read for them. Nothing
that comes back depends on other boards, neither the order nor the numbers: see `docs/search.md` for
why there is no rank by how rare a word is.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.models import User
from django.db.models import Case, F, IntegerField, Q, QuerySet, Value, When, Window
from django.db.models.functions import Coalesce, RowNumber

from boards.access.selectors import boards_visible_to, people_visible_to
from boards.identity.names import display_name
from boards.models import Board, Comment, Match, Phrase, SearchText, ShareLink, TextKind
from boards.search.excerpts import Part, excerpt_of, marked
from boards.search.words import Query, Term, query_of

MAX_PEOPLE = 5
MAX_OF_ONE_BOARD = 3
"""Texts and comments of one board, so that others are shown too."""
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
    is_found = Q(pk__in=boards_visible_to(user).order_by().values("pk"))
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
    titles = SearchText.objects.filter(kind=TextKind.TITLE, words__matches=Match(query.phrases))
    contains = Q()
    for term in query.terms:
        contains &= Q(title__icontains=term.typed)
    found = (
        boards.filter(Q(pk__in=titles.values("board")) | contains)
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


def _rows(
    boards: QuerySet[Board], kind: TextKind, query: Query, limit: int, board: UUID | None
) -> QuerySet[SearchText, dict[str, Any]]:
    """The texts that have a word of the query, on boards that have all of them.

    Texts with all the words come first, then those of the board that was active last.
    """
    phrases = query.phrases
    if len(phrases) > 1:
        for phrase in phrases:
            boards = boards.filter(_has(phrase))
    rows = SearchText.objects.filter(
        kind=kind, board__in=boards.values("pk"), words__matches=Match(phrases, is_any=True)
    )
    order: list[Any] = [F("active_at").desc(), "board_id", "pk"]
    if len(phrases) > 1:
        has_all = When(words__matches=Match(phrases), then=Value(0))
        rows = rows.annotate(part=Case(has_all, default=Value(1), output_field=IntegerField()))
        order.insert(0, "part")
    if board is not None:
        here = When(board=board, then=Value(0))
        rows = rows.annotate(place=Case(here, default=Value(1), output_field=IntegerField()))
        order.insert(0, "place")
    in_board = [one for one in order if one in ("part", "pk")]
    rows = rows.annotate(
        active_at=Coalesce("board__last_activity_at", "board__created_at"),
        number=Window(RowNumber(), partition_by=[F("board_id")], order_by=in_board),
    )
    return rows.filter(number__lte=MAX_OF_ONE_BOARD).order_by(*order).values(
        "board_id", "board__title", "key", "text"
    )[:limit]


def _texts(
    boards: QuerySet[Board], query: Query, limit: int, board: UUID | None
) -> list[FoundText]:
    return [
        FoundText(
            board_id=row["board_id"],
            board_title=row["board__title"],
            element_id=row["key"],
            excerpt=excerpt_of(row["text"], query.phrases),
        )
        for row in _rows(boards, TextKind.ELEMENT, query, limit, board)
    ]


def _comments(
    boards: QuerySet[Board], query: Query, limit: int, board: UUID | None
) -> list[FoundComment]:
    """The comments as they are now: the index may be a few seconds older than an edit."""
    keys = [UUID(row["key"]) for row in _rows(boards, TextKind.COMMENT, query, limit, board)]
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
    people = people_visible_to(user).exclude(pk=user.pk)
    for term in query.terms:
        people = people.filter(
            Q(username__icontains=term.typed)
            | Q(first_name__icontains=term.typed)
            | Q(last_name__icontains=term.typed)
        )
    named = people.order_by("first_name", "last_name", "username")[:MAX_PEOPLE]
    return [FoundPerson(person.get_username(), display_name(person)) for person in named]
