"""What a person has set for themselves."""

from django.contrib.auth.models import User
from django.db import models


class Profile(models.Model):
    """A person's own settings. Without a row, those of the browser apply."""

    class Theme(models.TextChoices):
        """How pages look; empty as the browser says."""

        BROWSER = ""
        LIGHT = "light"
        DARK = "dark"

    user = models.OneToOneField(User, on_delete=models.CASCADE, primary_key=True)
    language = models.CharField(max_length=10, blank=True, db_default="")
    theme = models.CharField(max_length=5, blank=True, choices=Theme.choices, db_default="")

    def __str__(self) -> str:
        return f"profile of user {self.pk}"
