"""Answers whether this process lives (/healthz) and whether it can serve (/readyz)."""

import asyncio
import re
import tempfile
import threading
import time
import uuid
from collections.abc import Callable
from typing import Any
from weakref import WeakKeyDictionary

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from canvas_project.metrics import has_metrics_token, metrics
from sync.rooms.bus import CHANNEL_PREFIX
from sync.storage.write_lock import seconds_since_commit

LOCK_SECONDS = 1
"""A write lock on SQLite that is held longer than this is a problem."""
KEPT_SECONDS = 1.0
"""How long an answer of /readyz is reused: anyone may ask."""
RECENT_SECONDS = 5.0
"""A process that committed this recently can write; checking would take SQLite's write lock."""

_ADDRESSES = re.compile(r"/(healthz|readyz|metrics)/?")


@login_not_required
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """200 as long as the process answers; touches nothing else."""
    return HttpResponse("ok\n", content_type="text/plain")


@login_not_required
@require_safe
@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """200 if everything that serving needs has answered, otherwise 503 naming what did not."""
    failed = _readiness.failed()
    if failed:
        return HttpResponse(f"not ready: {', '.join(failed)}\n", "text/plain", status=503)
    return HttpResponse("ready\n", content_type="text/plain")


class HealthMiddleware:
    """Answers probes before anything looks at the Host header.

    Load balancers, orchestrators and Prometheus ask by IP address, which ALLOWED_HOSTS does not
    include. Metrics are answered here only with their token; staff go through the session.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answers probes; passes everything else on."""
        match = _ADDRESSES.fullmatch(request.path_info)
        match match and match[1]:
            case "healthz":
                return healthz(request)
            case "readyz":
                return readyz(request)
            case "metrics" if has_metrics_token(request):
                return metrics(request)
        return self._get_response(request)


class _Readiness:
    """Runs one check at a time, shared by all requests meanwhile and for a moment after."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._failed: list[str] = []
        self._looked_at = -KEPT_SECONDS

    def failed(self) -> list[str]:
        """The probes that got no answer."""
        with self._lock:
            if time.monotonic() - self._looked_at >= KEPT_SECONDS:
                self._failed = [name for name, probe in PROBES.items() if not _answers(probe)]
                self._looked_at = time.monotonic()
            return self._failed


_readiness = _Readiness()


def _answers(probe: Callable[[], None]) -> bool:
    try:
        probe()
    except Exception:  # noqa: BLE001  a probe answers yes or no, whatever went wrong
        return False
    return True


def _probe_database() -> None:
    """Starts a transaction that could write: a locked SQLite can still be read.

    On a busy SQLite the process's own commits are proof enough, and nobody waits for this one.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            if seconds_since_commit() < RECENT_SECONDS:
                cursor.execute("SELECT 1 FROM django_migrations LIMIT 1")
                return
            cursor.execute(f"PRAGMA busy_timeout = {LOCK_SECONDS * 1000}")
        with transaction.atomic():
            cursor.execute("SELECT 1")
            cursor.fetchone()


def _probe_data_directory() -> None:
    """Writes a small file: on a full or read-only disk nothing can be saved."""
    with tempfile.TemporaryFile(dir=settings.CANVAS_DATA_DIR) as file:
        file.write(bytes(4096))


_layer_lock = threading.Lock()
_layer_channels: WeakKeyDictionary[asyncio.AbstractEventLoop, str] = WeakKeyDictionary()
"""The channel that each event loop probes with: a layer forgets only channels that were left."""


def _probe_channel_layer() -> None:
    with _layer_lock:
        async_to_sync(_round_trip)()


async def _round_trip() -> None:
    layer: Any = get_channel_layer()
    if layer is None:
        raise RuntimeError("no channel layer is configured")
    sent = {"type": "ready.probe", "id": uuid.uuid4().hex}
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(2):
        # Taken out meanwhile: a channel that did not answer is left to the layer.
        channel = _layer_channels.pop(loop, None) or await layer.new_channel(CHANNEL_PREFIX)
        await layer.send(channel, sent)
        while (await layer.receive(channel)) != sent:
            pass  # a late answer to an earlier probe
    _layer_channels[loop] = channel


PROBES: dict[str, Callable[[], None]] = {
    "database": _probe_database,
    "data directory": _probe_data_directory,
    "channel layer": _probe_channel_layer,
}
