"""Which words a text has, and what a query asks for."""

from __future__ import annotations

import pytest

from boards.models import Match, Phrase
from boards.search.excerpts import EXCERPT_LENGTH, excerpt_of, marked
from boards.search.words import QUERY_MAX_LENGTH, places_of, query_of, words_of

WORDS = {
    "Über die Straße": ["uber", "die", "strasse"],
    "naïve ÅNGSTRÖM Łódź smørrebrød": ["naive", "angstrom", "lodz", "smorrebrod"],
    "U\u0308bung, v1.2 — don't": ["ubung", "v1", "2", "don", "t"],
    "会议记录 Q3": ["会", "议", "记", "录", "q3"],
    "ひらがな ガ": ["ひ", "ら", "が", "な", "ガ"],
    "회의록": ["회의록"],
    "नमस्ते": ["नमस्ते"],
    "Начало": ["начало"],
    "done ✅🚀": ["done", "✅", "🚀"],
    "!?… --- ()": [],
    "a\0b\ud800c": ["a", "b", "c"],
}


@pytest.mark.parametrize("text", WORDS)
def test_words(text: str) -> None:
    words = list(words_of(text))
    assert [word.word for word in words] == WORDS[text]
    for word in words:
        assert 0 <= word.start < word.end <= len(text)


def test_the_last_word_may_be_unfinished() -> None:
    assert query_of("plan bud").phrases == (Phrase(("plan",)), Phrase(("bud",), is_prefix=True))
    assert query_of("plan b").phrases[-1] == Phrase(("b",)), "one letter begins too many words"
    assert query_of('"plan bud"').phrases == (Phrase(("plan", "bud")),)
    assert query_of("„plan bud").phrases == (Phrase(("plan", "bud"), is_prefix=True),)


def test_what_has_several_words_stands_together() -> None:
    assert query_of("v1.2").phrases == (Phrase(("v1", "2")),)
    assert query_of("记录").phrases == (Phrase(("记", "录")),)


def test_a_query_is_bounded() -> None:
    assert len(query_of("word " * 100).terms) == 8
    assert len(query_of("a" * 10_000).terms[0].typed) == QUERY_MAX_LENGTH
    assert len(query_of("a-" * 100).terms[0].phrase.words) == 16  # type: ignore[union-attr]


@pytest.mark.parametrize("text", ["", " ", '"', "!?", '" "', "***", "\0"])
def test_without_words_there_is_nothing_to_look_for(text: str) -> None:
    assert query_of(text).phrases == ()


def test_queries_are_quoted_for_both_databases() -> None:
    match = Match(query_of('NOT "or b* c" plan').phrases)
    assert match.for_sqlite() == '"not" AND "or b c" AND "plan" *'
    assert match.for_postgresql() == "('not') & ('or' <-> 'b' <-> 'c') & ('plan':*)"


def test_places() -> None:
    words = list(words_of("new plan, newer plans"))
    assert list(places_of(words, Phrase(("new", "plan")))) == [(0, 2)]
    assert list(places_of(words, Phrase(("plan",), is_prefix=True))) == [(1, 2), (3, 4)]


def test_an_excerpt_shows_the_first_match_and_what_is_around_it() -> None:
    text = f"{'before ' * 40}the Bücher\n\nare here {'after ' * 40}"
    parts = excerpt_of(text, query_of("bucher").phrases)
    assert [part.text for part in parts if part.is_match] == ["Bücher"]
    shown = "".join(part.text for part in parts)
    assert "the Bücher are here after" in shown
    assert shown.startswith("…before")
    assert shown.endswith("after…")
    assert len(shown) <= EXCERPT_LENGTH + 2


def test_an_excerpt_of_a_text_without_spaces() -> None:
    parts = excerpt_of("x" * 500 + "会议" + "y" * 500, query_of("会议").phrases)
    assert [part.text for part in parts if part.is_match] == ["会议"]
    assert excerpt_of("nothing", query_of("else").phrases) == []


def test_a_long_phrase_is_shown_whole() -> None:
    one, two = "v" * 60, "w" * 60
    parts = excerpt_of(f"{one} {two} {one}", query_of(f'"{one} {two}"').phrases)
    assert next(part for part in parts if part.is_match).text == f"{one} {two}"


def test_a_title_is_shown_whole() -> None:
    parts = marked("Roadmap 2026", query_of("road").phrases)
    assert [tuple(part) for part in parts] == [("Roadmap", True), (" 2026", False)]
