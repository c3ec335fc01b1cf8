"""What a person has set for themselves."""

from django.contrib.auth.models import User
from django.db import models

KEY_MAX_LENGTH = 32


class Profile(models.Model):
    """A person's own settings. Without a row, those of the browser apply."""

    class Theme(models.TextChoices):
        """How pages look: never chosen (each browser has its own then), as the device, or fixed."""

        BROWSER = ""
        AUTO = "auto"
        LIGHT = "light"
        DARK = "dark"

    user = models.OneToOneField(User, on_delete=models.CASCADE, primary_key=True)
    language = models.CharField(max_length=10, blank=True, default="", db_default="")
    theme = models.CharField(
        max_length=5, blank=True, choices=Theme.choices, default="", db_default=""
    )
    picture_key = models.CharField(max_length=KEY_MAX_LENGTH, blank=True, default="", db_default="")
    """Of their `Picture`; empty without one. Here too, so that pages need no second row."""

    def __str__(self) -> str:
        return f"profile of user {self.pk}"


class Picture(models.Model):
    """A person's picture, a small square WebP. Its random key is its address."""

    key = models.CharField(max_length=KEY_MAX_LENGTH, primary_key=True, editable=False)
    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="+")
    image = models.BinaryField()

    def __str__(self) -> str:
        return f"picture of user {self.user_id}"
