"""Servers on one database must have the same keys and hear of each other: each says in a row that
it runs, and which keys it has.
"""

from __future__ import annotations

import hashlib
import logging
import os
import platform
import threading
from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from uuid import uuid4

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.models import QuerySet
from django.utils import timezone

from canvas_project import __version__
from sync.models import ServerProcess

logger = logging.getLogger(__name__)

RENEW_SECONDS = 20.0
STOP_SECONDS = 2.0
STALE_AFTER = timedelta(seconds=60)
STARTED = timezone.now()
_DIGEST_CHARACTERS = 16


class ServerRegister(threading.Thread):
    """Keeps the row of this server, and takes it away at the end."""

    def __init__(self) -> None:
        super().__init__(name="canvas-server-register", daemon=True)
        self._id = uuid4()
        self._stop_asked = threading.Event()

    def run(self) -> None:
        """Renews the row until `stop`; says once what differs on other servers."""
        is_told = False
        while True:
            try:
                self._renew()
                for problem in () if is_told else server_problems():
                    logger.error("servers: %s", problem)
                    is_told = True
            except DatabaseError:
                logger.warning("storage: the row of this server was not renewed")
            finally:
                connection.close()
            if self._stop_asked.wait(RENEW_SECONDS):
                self._remove()
                return

    def stop(self) -> None:
        """Stops, and removes the row unless the storage does not answer in time."""
        self._stop_asked.set()
        if self.is_alive():
            self.join(timeout=STOP_SECONDS)

    def _remove(self) -> None:
        try:
            ServerProcess.objects.filter(pk=self._id).delete()
        except DatabaseError:
            logger.warning("storage: the row of this server was not removed")
        finally:
            connection.close()

    def _renew(self) -> None:
        now = timezone.now()
        values = {
            "name": own_name(),
            "version": __version__,
            "keys": own_keys(),
            "seen_at": now,
        }
        ServerProcess.objects.update_or_create(pk=self._id, defaults=values)
        ServerProcess.objects.filter(seen_at__lt=now - 10 * STALE_AFTER).delete()


def own_name() -> str:
    """What this server is called where administrators see it."""
    return f"{platform.node()}:{os.getpid()}"[:100]


def servers_now() -> QuerySet[ServerProcess]:
    """The servers that run now, over all machines."""
    now = timezone.now()
    around_now = (now - STALE_AFTER, now + STALE_AFTER)
    return ServerProcess.objects.filter(seen_at__range=around_now).order_by("name")


def server_problems() -> Iterator[str]:
    """What does not fit between this server and the others, one sentence for each."""
    yield from key_problems()
    yield from unheard_problems()


def unheard_problems() -> Iterator[str]:
    """Another server that has run beside this one, if they can't hear of each other."""
    if settings.CANVAS_BUS != "memory":
        return
    others = servers_now().filter(seen_at__gt=STARTED).exclude(name=own_name())
    if other := others.first():
        yield (
            f"The server {other.name} uses the same database, and CANVAS_BUS=memory is for one "
            "process alone: stop one of them, or set CANVAS_REDIS_URL, or CANVAS_BUS=postgres "
            "with PostgreSQL, for both."
        )


def key_problems() -> Iterator[str]:
    """What differs between the keys here and on the other servers, one sentence for each."""
    mine = own_keys()
    for server in servers_now():
        for name in sorted(_differing(mine, server.keys)):
            yield (
                f"{name} differs from that of the server {server.name} on the same database: set "
                f"{name} to the same value for all servers, or let them share CANVAS_DATA_DIR."
            )


def _differing(mine: dict[str, list[str]], theirs: dict[str, list[str]]) -> Iterator[str]:
    for name, digests in mine.items():
        others = theirs.get(name, [])
        # The first signs, all verify: while keys are replaced, a part of them may differ.
        is_fine = bool(others) and digests[0] in others and others[0] in digests
        if not is_fine:
            yield name


def own_keys() -> dict[str, list[str]]:
    """Digests of the keys of this server, the one that signs first. They reveal nothing."""
    return {
        "DJANGO_SECRET_KEY": [_digest(settings.SECRET_KEY)],
        "CANVAS_JWT_KEYS": [
            _digest(f"{kid}:{key}") for kid, key in settings.CANVAS_JWT_KEYS.items()
        ],
        "CANVAS_AUDIT_KEY": [_digest(settings.CANVAS_AUDIT_KEY)],
    }


@cache
def _digest(key: str) -> str:
    """Slow on purpose: the rows must not help anybody to guess a short key."""
    derived = hashlib.scrypt(key.encode(), salt=b"canvas.server_keys", n=1 << 14, r=8, p=1)
    return derived.hex()[:_DIGEST_CHARACTERS]
