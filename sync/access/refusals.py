"""Why a socket gets a close code instead of the board, and the audit row of that."""

from django.contrib.auth.models import User

from audit.actions import AuditVia
from audit.actor import Actor
from boards.models import Board
from boards.visits.refused import refusal_record
from sync.access.handshake import ENTRY, Request
from sync.wire.close_codes import CloseCode

EXPIRED_REASON = "The token has expired."
"""The same text whether a token expires while its socket is open or had expired before."""


class RefusedError(Exception):
    """The socket gets a close code instead of the board; `reason` is shown to the person."""

    def __init__(self, code: CloseCode, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


def no_access(user: User | None) -> RefusedError:
    """The refusal for a board that a person may not see.

    The same for a private and a missing board, so that ids cannot be probed.
    """
    if user is None:
        return RefusedError(CloseCode.NOT_AUTHENTICATED, "Sign in to open this board.")
    return RefusedError(CloseCode.NO_PERMISSION, "You have no access to this board.")


def refused_token(reason: str) -> RefusedError:
    """The refusal for an invalid token."""
    text = EXPIRED_REASON if reason == "expired" else "The token is not valid."
    return RefusedError(CloseCode.NOT_AUTHENTICATED, text)


def record_refusal(request: Request, by: Actor, board: Board | None, reason: str) -> None:
    """Writes the audit row of a refused socket; blocks on the database."""
    refusal_record(board_id=request.board_id, board=board, by=by, entry=ENTRY, reason=reason)


def record_token_refusal(request: Request, reason: str) -> None:
    """Writes the audit row of a token that is not valid; blocks on the database."""
    record_refusal(request, Actor(None, request.origin, AuditVia.TOKEN), None, reason)
