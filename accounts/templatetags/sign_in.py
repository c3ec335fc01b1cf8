"""What pages around signing in say about this installation."""

from __future__ import annotations

from typing import Any

from django import template

from accounts.mail import is_mail_configured, whom_to_ask

register = template.Library()


@register.simple_tag
def mail_state() -> dict[str, Any]:
    """Whether mail can be sent, and whom to ask where it can't."""
    return {"has_mail": is_mail_configured(), "whom_to_ask": whom_to_ask()}
