"""The levels that a permission can have."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy

from boards.levels import AccessLevel


class PermissionLevel(models.TextChoices):
    """The levels that a permission can have; `AccessLevel` has their order."""

    VIEW = AccessLevel.VIEW.label, gettext_lazy("Can view")
    COMMENT = AccessLevel.COMMENT.label, gettext_lazy("Can comment")
    EDIT = AccessLevel.EDIT.label, gettext_lazy("Can edit")
