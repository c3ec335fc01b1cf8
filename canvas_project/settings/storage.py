"""The database, and what processes share: channel layer and caches."""

from typing import Any

from canvas_project.bus import bus_of
from canvas_project.database_url import database_of
from canvas_project.env import env_bool, env_int, env_str
from canvas_project.settings.place import CANVAS_DATA_DIR

# SQLite: write-ahead log, every commit on disk before it counts (synchronous=FULL),
# writers queue at the start of a transaction instead of failing in its middle.
CANVAS_STORAGE_WAIT_SECONDS = env_int("CANVAS_STORAGE_WAIT_SECONDS", 10, at_least=1)
SQLITE: dict[str, Any] = {
    "ENGINE": "canvas_project.sqlite3",
    "NAME": CANVAS_DATA_DIR / "canvas.sqlite3",
    "OPTIONS": {
        "transaction_mode": "IMMEDIATE",
        "timeout": CANVAS_STORAGE_WAIT_SECONDS,
        # A long read lets the log grow; afterwards it is cut back to this size.
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA journal_size_limit=67108864;"
        ),
    },
}
DATABASE_URL = env_str("DATABASE_URL")
# For going back one version, and for servers of the old version that restart during an upgrade.
CANVAS_NEWER_DATABASE = env_bool("CANVAS_NEWER_DATABASE", default=False)
DATABASES: dict[str, Any] = {"default": database_of(DATABASE_URL, SQLITE)}
if DATABASES["default"]["ENGINE"].endswith("postgresql"):
    # Notices a broken network within seconds, not when the kernel gives up after two hours.
    DATABASES["default"]["OPTIONS"] = {
        "connect_timeout": 5,
        "keepalives_idle": 10,
        "keepalives_interval": 5,
        "keepalives_count": 3,
        "tcp_user_timeout": 10_000,
        **DATABASES["default"].get("OPTIONS", {}),
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CANVAS_REDIS_URL = env_str("CANVAS_REDIS_URL")
_BUS = bus_of(env_str("CANVAS_BUS"), CANVAS_REDIS_URL, DATABASES["default"]["ENGINE"])
CANVAS_BUS = _BUS.kind
CHANNEL_LAYERS: dict[str, Any] = {"default": _BUS.layer}
CACHES: dict[str, Any] = {"default": _BUS.cache}
# Thumbnails. Separate, so that they never push out the counts of expensive reads.
CACHES["thumbnails"] = {
    "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
    "LOCATION": "thumbnails",
    "OPTIONS": {"MAX_ENTRIES": 1000},
}
