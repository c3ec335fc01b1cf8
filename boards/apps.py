"""The boards app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy


class BoardsConfig(AppConfig):
    """Boards, and everything people do with them except drawing."""

    name = "boards"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = gettext_lazy("Boards")

    def ready(self) -> None:
        """Connects the receivers, and registers what accounts are told of boards."""
        from boards import own_data, receivers  # noqa: F401 - importing connects them
