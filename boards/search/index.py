"""Writes the search index: which boards are behind, who works on one, and its texts.

Blocking, and for the process beside the server: nothing that people wait for calls this.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from typing import NamedTuple, TypeVar
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils import timezone

from boards.models import Board, Comment, SearchState, SearchText, TextKind
from boards.models.search import word_of_kind
from boards.search.words import words_of

TEXT_MAX_LENGTH = 10_000
"""Characters of one text; the rest of it is not found."""
BOARD_MAX_LENGTH = 2_000_000
"""Characters of all texts of a board."""
PAUSE_SECONDS = 4.0
"""Between the end of one indexing of a board and the next, at least."""
WORK_SHARE = 0.05
"""Share of the time that may be spent on one board: a slow one waits longer."""
CLAIM_SECONDS = 300.0
"""After this long without an end, another process may work on the board."""
FIRST_FAILURE_PAUSE = timedelta(minutes=5)
LONGEST_FAILURE_PAUSE = timedelta(days=1)
Item = TypeVar("Item")
_ROWS_AT_ONCE = 200
_BOARDS_AT_ONCE = 200


class Behind(NamedTuple):
    """What a board is like now, and what of it is in the index."""

    board_id: UUID
    seq: int
    comments: int
    title: str
    indexed_seq: int | None
    indexed_comments: int | None
    indexed_title: str | None


@dataclass(frozen=True, slots=True)
class Text:
    """One text, and the comment that it is."""

    text: str
    comment_id: UUID | None = None


def boards_behind(board_ids: list[UUID] | None = None) -> list[Behind]:
    """Boards whose drawing, comments or title changed since they were indexed and that are due,
    the longest due first. Those in the trash wait until they are restored."""
    is_other = (
        ~Q(head_seq=F("search_state__seq"))
        | ~Q(comments_changed=F("search_state__comments"))
        | ~Q(title=F("search_state__title"))
    )
    is_due = Q(search_state__next_at__lte=timezone.now()) & is_other
    boards = Board.objects.filter(Q(search_state=None) | is_due, deleted_at=None)
    if board_ids is not None:
        boards = boards.filter(pk__in=board_ids)
    rows = boards.order_by(
        F("search_state__next_at").asc(nulls_first=True), "last_activity_at", "pk"
    ).values_list(
        "pk",
        "head_seq",
        "comments_changed",
        "title",
        "search_state__seq",
        "search_state__comments",
        "search_state__title",
    )
    return [Behind(*row) for row in rows[:_BOARDS_AT_ONCE]]


def claim(board_id: UUID) -> bool:
    """Whether this process may work on the board now; no other does meanwhile.

    It counts as a failure until `finish`, so the work of a process that died is tried again later,
    each time after a longer pause.
    """
    now = timezone.now()
    state = SearchState.objects.filter(board_id=board_id, next_at__lte=now)
    until = now + timedelta(seconds=CLAIM_SECONDS)
    if state.update(next_at=until, failures=F("failures") + 1):
        return True
    try:
        with transaction.atomic():
            SearchState.objects.create(board_id=board_id, next_at=until, failures=1)
    except IntegrityError:  # another was quicker, it is not due, or the board is gone
        return False
    return True


def finish(behind: Behind, *, work_seconds: float) -> None:
    """The index shows the board as it was in `behind`."""
    now = timezone.now()
    pause = max(PAUSE_SECONDS, work_seconds / WORK_SHARE)
    SearchState.objects.filter(board_id=behind.board_id).update(
        seq=behind.seq,
        comments=behind.comments,
        title=behind.title,
        next_at=now + timedelta(seconds=pause),
        indexed_at=now,
        failures=0,
        reason="",
    )


def fail(board_id: UUID, reason: str) -> None:
    """The work on the board failed; the next attempt waits longer than the last."""
    state = SearchState.objects.filter(board_id=board_id).first()
    if state is None:
        return
    doubled = FIRST_FAILURE_PAUSE * 2 ** min(max(state.failures, 1) - 1, 20)
    state.next_at = timezone.now() + min(doubled, LONGEST_FAILURE_PAUSE)
    state.reason = reason[:300]
    state.save(update_fields=["next_at", "reason"])


def release(board_id: UUID) -> None:
    """Gives a claim back without a failure."""
    SearchState.objects.filter(board_id=board_id, failures__gt=0).update(
        next_at=timezone.now(), failures=F("failures") - 1
    )


def forget(board_ids: list[UUID] | None = None) -> int:
    """Marks boards as not indexed and due at once, all of them by default; returns how many."""
    states = SearchState.objects.all()
    if board_ids is not None:
        states = states.filter(board_id__in=board_ids)
    return states.update(
        seq=-1, comments=-1, title="", next_at=timezone.now(), failures=0, reason=""
    )


def comments_of(board_id: UUID) -> dict[str, Text]:
    """The comments on a board, by id."""
    rows = Comment.objects.filter(thread__board_id=board_id).values_list("pk", "body")
    return {str(comment_id): Text(body, comment_id) for comment_id, body in rows}


def texts_replace(board_id: UUID, kind: TextKind, wanted: Mapping[str, Text]) -> int:
    """Makes the texts of one kind those that are wanted; returns how many rows that changed.

    Texts that stay as they are cost nothing. Writes in short transactions, so that people who draw
    don't wait. Raises `IntegrityError` if the board or a comment went meanwhile.
    """
    bounded = dict(_bounded(wanted))
    rows = SearchText.objects.filter(board_id=board_id, kind=kind)
    known = {key: (pk, text) for pk, key, text in rows.values_list("pk", "key", "text")}
    stays = {key for key, text in bounded.items() if known.get(key, (0, None))[1] == text.text}
    gone = [pk for key, (pk, _) in known.items() if key not in stays]
    for some in _parts(gone):
        rows.filter(pk__in=some).delete()
    # A text that changed gets a new row: the numbers of rows say which text is the newest.
    fresh = [
        SearchText(
            board_id=board_id,
            kind=kind,
            key=key,
            comment_id=text.comment_id,
            text=text.text,
            words=indexed_words(kind, text.text),
        )
        for key, text in bounded.items()
        if key not in stays
    ]
    for batch in _parts(fresh):
        SearchText.objects.bulk_create(batch)
    return len(gone) + len(fresh)


def indexed_words(kind: str, text: str) -> list[str]:
    """The words of a text as the index has them."""
    return [word_of_kind(kind), *(word.word for word in words_of(text))]


def _bounded(wanted: Mapping[str, Text]) -> Iterator[tuple[str, Text]]:
    left = BOARD_MAX_LENGTH
    for key, text in wanted.items():
        # PostgreSQL stores no NUL, and neither database half a character.
        kept = text.text[:TEXT_MAX_LENGTH].replace("\0", " ")
        kept = kept.encode(errors="replace").decode()
        left -= len(kept)
        if left < 0:
            return
        if kept.strip():
            yield key, Text(kept, text.comment_id)


def _parts(items: list[Item]) -> Iterator[list[Item]]:
    rest = iter(items)
    while part := list(islice(rest, _ROWS_AT_ONCE)):
        yield part
