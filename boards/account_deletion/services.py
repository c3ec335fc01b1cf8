"""Ends an account: gives away what it owns, then deletes it. All of it happens, or nothing."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import NAMESPACE_OID, UUID, uuid5

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.contrib.auth.models import Group, User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext

from accounts.account_page.preferences import profile_of
from accounts.mail import whom_to_ask
from accounts.models import Notification
from accounts.notifications.services import News, notify
from accounts.sign_in.endings import sign_out_everywhere
from audit.actions import AuditAction
from audit.actor import Actor
from audit.services import audit_record
from boards.access.concerned import boards_of, boards_opened_by
from boards.access.subjects import Subject, lock_groups
from boards.identity.names import display_name
from boards.lifecycle.purge import board_delete
from boards.models import Board, Space, Webhook
from boards.sharing.permissions import permission_revoke
from boards.sharing.transfer import boards_hand_over
from boards.spaces.members import space_permission_revoke
from boards.spaces.services import space_delete, space_transfer
from boards.spaces.writing import locked_spaces
from boards.writing import lock_boards


@dataclass(frozen=True, slots=True)
class Plan:
    """Who gets what. None as a successor deletes it: boards with everything on them; of a space
    only the place, and the boards in it stay with their owners."""

    successor: User | None
    """Of everything that is not named below."""
    boards: Mapping[UUID, User | None] = field(default_factory=dict)
    spaces: Mapping[UUID, User | None] = field(default_factory=dict)
    board_count: int | None = None
    """How many boards the person was told that they own; None if nobody was told."""


@dataclass(frozen=True, slots=True)
class Ended:
    """What became of what the account owned."""

    boards_given: int
    boards_deleted: int
    spaces_given: int
    spaces_deleted: int


def is_last_administrator(user: User) -> bool:
    """Whether nobody else could administer this installation."""
    others = User.objects.filter(is_superuser=True, is_active=True).exclude(pk=user.pk)
    return user.is_superuser and user.is_active and not others.exists()


@transaction.atomic
def account_delete(*, user: User, plan: Plan, by: Actor) -> Ended:
    """Deletes an account; its sessions, tokens and sockets end with the commit.

    Comments and audit rows keep the name that they were written with. Raises `ValidationError` for
    the last administrator, for a successor who can't be one, and if the person owns other boards
    by now than `plan` counts; `QuotaError` if a successor can't take so much.
    """
    boards, spaces = _locked(user, plan)
    _require_possible(user, plan, len(boards), by)
    spaces_of: defaultdict[User | None, list[Space]] = defaultdict(list)
    for space in spaces:
        spaces_of[plan.spaces.get(space.pk, plan.successor)].append(space)
    boards_of: defaultdict[User | None, list[Board]] = defaultdict(list)
    for board in boards:
        boards_of[plan.boards.get(board.pk, plan.successor)].append(board)
    for space in spaces_of.pop(None, []):
        space_delete(space=space, by=by)
    for board in boards_of.pop(None, []):
        board_delete(board=board, by=by)
    for successor in {*spaces_of, *boards_of}:
        if successor is not None:
            _give(successor, boards_of[successor], spaces_of[successor], user, by)
    given, given_spaces = sum(map(len, boards_of.values())), sum(map(len, spaces_of.values()))
    ended = Ended(given, len(boards) - given, given_spaces, len(spaces) - given_spaces)
    _confirm_by_mail(user, ended)
    permissions_end(user=user, by=by)
    sign_out_everywhere(user, by=by)
    audit_record(
        action=AuditAction.ACCOUNT_DELETE, by=by, target_user=user, data=dataclasses.asdict(ended)
    )
    user.delete()
    return ended


@transaction.atomic
def permissions_end(*, user: User, by: Actor) -> None:
    """Takes away what boards and spaces gave to a person, one by one: each leaves an audit row."""
    locked_spaces(set(Space.objects.filter(permissions__user=user).values_list("pk", flat=True)))
    lock_boards(boards_of(user), boards_opened_by(user.pk))
    subject_revoke_everywhere(subject=Subject(user=user), by=by)


@transaction.atomic
def subject_revoke_everywhere(*, subject: Subject, by: Actor) -> None:
    """The same for a person or a group. All rows are locked before the first audit row is written:
    until this commits, all others who write one wait, some of them with such a row."""
    given = Q(**{f"permissions__{name}": value for name, value in subject.columns.items()})
    ids = set(Space.objects.filter(given).values_list("pk", flat=True))
    spaces = locked_spaces(ids)
    lock_boards(Board.objects.filter(given | Q(space__in=ids)))
    for space in spaces.values():
        space_permission_revoke(space=space, subject=subject, by=by)
    for board in Board.objects.filter(given).order_by("pk"):
        permission_revoke(board=board, subject=subject, by=by)


def _require_possible(user: User, plan: Plan, board_count: int, by: Actor) -> None:
    if is_last_administrator(user):
        if by.user == user:
            text = gettext(
                "You are the only administrator here. Make somebody else one first, or nobody "
                "could look after this server."
            )
        else:
            text = gettext("The last administrator can't be deleted.")
        raise ValidationError(text)
    if plan.board_count not in (None, board_count):
        text = gettext("Your boards have changed meanwhile. Look at the list again.")
        raise ValidationError(text)
    wanted = {one.pk: one for one in _successors(plan)}
    if user.pk in wanted:
        raise ValidationError(gettext("The account that ends can't get anything."))
    active = User.objects.filter(pk__in=wanted, is_active=True)
    for pk in wanted.keys() - set(active.values_list("pk", flat=True)):
        text = gettext("The account of %(user)s is deactivated.")
        raise ValidationError(text % {"user": wanted[pk].get_username()})


def _give(successor: User, boards: list[Board], spaces: list[Space], user: User, by: Actor) -> None:
    """Hands over, and tells the successor by one notification, however much it is."""
    for space in spaces:
        space_transfer(space=space, new_owner=successor, by=by, stays_member=False)
    if boards:
        boards_hand_over(boards=boards, new_owner=successor, by=by)
    place = uuid5(NAMESPACE_OID, f"account {user.pk}")
    about = f"{len(boards)} {len(spaces)}"
    news = News(Notification.Kind.HANDOVER, place, about, user, display_name(user))
    notify([successor], news)


def _locked(user: User, plan: Plan) -> tuple[list[Board], list[Space]]:
    """What they own, locked, and with it everybody concerned. In the order of all locks, so that
    nothing waits for this in a circle: groups, people, spaces, boards, webhooks."""
    lock_groups(list(Group.objects.filter(user=user).values_list("pk", flat=True)))
    people = {user.pk, *(one.pk for one in _successors(plan))}
    administrators = Q(is_superuser=True, is_active=True)
    accounts = User.objects.select_for_update(no_key=True)
    list(accounts.filter(Q(pk__in=people) | administrators).order_by("pk").values_list("pk"))
    given = Space.objects.filter(Q(owner=user) | Q(permissions__user=user))
    spaces = locked_spaces(set(given.values_list("pk", flat=True))).values()
    lock_boards(boards_of(user), boards_opened_by(user.pk))
    webhooks = Webhook.objects.select_for_update().filter(owner=user).order_by("pk")
    list(webhooks.values_list("pk"))
    boards = Board.objects.filter(owner=user).select_related("owner").order_by("pk")
    return list(boards), [space for space in spaces if space.owner_id == user.pk]


def _successors(plan: Plan) -> set[User]:
    named = {plan.successor, *plan.boards.values(), *plan.spaces.values()}
    return {one for one in named if one is not None}


def _confirm_by_mail(user: User, ended: Ended) -> None:
    """Tells the person, in their language, once it is done."""
    if not user.email:
        return
    chosen = profile_of(user).language
    language = chosen if chosen in dict(settings.LANGUAGES) else translation.get_language()
    address = user.email
    context = {
        "name": display_name(user),
        "username": user.get_username(),
        "ended": ended,
        "whom_to_ask": whom_to_ask,
    }

    def send() -> None:
        with translation.override(language or settings.LANGUAGE_CODE):
            get_adapter().send_mail("boards/email/account_deleted", address, context)

    transaction.on_commit(send, robust=True)
