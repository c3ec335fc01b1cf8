"""Which words a text has, and what a query asks for.

Both databases index the words as they are made here, so both find the same. Letters are compared
without case and accents. Scripts that are written without spaces have one word per character, and
neighbours in a query have to be neighbours in the text.
"""

from __future__ import annotations

import enum
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from boards.models import Phrase

QUERY_MAX_LENGTH = 200
MAX_TERMS = 8
"""Further words of a query are ignored."""
WORD_MAX_LENGTH = 64
"""Longer words are cut, in texts and queries alike."""
PREFIX_MIN_LENGTH = 2
"""A single letter stands for itself: nearly every text has a word that begins with it."""
_PHRASE_MAX_WORDS = 16

_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»\uff02", '"'))
_ACCENTS = re.compile(r"[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe00-\ufe0f]+")
_PLAIN = str.maketrans(
    {
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "æ": "ae",
        "œ": "oe",
        "\u0131": "i",
        "ħ": "h",
    }
)
_WITHOUT_SPACES = (
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x1000, 0x109F),  # Myanmar
    (0x1780, 0x17FF),  # Khmer
    (0x3005, 0x3007),
    (0x3040, 0x30FF),  # Hiragana, Katakana
    (0x31F0, 0x31FF),
    (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF),  # Han
    (0xF900, 0xFAFF),
    (0x20000, 0x323AF),
)


@dataclass(frozen=True, slots=True)
class Term:
    """One part of a query as it was typed, and the words that it stands for, if it has any."""

    typed: str
    phrase: Phrase | None


@dataclass(frozen=True, slots=True)
class Query:
    """What somebody looks for: a board is found if it has every term."""

    terms: tuple[Term, ...]

    @property
    def phrases(self) -> tuple[Phrase, ...]:
        """What the index is asked for; empty if nothing typed is a word."""
        return tuple(dict.fromkeys(term.phrase for term in self.terms if term.phrase))


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text, and where it stands: `text[start:end]`."""

    word: str
    start: int
    end: int


def query_of(text: str) -> Query:
    """What a typed text asks for. Every text is a query.

    `"several words"` in quotes have to stand together. What is written as one word but has several,
    as `v1.2`, has to stand together too. The last word may be unfinished, unless it is in quotes
    that are closed.
    """
    parts = text[:QUERY_MAX_LENGTH].translate(_QUOTES).split('"')
    typed: list[tuple[str, bool]] = []
    for number, part in enumerate(parts):
        if number % 2:
            typed.append((part.strip(), number < len(parts) - 1))
        else:
            typed += [(word, False) for word in part.split()]
    typed = [one for one in typed if one[0]][:MAX_TERMS]
    last = len(typed) - 1
    return Query(
        tuple(
            Term(part, _phrase_of(part, may_be_prefix=number == last and not is_closed))
            for number, (part, is_closed) in enumerate(typed)
        )
    )


def _phrase_of(part: str, *, may_be_prefix: bool) -> Phrase | None:
    words = tuple(word.word for word in words_of(part))[:_PHRASE_MAX_WORDS]
    if not words:
        return None
    return Phrase(words, may_be_prefix and len(words[-1]) >= PREFIX_MIN_LENGTH)


def words_of(text: str) -> Iterator[Word]:
    """The words of a text, in order."""
    start, letters = 0, ""
    for at, char in enumerate(text):
        plain, kind = _character(char)
        if kind is _Kind.IN_WORD:
            if not letters:
                start = at
            letters += plain
            continue
        if kind is _Kind.MARK and letters:
            continue
        if letters:
            yield Word(letters[:WORD_MAX_LENGTH], start, at)
            letters = ""
        if kind is _Kind.ALONE:
            yield Word(plain[:WORD_MAX_LENGTH], at, at + 1)
    if letters:
        yield Word(letters[:WORD_MAX_LENGTH], start, len(text))


def places_of(words: Sequence[Word], phrase: Phrase) -> Iterator[tuple[int, int]]:
    """Where a phrase stands among the words of a text: from its first word to before the next."""
    length = len(phrase.words)
    *whole, last = phrase.words
    for at in range(len(words) - length + 1):
        if any(words[at + number].word != word for number, word in enumerate(whole)):
            continue
        found = words[at + length - 1].word
        if found == last or (phrase.is_prefix and found.startswith(last)):
            yield at, at + length


class _Kind(enum.Enum):
    """How a character stands in words."""

    IN_WORD = enum.auto()
    ALONE = enum.auto()
    MARK = enum.auto()
    BETWEEN = enum.auto()


@lru_cache(maxsize=20_000)
def _character(char: str) -> tuple[str, _Kind]:
    """What a character is compared as, and how it stands in words."""
    if char.isascii():
        return (char.lower(), _Kind.IN_WORD) if char.isalnum() else ("", _Kind.BETWEEN)
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", char).casefold())
    plain = unicodedata.normalize("NFC", _ACCENTS.sub("", folded)).translate(_PLAIN)
    if not plain:
        return "", _Kind.MARK
    kept = "".join(one for one in plain if unicodedata.category(one)[0] in "LNM" or _is_sign(one))
    if not kept:
        return "", _Kind.BETWEEN
    if _is_sign(kept[0]) or any(low <= ord(kept[0]) <= high for low, high in _WITHOUT_SPACES):
        return (kept, _Kind.ALONE) if unicodedata.category(kept[0])[0] != "M" else ("", _Kind.MARK)
    return kept, _Kind.IN_WORD


def _is_sign(char: str) -> bool:
    """Whether it is a picture, such as an emoji."""
    return unicodedata.category(char) == "So"
