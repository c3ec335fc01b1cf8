"""The sync engine as an app."""

from django.apps import AppConfig


class SyncConfig(AppConfig):
    """Listens to what boards say about access."""

    name = "sync"
    verbose_name = "Documents"

    def ready(self) -> None:
        """Connects the receivers."""
        from sync import receivers

        receivers.connect()
