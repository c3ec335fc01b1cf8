"""What django-allauth asks of this project: limits, words, mails and secrets in rows."""

from __future__ import annotations

from typing import Any, ClassVar
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailConfirmation
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import generate_totp_secret
from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext, gettext_lazy

from accounts.limits.refusals import RefusalError
from accounts.limits.throttle import Limit, count_event
from accounts.mail import is_mail_configured, public_address, send_soon
from accounts.sealing import SealError, seal, unseal
from accounts.sign_in.mail_html import html_of
from accounts.sign_in.passwords import (
    BLOCKED_MESSAGE,
    SignInBlockedError,
    check_password_of,
    remember_address,
)
from accounts.sign_in.records import ID_TOKEN_KEY, provider_of
from audit.actions import AuditVia
from audit.origin import client_address_of
from audit.receivers import mark_sign_in

_TOTP_PURPOSE = "second factor"


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Accounts: limits that count in the database, our words, and mail that nobody waits for."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultAccountAdapter.error_messages,
        "enter_current_password": gettext_lazy("This is not your current password."),
        "incorrect_code": gettext_lazy("This code is not right. Try the one shown now."),
        "incorrect_password": gettext_lazy("This is not your password."),
        "duplicate_email": gettext_lazy("This is already your email address."),
        "email_taken": gettext_lazy("Someone else uses this email address."),
        "invalid_password_reset": gettext_lazy("This link has been used or is too old."),
        "too_many_login_attempts": BLOCKED_MESSAGE,
    }

    def is_ajax(self, request: HttpRequest) -> bool:
        """No page asks for JSON here, except for a passkey."""
        return bool(request.headers.get("Accept") == "application/json")

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_address_of(request)

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """People sign up by `accounts.sign_in.sign_up`, never by a page of allauth."""
        return False

    def login(self, request: HttpRequest, user: User) -> None:
        """Starts the session, and says by what. Raises `RefusalError` for too many in an hour."""
        _count_sign_in(user)
        noted = provider_of(request, user)
        if noted:
            mark_sign_in(request, AuditVia(noted["via"]))
        if noted.get("via") != AuditVia.OIDC:
            request.session.pop(ID_TOKEN_KEY, None)  # of somebody who did not finish
        super().login(request, user)
        remember_address(request, user)

    def reauthenticate(self, user: User, password: str) -> bool:
        """Whether it is their password. Raises `ValidationError` after too many wrong ones."""
        try:
            return check_password_of(context.request, user, password)
        except SignInBlockedError as error:
            raise ValidationError(BLOCKED_MESSAGE) from error

    def get_reset_password_from_key_url(self, key: str) -> str:
        """Where `CANVAS_ADDRESS` says, whatever name the request came by."""
        url = super().get_reset_password_from_key_url(key)
        return public_address(urlsplit(url).path, self.request)

    def get_email_confirmation_url(
        self, request: HttpRequest, emailconfirmation: EmailConfirmation
    ) -> str:
        """Where `CANVAS_ADDRESS` says, whatever name the request came by."""
        url = super().get_email_confirmation_url(request, emailconfirmation)
        return public_address(urlsplit(url).path, request)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Sends it soon; not at all if this installation has no mail."""
        if not is_mail_configured():
            return
        message = self.render_mail(template_prefix, email, {"email": email, **context})
        message.attach_alternative(html_of(message.subject, message.body), "text/html")
        send_soon(message)

    def add_message(self, request: HttpRequest, level: int, *args: Any, **kwargs: Any) -> None:
        """Nobody needs to be told that they signed in or out."""
        template = args[0] if args else kwargs.get("message_template")
        if template not in ("account/messages/logged_in.txt", "account/messages/logged_out.txt"):
            super().add_message(request, level, *args, **kwargs)


def _count_sign_in(user: User) -> None:
    full = count_event(
        Limit("sign_in_done", (str(user.pk),), settings.CANVAS_SIGN_INS_PER_HOUR, 3600)
    )
    if full is not None:
        raise RefusalError(
            gettext("This account has signed in too often. Try again in an hour."),
            status=429,
            code="throttled",
            retry_after_seconds=full.seconds,
        )


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth has no types
    """Second factors: their secrets are encrypted in the database."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": AccountAdapter.error_messages["incorrect_code"],
        "cannot_generate_recovery_codes": gettext_lazy(
            "Recovery codes are for accounts with an authenticator app or a passkey."
        ),
    }

    def encrypt(self, text: str) -> str:
        return seal(text, _TOTP_PURPOSE)

    def decrypt(self, encrypted_text: str) -> str:
        """The secret. One that nobody knows if this server can't open it: no code is right then,
        and an administrator has to take the second factor away.
        """
        try:
            return unseal(encrypted_text, _TOTP_PURPOSE)
        except SealError:
            return str(generate_totp_secret())

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:
        count = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return gettext("Passkey %(number)d") % {"number": count + 1}
