"""Settings of every PostgreSQL session: a commit is on disk before it is confirmed, and a session
whose client has gone is ended, which releases its locks.

With `synchronous_commit = off`, which some set to be quicker, PostgreSQL calls committed what it
loses if it crashes within the next second. And a machine that loses its power or its network in the
middle of a transaction says goodbye to nobody: by default PostgreSQL would notice after two hours,
and until then nobody could change the boards whose rows were locked.

The settings are made by a statement: as parameters of the connection, PgBouncer would refuse them.

https://www.postgresql.org/docs/current/runtime-config-wal.html#GUC-SYNCHRONOUS-COMMIT
https://www.postgresql.org/docs/current/runtime-config-connection.html#GUC-TCP-KEEPALIVES-IDLE
"""

from typing import Any

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

IDLE_SECONDS = 30
"""How long a server may do nothing within a transaction."""
_settings = {
    "tcp_keepalives_idle": "5s",
    "tcp_keepalives_interval": "2s",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": "10s",
}
_SET = """SELECT set_config(name, value, false)
  FROM unnest(%s::text[], %s::text[]) AS setting (name, value)
  UNION ALL SELECT set_config('synchronous_commit', 'on', false)
  WHERE current_setting('synchronous_commit') = 'off'"""
# What no session can change.
_UNSAFE = """SELECT name FROM pg_settings
  WHERE name IN ('fsync', 'full_page_writes') AND setting = 'off' ORDER BY name"""


def be_durable_and_end_with_their_machine() -> None:
    """From now on PostgreSQL writes what new sessions commit to its disk, and ends a session whose
    machine has not answered for 11 seconds.

    That its process answers is not asked: a command may think for long between two statements.
    """
    connection_created.connect(_set_up, dispatch_uid="canvas sessions")


def end_with_their_server() -> None:
    """From now on PostgreSQL also ends sessions that stand still in a transaction, as those of a
    server do that has been frozen.
    """
    _settings["idle_in_transaction_session_timeout"] = f"{IDLE_SECONDS}s"


def unsafe_settings() -> list[str]:
    """What an administrator has to change so that committed means kept, one sentence for each.

    Raises django.db.Error.
    """
    if connection.vendor != "postgresql":
        return []
    with connection.cursor() as cursor:
        cursor.execute(_UNSAFE)
        names = [name for (name,) in cursor]
    return [
        f"PostgreSQL runs with {name} = off, so what is called saved can be lost when its machine "
        "loses power: set it to on."
        for name in names
    ]


def _set_up(connection: BaseDatabaseWrapper, **_: Any) -> None:
    """Costs one round trip."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(_SET, [list(_settings), list(_settings.values())])
