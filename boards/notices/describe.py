"""Turns notifications about boards into words, if the reader may still see the board."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from allauth.account.models import EmailAddress
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils.translation import gettext, ngettext

from accounts.models import Notification
from accounts.notifications.descriptions import Asked, Description, describes
from boards.access.resolve import Access, resolve_many
from boards.access.spaces import spaces_of
from boards.identity.invitation_tokens import invitation_token
from boards.models import AccessRequest, Board, Comment, Invitation
from boards.notices.telling import ABOUT_SPACE

EXCERPT_LENGTH = 200
Kind = Notification.Kind
Seen = dict[UUID, tuple[Board, Access]]


@describes(Kind.MENTION, Kind.REPLY)
def describe_comments(reader: User, rows: Sequence[Notification]) -> dict[int, Description]:
    """Comments that still exist, on boards that the reader may see."""
    boards = _seen(reader, {row.place for row in rows})
    comments = {
        str(comment.pk): comment
        for comment in Comment.objects.select_related("thread").filter(
            pk__in=[UUID(row.about) for row in rows], thread__board__in=boards
        )
    }
    found: dict[int, Description] = {}
    for row in rows:
        comment = comments.get(row.about)
        if comment is None or comment.thread.board_id != row.place:
            continue
        board, _ = boards[row.place]
        names = {"name": _writer(comment), "board": board.title}
        text = (
            gettext("%(name)s mentions you on “%(board)s”.")
            if row.kind == Kind.MENTION
            else gettext("%(name)s replies to you on “%(board)s”.")
        )
        address = f"{reverse('board', args=[board.pk])}?thread={comment.thread_id}"
        found[row.pk] = Description(text % names, address, board.title, _excerpt(comment.body))
    return found


@describes(Kind.REQUEST)
def describe_requests(reader: User, rows: Sequence[Notification]) -> dict[int, Description]:
    """Open requests for boards that the reader manages."""
    boards = _seen(reader, {row.place for row in rows})
    requests = _requests(rows, resolved_at=None)
    found: dict[int, Description] = {}
    for row in rows:
        request = requests.get(row.about)
        board, access = boards.get(row.place, (None, None))
        if request is None or board is None or access is None or not access.can_manage:
            continue
        text = _asks(request) % {"name": row.actor_name, "board": board.title}
        asked = Asked(request.pk, request.level)
        found[row.pk] = Description(text, _url(board), board.title, request.message, asked)
    return found


@describes(Kind.ANSWER)
def describe_refusals(reader: User, rows: Sequence[Notification]) -> dict[int, Description]:
    """Refusals of the reader's requests. Of a board that they may not see they learn nothing."""
    boards = _seen(reader, {row.place for row in rows})
    requests = _requests(rows, user=reader, outcome=AccessRequest.Outcome.DECLINED)
    found: dict[int, Description] = {}
    for row in rows:
        if row.about in requests and row.place in boards:
            board, _ = boards[row.place]
            text = gettext("Your request for more access to “%(board)s” was declined.")
            found[row.pk] = Description(text % {"board": board.title}, _url(board), board.title)
    return found


@describes(Kind.SHARED)
def describe_shares(reader: User, rows: Sequence[Notification]) -> dict[int, Description]:
    """Boards and spaces that the reader was given, with what they may do there now."""
    found: dict[int, Description] = {}
    boards = _seen(reader, {row.place for row in rows if row.about != ABOUT_SPACE})
    places = {row.place for row in rows if row.about == ABOUT_SPACE}
    spaces = {space.pk: space for space in spaces_of(reader).filter(pk__in=places)}
    for row in rows:
        name = row.actor_name or gettext("Somebody")
        if row.about == ABOUT_SPACE and row.place in spaces:
            space = spaces[row.place]
            text = gettext("%(name)s shares the space “%(space)s” with you.")
            address = f"{reverse('home')}?space={space.pk}"
            words = text % {"name": name, "space": space.name}
            found[row.pk] = Description(words, address, space.name)
        elif row.place in boards:
            board, access = boards[row.place]
            words = _shares(access) % {"name": name, "board": board.title}
            found[row.pk] = Description(words, _url(board), board.title)
    return found


