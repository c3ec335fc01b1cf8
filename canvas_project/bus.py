"""Which channel layer and cache the processes of an installation share, from `CANVAS_BUS`."""

from typing import Any, NamedTuple

from django.core.exceptions import ImproperlyConfigured

KINDS = ("redis", "postgres", "memory")
CAPACITY = 5000
"""Messages that wait in a process; there is one channel per process, not per socket."""


class Bus(NamedTuple):
    """Django's description of the layer and the cache."""

    kind: str
    layer: dict[str, Any]
    cache: dict[str, Any]


def bus_of(kind: str, redis_url: str, database_engine: str) -> Bus:
    """The layer and cache of `kind`; without one, Redis if it has an address, else memory.

    Raises:
        ImproperlyConfigured: the kind is unknown, or what it needs is not set.
    """
    kind = kind or ("redis" if redis_url else "memory")
    if kind not in KINDS:
        raise ImproperlyConfigured(
            f"CANVAS_BUS={kind!r}: set it to {', '.join(KINDS[:-1])} or {KINDS[-1]}."
        )
    if kind == "redis":
        if not redis_url.startswith(("redis://", "rediss://", "unix://")):
            raise ImproperlyConfigured(
                "CANVAS_BUS=redis: set CANVAS_REDIS_URL to the address of Redis, as in "
                "redis://host:6379/0."
            )
        return Bus(kind, _redis_layer(redis_url), _redis_cache(redis_url))
    if kind == "postgres":
        if not database_engine.endswith("postgresql"):
            raise ImproperlyConfigured(
                "CANVAS_BUS=postgres: set DATABASE_URL to postgresql://user:password@host/name."
            )
        return Bus(kind, _POSTGRES_LAYER, _POSTGRES_CACHE)
    return Bus(kind, _MEMORY_LAYER, _MEMORY_CACHE)


_MEMORY_LAYER: dict[str, Any] = {
    "BACKEND": "channels.layers.InMemoryChannelLayer",
    "CONFIG": {"capacity": CAPACITY},
}
_MEMORY_CACHE: dict[str, Any] = {
    "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
    "OPTIONS": {"MAX_ENTRIES": 100_000},
}
_POSTGRES_LAYER: dict[str, Any] = {
    "BACKEND": "canvas_project.postgres_layer.PostgresChannelLayer",
    "CONFIG": {"capacity": CAPACITY},
}
_POSTGRES_CACHE: dict[str, Any] = {
    "BACKEND": "canvas_project.cache.PostgresCache",
    "LOCATION": "canvas_project_cacheentry",
    "OPTIONS": {"MAX_ENTRIES": 10_000},
}


def _redis_layer(url: str) -> dict[str, Any]:
    # Reconnects and subscribes again by itself.
    host = {
        "address": url,
        "socket_connect_timeout": 2,
        "socket_timeout": 5,
        "socket_keepalive": True,
    }
    return {
        "BACKEND": "canvas_project.redis_layer.RedisChannelLayer",
        "CONFIG": {"hosts": [host]},
    }


def _redis_cache(url: str) -> dict[str, Any]:
    return {
        "BACKEND": "canvas_project.cache.RedisOrMemoryCache",
        "LOCATION": url,
        "OPTIONS": {"socket_timeout": 1.0, "socket_connect_timeout": 1.0, "retry": None},
    }
