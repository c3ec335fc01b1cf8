"""Access levels and their order. Imports no framework."""

from __future__ import annotations

import enum
import json
from pathlib import Path
from typing import Any, Final

SHARED: Final[dict[str, Any]] = json.loads(Path(__file__).with_name("shared.json").read_text())
"""What server and page share: levels, lengths of texts, and how far a board reaches."""
_LEVELS: dict[str, int] = SHARED["levels"]
LENGTHS: Final[dict[str, int]] = SHARED["lengths"]
FARTHEST: Final[int] = SHARED["farthest"]
"""How far from the origin of a board, on either axis, something on it may be."""


class AccessLevel(enum.IntEnum):
    """What someone may do on a board; each level includes the lower ones."""

    NONE = _LEVELS["none"]
    VIEW = _LEVELS["view"]
    COMMENT = _LEVELS["comment"]
    EDIT = _LEVELS["edit"]

    @property
    def label(self) -> str:
        """The word that is stored and sent: `none`, `view`, `comment` or `edit`."""
        return self.name.lower()

    @classmethod
    def parse(cls, text: str) -> AccessLevel:
        """The level of a word. Raises `ValueError` for other words."""
        for level in cls:
            if level.label == text:
                return level
        raise ValueError(f"{text!r} is not an access level.")


GRANTABLE_LEVELS = (AccessLevel.VIEW, AccessLevel.COMMENT, AccessLevel.EDIT)
