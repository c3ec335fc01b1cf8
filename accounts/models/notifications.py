"""What people are told, and how they want to be told."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy

ABOUT_MAX_LENGTH = 36
ACTOR_MAX_LENGTH = 200


class Notification(models.Model):
    """One thing that happened and that concerns a person.

    It stores no text. The words are made when it is read, from what the reader may see by then.
    """

    class Kind(models.TextChoices):
        """What happened."""

        MENTION = "mention", gettext_lazy("Somebody mentions you")
        REPLY = "reply", gettext_lazy("Somebody replies to you")
        REQUEST = "request", gettext_lazy("Somebody asks for access")
        ANSWER = "answer", gettext_lazy("Your request for access is answered")
        SHARED = "shared", gettext_lazy("Something is shared with you")
        INVITED = "invited", gettext_lazy("You are invited to a board")
        JOINED = "joined", gettext_lazy("Your invitation is accepted")
        HANDOVER = "handover", gettext_lazy("You get the boards of a deleted account")
        WEBHOOK = "webhook", gettext_lazy("A webhook of yours is switched off")

    reader = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notifications"
    )
    kind = models.CharField(max_length=8, choices=Kind)
    place = models.UUIDField(help_text="The board.")
    about = models.CharField(
        max_length=ABOUT_MAX_LENGTH, blank=True, help_text="The id of the comment or the request."
    )
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    actor_name = models.CharField(
        max_length=ACTOR_MAX_LENGTH, help_text="Who did it, as they were called then."
    )
    created_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True, blank=True)
    mail_after = models.DateTimeField(
        null=True, blank=True, help_text="When a mail is due; empty if none is."
    )
    mail_tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("-created_at", "-pk")
        constraints = (
            models.UniqueConstraint(
                fields=("reader", "kind", "place", "about"), name="notification_once"
            ),
        )
        indexes = (
            models.Index(fields=("reader", "-created_at"), name="notification_newest"),
            models.Index(
                fields=("mail_after",),
                condition=Q(mail_after__isnull=False),
                name="notification_mail_due",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} for {self.reader_id}"


class UnwantedMail(models.Model):
    """A kind of notification that a person wants no mail about. Without a row, mail is sent."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="unwanted_mail"
    )
    kind = models.CharField(max_length=8, choices=Notification.Kind)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("user", "kind"), name="unwanted_mail_once"),)

    def __str__(self) -> str:
        return f"no mail about {self.kind} for {self.user_id}"
