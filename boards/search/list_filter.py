"""Filters a list of boards by words."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from boards.models import Board, Match, Phrase, SearchText
from boards.search.reach import Reach
from boards.search.words import Term, query_of


def boards_saying(text: str, boards: QuerySet[Board, Any]) -> Q:
    """Filters these boards to those that have everything in a typed text: in their title, the name
    of their owner, the text on them, or their comments. If they are few, it costs nothing how
    frequent a word is on others."""
    terms = query_of(text).terms
    reach = Reach.of(boards) if any(term.phrase for term in terms) else None
    found = Q()
    for term in terms:
        found &= _is_named(term) | _has(term.phrase, reach)
    return found


def _is_named(term: Term) -> Q:
    """Whether the title or the owner's name has it, also in the middle of a word."""
    return (
        Q(title__icontains=term.typed)
        | Q(owner__username__icontains=term.typed)
        | Q(owner__first_name__icontains=term.typed)
        | Q(owner__last_name__icontains=term.typed)
    )


def _has(phrase: Phrase | None, reach: Reach | None) -> Q:
    if phrase is None or reach is None:
        return Q()
    match = Match((phrase,))
    if reach.has_few:
        return Q(pk__in=reach.having(match))
    return Q(pk__in=SearchText.objects.filter(words__matches=match).values("board"))
