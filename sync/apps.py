"""The sync engine as an app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy


class SyncConfig(AppConfig):
    """Listens to what boards say about access."""

    name = "sync"
    verbose_name = gettext_lazy("Documents")

    def ready(self) -> None:
        """Connects the receivers."""
        from sync import receivers

        receivers.connect()
