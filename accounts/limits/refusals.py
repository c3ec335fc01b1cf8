"""Refusals for exceeding a limit: one exception for pages and REST."""

from __future__ import annotations


class RefusalError(Exception):
    """Nothing was done. `str()` says why, with the number, and what to do.

    `status` is the HTTP status, `code` a word for programs.
    """

    def __init__(
        self, message: str, *, status: int, code: str, retry_after_seconds: int | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.retry_after_seconds = retry_after_seconds


def megabytes(size_bytes: int) -> str:
    """A limit in words."""
    return f"{size_bytes / 1_000_000:,g} MB"
