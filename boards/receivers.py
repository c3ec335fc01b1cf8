"""Changes of accounts that change access to boards.

Accounts can be deactivated, promoted, put into a group, deleted, get another password and sign out,
in the admin, by a command or in a shell: all of these end here. The boards concerned get a new
access version, so that the access of everyone connected is resolved again.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import Group, User
from django.contrib.auth.signals import user_logged_out
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Q
from django.db.models.signals import m2m_changed, post_delete, post_save, pre_delete, pre_save
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from accounts.models import ApiToken, CredentialsEpoch
from audit.actor import SYSTEM
from boards.access.concerned import boards_of, boards_opened_by
from boards.access.subjects import Subject, lock_groups
from boards.account_deletion.services import permissions_end, subject_revoke_everywhere
from boards.models import Board, SpacePermission
from boards.notices import describe, live  # noqa: F401 - importing connects them
from boards.signals import open_to_newcomers
from boards.spaces.writing import locked_spaces, space_access_changed
from boards.webhooks import events, notice  # noqa: F401 - the same
from boards.writing import accesses_changed_of

_FLAGS = ("is_active", "is_superuser", "password")
_REMEMBERED = "_flags_before_save"


@receiver(pre_save, sender=User)
def remember_flags(instance: User, **kwargs: Any) -> None:
    """Keeps the values in the row, to see after the save whether they changed."""
    before = User.objects.filter(pk=instance.pk).values_list(*_FLAGS).first()
    setattr(instance, _REMEMBERED, before)


@receiver(post_save, sender=User)
def announce_changed_flags(instance: User, **kwargs: Any) -> None:
    """An account was activated or deactivated, became or stopped being a superuser, or has another
    password, which ends its sessions and tokens."""
    before: tuple[bool, bool, str] | None = getattr(instance, _REMEMBERED, None)
    if before is None:
        return
    was_active, was_superuser, old_password = before
    if (was_active, was_superuser) != (instance.is_active, instance.is_superuser):
        # Superusers can open every board, so a change of one concerns all boards.
        concerns_all = was_superuser or instance.is_superuser
        concerned = Board.objects.all() if concerns_all else boards_of(instance)
        accesses_changed_of(concerned, boards_opened_by(instance.pk))
    if old_password != instance.password:
        accesses_changed_of(boards_opened_by(instance.pk))


@receiver(user_logged_out)
def end_session(request: HttpRequest, user: User | None, **kwargs: Any) -> None:
    """Deletes the session now: Django sends the signal before it does, while the session still
    counts."""
    request.session.delete()


@receiver(post_delete, sender=Session)
def end_sockets(instance: Session, **kwargs: Any) -> None:
    """A session was deleted, by a sign-out or otherwise: the access of its user's sockets is
    resolved again. Sockets of an expired session are closed already."""
    user = _signed_in_with(instance)
    if user is not None:
        accesses_changed_of(boards_opened_by(user.pk))


@receiver(post_save, sender=CredentialsEpoch)
def end_token_sockets(instance: CredentialsEpoch, **kwargs: Any) -> None:
    """Someone ended everything at once: their access tokens are not valid any more."""
    accesses_changed_of(boards_opened_by(instance.user_id))


def _signed_in_with(session: Session) -> User | None:
    """Whose session it is, if it is valid."""
    if session.expire_date <= timezone.now():
        return None
    decoded = session.get_decoded()
    if SESSION_KEY not in decoded:
        return None
    user = User.objects.filter(pk=decoded[SESSION_KEY]).first()
    if user is None:
        return None
    now, then = user.get_session_auth_hash(), decoded.get(HASH_SESSION_KEY, "")
    return user if constant_time_compare(now, then) else None


@receiver(m2m_changed, sender=User.groups.through)
def announce_changed_groups(
    instance: User | Group, action: str, reverse: bool, pk_set: set[int] | None, **kwargs: Any
) -> None:
    """Someone joined or left a group, from either side of the relation."""
    if action == "pre_clear":
        # Afterwards the groups are no longer known.
        groups = [instance.pk] if reverse else instance.groups.values_list("pk", flat=True)  # type: ignore[union-attr]
    elif action in ("post_add", "post_remove"):
        groups = [instance.pk] if reverse else list(pk_set or ())
    else:
        return
    groups = sorted(groups)
    with transaction.atomic():
        lock_groups(groups)
        _announce_groups(groups, is_joining=action == "post_add")


def _announce_groups(groups: list[int], *, is_joining: bool) -> None:
    spaces = locked_spaces(
        set(SpacePermission.objects.filter(group__in=groups).values_list("space", flat=True))
    )
    for space in spaces.values():
        space_access_changed(space, lets_in=is_joining)
    boards = Board.objects.filter(permissions__group__in=groups)
    if is_joining:
        for board_id in set(
            boards.filter(deleted_at=None, head_seq__gt=0).values_list("pk", flat=True)
        ):
            open_to_newcomers(board_id)
    accesses_changed_of(boards)


@receiver(pre_delete, sender=User)
def revoke_permissions(instance: User, **kwargs: Any) -> None:
    """A deleted account loses its permissions one by one, so that each leaves an audit row."""
    with transaction.atomic():
        permissions_end(user=instance, by=SYSTEM)
        groups = instance.groups.all()
        by_group = Board.objects.filter(
            Q(permissions__group__in=groups) | Q(space__permissions__group__in=groups)
        )
        accesses_changed_of(by_group, boards_opened_by(instance.pk))


@receiver(pre_delete, sender=Group)
def revoke_group_permissions(instance: Group, **kwargs: Any) -> None:
    """A deleted group loses its permissions one by one, so that each leaves an audit row."""
    with transaction.atomic():
        lock_groups([instance.pk])
        subject_revoke_everywhere(subject=Subject(group=instance), by=SYSTEM)


@receiver(pre_delete, sender=ApiToken)
def lock_holder(instance: ApiToken, **kwargs: Any) -> None:
    """A socket that is being let in by the token waits until it is gone, or is found below."""
    User.objects.select_for_update(no_key=True).filter(pk=instance.user_id).first()


@receiver(post_delete, sender=ApiToken)
def end_sockets_of_token(instance: ApiToken, **kwargs: Any) -> None:
    """A token was revoked: the access of its person's sockets is resolved again."""
    accesses_changed_of(boards_opened_by(instance.user_id))
