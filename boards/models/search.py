"""The search index: what boards say, element by element, and how far each board is indexed.

Everything here follows from other rows and can be made again by `reindex_search`. Programs that
copy all data may leave it out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Lookup
from django.utils import timezone

from boards.levels import LENGTHS
from boards.models.board import TITLE_MAX_LENGTH, Board
from boards.models.comments import Comment

TABLE, INDEX = "boards_searchtext", "boards_searchindex"
_ADD = f"INSERT INTO {INDEX} (rowid, words) VALUES (new.id, new.words);"  # noqa: S608
_REMOVE = f"INSERT INTO {INDEX} ({INDEX}, rowid, words) VALUES ('delete', old.id, old.words);"  # noqa: S608
_SQLITE = (
    # The words are made by `boards.search.words`: this tokenizer only cuts them at spaces.
    f"CREATE VIRTUAL TABLE IF NOT EXISTS {INDEX} USING fts5("
    f"words, content='{TABLE}', content_rowid='id', tokenize='ascii', prefix='2 3', columnsize=0)",
    f"CREATE TRIGGER IF NOT EXISTS {TABLE}_insert AFTER INSERT ON {TABLE} BEGIN {_ADD} END",
    f"CREATE TRIGGER IF NOT EXISTS {TABLE}_delete AFTER DELETE ON {TABLE} BEGIN {_REMOVE} END",
    f"CREATE TRIGGER IF NOT EXISTS {TABLE}_update AFTER UPDATE OF words ON {TABLE} BEGIN "
    f"{_REMOVE} {_ADD} END",
)
_POSTGRESQL = (f"CREATE INDEX IF NOT EXISTS {INDEX} ON {TABLE} USING gin (words)",)


def install_index(connection: BaseDatabaseWrapper) -> None:
    """Creates what makes the words quick to find; does nothing if it is there.

    On SQLite, a migration that changes a column of `SearchText` makes the table again without its
    triggers, and has to call this.
    """
    statements = {"sqlite": _SQLITE, "postgresql": _POSTGRESQL}[connection.vendor]
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def uninstall_index(connection: BaseDatabaseWrapper) -> None:
    """Undoes `install_index`."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"DROP INDEX IF EXISTS {INDEX}")
            return
        for name in ("insert", "delete", "update"):
            cursor.execute(f"DROP TRIGGER IF EXISTS {TABLE}_{name}")
        cursor.execute(f"DROP TABLE IF EXISTS {INDEX}")


def rebuild_index(connection: BaseDatabaseWrapper) -> None:
    """Makes SQLite's index again from the rows, after they were written without its triggers."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(f"INSERT INTO {INDEX} ({INDEX}) VALUES ('rebuild')")  # noqa: S608


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that stand one after another; the last may be the beginning of one."""

    words: tuple[str, ...]
    is_prefix: bool = False


@dataclass(frozen=True, slots=True)
class Match:
    """Which rows are wanted: those with all of the phrases.

    Words hold nothing but letters, marks, digits and pictures, so quoting them is safe.
    """

    phrases: tuple[Phrase, ...]
    kind: str = ""
    """Of which kind they are; empty for all."""

    def for_sqlite(self) -> str:
        """As a query of FTS5."""
        return " AND ".join(f'"{" ".join(one.words)}"{" *" * one.is_prefix}' for one in self._all())

    def for_postgresql(self) -> str:
        """As a tsquery."""
        return " & ".join(
            "(" + " <-> ".join(f"'{word}'" for word in one.words) + ":*" * one.is_prefix + ")"
            for one in self._all()
        )

    def inside_words(self) -> list[str]:
        """What the words of a text hold on SQLite, with a space before and after them."""
        return [f" {' '.join(one.words)}{'' if one.is_prefix else ' '}" for one in self._all()]

    def _all(self) -> tuple[Phrase, ...]:
        return (Phrase((word_of_kind(self.kind),)), *self.phrases) if self.kind else self.phrases


def word_of_kind(kind: str) -> str:
    """A word in the index of every text of this kind. No text has a character of private use."""
    return f"\ue000{kind}"


class WordsField(models.TextField):  # type: ignore[type-arg]  # Django has no [] here
    """A list of words in order: a `tsvector` on PostgreSQL, text with spaces on SQLite."""

    _pyi_private_set_type: Any

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        return "tsvector" if connection.vendor == "postgresql" else "text"

    def get_db_prep_value(
        self, value: Any, connection: BaseDatabaseWrapper, prepared: bool = False
    ) -> Any:
        if value is None or isinstance(value, str):
            return value
        if connection.vendor == "postgresql":
            return " ".join(f"'{word}':{at}" for at, word in enumerate(value, 1))
        return " ".join(value)


@WordsField.register_lookup
class Matches(Lookup):  # type: ignore[type-arg]  # Django has no [] here
    """`words__matches=Match(…)`"""

    lookup_name = "matches"
    prepare_rhs = False

    def get_db_prep_lookup(self, value: Any, connection: BaseDatabaseWrapper) -> Any:
        is_postgresql = connection.vendor == "postgresql"
        return "%s", [value.for_postgresql() if is_postgresql else value.for_sqlite()]

    def as_sqlite(self, compiler: Any, connection: BaseDatabaseWrapper) -> Any:
        left, parameters = self.process_lhs(compiler, connection)
        _, query = self.process_rhs(compiler, connection)
        row = left.removesuffix('"words"') + '"id"'
        found = f"SELECT rowid FROM {INDEX} WHERE {INDEX} MATCH %s"  # noqa: S608  constants
        return f"{row} IN ({found})", [*parameters, *query]

    def as_postgresql(self, compiler: Any, connection: BaseDatabaseWrapper) -> Any:
        left, parameters = self.process_lhs(compiler, connection)
        _, query = self.process_rhs(compiler, connection)
        return f"{left} @@ %s::tsquery", [*parameters, *query]


class TextKind(models.TextChoices):
    """Where a text stands."""

    TITLE = "title", "Title"
    ELEMENT = "element", "Element"
    COMMENT = "comment", "Comment"


class SearchText(models.Model):
    """One text of a board: its title, the text of one element, or one comment."""

    board = models.ForeignKey(
        Board, on_delete=models.CASCADE, related_name="search_texts", db_index=False
    )
    kind = models.CharField(max_length=7, choices=TextKind)
    key = models.CharField(
        max_length=LENGTHS["elementId"], blank=True, help_text="Id of the element or comment."
    )
    # So that a deleted comment is gone from here in the same transaction.
    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, null=True, related_name="+")
    text = models.TextField()
    words = WordsField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("board", "kind", "key"),
                name="search_text_unique_per_board",
                violation_error_message="This text is in the index already.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.key} of {self.board_id}"


class SearchState(models.Model):
    """How far a board is indexed, and when it may be looked at next.

    Claiming a board counts as a failure until its work is done, so a board that crashes the process
    waits longer each time.
    """

    board = models.OneToOneField(
        Board, on_delete=models.CASCADE, primary_key=True, related_name="search_state"
    )
    seq = models.BigIntegerField("sequence", default=-1, help_text="Of the indexed document.")
    comments = models.BigIntegerField(default=-1, help_text="As in `Board.comments_changed`.")
    title = models.CharField(max_length=TITLE_MAX_LENGTH, blank=True)
    next_at = models.DateTimeField(default=timezone.now, help_text="Not looked at before.")
    indexed_at = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(
        default=0, help_text="Times in a row that crashed their process, failed, or still run."
    )
    reason = models.CharField(max_length=300, blank=True, help_text="Of the last failure.")

    def __str__(self) -> str:
        return f"{self.board_id} indexed at {self.seq}"
