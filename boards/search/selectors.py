"""Which boards, texts, comments and people a query finds for someone.

The permissions are part of every query, or were asked for just before: no text that someone may not
see is read for them. Nothing that comes back depends on other boards, neither the order nor the
numbers: see `docs/search.md` for why there is no rank by how rare a word is.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from functools import cached_property
from uuid import UUID

from django.contrib.auth.models import User
from django.db.models import Q

from boards.access.people import people_named
from boards.access.scopes import Scopes
from boards.identity.names import display_name
from boards.models import Board, Comment, Match, SearchText, TextKind
from boards.search.excerpts import Part, excerpt_of, marked
from boards.search.found import Found, FoundBoard, FoundComment, FoundPerson, FoundText
from boards.search.reach import Reach, Row
from boards.search.words import Query, query_of

MAX_PEOPLE = 5
MAX_OF_ONE_BOARD = 3
"""Texts and comments of one board, so that others are shown too."""
LOOKED_AT = 300
"""Of a word that is in more texts, the newest are looked at."""
_LOOKED_AT_FIRST = 60
"""Nearly always enough: then no more are read."""
SCATTERED_BOARDS = 100
"""Where several words may stand in different places, so many boards are looked at."""
ANSWER_STEP_SECONDS = 0.05
"""Answers take a multiple of this, so that the time reveals nothing of boards that others have."""


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
    user: User,
    text: str,
    *,
    link_ids: Collection[UUID] = (),
    scopes: Scopes | None = None,
    limit: int,
    board: UUID | None = None,
) -> Found:
    """What `user` finds for a typed text: at most `limit` of each kind, and `MAX_PEOPLE` people.

    `link_ids` are the share links they have opened. With the `scopes` of a token, only boards that
    it may read are searched, and no people. With `board`, what is on that board comes first. A text
    without words finds nothing.
    """
    query = query_of(text)
    if not query.phrases:
        return Found([], [], [], [])
    reach = Reach.of_user(user, link_ids, scopes)
    texts = _Texts(reach, query, reach.only(board) if board is not None else None)
    return Found(
        boards=_boards_by_title(reach, query, limit),
        texts=_elements(texts, query, limit),
        comments=_comments(texts, query, limit),
        people=_people(user, query) if scopes is None else [],
    )


def _boards_by_title(reach: Reach, query: Query, limit: int) -> list[FoundBoard]:
    """The last active first."""
    titles = reach.newest(Match(query.phrases, TextKind.TITLE), LOOKED_AT)
    contains = Q()
    for term in query.terms:
        contains &= Q(title__icontains=term.typed)
    ids = reach.last_active(Q(pk__in=[row.board_id for row in titles]) | contains, limit)
    boards = Board.objects.select_related("owner").in_bulk(ids)
    return [
        FoundBoard(
            id=board.pk,
            title=board.title,
            owner=display_name(board.owner),
            active_at=board.last_activity_at or board.created_at,
            parts=marked(board.title, query.phrases),
        )
        for board in (boards[board_id] for board_id in ids if board_id in boards)
    ]


class _Texts:
    """The texts that a query finds, of each kind."""

    def __init__(self, reach: Reach, query: Query, first: Reach | None) -> None:
        """What is on the board of `first` comes before everything."""
        self._reach, self._query, self._first = reach, query, first

    def found(self, kind: TextKind, limit: int) -> list[SearchText]:
        """Texts that have all of the words, then those that have some on boards that have all; of
        each, what was written last comes first."""
        whole = Match(self._query.phrases, kind)
        first = self._first.newest(whole, limit) if self._first is not None else []
        ids: list[int] = []
        for looked_at in (_LOOKED_AT_FIRST, LOOKED_AT):
            rows = self._reach.newest(whole, looked_at)
            ids = _few_of_each_board(first + rows, limit)
            if len(ids) == limit or len(rows) < looked_at:
                break
        if len(ids) < limit and len(self._query.phrases) > 1:
            ids = _few_of_each_board(first + rows + self._scattered(kind), limit)
        texts = SearchText.objects.select_related("board").defer("words").in_bulk(ids)
        return [texts[row_id] for row_id in ids if row_id in texts]

    def _scattered(self, kind: TextKind) -> list[Row]:
        """Texts with some of the words, on boards that have all of them."""
        rows = {
            row
            for phrase in self._query.phrases
            for row in self._have_all.newest(Match((phrase,), kind), LOOKED_AT)
        }
        return sorted(rows, reverse=True)

    @cached_property
    def _have_all(self) -> Reach:
        """Boards that have all of the words, in whatever places.

        The rarest word says on which boards to look for the others.
        """
        phrases = self._query.phrases
        by_word = [self._reach.newest(Match((one,)), LOOKED_AT) for one in phrases]
        rarest = min(range(len(by_word)), key=lambda number: len(by_word[number]))
        newest = list(dict.fromkeys(row.board_id for row in by_word[rarest]))[:SCATTERED_BOARDS]
        for number, phrase in enumerate(phrases):
            if number != rarest:
                having = Reach.of_first(newest).having(Match((phrase,)))
                newest = [board_id for board_id in newest if board_id in having]
        return Reach.of_first(newest)


def _few_of_each_board(rows: list[Row], limit: int) -> list[int]:
    counts: Counter[UUID] = Counter()
    ids: dict[int, None] = {}
    for row in rows:
        if row.id not in ids and counts[row.board_id] < MAX_OF_ONE_BOARD:
            counts[row.board_id] += 1
            ids[row.id] = None
    return list(ids)[:limit]


def _elements(texts: _Texts, query: Query, limit: int) -> list[FoundText]:
    return [
        FoundText(
            board_id=row.board_id,
            board_title=row.board.title,
            element_id=row.key,
            excerpt=excerpt_of(row.text, query.phrases),
        )
        for row in texts.found(TextKind.ELEMENT, limit)
    ]


def _comments(texts: _Texts, query: Query, limit: int) -> list[FoundComment]:
    """The comments as they are now: the index may be a few seconds older than an edit."""
    keys = [UUID(row.key) for row in texts.found(TextKind.COMMENT, limit)]
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
    people = people_named(user, is_named, MAX_PEOPLE)
    return [FoundPerson(person.get_username(), display_name(person)) for person in people]
