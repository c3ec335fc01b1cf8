"""The part of a text around what was found."""

from __future__ import annotations

from typing import NamedTuple

from boards.models import Phrase
from boards.search.words import places_of, words_of

EXCERPT_LENGTH = 140
_BEFORE = 50
_CUT = "…"


class Part(NamedTuple):
    """A piece of an excerpt, and whether it is what was looked for."""

    text: str
    is_match: bool


def marked(text: str, phrases: tuple[Phrase, ...]) -> list[Part]:
    """The whole text in pieces; without a match it is one."""
    return _in_parts(text, _spans(text, phrases))


def excerpt_of(text: str, phrases: tuple[Phrase, ...]) -> list[Part]:
    """The first match with what stands around it, in one line; empty if nothing matches."""
    spans = _spans(text, phrases)
    if not spans:
        return []
    first = spans[0][0]
    start = 0 if first <= _BEFORE else _word_start(text, first - _BEFORE, first)
    end = min(len(text), start + EXCERPT_LENGTH)
    if end < len(text):
        end = max(_word_end(text, end, first), min(spans[0][1], start + EXCERPT_LENGTH))
    cut = text[start:end]
    inside = [(max(a, start) - start, min(b, end) - start) for a, b in spans if a < end]
    parts = _in_parts(cut, [span for span in inside if span[0] < span[1]])
    parts = [Part(" ".join(_spaced(part.text)), part.is_match) for part in parts]
    if start > 0:
        parts.insert(0, Part(_CUT, False))
    if end < len(text):
        parts.append(Part(_CUT, False))
    return [part for part in parts if part.text]


def _spans(text: str, phrases: tuple[Phrase, ...]) -> list[tuple[int, int]]:
    """Where the phrases stand, in order and apart."""
    words = list(words_of(text))
    found = sorted(
        (words[first].start, words[after - 1].end)
        for phrase in phrases
        for first, after in places_of(words, phrase)
    )
    apart: list[tuple[int, int]] = []
    for start, end in found:
        if apart and start < apart[-1][1]:
            apart[-1] = (apart[-1][0], max(end, apart[-1][1]))
        else:
            apart.append((start, end))
    return apart


def _in_parts(text: str, spans: list[tuple[int, int]]) -> list[Part]:
    parts, at = [], 0
    for start, end in spans:
        parts += [Part(text[at:start], False), Part(text[start:end], True)]
        at = end
    return [part for part in [*parts, Part(text[at:], False)] if part.text]


def _word_start(text: str, at: int, before: int) -> int:
    """The start of the first word after `at`, but not after `before`."""
    space = text.find(" ", at, before)
    return at if space < 0 else space + 1


def _word_end(text: str, at: int, after: int) -> int:
    """The end of the last word before `at`, but not before `after`."""
    space = text.rfind(" ", after, at)
    return at if space < 0 else space


def _spaced(text: str) -> list[str]:
    """Split at white space, with empty pieces at the ends for spaces there."""
    middle = text.split()
    if not middle:
        return ["", ""] if text else []
    return [*([""] if text[0].isspace() else []), *middle, *([""] if text[-1].isspace() else [])]
