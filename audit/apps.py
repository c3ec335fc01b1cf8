"""Registers the audit log with Django."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """The audit log app."""

    name = "audit"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "Audit"
