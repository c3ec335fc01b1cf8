"""Rejects settings of the audit log whose effect would be noticed too late."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

KEY_MIN_LENGTH = 32
IP_MODES = ("full", "truncated", "none")


@register(Tags.security)
def check_audit_settings(**_: Any) -> list[CheckMessage]:
    """Checks for a guessable key, which proves nothing, and a mistyped mode, which would keep every
    address.
    """
    problems: list[CheckMessage] = []
    if len(settings.CANVAS_AUDIT_KEY) < KEY_MIN_LENGTH:
        text = f"CANVAS_AUDIT_KEY must have {KEY_MIN_LENGTH} characters or more."
        problems.append(Error(text, id="audit.E001"))
    if settings.CANVAS_AUDIT_IP_MODE not in IP_MODES:
        text = f"CANVAS_AUDIT_IP_MODE must be one of {', '.join(IP_MODES)}."
        problems.append(Error(text, id="audit.E002"))
    return problems
