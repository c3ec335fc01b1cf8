"""Sessions of PostgreSQL end when whoever opened them is gone, and with them the locks they hold.

A machine that loses its power or its network in the middle of a transaction says goodbye to nobody.
By default PostgreSQL would notice after two hours, and until then nobody could change the boards
whose rows were locked. The settings are made by a statement: as parameters of the connection,
PgBouncer would refuse them.

https://www.postgresql.org/docs/current/runtime-config-connection.html#GUC-TCP-KEEPALIVES-IDLE
"""

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

IDLE_SECONDS = 30
"""How long a server may do nothing within a transaction."""
_SETTINGS = {
    "tcp_keepalives_idle": "5s",
    "tcp_keepalives_interval": "2s",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": "10s",
}
_OF_SERVERS = {"idle_in_transaction_session_timeout": f"{IDLE_SECONDS}s"}
_SET = (
    "SELECT set_config(name, value, false) FROM unnest(%s::text[], %s::text[]) AS s (name, value)"
)


def end_with_their_machine() -> None:
    """From now on PostgreSQL ends each new session whose machine has not answered for 11 seconds.

    That its process answers is not asked: a command may think for long between two statements.
    """
    _set_in_new_sessions(_SETTINGS)


def end_with_their_server() -> None:
    """From now on PostgreSQL also ends sessions that stand still in a transaction, as those of a
    server do that has been frozen.
    """
    _set_in_new_sessions(_OF_SERVERS)


def _set_in_new_sessions(values: dict[str, str]) -> None:
    def set_up(connection: BaseDatabaseWrapper, **_: Any) -> None:
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(_SET, [list(values), list(values.values())])

    name = f"canvas {','.join(values)}"
    connection_created.connect(set_up, weak=False, dispatch_uid=name)
