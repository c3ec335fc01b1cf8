"""Writes about comments. `boards.access` has already decided who may call them.

The author is set here, never by the client: an account, or a guest with a chosen name and a secret
in the session, by which the guest can edit later. Each service takes a `record` that writes the
audit row in its transaction, if something is written.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy

from boards.access.selectors import people_of
from boards.board_state import comments_changed
from boards.comments.shapes import thread_shape
from boards.identity.names import display_name
from boards.levels import FARTHEST, LENGTHS
from boards.models import BODY_MAX_LENGTH, GUEST_NAME_MAX_LENGTH, Board, Comment, CommentThread
from boards.notices.telling import tell_of_comment
from boards.quotas.checks import QuotaError, require_place_for_comment
from boards.validators import validate_line
from boards.writing import Record, lock_boards

MAX_THREADS = 1000
MAX_COMMENTS = 50
"""In one thread: an event carries the whole thread."""
MAX_MENTIONS = 20
ID_TAKEN = "There is a comment with this id already."
NOT_YOURS = gettext_lazy("Only the person who wrote this can change it.")
NOT_YOURS_TO_DELETE = gettext_lazy(
    "Only the person who wrote this or the board's owner can delete it."
)

_MENTION = re.compile(r"(?<![\w@])@([\w.+-]{1,150})")
_ANCHORS = (frozenset({"x", "y"}), frozenset({"element_id", "dx", "dy"}))


@dataclass(frozen=True, slots=True)
class Author:
    """An account, or a guest with a secret and a chosen name."""

    user: User | None
    name: str
    guest_secret: str = ""

    @property
    def guest_key(self) -> str:
        """The hash of the secret that rows store."""
        if self.user is not None or not self.guest_secret:
            return ""
        return hashlib.sha256(self.guest_secret.encode()).hexdigest()

    def wrote(self, comment: Comment) -> bool:
        if self.user is not None:
            return comment.author_id == self.user.pk
        return bool(self.guest_key) and comment.guest_key == self.guest_key


def author_of_user(user: User) -> Author:
    """An account, with the name that people see."""
    return Author(user, display_name(user))


def author_of_guest(name: str, secret: str) -> Author:
    """A guest. Raises `ValidationError` for a name that can't be shown."""
    name = name.strip()
    if not name or len(name) > GUEST_NAME_MAX_LENGTH:
        message = gettext("Type your name, up to %(n)d characters.") % {"n": GUEST_NAME_MAX_LENGTH}
        raise ValidationError({"guest_name": message})
    try:
        validate_line(name)
    except ValidationError as error:
        raise ValidationError({"guest_name": error.messages}) from error
    return Author(None, name, secret)


@transaction.atomic
def thread_create(
    *,
    board: Board,
    anchor: Any,
    body: str,
    author: Author,
    comment_id: UUID | None = None,
    record: Record | None = None,
) -> CommentThread:
    """Start a thread at an element or a point of the board.

    The same `comment_id` again writes nothing, so a page that got no answer may retry.
    """
    # One after another: two tabs may send the same at once, and only one gets the last place.
    Board.objects.select_for_update().get(pk=board.pk)
    written = _already_written(board, comment_id, author)
    if written is not None:
        return written
    if board.comment_threads.count() >= MAX_THREADS:
        text = gettext("A board can have %(n)d threads of comments. Delete some first.")
        raise QuotaError(text % {"n": MAX_THREADS}, status=429)
    require_place_for_comment(board, _comments_on(board))
    thread = CommentThread.objects.create(board=board, anchor=_checked_anchor(anchor))
    _write(thread, body, author, comment_id)
    return _announced("created", thread, record)


@transaction.atomic
def comment_reply(
    *,
    thread: CommentThread,
    body: str,
    author: Author,
    comment_id: UUID | None = None,
    record: Record | None = None,
) -> CommentThread:
    """Reply in a thread. `comment_id` as in `thread_create`."""
    Board.objects.select_for_update().get(pk=thread.board_id)
    current = _locked(thread)
    written = _already_written(current.board, comment_id, author)
    if written is not None:
        return written
    if current.comments.count() >= MAX_COMMENTS:
        text = gettext("A thread can have %(n)d comments. Start a new one.")
        raise QuotaError(text % {"n": MAX_COMMENTS}, status=429)
    require_place_for_comment(current.board, _comments_on(current.board))
    _write(current, body, author, comment_id)
    return _announced("changed", current, record)


@transaction.atomic
def comment_edit(
    *, comment: Comment, body: str, author: Author, record: Record | None = None
) -> CommentThread:
    """Edit one's own comment.

    Raises `PermissionDenied` for comments of others, and `ValidationError` if it was deleted
    meanwhile.
    """
    thread = _locked(comment.thread)
    if not thread.comments.filter(pk=comment.pk).exists():
        raise ValidationError(gettext("This comment no longer exists."))
    if not author.wrote(comment):
        raise PermissionDenied(NOT_YOURS)
    comment.body, comment.edited_at = _checked_body(body), timezone.now()
    comment.save(update_fields=["body", "edited_at"])
    before = set(comment.mentions.values_list("pk", flat=True))
    mentioned = _mentioned(thread.board, comment.body)
    comment.mentions.set(mentioned)
    new = [one for one in mentioned if one.pk not in before]
    tell_of_comment(comment, new, is_new=False)
    return _announced("changed", thread, record)


