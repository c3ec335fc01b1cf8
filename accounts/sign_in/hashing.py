"""Hashes passwords on a few threads of a low priority, in turn between networks.

One hash occupies a core for a third of a second, outside Python's global lock. A hundred guesses at
once would slow down everyone who is drawing, and real sign-ins would have to queue behind them.
"""

from __future__ import annotations

import os

from django.contrib.auth.hashers import PBKDF2PasswordHasher

from accounts.limits.fair_threads import FairThreads

_threads = FairThreads(os.cpu_count() or 1, "canvas-password")


class PasswordHasher(PBKDF2PasswordHasher):
    """Django's own, with the same hashes."""

    def encode(self, password: str, salt: str, iterations: int | None = None) -> str:
        """The hash as it is kept."""
        encode = super().encode
        return _threads.run(lambda: encode(password, salt, iterations))
