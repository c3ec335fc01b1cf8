"""What is kept for how long, daily jobs, the audit log and the log of the server."""

from canvas_project.env import env_int, env_list, env_secret, env_str
from canvas_project.settings.place import CANVAS_DATA_DIR

# Recovery mode after restoring a backup: people bring back what they have of each other's work.
CANVAS_RECOVERY = env_str("CANVAS_RECOVERY")
CANVAS_TOMBSTONE_DAYS = env_int("CANVAS_TOMBSTONE_DAYS", 30)
CANVAS_COMPACT_ROWS = env_int("CANVAS_COMPACT_ROWS", 200, at_least=1)
CANVAS_COMPACT_BYTES = env_int("CANVAS_COMPACT_BYTES", 1_000_000, at_least=1)

# Run once a day by one of the server's processes; "none" disables them.
CANVAS_DAILY_JOBS = env_list(
    "CANVAS_DAILY_JOBS",
    [
        *("verify_audit_log", "prune_audit_log"),
        *("purge_trash", "purge_sessions", "purge_set_aside", "purge_notifications"),
    ],
)
CANVAS_SET_ASIDE_DAYS = env_int("CANVAS_SET_ASIDE_DAYS", 90, at_least=1)
CANVAS_TRASH_DAYS = env_int("CANVAS_TRASH_DAYS", 30, at_least=1)
CANVAS_AUDIT_KEY = env_secret("CANVAS_AUDIT_KEY", CANVAS_DATA_DIR / "audit_key")
CANVAS_AUDIT_RETENTION_DAYS = env_int("CANVAS_AUDIT_RETENTION_DAYS", 90)
CANVAS_AUDIT_IP_MODE = env_str("CANVAS_AUDIT_IP_MODE", "full")
CANVAS_DEMO_PASSWORD = env_str("CANVAS_DEMO_PASSWORD", "canvas-demo")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "filters": {
        "client_mistakes": {"()": "canvas_project.log_filters.ClientMistakes"},
        "secret_addresses": {"()": "canvas_project.log_filters.SecretAddresses"},
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            "filters": ["client_mistakes", "secret_addresses"],
        }
    },
    "root": {"handlers": ["console"], "level": env_str("CANVAS_LOG_LEVEL", "INFO")},
    "loggers": {
        # At INFO it prints the address of every socket, and query strings may contain tokens.
        "uvicorn.error": {"level": "WARNING"},
        # It logs a traceback every second while Redis is away; the bus says so once.
        "channels_redis.pubsub": {"level": "CRITICAL"},
    },
}
