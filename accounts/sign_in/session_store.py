"""Sessions in the database. A key that this server never gave names none, and is not looked up."""

from __future__ import annotations

import re

from django.contrib.sessions.backends import db

_KEY = re.compile(r"[0-9a-z]{32}")


class SessionStore(db.SessionStore):
    """Django's own, for keys as Django makes them.

    Cookies hold whatever a client sends, also what PostgreSQL stores in no text: a NUL, behind a
    backslash. Looking for it would fail like a database that is down.
    """

    def _validate_session_key(self, key: str | None) -> bool:
        return key is not None and _KEY.fullmatch(key) is not None
