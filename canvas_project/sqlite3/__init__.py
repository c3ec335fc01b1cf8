"""Django's SQLite with a fair write lock; named by `ENGINE` in the settings."""
