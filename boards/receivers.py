"""What happens to an account changes what it may do on boards.

An account can be switched off, promoted or deleted in the admin, by a command or a shell; all of
these pass here.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import User
from django.db.models import F, Q
from django.db.models.signals import post_save, pre_delete, pre_save
from django.dispatch import receiver

from audit.actions import AuditVia
from audit.origin import SYSTEM_ORIGIN
from boards.models import Board
from boards.services import permission_revoke
from boards.signals import board_access_changed, send_on_commit

_FLAGS = ("is_active", "is_superuser")
_REMEMBERED = "_flags_before_save"


@receiver(pre_save, sender=User)
def remember_flags(instance: User, **kwargs: Any) -> None:
    """Keep what the row holds, to see after the save whether it changed."""
    before = User.objects.filter(pk=instance.pk).values_list(*_FLAGS).first()
    setattr(instance, _REMEMBERED, before)


@receiver(post_save, sender=User)
def announce_changed_flags(instance: User, **kwargs: Any) -> None:
    """An account was switched off or on, or became or ceased to be a superuser."""
    before: tuple[bool, bool] | None = getattr(instance, _REMEMBERED, None)
    if before is None or before == (instance.is_active, instance.is_superuser):
        return
    # A superuser reaches every board, so a change of any superuser concerns them all.
    concerns_all = before[1] or instance.is_superuser
    mine = Q(owner=instance) | Q(permissions__user=instance)
    boards = Board.objects.all() if concerns_all else Board.objects.filter(mine)
    _bump(sorted(set(boards.values_list("pk", flat=True))))


@receiver(pre_delete, sender=User)
def revoke_permissions(instance: User, **kwargs: Any) -> None:
    """A deleted account loses its permissions one by one, so that each leaves its audit row."""
    for board in Board.objects.filter(permissions__user=instance):
        permission_revoke(
            board=board, user=instance, actor=None, origin=SYSTEM_ORIGIN, via=AuditVia.SYSTEM
        )


def _bump(board_ids: list[Any]) -> None:
    for board_id in board_ids:
        Board.objects.filter(pk=board_id).update(access_version=F("access_version") + 1)
        send_on_commit(board_access_changed, board_id=board_id)
