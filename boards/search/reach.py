"""The boards that a search covers, and the newest texts on them that match.

Two ways lead to the texts. Where somebody sees few boards, the texts of these are compared one by
one: it costs nothing how frequent a word is elsewhere. Where they see many, the index of words is
followed from the newest text on, and each text is asked whether its board is among them: of a
frequent word enough are found soon.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from django.contrib.auth.models import User
from django.db import connection
from django.db.models import BooleanField, Count, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce

from boards.access.scopes import ScopeLevel, Scopes
from boards.access.selectors import board_ids_visible_to
from boards.models import Board, Match, SearchText, ShareLink
from boards.models.search import INDEX, TABLE

FEW_BOARDS, FEW_TEXTS = 500, 5_000
"""Up to so many are compared one by one."""
NAMED_BOARDS = 2_000
"""Up to so many are named to PostgreSQL: it finds a text's board among them by a hash, need not
look for permissions at each text, and knows how many there are, so it may choose the way."""
KNOWN_BOARDS = 20_000
"""Up to so many are kept here: the newest that match are compared with them, without permissions
in the query."""
NEWEST = 300
FOLLOWED: tuple[int | None, ...] = (NEWEST, 5_000, 50_000, None)
"""On PostgreSQL: so many of the newest texts that match are asked for their board; more, and then
all, if too few of them may be seen."""
_NEWEST = (
    f"SELECT id, board_id FROM {TABLE} WHERE words @@ %s::tsquery"  # noqa: S608
    " ORDER BY id DESC LIMIT %s"
)
_OF_THE_TEXT = RawSQL("boards_board.id = t.board_id", (), output_field=BooleanField())


class Row(NamedTuple):
    """A text of the index; a larger number is newer."""

    id: int
    board_id: UUID


class Reach:
    """Boards whose texts are looked at."""

    def __init__(
        self, boards: QuerySet[Board], few: list[UUID] | None, known: list[UUID] | None = None
    ) -> None:
        """With `few` or `known`, they are these; the texts of few are compared one by one."""
        self._few = few
        self._known = None if known is None else frozenset(known)
        self._named: str | None = None
        ids = few
        if known is not None and len(known) <= NAMED_BOARDS:
            # As one text: the database reads it quicker than so many parameters.
            self._named = f"{{{','.join(map(str, known))}}}"
            ids = known
        self._boards = boards if ids is None else Board.objects.filter(pk__in=ids)
        self._sql = ""
        self._parameters: tuple[Any, ...] = ()
        if ids is None:
            of_the_text = boards.order_by().filter(_OF_THE_TEXT).values("pk")
            sql, self._parameters = of_the_text.query.sql_with_params()
            self._sql = f"EXISTS ({sql})"

    @classmethod
    def of_user(
        cls, user: User, link_ids: Collection[UUID] = (), scopes: Scopes | None = None
    ) -> Reach:
        """The boards in the user's list, and those they opened by a share link; with the `scopes`
        of a token only those that it may read."""
        boards: QuerySet[Board, Any] = board_ids_visible_to(user)
        if link_ids:
            links = ShareLink.objects.active().filter(pk__in=link_ids)
            is_found = Q(pk__in=boards) | Q(pk__in=links.values("board"))
            boards = Board.objects.filter(is_found, deleted_at=None)
        if scopes is not None:
            boards = boards.filter(scopes.boards_at(ScopeLevel.READ))
        return cls.of(boards)

    @classmethod
    def of(cls, boards: QuerySet[Board, Any]) -> Reach:
        """These boards."""
        most = KNOWN_BOARDS if connection.vendor == "postgresql" else FEW_BOARDS
        some = list(boards.order_by().values_list("pk", flat=True)[: most + 1])
        if len(some) <= FEW_BOARDS and len(_with_few_texts(some)) == len(some):
            return cls(boards, some)
        is_known = connection.vendor == "postgresql" and len(some) <= most
        return cls(boards, None, some if is_known else None)

    @classmethod
    def of_first(cls, board_ids: Sequence[UUID]) -> Reach:
        """The first of these boards, up to `FEW_TEXTS` together, and one of them at least."""
        return cls(Board.objects.none(), _with_few_texts(board_ids))

    @property
    def has_few(self) -> bool:
        """Whether their texts are compared one by one."""
        return self._few is not None

    def only(self, board_id: UUID) -> Reach:
        """This board, if it is one of them."""
        return Reach.of_first(list(self._boards.filter(pk=board_id).values_list("pk", flat=True)))

    def last_active(self, found: Q, limit: int) -> list[UUID]:
        """The boards that `found` filters, the last active first."""
        active_at = Coalesce("last_activity_at", "created_at")

        def ids_of(boards: QuerySet[Board, Any], size: int) -> list[UUID]:
            ordered = boards.filter(found).order_by(active_at.desc(), "pk")
            return list(ordered.values_list("pk", flat=True)[:size])

        if self._known is not None and self._named is None:
            some = ids_of(Board.objects.filter(deleted_at=None), NEWEST)
            ids = [board_id for board_id in some if board_id in self._known][:limit]
            if len(ids) == limit or len(some) < NEWEST:
                return ids
        return ids_of(self._boards, limit)

    def newest(self, match: Match, limit: int) -> list[Row]:
        """The texts that match, the last written first."""
        if self._few == []:
            return []
        if self._few is None and self._named is None and connection.vendor == "postgresql":
            return self._followed(match, limit)
        where, parameters, number = self._matching(match)
        sql = f"SELECT t.id, t.board_id {where} ORDER BY {number} DESC LIMIT %s"
        return _rows(_read(sql, *parameters, limit))

    def _followed(self, match: Match, limit: int) -> list[Row]:
        """The same by the index of PostgreSQL, in steps.

        Asked at once, it would join all texts that match with all boards that may be seen. It knows
        how frequent a word is, but not how many of the boards are the person's.
        """
        found: list[Row] = []
        for size in FOLLOWED:
            is_compared = size == NEWEST and self._known is not None
            found, count = (self._compared if is_compared else self._asked)(match, size, limit)
            if len(found) == limit or size is None or count < size:
                break
        return found

    def _compared(self, match: Match, size: int | None, limit: int) -> tuple[list[Row], int]:
        """Of the newest that match, those on known boards; and how many there were at all."""
        newest = _rows(_read(_NEWEST, match.for_postgresql(), size))
        known = self._known or ()
        return [row for row in newest if row.board_id in known][:limit], len(newest)

    def _asked(self, match: Match, size: int | None, limit: int) -> tuple[list[Row], int]:
        """The same, where the database looks for the permissions."""
        sql = (
            f"WITH newest AS MATERIALIZED ({_NEWEST}),"  # noqa: S608
            f" seen AS (SELECT t.id, t.board_id FROM newest t WHERE {self._sql}"
            " ORDER BY t.id DESC LIMIT %s)"
            " SELECT id, board_id FROM seen UNION ALL SELECT count(*), NULL FROM newest"
        )
        rows = _read(sql, match.for_postgresql(), size, *self._parameters, limit)
        (count,) = (number for number, board_id in rows if board_id is None)
        found = _rows(sorted((row for row in rows if row[1] is not None), reverse=True))
        return found, count

    def having(self, match: Match) -> set[UUID]:
        """The boards that have a text which matches."""
        if self._few == []:
            return set()
        where, parameters, _ = self._matching(match)
        rows = _read(f"SELECT DISTINCT t.board_id {where}", *parameters)
        return {UUID(str(board_id)) for (board_id,) in rows}

    def _matching(self, match: Match) -> tuple[str, list[Any], str]:
        """SQL of names and of queries that Django made: tables and conditions; the parameters; and
        the column to sort by."""
        few = self._few
        if self._named is not None:
            where = f"FROM {TABLE} t WHERE t.words @@ %s::tsquery AND t.board_id = ANY(%s::uuid[])"
            return where, [match.for_postgresql(), self._named], "t.id"
        if connection.vendor == "postgresql":
            # With OFFSET, it does not look up first where else the words are.
            texts = f"SELECT id, board_id, words FROM {TABLE} WHERE board_id = ANY(%s) OFFSET 0"  # noqa: S608
            where = f"FROM ({texts}) t WHERE t.words @@ %s::tsquery"
            return where, [few, match.for_postgresql()], "t.id"
        if few is None:
            # The order of the tables is fixed: SQLite would begin with nearly all rows.
            where = (
                f"FROM {INDEX} f CROSS JOIN {TABLE} t ON t.id = f.rowid WHERE f.{INDEX} MATCH %s"
            )
            parameters = [match.for_sqlite(), *self._parameters]
            return f"{where} AND {self._sql}", parameters, "f.rowid"
        places = ", ".join(["%s"] * len(few))
        words = match.inside_words()
        has_them = " AND instr(' ' || t.words || ' ', %s) > 0" * len(words)
        where = f"FROM {TABLE} t WHERE t.board_id IN ({places}){has_them}"
        return where, [*(board_id.hex for board_id in few), *words], "t.id"


def _with_few_texts(board_ids: Sequence[UUID]) -> list[UUID]:
    """The first of these boards, up to `FEW_TEXTS` together, and one of them at least."""
    texts = SearchText.objects.filter(board__in=board_ids).order_by()
    counts = dict(texts.values_list("board").annotate(Count("pk")))
    kept: list[UUID] = []
    total = 0
    for board_id in board_ids:
        total += counts.get(board_id, 0)
        if kept and total > FEW_TEXTS:
            break
        kept.append(board_id)
    return kept


def _rows(rows: list[Any]) -> list[Row]:
    return [Row(row_id, UUID(str(board_id))) for row_id, board_id in rows]


def _read(sql: str, *parameters: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        rows: list[Any] = cursor.fetchall()
    return rows
