"""Comments: threads pinned to an element or a point of a board."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy

from boards.levels import LENGTHS
from boards.models.board import Board
from boards.validators import validate_text

BODY_MAX_LENGTH = LENGTHS["comment"]
GUEST_NAME_MAX_LENGTH = LENGTHS["guestName"]


class CommentThread(models.Model):
    """A place on a board and the comments about it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    board = models.ForeignKey(Board, on_delete=models.CASCADE, related_name="comment_threads")
    anchor = models.JSONField(
        help_text=gettext_lazy("{element_id, dx, dy}, or {x, y}: a point of the board.")
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_by_name = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ("created_at", "pk")
        indexes = (models.Index(fields=("board", "created_at"), name="thread_board_created"),)

    def __str__(self) -> str:
        return gettext("thread %(id)s") % {"id": self.pk}

    @property
    def is_resolved(self) -> bool:
        return self.resolved_at is not None


class Comment(models.Model):
    """One comment in a thread. A guest's has a chosen name and no author."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    thread = models.ForeignKey(CommentThread, on_delete=models.CASCADE, related_name="comments")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    author_name = models.CharField(
        max_length=200, help_text=gettext_lazy("The name at the time of writing.")
    )
    is_guest = models.BooleanField(default=False)
    guest_key = models.CharField(
        max_length=64,
        blank=True,
        editable=False,
        help_text="A digest of the guest's session secret: only that session may edit it.",
    )
    body = models.TextField(max_length=BODY_MAX_LENGTH, validators=[validate_text])
    mentions = models.ManyToManyField(settings.AUTH_USER_MODEL, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    edited_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ("created_at", "pk")
        constraints = (
            models.CheckConstraint(
                condition=~Q(body=""),
                name="comment_not_empty",
                violation_error_message=gettext_lazy("Write something first."),
            ),
            models.CheckConstraint(
                condition=Q(is_guest=False) | Q(author__isnull=True),
                name="comment_guest_has_no_account",
                violation_error_message="A guest has no account.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.author_name}: {self.body[:40]}"

    @property
    def guest_label(self) -> str:
        """Tells guests apart without revealing their secret; empty for accounts."""
        return self.guest_key[:16]
