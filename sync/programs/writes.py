"""Changes made by programs: REST, imports, restored versions.

They go the same way as everyone's: checked, committed with a compare-and-set on head and
permissions, and only then announced to the rooms of every process, which treat them as rows of
another process.
"""

import itertools
import time
from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import User
from django.utils.crypto import salted_hmac

from audit.actor import ActorToken
from boards.identity.guests import guest_names
from boards.identity.names import display_name
from boards.models import Board
from boards.writing import Record
from sync.document.document import Document
from sync.document.replaced import noting_replaced, require_kinds
from sync.document.splitting import parts
from sync.document.yjs import merge
from sync.drawing.scene import plain_value
from sync.models import DocumentClient
from sync.programs.committing import NOTHING_MADE, Commit, ConflictError, Expects, Made
from sync.rooms.limits import BOARD_BUDGETS, limits_for
from sync.rooms.process import take_reserved_here
from sync.scheduler import Steps
from sync.storage.log import Claim
from sync.wire.frames import EMPTY_UPDATE, MalformedError
from sync.wire.lib0 import NO_LIMITS
from sync.wire.parsed import Parsed
from sync.wire.signatures import Signer
from sync.wire.update import parse

APPLY_SECONDS = 0.2
"""How long one update may take to apply. 5,000 new elements take a quarter of this."""
_CLIENT_ID_SALT = "sync.writes.program_client_id"
SERVER_ID = 0
"""Owner of the server's own client ids; no account has this id."""
Change = Callable[[dict[str, Any]], None]


def document_change(
    *,
    board: Board,
    user: User,
    change: Change,
    expects: Expects | None = None,
    record: Record | None = None,
    has_limit: bool = True,
    token: ActorToken | None = None,
) -> int:
    """Commits what `change` does to the document's roots; returns the new head's sequence.

    `change` may be called several times, each time on a newer document. `record` writes the audit
    row in the same transaction, even if nothing changed. Without `has_limit` a full board accepts
    it too: for changes that make it smaller. `token` is the one by which a program acts; when it
    has ended nothing commits.

    Raises MalformedError if the change violates a rule of the document, and as `Commit.run`.
    """
    client_id = program_client_id(board.pk, user.pk)

    def made_on(document: Document) -> Made:
        made = edited(document, change, user.pk)
        return signed(document, made, user, [client_id])

    return Commit(
        board, client_id, made_on, user, expects, record, token, has_limit=has_limit
    ).run()


def document_maintain(*, board: Board, change: Change) -> int:
    """The same by the server itself, which needs no permission and signs with no name."""
    client_id = program_client_id(board.pk, SERVER_ID)
    return Commit(board, client_id, lambda document: edited(document, change, SERVER_ID)).run()


def edited(document: Document, change: Change, user_id: int | None) -> Made:
    """Makes the change in the document; returns it as an update with the client ids it claims."""
    update = document.edit(change)
    parsed = parse(update, NO_LIMITS, Steps().end_step)
    claims = document.owners.check(parsed, document.clocks, user_id)
    return Made(update, (parsed,), tuple(claims))


def signed(document: Document, taken: Made, user: User, client_ids: Iterable[int]) -> Made:
    """Adds the author of the change's client ids to the document unless it is there already.

    Pages read authors there; without this, edits made by programs would be credited to "Guest".
    """
    if taken.update == EMPTY_UPDATE:
        return taken
    author = {"user": str(user.pk), "name": display_name(user)}

    def sign(roots: dict[str, Any]) -> None:
        authors = roots["authors"]
        for client_id in map(str, client_ids):
            if plain_value(authors.get(client_id)) != author:
                authors[client_id] = author

    named = edited(document, sign, user.pk)
    if named.update == EMPTY_UPDATE:
        return taken
    update = merge([taken.update, named.update])
    return Made(update, taken.parsed + named.parsed, tuple({*taken.claims, *named.claims}))


def document_apply(
    *,
    board: Board,
    user: User,
    update: bytes,
    expects: Expects | None = None,
    record: Record | None = None,
    token: ActorToken | None = None,
) -> int:
    """Commits a Yjs update; returns the head's sequence. Raises as `document_change`, and
    ConflictError if the update has a gap.
    """

    def made_on(document: Document) -> Made:
        take_reserved_here(board.pk, document.owners)
        taken = _applied(document, update, user)
        if taken.update == EMPTY_UPDATE:
            return taken
        return signed(document, taken, user, [client_id for client_id, _ in taken.claims])

    client_id = program_client_id(board.pk, user.pk)
    # Without structs an update only deletes.
    has_limit = update[:1] != b"\x00"
    return Commit(
        board, client_id, made_on, user, expects, record, token, has_limit=has_limit
    ).run()


def _applied(document: Document, update: bytes, user: User) -> Made:
    """Applies an update in parts; returns it as one. Raises MalformedError, ConflictError."""
    fresh: list[bytes] = []
    applied: list[Parsed] = []
    claims: list[Claim] = []
    steps, used = Steps(), 0.0
    signer = Signer(user.pk, frozenset({display_name(user)}), guest_names())
    for part, parsed in parts(
        update, parse(update, limits_for(document.most_deletions), known=document.clocks)
    ):
        taken = document.take(part, parsed, user.pk, signer=signer, budgets=BOARD_BUDGETS)
        if taken is None:
            raise ConflictError("This update builds on something that the board does not hold.")
        started = time.thread_time()
        if parsed.plain:  # it takes three times as long
            with noting_replaced(document) as replaced:
                is_new = document.applies_something(taken.update)
            require_kinds(replaced)
        else:
            is_new = document.applies_something(taken.update)
        if is_new:
            fresh.append(taken.update)
            applied.append(taken.parsed)
        used += time.thread_time() - started
        if used > APPLY_SECONDS:  # it becomes one row, which rooms apply in one step
            raise MalformedError("too expensive to merge with what others wrote; send it in parts")
        claims += taken.claims
        steps.end_step()
    return Made(merge(fresh), tuple(applied), tuple(claims)) if fresh else NOTHING_MADE


def program_client_id(board_id: UUID, user_id: int | None) -> int:
    """The one client id under which the server writes for a user on a board.

    It never changes, so that frequent writes don't make the document grow, and is below 2³² because
    older clients misread larger ones. Commits are serial, so two processes never use a clock twice.
    It is derived from the secret key, so that nobody can guess and announce it first. With another
    key, as after restoring a backup, it is another id, and what was written under the first stays
    the user's. In recovery mode too: people may still bring back what was written under the first.
    If the id is taken already, the next attempt is used from then on.
    """
    board_ids = DocumentClient.objects.filter(board_id=board_id)
    base = f"{board_id} {user_id}{settings.CANVAS_RECOVERY}"
    for attempt in itertools.count():
        seed = f"{base} {attempt}" if attempt else base
        digest = salted_hmac(_CLIENT_ID_SALT, seed, algorithm="sha256").digest()
        client_id = int.from_bytes(digest[:4])
        owner = board_ids.filter(client_id=client_id).values_list("user_id").first()
        if owner is None or owner[0] == user_id:
            return client_id
    raise AssertionError("unreachable")
