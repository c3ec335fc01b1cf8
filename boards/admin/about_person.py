"""What the admin says about a person: what they have of each thing, and where to read on."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from accounts.models import ApiToken
from boards.models import BoardStar, Space, Webhook
from boards.quotas.checks import usage_of


def quotas_of(user: User) -> SafeString:
    """How many of each thing somebody has, and of how many. Six short queries."""
    used = usage_of(user.pk)
    rows: tuple[tuple[str, Any, int], ...] = (
        (gettext("%(n)d of %(limit)d boards"), used.boards, settings.CANVAS_MAX_BOARDS_PER_PERSON),
        (
            gettext("%(n)d of %(limit)d spaces"),
            Space.objects.filter(owner=user),
            settings.CANVAS_MAX_SPACES_PER_PERSON,
        ),
        (
            gettext("%(n)d of %(limit)d tokens"),
            ApiToken.objects.filter(user=user),
            settings.CANVAS_MAX_TOKENS_PER_PERSON,
        ),
        (
            gettext("%(n)d of %(limit)d webhooks"),
            Webhook.objects.filter(owner=user),
            settings.CANVAS_MAX_WEBHOOKS_PER_PERSON,
        ),
        (
            gettext("%(n)d of %(limit)d stars"),
            BoardStar.objects.filter(user=user),
            settings.CANVAS_MAX_STARS_PER_PERSON,
        ),
    )
    lines = [
        words % {"n": n if isinstance(n, int) else n.count(), "limit": limit}
        for words, n, limit in rows
    ]
    words = (
        gettext("%(size)s of %(limit)s stored, nearly full")
        if used.is_nearly_full
        else gettext("%(size)s of %(limit)s stored")
    )
    limit = filesizeformat(settings.CANVAS_MAX_BYTES_PER_PERSON)
    return _lines([*lines, words % {"size": filesizeformat(used.stored_bytes), "limit": limit}])


def links_of(user: User) -> SafeString:
    """From a person straight to what is theirs, and to what they did."""
    links = (
        (gettext("What they opened"), "audit_auditlog", f"actor={user.pk}&action=room_access"),
        (gettext("All they did"), "audit_auditlog", f"actor={user.pk}"),
        (gettext("What was done to them"), "audit_auditlog", f"target_user={user.pk}"),
        (gettext("Boards"), "boards_board", f"owner__id__exact={user.pk}"),
        (gettext("Spaces"), "boards_space", f"owner__id__exact={user.pk}"),
        (gettext("Tokens"), "accounts_apitoken", f"user__id__exact={user.pk}"),
        (gettext("Webhooks"), "boards_webhook", f"owner__id__exact={user.pk}"),
    )
    return format_html_join(
        " · ",
        '<a href="{}?{}">{}</a>',
        ((reverse(f"admin:{model}_changelist"), query, text) for text, model, query in links),
    )


def _lines(texts: list[str]) -> SafeString:
    return format_html_join("", "{}<br>", ((text,) for text in texts))
