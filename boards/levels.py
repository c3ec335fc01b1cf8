"""Access levels and their order. Pure: knows no framework."""

from __future__ import annotations

import enum


class AccessLevel(enum.IntEnum):
    """What somebody may do on a board; a higher level includes every lower one."""

    NONE = 0
    VIEW = 1
    COMMENT = 2
    EDIT = 3

    @property
    def label(self) -> str:
        """The word that is stored and sent: ``none``, ``view``, ``comment`` or ``edit``."""
        return self.name.lower()

    @classmethod
    def parse(cls, text: str) -> AccessLevel:
        """The level of a stored or received word. Raises ``ValueError`` for anything else."""
        for level in cls:
            if level.label == text:
                return level
        raise ValueError(f"{text!r} is not an access level.")


GRANTABLE_LEVELS = (AccessLevel.VIEW, AccessLevel.COMMENT, AccessLevel.EDIT)
