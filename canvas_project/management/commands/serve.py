"""Starts everything one machine needs: the server, the compaction loop and the daily jobs."""

import asyncio
import gc
import logging
import os
import socket
import sys
from argparse import ArgumentParser
from typing import Any

import uvicorn
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from canvas_project.compaction_process import CompactionProcess
from canvas_project.daily import DailyJobs
from canvas_project.handshake_headers import take_long_headers
from canvas_project.http import GuardedHttpProtocol
from canvas_project.private_files import tighten
from canvas_project.websocket import DirectProtocol
from canvas_project.welcome import welcome_text
from sync.programs.demo_password import (
    ADVICE,
    is_loopback,
    is_password_known,
    is_served_to_others,
    users_with_known_password,
)
from sync.rooms.registry import close_rooms

logger = logging.getLogger(__name__)

DRAIN_SECONDS = 8
"""Time for queued edits and open sockets, and again for everything else that uvicorn serves."""


class _Server(uvicorn.Server):
    """A server that prints how to get in once it answers requests."""

    welcome = ""
    is_stuck = False

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        _collect_less_often()
        if self.started:
            sys.stdout.write(self.welcome)
            sys.stdout.flush()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Closes the sockets with a retryable code before uvicorn closes them in its own way."""
        for server in self.servers:
            server.close()
        try:
            async with asyncio.timeout(DRAIN_SECONDS):
                await close_rooms()
        except TimeoutError:
            # What is not committed was never confirmed: the pages send it again.
            logger.error("stop: the rooms did not close in time")
            self.is_stuck = True
            self.force_exit = True
        await super().shutdown(sockets)


class Command(BaseCommand):
    """`serve [--host ADDRESS] [--port NUMBER] [--demo]`"""

    help = "Bring the database up to date and serve. Ctrl-C commits what is queued and stops."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
        parser.add_argument("--port", type=int, default=8000, help="port to listen on")
        parser.add_argument("--demo", action="store_true", help="make the demo board and users")

    def handle(self, *args: Any, **options: Any) -> None:
        """Runs until it is told to stop."""
        host, port = options["host"], options["port"]
        _refuse_demo_for_others(host, has_demo=options["demo"])
        _refuse_busy_port(host, port)
        tighten(settings.CANVAS_DATA_DIR, settings.DATABASES["default"])
        call_command("migrate", interactive=False, verbosity=0)
        if not is_loopback(host) or is_served_to_others():
            _refuse_known_passwords()
        if options["demo"]:
            call_command("create_demo", verbosity=0)
        take_long_headers()
        server = _Server(server_config(host, port))
        server.welcome = welcome_text(f"http://{_in_url(host)}:{port}", has_demo=options["demo"])
        compaction, jobs = CompactionProcess(), DailyJobs()
        compaction.start()
        jobs.start()
        try:
            server.run()
        except KeyboardInterrupt:
            pass  # uvicorn has shut down already and passes the signal on
        finally:
            jobs.stop()
            compaction.stop()
        if server.is_stuck:
            logging.shutdown()
            os._exit(1)  # otherwise Python waits for threads that wait for the storage
        if not server.started:
            raise CommandError("The server could not start; the lines above say why.")


def server_config(host: str, port: int) -> uvicorn.Config:
    """The uvicorn configuration; docs/adr/0002-server.md has the reasons.

    The frame limit is above the application's own, so that a frame slightly too big gets a close
    code with the reason.
    """
    return uvicorn.Config(
        "canvas_project.asgi:application",
        host=host,
        port=port,
        loop="uvloop" if sys.platform != "win32" else "asyncio",
        http=GuardedHttpProtocol,
        ws=DirectProtocol,
        ws_max_size=2 * settings.CANVAS_MAX_FRAME_BYTES,
        ws_per_message_deflate=False,
        ws_ping_interval=20,
        ws_ping_timeout=20,
        lifespan="on",
        access_log=False,  # it would print query strings, which may contain tokens
        server_header=False,
        proxy_headers=False,
        log_config=None,
        # Longer than a proxy's, which might otherwise send a request on a closing connection.
        timeout_keep_alive=settings.CANVAS_KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=DRAIN_SECONDS,
    )


def _collect_less_often() -> None:
    """Excludes everything loaded so far from garbage collection, and collects less often.

    By default the collector also runs after every 700 new objects, which under load is many times a
    second for almost no garbage: objects of the hot path are freed by reference counting.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def _refuse_demo_for_others(host: str, *, has_demo: bool) -> None:
    if has_demo and not is_loopback(host) and is_password_known():
        raise CommandError(
            f"--demo makes an administrator with a password that everybody knows, and {host} can "
            f"be reached from other machines. {ADVICE}, or serve on 127.0.0.1."
        )


def _refuse_known_passwords() -> None:
    """Refuses to start with demo passwords (also of an earlier demo) on a server that others can
    reach.
    """
    names = users_with_known_password()
    if names:
        raise CommandError(
            f"These users still have the demo's password, which everybody knows: "
            f"{', '.join(names)}. Change it with `manage.py changepassword NAME`, or switch them "
            "off, before others can reach this server."
        )


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _refuse_busy_port(host: str, port: int) -> None:
    try:
        family, kind, _, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except OSError as error:
        raise CommandError(f"Cannot listen on {host}: {error.strerror}.") from None
    with socket.socket(family, kind) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except OSError as error:
            raise CommandError(
                f"Cannot listen on {host}:{port}: {error.strerror}. "
                "Choose another port, for example: make run PORT=8001"
            ) from None
