"""The boards app."""

from django.apps import AppConfig


class BoardsConfig(AppConfig):
    """Boards, and everything people do with them except drawing."""

    name = "boards"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "Boards"

    def ready(self) -> None:
        """Connects the receivers, and registers what accounts are told of boards."""
        from boards import own_data, receivers  # noqa: F401 - importing connects them
