"""Makes, finds and revokes tokens, and notes when they were used."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext

from accounts.limits.changes import count_change
from accounts.limits.person_lock import lock_person
from accounts.models import ApiToken
from accounts.models.tokens import NAME_MAX_LENGTH
from accounts.tokens.secret import digest_of, is_whole, new_secret
from audit.actions import AuditAction
from audit.actor import Actor, ActorToken
from audit.services import audit_record

USED_EVERY = timedelta(minutes=1)
"""The precision of `last_used_at`."""
NOTED_SCOPES = 10
"""How many scopes an audit row names."""


class ApiTokenError(Exception):
    """The token is not valid. `reason` is a word for the log."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class TooManyTokensError(Exception):
    """The person has as many tokens as they may. `str()` says so."""


@transaction.atomic
def token_create(
    *, user: User, name: str, scopes: Sequence[str], expires_at: datetime | None, by: Actor
) -> tuple[ApiToken, str]:
    """A new token of a person, and the text of it, which nobody can show again.

    The caller has checked `scopes`. Without `expires_at` it ends after CANVAS_TOKEN_DAYS.

    Raises:
        ValidationError: by field: the name is empty, long or taken, or the end is out of range.
        TooManyTokensError: the person has CANVAS_MAX_TOKENS_PER_PERSON.
        RefusalError: they change too much.
    """
    lock_person(user.pk)
    name = _checked_name(user, name)
    limit = settings.CANVAS_MAX_TOKENS_PER_PERSON
    if ApiToken.objects.filter(user=user).count() >= limit:
        text = gettext("An account can have %(n)d tokens. Revoke one first.")
        raise TooManyTokensError(text % {"n": limit})
    secret = new_secret()
    token = ApiToken.objects.create(
        user=user,
        name=name,
        digest=digest_of(secret),
        scopes=list(scopes),
        expires_at=_checked_end(expires_at),
    )
    count_change(by)
    _record(AuditAction.TOKEN_ISSUE, token, by)
    return token, secret


@transaction.atomic
def token_revoke(*, token: ApiToken, by: Actor) -> None:
    """Ends a token, and disconnects the sockets it opened."""
    lock_person(token.user_id)
    token.delete()
    _record(AuditAction.TOKEN_REVOKE, token, by)


def token_find(secret: str) -> ApiToken:
    """The valid token with this text, and its user. Raises `ApiTokenError`."""
    if not is_whole(secret):
        raise ApiTokenError("invalid")
    token = ApiToken.objects.select_related("user").filter(digest=digest_of(secret)).first()
    if token is None:
        raise ApiTokenError("unknown_token")
    if token.is_expired:
        raise ApiTokenError("expired")
    if not token.user.is_active:
        raise ApiTokenError("inactive_user")
    return token


def tokens_now(ids: Collection[UUID]) -> dict[UUID, ApiToken]:
    """Those of the tokens that are still valid: one query, or none."""
    if not ids:
        return {}
    found = ApiToken.objects.valid().select_related("user").filter(pk__in=ids)
    return {token.pk: token for token in found}


def tokens_used(tokens: Iterable[UUID]) -> None:
    """Notes that they are in use; a token is written once a minute at most."""
    ids, now = list(tokens), timezone.now()
    if ids:
        is_old = Q(last_used_at=None) | Q(last_used_at__lt=now - USED_EVERY)
        ApiToken.objects.filter(is_old, pk__in=ids).update(last_used_at=now)


def token_used(token: ApiToken) -> None:
    """The same for a token that was just read: nearly every use of it costs no query."""
    last = token.last_used_at
    if last is None or abs(timezone.now() - last) >= USED_EVERY:
        tokens_used([token.pk])


def actor_token(token: ApiToken) -> ActorToken:
    """What the audit log says of it."""
    return ActorToken(token.pk, token.name)


def default_days() -> int:
    """How long a token lasts that was given no end."""
    return int(min(settings.CANVAS_TOKEN_DAYS, settings.CANVAS_TOKEN_MAX_DAYS))


def _checked_name(user: User, name: str) -> str:
    cleaned = " ".join(name.split())
    if not cleaned or not cleaned.isprintable() or len(cleaned) > NAME_MAX_LENGTH:
        text = gettext("Give the token a name of at most %(n)d characters.")
        raise ValidationError({"name": text % {"n": NAME_MAX_LENGTH}})
    if ApiToken.objects.filter(user=user, name=cleaned).exists():
        text = gettext("There is a token called “%(name)s” already.")
        raise ValidationError({"name": text % {"name": cleaned}})
    return cleaned


def _checked_end(expires_at: datetime | None) -> datetime:
    if expires_at is None:
        return timezone.now() + timedelta(days=default_days())
    now, days = timezone.now(), settings.CANVAS_TOKEN_MAX_DAYS
    # A day given by its date ends somewhere in that day.
    if not now < expires_at <= now + timedelta(days=days + 1):
        text = gettext("A token ends in the future, within %(n)d days.")
        raise ValidationError({"expires_at": text % {"n": days}})
    return expires_at


def _record(action: AuditAction, token: ApiToken, by: Actor) -> None:
    scopes = token.scopes[:NOTED_SCOPES]
    more = len(token.scopes) - len(scopes)
    audit_record(
        action=action,
        by=by,
        target_user=token.user if by.user != token.user else None,
        data={
            "audience": "canvas:program",
            "name": token.name,
            "scopes": [*scopes, *([f"+{more}"] if more else [])],
            "expires_at": token.expires_at.isoformat(timespec="seconds"),
        },
    )
