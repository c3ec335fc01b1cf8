"""Starts everything one machine needs: the server, the compaction loop and the daily jobs."""

import logging
import os
import platform
import socket
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from accounts.first_start.services import first_start_token, is_first_start
from canvas_project.compaction_process import BESIDE_SERVER_AFTER_SECONDS, CompactionProcess
from canvas_project.daily import DailyJobs
from canvas_project.database_start import DatabaseProblemError, prepare_database
from canvas_project.deliveries import Deliveries, WebhookDeliveries
from canvas_project.handshake_headers import take_long_headers
from canvas_project.homecoming import Homecoming
from canvas_project.private_files import tighten
from canvas_project.server import Server, server_config
from canvas_project.server_keys import ServerRegister
from canvas_project.welcome import welcome_text
from sync.programs.demo_password import (
    ADVICE,
    is_loopback,
    is_password_known,
    is_served_to_others,
    users_with_known_password,
)


class Command(BaseCommand):
    """`serve [--host ADDRESS] [--port NUMBER] [--demo] [--address URL] [--no-migrate]
    [--no-daily-jobs]`
    """

    help = "Bring the database up to date and serve. Ctrl-C commits what is queued and stops."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
        parser.add_argument("--port", type=int, default=8000, help="port to listen on")
        parser.add_argument("--demo", action="store_true", help="make the demo board and users")
        parser.add_argument(
            "--address", metavar="URL", help="what people open, if a proxy is in front; is printed"
        )
        parser.add_argument(
            "--no-migrate",
            action="store_false",
            dest="migrate",
            help="refuse to start if the database is not up to date, instead of migrating it",
        )
        parser.add_argument(
            "--no-daily-jobs",
            action="store_false",
            dest="daily_jobs",
            help="leave the daily jobs to `run_daily_jobs`, called hourly by a timer",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Runs until it is told to stop."""
        host, port = options["host"], options["port"]
        _refuse_demo_for_others(host, has_demo=options["demo"])
        _refuse_busy_port(host, port)
        tighten(settings.CANVAS_DATA_DIR, settings.DATABASES["default"])
        try:
            prepare_database(migrate=options["migrate"])
        except DatabaseProblemError as problem:
            raise CommandError(str(problem)) from None
        if not is_loopback(host) or is_served_to_others():
            _refuse_known_passwords()
        if options["demo"]:
            call_command("create_demo", verbosity=0)
        take_long_headers()
        server = Server(server_config(host, port))
        address = options["address"] or f"http://{_in_url(host)}:{port}"
        base_url = f"{address}{settings.CANVAS_PATH_PREFIX}"
        token = first_start_token() if is_first_start() else ""
        server.welcome = welcome_text(base_url, has_demo=options["demo"], token=token)
        settings.LISTENING_ADDRESS = base_url
        settings.SERVER_NAME = f"{platform.node()}:{port}"[-100:]
        if options["address"]:
            settings.CANVAS_ADDRESS = settings.CANVAS_ADDRESS or base_url
        compaction = CompactionProcess(after=BESIDE_SERVER_AFTER_SECONDS)
        jobs, register, homecoming = DailyJobs(), ServerRegister(), Homecoming(server)
        deliveries, webhooks = Deliveries(), WebhookDeliveries()
        compaction.start()
        deliveries.start()
        webhooks.start()
        register.start()
        homecoming.start()
        if options["daily_jobs"]:
            jobs.start()
        try:
            server.run()
        except KeyboardInterrupt:
            pass  # uvicorn has shut down already and passes the signal on
        finally:
            homecoming.stop()
            deliveries.stop()
            webhooks.stop()
            jobs.stop()
            compaction.stop()
            register.stop()
        if server.is_stuck:
            logging.shutdown()
            os._exit(1)  # otherwise Python waits for threads that wait for the storage
        if not server.started:
            raise CommandError("The server could not start; the lines above say why.")


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
    """A host that leads to this server, from this machine at least: nobody can open `0.0.0.0`."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
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
