"""The cache that the processes of an installation share: in Redis, or in PostgreSQL.

The cache counts expensive reads. While Redis does not answer each process counts for itself, which
is weaker, but better than reads that fail with an error. Anything that must not be forgotten is in
other tables of the database.
"""

import time
from collections.abc import Callable
from typing import Any

from django.core.cache.backends.db import DatabaseCache
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from django.db import connection, transaction
from redis.exceptions import RedisError

PAUSE_SECONDS = 5.0
"""After Redis did not answer, it is not asked again for this long."""


class RedisOrMemoryCache(RedisCache):
    """Redis if it answers, otherwise the memory of this process."""

    _down_until = 0.0

    def __init__(self, server: Any, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._memory = LocMemCache("while-redis-is-down", {})

    def _ask(self, of_redis: Callable[..., Any], of_memory: Callable[..., Any], *args: Any) -> Any:
        if time.monotonic() >= RedisOrMemoryCache._down_until:
            try:
                return of_redis(*args)
            except (RedisError, OSError):
                RedisOrMemoryCache._down_until = time.monotonic() + PAUSE_SECONDS
        return of_memory(*args)

    def add(self, key: Any, value: Any, timeout: Any = 300, version: Any = None) -> bool:
        """Stores the value unless there is one; returns whether it did."""
        return bool(self._ask(super().add, self._memory.add, key, value, timeout, version))

    def get(self, key: Any, default: Any = None, version: Any = None) -> Any:
        """The value, or `default`."""
        return self._ask(super().get, self._memory.get, key, default, version)

    def set(self, key: Any, value: Any, timeout: Any = 300, version: Any = None) -> None:
        self._ask(super().set, self._memory.set, key, value, timeout, version)

    def incr(self, key: Any, delta: int = 1, version: Any = None) -> int:
        """Adds to a number; raises ValueError if there is none."""
        return int(self._ask(super().incr, self._memory.incr, key, delta, version))

    def delete(self, key: Any, version: Any = None) -> bool:
        """Deletes the value; returns whether there was one."""
        return bool(self._ask(super().delete, self._memory.delete, key, version))


class PostgresCache(DatabaseCache):
    """A table. Django's own adds to a number in two steps, between which others may count."""

    _table: str

    def incr(self, key: Any, delta: int = 1, version: Any = None) -> int:
        """Adds to a number; raises ValueError if there is none."""
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(
                    f"SELECT 1 FROM {connection.ops.quote_name(self._table)}"  # noqa: S608
                    " WHERE cache_key = %s FOR UPDATE",
                    [self.make_and_validate_key(key, version=version)],
                )
            return super().incr(key, delta, version=version)
