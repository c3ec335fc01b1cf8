"""Levels have one order and one spelling."""

from __future__ import annotations

import pytest

from boards.levels import GRANTABLE_LEVELS, AccessLevel


@pytest.mark.parametrize("word", ["", "owner", "VIEW", "view ", "3", "admin"])
def test_other_words_are_refused(word: str) -> None:
    with pytest.raises(ValueError, match="not an access level"):
        AccessLevel.parse(word)


def test_a_higher_level_includes_the_lower_ones() -> None:
    assert AccessLevel.NONE < AccessLevel.VIEW < AccessLevel.COMMENT < AccessLevel.EDIT
    assert not AccessLevel.NONE


def test_every_level_is_read_back_from_its_word() -> None:
    assert [level.label for level in AccessLevel] == ["none", "view", "comment", "edit"]
    assert all(AccessLevel.parse(level.label) is level for level in AccessLevel)
    assert AccessLevel.NONE not in GRANTABLE_LEVELS
