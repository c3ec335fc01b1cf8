"""Registers the audit log with Django."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy


class AuditConfig(AppConfig):
    """The audit log app."""

    name = "audit"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = gettext_lazy("Audit")

    def ready(self) -> None:
        """Connects the receivers and registers the checks."""
        from audit import checks, receivers  # noqa: F401 - importing connects them
