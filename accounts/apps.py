"""Registers accounts with Django."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy


class AccountsConfig(AppConfig):
    """What belongs to a person rather than to a board."""

    name = "accounts"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = gettext_lazy("Accounts")

    def ready(self) -> None:
        """Connects the receivers."""
        from accounts import receivers  # noqa: F401 - importing connects them
