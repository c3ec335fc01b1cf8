"""Registers accounts with Django."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """What belongs to a person rather than to a board."""

    name = "accounts"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "Accounts"

    def ready(self) -> None:
        """Connects the receivers."""
        from accounts import receivers  # noqa: F401 - importing connects them
