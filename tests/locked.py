"""A board that somebody keeps locked, and the people on it."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from tests.conftest import MakeServer, MakeStockClient
from tests.pairs import Pair
from tests.server import ROOT
from tests.services import Service, shared_settings


@contextmanager
def holder(url: str, board: str, prefix: tuple[str, ...] = ()) -> Iterator[subprocess.Popen[bytes]]:
    """A server's process in a transaction that locks the board, once its input ends."""
    with subprocess.Popen(
        [*prefix, "sh", "-c", 'read _; exec "$@"', "sh", *_program(board)],
        cwd=ROOT,
        env={
            **os.environ,
            **shared_settings(url),
            "DJANGO_SETTINGS_MODULE": "tests.settings_quick",
        },
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def _program(board: str) -> list[str]:
    return [sys.executable, "-m", "tests.holds_a_board", board]


def until_it_holds(process: subprocess.Popen[bytes]) -> None:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.close()
    assert process.stdout.readline() == b"holds it\n"


def is_locked(postgres: Service, board: str) -> bool:
    with psycopg.connect(postgres.url) as database:
        query = "SELECT FROM boards_board WHERE id = %s FOR UPDATE SKIP LOCKED"
        return database.execute(query, [board]).fetchone() is None


def pair_on(postgres: Service, make_server: MakeServer, stock_client: MakeStockClient) -> Pair:
    return Pair([make_server(**shared_settings(postgres.url))] * 2, stock_client)
