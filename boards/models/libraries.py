"""Libraries: drawings that people keep to use again."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from boards.models.spaces import Space
from boards.validators import validate_line

ITEM_NAME_MAX_LENGTH = 100


class Library(models.Model):
    """One library: of a person, of a space, or of everybody here. It is made by its first item."""

    class Kind(models.TextChoices):
        """Whose it is."""

        PERSON = "person"
        SPACE = "space"
        EVERYBODY = "everybody"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=9, choices=Kind)
    owner = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="library",
    )
    space = models.OneToOneField(
        Space, on_delete=models.CASCADE, null=True, blank=True, related_name="library"
    )
    revision = models.PositiveBigIntegerField(default=0, db_default=0)
    """Grows with every change: readers who have this one have all of it."""

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("kind",), condition=Q(kind="everybody"), name="library_one_for_everybody"
            ),
            models.CheckConstraint(
                condition=Q(kind="person", owner__isnull=False, space__isnull=True)
                | Q(kind="space", owner__isnull=True, space__isnull=False)
                | Q(kind="everybody", owner__isnull=True, space__isnull=True),
                name="library_of_its_kind",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.owner or self.space or ''}".strip()


class LibraryItem(models.Model):
    """One drawing of a library, with what is needed to put it on a board."""

    library = models.ForeignKey(Library, on_delete=models.CASCADE, related_name="items")
    key = models.UUIDField()
    """Given by whoever adds it, so that a repeated request makes no second one. It says nothing
    outside its library: two libraries may have the same."""
    name = models.CharField(
        max_length=ITEM_NAME_MAX_LENGTH,
        blank=True,
        default="",
        db_default="",
        validators=[validate_line],
    )
    position = models.FloatField()
    """Items are in this order; one that is moved gets a number between its neighbours."""
    content = models.TextField()
    """`{"elements": […], "files": {…}}` as JSON: checked elements in the form of files, and the
    images that they show."""
    size_bytes = models.PositiveIntegerField()
    """Of `content`."""
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("position", "key")
        constraints = (
            models.UniqueConstraint(fields=("library", "key"), name="library_item_once"),
        )

    def __str__(self) -> str:
        return self.name or str(self.key)
