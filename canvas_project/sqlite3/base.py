"""Django's SQLite backend with a fair write lock: see `sync.storage.write_lock`.

A transaction takes the write lock before it begins and releases it after its outermost commit or
rollback, and so does a statement that writes outside a transaction. Services, pages, REST, the
admin and commands all come through here. Only the commit of edits (`sync.storage.batches`) begins
its transaction below, while it holds the lock.
"""

from typing import Any

from django.db.backends.sqlite3 import base

from sync.storage.write_lock import (
    lock_path_of,
    note_commit,
    release_write_lock,
    take_write_lock,
)

_WRITES = ("INSERT", "UPDATE", "DELETE", "REPLAC")


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection that takes the write lock."""

    _holds_lock = False

    def create_cursor(self, name: str | None = None) -> Any:
        """A cursor that takes the write lock when it writes outside a transaction."""
        cursor = self.connection.cursor(factory=_Cursor)
        cursor.lock_path = lock_path_of(self.settings_dict)
        return cursor

    def _start_transaction_under_autocommit(self) -> None:
        take_write_lock(lock_path_of(self.settings_dict))
        self._holds_lock = True
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
        except BaseException:
            self._release_lock()
            raise

    def _commit(self) -> None:
        super()._commit()  # type: ignore[misc]
        if self._holds_lock:
            note_commit()
        self._release_lock()

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc]
        finally:
            self._release_lock()

    def _close(self) -> None:
        try:
            super()._close()  # type: ignore[misc]
        finally:
            self._release_lock()

    def _release_lock(self) -> None:
        if self._holds_lock:
            self._holds_lock = False
            release_write_lock()


class _Cursor(base.SQLiteCursorWrapper):
    lock_path: str | None = None

    def execute(self, query: str, params: Any = None) -> Any:
        if self._is_alone(query):
            take_write_lock(self.lock_path)
            try:
                return super().execute(query, params)
            finally:
                release_write_lock()
        return super().execute(query, params)

    def executemany(self, query: str, param_list: Any) -> Any:
        if self._is_alone(query):
            take_write_lock(self.lock_path)
            try:
                return super().executemany(query, param_list)
            finally:
                release_write_lock()
        return super().executemany(query, param_list)

    def _is_alone(self, query: str) -> bool:
        """Whether a statement writes and is a transaction by itself."""
        return not self.connection.in_transaction and query.lstrip()[:6].upper() in _WRITES
