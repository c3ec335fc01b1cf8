"""Boards, spaces, permissions, images, comments and libraries."""

from boards.models.board import (
    TITLE_MAX_LENGTH,
    Board,
    BoardFile,
    BoardPermission,
    file_path,
    files_directory,
)
from boards.models.comments import BODY_MAX_LENGTH, GUEST_NAME_MAX_LENGTH, Comment, CommentThread
from boards.models.connections import PROCESS, LiveConnection
from boards.models.invitations import Invitation
from boards.models.levels import PermissionLevel
from boards.models.libraries import Library, LibraryItem
from boards.models.search import Match, Phrase, SearchState, SearchText, TextKind
from boards.models.sharing import LABEL_MAX_LENGTH, MESSAGE_MAX_LENGTH, AccessRequest, ShareLink
from boards.models.spaces import (
    SPACE_NAME_MAX_LENGTH,
    BoardOpening,
    BoardStar,
    Folder,
    Space,
    SpacePermission,
)
from boards.models.tickets import SocketTicket
from boards.models.visits import Visit
from boards.models.webhooks import Webhook, WebhookDelivery, WebhookEvent, WebhookProblem
from boards.models.workshop import Ballot, Workshop

__all__ = [
    "BODY_MAX_LENGTH",
    "GUEST_NAME_MAX_LENGTH",
    "LABEL_MAX_LENGTH",
    "MESSAGE_MAX_LENGTH",
    "PROCESS",
    "SPACE_NAME_MAX_LENGTH",
    "TITLE_MAX_LENGTH",
    "AccessRequest",
    "Ballot",
    "Board",
    "BoardFile",
    "BoardOpening",
    "BoardPermission",
    "BoardStar",
    "Comment",
    "CommentThread",
    "Folder",
    "Invitation",
    "Library",
    "LibraryItem",
    "LiveConnection",
    "Match",
    "PermissionLevel",
    "Phrase",
    "SearchState",
    "SearchText",
    "ShareLink",
    "SocketTicket",
    "Space",
    "SpacePermission",
    "TextKind",
    "Visit",
    "Webhook",
    "WebhookDelivery",
    "WebhookEvent",
    "WebhookProblem",
    "Workshop",
    "file_path",
    "files_directory",
]
