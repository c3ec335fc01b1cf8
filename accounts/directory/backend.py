"""Checks a username and a password in the directory, for Django.

`sign_in_check` limits guesses around it, as around passwords of this installation.
"""

from __future__ import annotations

import threading
from typing import Any

from django.conf import settings
from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.models import User
from django.http import HttpRequest

from accounts.directory.library import Directory
from accounts.identities.said import DirectoryDownError
from accounts.sign_in.policy import are_passwords_hidden

NAME_MAX_LENGTH = 254
PASSWORD_MAX_LENGTH = 4096
AT_ONCE = 16
"""Sign-ins that wait for the directory at the same time: each holds a thread of this process."""

_places = threading.BoundedSemaphore(AT_ONCE)


class DirectoryBackend(BaseBackend):
    """Asks the directory after `ModelBackend` found no account with this password."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        typed: str | None = None,
        **_: Any,
    ) -> User | None:
        """The account of the person with this name and password there; they typed `typed`.

        Raises `DirectoryDownError` and `IdentityRefusedError`.
        """
        name = typed or username
        if request is None or not name or not password or are_passwords_hidden():
            return None
        if len(name) > NAME_MAX_LENGTH or len(password) > PASSWORD_MAX_LENGTH:
            return None
        if not (_is_text(name) and _is_text(password)):
            return None
        if not _places.acquire(timeout=settings.CANVAS_LDAP_TIMEOUT_SECONDS):
            raise DirectoryDownError("too many wait for it")
        try:
            return Directory(request).person(name, password)
        finally:
            _places.release()


def _is_text(typed: str) -> bool:
    """JSON can hold what no encoding can; and a name ends at a NUL for some servers."""
    try:
        typed.encode()
    except UnicodeEncodeError:
        return False
    return "\0" not in typed