@describes(Kind.INVITED)
def describe_invitations(reader: User, rows: Sequence[Notification]) -> dict[int, Description]:
    """Open invitations to an address that the reader has verified. Of a board they learn what the
    mail says.
    """
    addresses = EmailAddress.objects.filter(user=reader, verified=True).values("email")
    open_ones = (
        Invitation.objects.open()
        .select_related("board")
        .filter(pk__in=_ids(rows), email__in=addresses, board__deleted_at=None)
    )
    invitations = {str(one.pk): one for one in open_ones}
    found: dict[int, Description] = {}
    for row in rows:
        invitation = invitations.get(row.about)
        if invitation is not None:
            name = row.actor_name or gettext("Somebody")
            text = gettext("%(name)s invites you to “%(board)s”.")
            words = text % {"name": name, "board": invitation.board.title}
            address = reverse("invitation", args=[invitation_token(invitation, is_mailed=True)])
            found[row.pk] = Description(words, address, invitation.board.title)
    return found


@describes(Kind.JOINED)
def describe_acceptances(reader: User, rows: Sequence[Notification]) -> dict[int, Description]:
    """Who accepted the reader's invitations, on boards that they still manage."""
    boards = _seen(reader, {row.place for row in rows})
    mine = Invitation.objects.filter(pk__in=_ids(rows), created_by=reader)
    invitations = {str(one.pk): one for one in mine}
    found: dict[int, Description] = {}
    for row in rows:
        board, access = boards.get(row.place, (None, None))
        if row.about not in invitations or board is None or access is None:
            continue
        if access.can_manage:
            text = gettext("%(name)s accepted your invitation to “%(board)s”.")
            words = text % {"name": row.actor_name, "board": board.title}
            found[row.pk] = Description(words, _url(board), board.title)
    return found


@describes(Kind.HANDOVER)
def describe_handovers(reader: User, rows: Sequence[Notification]) -> dict[int, Description]:
    """What the reader got from accounts that were deleted: numbers, which only they know."""
    found: dict[int, Description] = {}
    for row in rows:
        boards, spaces = (int(number) for number in row.about.split())
        many_boards = ngettext("%(n)d board", "%(n)d boards", boards) % {"n": boards}
        many_spaces = ngettext("%(n)d space", "%(n)d spaces", spaces) % {"n": spaces}
        names = {"name": row.actor_name, "boards": many_boards, "spaces": many_spaces}
        if boards and spaces:
            text = gettext(
                "The account of %(name)s was deleted. Now you own %(boards)s and %(spaces)s of it."
            )
        elif boards:
            text = gettext("The account of %(name)s was deleted. Now you own %(boards)s of it.")
        else:
            text = gettext("The account of %(name)s was deleted. Now you own %(spaces)s of it.")
        address = f"{reverse('home')}?show=mine"
        found[row.pk] = Description(text % names, address, gettext("Your boards"))
    return found


def _seen(reader: User, ids: Collection[UUID]) -> Seen:
    """The boards that the reader may see at the boards' own addresses."""
    boards = list(Board.objects.select_related("owner").filter(pk__in=ids, deleted_at=None))
    access = resolve_many(boards, user=reader)
    return {one.pk: (one, access[one.pk]) for one in boards if access[one.pk].can_view}


def _writer(comment: Comment) -> str:
    """A guest's name is chosen, and may be anybody's."""
    if not comment.is_guest:
        return comment.author_name
    return gettext("%(name)s (guest)") % {"name": comment.author_name}


def _ids(rows: Sequence[Notification]) -> list[UUID]:
    return [UUID(row.about) for row in rows]


def _requests(rows: Sequence[Notification], **which: object) -> dict[str, AccessRequest]:
    ids = [int(row.about) for row in rows if row.about.isdecimal()]
    return {str(one.pk): one for one in AccessRequest.objects.filter(pk__in=ids, **which)}


def _asks(request: AccessRequest) -> str:
    match request.level:
        case "edit":
            return gettext("%(name)s asks to edit “%(board)s”.")
        case "comment":
            return gettext("%(name)s asks to comment on “%(board)s”.")
        case _:
            return gettext("%(name)s asks to see “%(board)s”.")


def _shares(access: Access) -> str:
    if access.is_owner:
        return gettext("%(name)s made you the owner of “%(board)s”.")
    if access.can_edit:
        return gettext("%(name)s shares “%(board)s” with you: you can edit it.")
    if access.can_comment:
        return gettext("%(name)s shares “%(board)s” with you: you can comment on it.")
    return gettext("%(name)s shares “%(board)s” with you: you can look at it.")


def _url(board: Board) -> str:
    return reverse("board", args=[board.pk])


def _excerpt(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= EXCERPT_LENGTH else f"{line[: EXCERPT_LENGTH - 1].rstrip()}…"
