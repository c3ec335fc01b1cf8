"""Filters a list of boards by words."""

from __future__ import annotations

from django.db.models import Q

from boards.models import Match, Phrase, SearchText
from boards.search.words import Term, query_of


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
