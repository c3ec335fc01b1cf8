"""Whom an event on a board concerns. Services call this in their transaction."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from allauth.account.models import EmailAddress
from django.contrib.auth.models import User

from accounts.models import Notification
from accounts.notifications.services import MAX_READERS, News, notify, withdraw
from audit.actor import Actor
from boards.access.subjects import Subject
from boards.identity.names import display_name
from boards.models import AccessRequest, Board, Comment, Invitation, Space

Kind = Notification.Kind
ABOUT_SPACE = "space"
"""What is shared is a space, not a board."""


def tell_of_comment(comment: Comment, mentioned: Collection[User], *, is_new: bool = True) -> None:
    """Tells those it mentions, and of a new one those with an account who wrote in its thread
    before.
    """
    notify(mentioned, _news_of(Kind.MENTION, comment))
    if is_new:
        named = [one.pk for one in mentioned]
        writers = User.objects.filter(
            pk__in=comment.thread.comments.exclude(author=None).values("author")
        ).exclude(pk__in=named)
        notify(writers, _news_of(Kind.REPLY, comment))


def tell_of_request(request: AccessRequest) -> None:
    """Tells the owner that somebody asks for access."""
    person, about = request.user, str(request.pk)
    news = News(Kind.REQUEST, request.board_id, about, person, display_name(person))
    notify([request.board.owner], news)


def tell_of_answer(request: AccessRequest, by: Actor) -> None:
    """The request is settled for the owner. The person who asked hears of a refusal; of a grant as
    of everything that is shared with them.
    """
    withdraw(Kind.REQUEST, request.board_id, str(request.pk))
    if request.outcome == AccessRequest.Outcome.DECLINED:
        news = News(Kind.ANSWER, request.board_id, str(request.pk), by.user, _name_of(by))
        notify([request.user], news)


def tell_of_share(board: Board, subject: Subject, by: Actor) -> None:
    """Tells a person, or the people of a group, that they have got more than before."""
    readers = _people_of(subject, board.owner_id)
    notify(readers, News(Kind.SHARED, board.pk, "", by.user, _name_of(by)))


def tell_of_space(space: Space, subject: Subject, by: Actor) -> None:
    """The same for a space and all of its boards."""
    readers = _people_of(subject, space.owner_id)
    notify(readers, News(Kind.SHARED, space.pk, ABOUT_SPACE, by.user, _name_of(by)))


def tell_of_invitation(invitation: Invitation) -> None:
    """Tells the person who has verified the address that they are invited. The mail says so
    anyway, so this sends no other one, and the person who invites sees nothing of it.
    """
    verified = EmailAddress.objects.filter(email=invitation.email, verified=True)
    readers = User.objects.filter(pk__in=verified.values("user"))
    name = display_name(invitation.created_by) if invitation.created_by is not None else ""
    about = str(invitation.pk)
    news = News(Kind.INVITED, invitation.board_id, about, invitation.created_by, name)
    notify(readers, news, is_mailed=False)


def invitation_is_over(invitation: Invitation) -> None:
    """It was accepted or withdrawn: nobody needs to be told any more."""
    withdraw(Kind.INVITED, invitation.board_id, str(invitation.pk))


def tell_of_acceptance(invitation: Invitation, user: User) -> None:
    """Tells who invited that somebody came."""
    inviter = invitation.created_by
    if inviter is not None:
        about = str(invitation.pk)
        news = News(Kind.JOINED, invitation.board_id, about, user, display_name(user))
        notify([inviter], news)


def _people_of(subject: Subject, owner_id: int) -> Iterable[User]:
    if subject.group is not None:
        return subject.group.user_set.exclude(pk=owner_id)[:MAX_READERS]
    return [subject.user] if subject.user is not None else []


def _news_of(kind: Notification.Kind, comment: Comment) -> News:
    place = comment.thread.board_id
    return News(kind, place, str(comment.pk), comment.author, comment.author_name)


def _name_of(by: Actor) -> str:
    return display_name(by.user) if by.user is not None else ""