@transaction.atomic
def comment_delete(
    *, comment: Comment, author: Author, is_manager: bool, record: Record | None = None
) -> None:
    """Delete a comment; the last one takes its thread with it."""
    thread = _locked(comment.thread)
    if not (is_manager or author.wrote(comment)):
        raise PermissionDenied(NOT_YOURS_TO_DELETE)
    comment.delete()
    if thread.comments.exists():
        _announced("changed", thread, record)
    else:
        _delete(thread, record)


@transaction.atomic
def thread_delete(
    *, thread: CommentThread, author: Author, is_manager: bool, record: Record | None = None
) -> None:
    """Delete a thread: any if `author` owns the board, else one that only they wrote in."""
    current = _locked(thread)
    if not (is_manager or all(author.wrote(comment) for comment in current.comments.all())):
        raise PermissionDenied(NOT_YOURS_TO_DELETE)
    _delete(current, record)


@transaction.atomic
def thread_resolve(
    *, thread: CommentThread, is_resolved: bool, author: Author, record: Record | None = None
) -> CommentThread:
    """Mark a thread as resolved, or not. Repeating it changes nothing."""
    current = _locked(thread)
    if current.is_resolved != is_resolved:
        current.resolved_at = timezone.now() if is_resolved else None
        current.resolved_by_name = author.name if is_resolved else ""
        current.save(update_fields=["resolved_at", "resolved_by_name"])
        _announced("changed", current, record)
    return current


def _comments_on(board: Board) -> int:
    return Comment.objects.filter(thread__board=board).count()


def _already_written(board: Board, comment_id: UUID | None, author: Author) -> CommentThread | None:
    """The thread of the comment with this id, if it exists. Raises `ValidationError` if another
    author wrote it."""
    found = comment_id and Comment.objects.select_related("thread").filter(pk=comment_id).first()
    if not found:
        return None
    if found.thread.board_id != board.pk or not author.wrote(found):
        raise ValidationError({"id": ID_TAKEN})
    return found.thread


def _write(thread: CommentThread, body: str, author: Author, comment_id: UUID | None) -> None:
    comment = Comment(
        id=comment_id or uuid4(),
        thread=thread,
        author=author.user,
        author_name=author.name,
        is_guest=author.user is None,
        guest_key=author.guest_key,
        body=_checked_body(body),
    )
    comment.full_clean(exclude=["thread"])
    comment.save(force_insert=True)
    mentioned = _mentioned(thread.board, comment.body)
    comment.mentions.set(mentioned)
    tell_of_comment(comment, mentioned)


def _checked_body(body: str) -> str:
    text = body.replace("\r\n", "\n").strip()
    if not text:
        raise ValidationError({"body": gettext("Write something first.")})
    if len(text) > BODY_MAX_LENGTH:
        raise ValidationError(
            {"body": gettext("Use %(n)d characters at most.") % {"n": BODY_MAX_LENGTH}}
        )
    try:
        Comment._meta.get_field("body").run_validators(text)
    except ValidationError as error:
        raise ValidationError({"body": error.messages}) from error
    return text


def _checked_anchor(anchor: Any) -> dict[str, Any]:
    """`{x, y}` or `{element_id, dx, dy}`: exactly these keys, finite and bounded."""
    problem = ValidationError({"anchor": "An anchor is {x, y} or {element_id, dx, dy}."})
    if not isinstance(anchor, dict) or frozenset(anchor) not in _ANCHORS:
        raise problem
    for name, value in anchor.items():
        is_fine = _is_element_id(value) if name == "element_id" else _is_coordinate(value)
        if not is_fine:
            raise problem
    return anchor


def _is_element_id(value: Any) -> bool:
    """Whether an element may have this id. PostgreSQL stores no NUL."""
    return isinstance(value, str) and 1 <= len(value) <= LENGTHS["elementId"] and "\0" not in value


def _is_coordinate(value: Any) -> bool:
    """Whether it is a bounded number (NaN is not)."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number and abs(value) <= FARTHEST


def _mentioned(board: Board, body: str) -> list[User]:
    """The people mentioned as `@username` who were given the board; other names are just text."""
    names = {name for found in _MENTION.findall(body) for name in (found, found.rstrip(".+-"))}
    return list(people_of(board).filter(username__in=names).order_by("username")[:MAX_MENTIONS])


def _locked(thread: CommentThread) -> CommentThread:
    """The row, locked. Raises `ValidationError` if it was deleted meanwhile."""
    lock_boards(Board.objects.filter(pk=thread.board_id))  # first, as who replies does
    rows = CommentThread.objects.select_for_update(of=("self",)).select_related("board")
    current = rows.filter(pk=thread.pk).first()
    if current is None:
        raise ValidationError(gettext("This comment no longer exists."))
    return current


def _announced(action: str, thread: CommentThread, record: Record | None) -> CommentThread:
    """Announces that a thread was `created` or `changed`."""
    comments_changed(thread.board_id, action, thread_shape(thread))
    if record is not None:
        record()
    return thread


def _delete(thread: CommentThread, record: Record | None) -> None:
    comments_changed(thread.board_id, "deleted", {"id": str(thread.pk)})
    thread.delete()
    if record is not None:
        record()
