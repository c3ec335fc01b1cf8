"""The documentation and the product's constants say of permissions what the table says."""

from __future__ import annotations

import re
from pathlib import Path

from boards.levels import AccessLevel
from boards.tests.matrix import ACTIONS, LEVEL_WORDS, NOTHING, OWNER

PAGE = Path(__file__).resolve().parents[2] / "docs" / "permissions.md"
_ROW = re.compile(r"^\| ([^|]+) \|" + r" ([x ]) \|" * OWNER + "$", re.MULTILINE)


def test_the_documentation_has_this_table() -> None:
    said = {}
    for action, *marks in _ROW.findall(PAGE.read_text()):
        assert marks == sorted(marks), f"{action}: a higher level includes the lower ones"
        said[action] = OWNER + 1 - marks.count("x")
    assert said == ACTIONS


def test_levels_are_those_of_the_product() -> None:
    words = [level.label for level in AccessLevel]
    assert words == list(LEVEL_WORDS[:OWNER])
    assert AccessLevel.NONE == NOTHING
