"""Signing in by a passkey alone."""

from __future__ import annotations

from typing import Any

from allauth.mfa.webauthn.views import LoginWebAuthnView
from django.http import HttpRequest, HttpResponse

from accounts.limits.new_sessions import count_new_session


class PasskeyPage(LoginWebAuthnView):  # type: ignore[misc]  # allauth has no types
    """Gives a challenge, which is kept in the session, and takes its answer."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Raises `RefusalError` if strangers begin too many sessions."""
        count_new_session(request)
        response: HttpResponse = super().get(request, *args, **kwargs)
        return response


passkey_sign_in = PasskeyPage.as_view()
