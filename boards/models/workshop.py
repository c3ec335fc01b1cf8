"""A workshop on a board: who leads, the timer, a vote, and whether people write privately."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from boards.models.board import Board

LEAD_NAME_MAX_LENGTH = 200


class Workshop(models.Model):
    """What goes on now. The row exists as long as the workshop does; nothing of it is kept."""

    board = models.OneToOneField(
        Board, on_delete=models.CASCADE, primary_key=True, related_name="workshop"
    )
    revision = models.BigIntegerField(help_text="Raised by each change; never less than before.")
    changed_at = models.DateTimeField(default=timezone.now)
    lead_key = models.CharField(max_length=80, help_text="`WorkshopPerson.key` of who leads.")
    lead_name = models.CharField(max_length=LEAD_NAME_MAX_LENGTH, blank=True)
    lead_seen_at = models.DateTimeField(
        null=True, help_text="When their page last said so; null once they gave the lead up."
    )
    timer_seconds = models.PositiveIntegerField(default=0, help_text="0 without a timer.")
    timer_ends_at = models.DateTimeField(null=True)
    timer_left_ms = models.PositiveIntegerField(null=True, help_text="While it is paused.")
    vote_id = models.UUIDField(null=True)
    vote_dots = models.PositiveSmallIntegerField(default=0, help_text="For each person.")
    vote_objects = models.JSONField(default=list)
    vote_results = models.JSONField(null=True, help_text="Once it is revealed.")
    writing_id = models.UUIDField(null=True, help_text="While people write privately.")

    def __str__(self) -> str:
        return f"{self.board_id} {self.revision}"


class Ballot(models.Model):
    """The dots of one person, until the vote is revealed or ended: then the row is deleted."""

    workshop = models.ForeignKey(Workshop, on_delete=models.CASCADE, related_name="ballots")
    person_key = models.CharField(max_length=80)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="+"
    )
    is_public = models.BooleanField(help_text="Whether they came by the public link.")
    link_ids = models.JSONField(default=list, help_text="The share links they have opened.")
    dots = models.JSONField(default=dict)
    is_done = models.BooleanField(default=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("workshop", "person_key"), name="one_ballot_each"),
        )

    def __str__(self) -> str:
        return f"{self.workshop_id} {self.person_key}"
