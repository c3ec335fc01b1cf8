"""The way to the identity provider and back, and its back channel."""

from __future__ import annotations

import logging
import secrets
import traceback
from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from allauth.socialaccount.providers.base.constants import AuthError, AuthProcess
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.signals import user_login_failed
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from accounts.identities.people import account_of
from accounts.identities.said import IdentityRefusedError, Voucher
from accounts.limits.new_sessions import count_new_session
from accounts.limits.throttle import Limit, count_event
from accounts.mail import whom_to_ask
from accounts.names import clean_name
from accounts.oidc.logout import back_channel_logout, remember_id_token
from accounts.oidc.provider import (
    Adapter,
    Provider,
    ProviderDownError,
    ProviderTokenError,
    said_by,
    source,
)
from accounts.sign_in.pages import safe_next
from accounts.sign_in.passwords import MAX_FAILURES_PER_ADDRESS, WINDOW_SECONDS
from accounts.sign_in.policy import is_provider_configured
from accounts.sign_in.provider_logouts import provider_logout_url
from accounts.sign_in.records import PROXY_KEY, note_provider
from audit.actor import actor_of_request
from audit.origin import client_network_of

logger = logging.getLogger(__name__)

TOKEN_MAX_LENGTH = 20_000
_SESSION_MAX_LENGTH = 255


@login_not_required
@never_cache
@require_safe
def oidc_sign_in(request: HttpRequest) -> HttpResponseBase:
    """Sends the browser to the identity provider; with `?again` it asks even whom it knows."""
    _require_configured()
    next_url = safe_next(request)
    if request.user.is_authenticated:
        return redirect(next_url)
    count_new_session(request)
    nonce = secrets.token_urlsafe(24)
    again = {"prompt": "login"} if "again" in request.GET else {}
    try:
        response: HttpResponseBase = Provider(request).redirect(
            request,
            AuthProcess.LOGIN,
            next_url=next_url,
            auth_params={"nonce": nonce, **again},
            nonce=nonce,  # in the state, for the way back
        )
    except ProviderDownError as error:
        return _provider_down(request, error)
    return response


@login_not_required
@never_cache
@require_safe
def oidc_callback(request: HttpRequest) -> HttpResponseBase:
    """Where the provider sends people back. Each state is good once, for ten minutes."""
    _require_configured()
    if request.user.is_authenticated:  # by the button back, or by somebody else's link
        return redirect(settings.LOGIN_REDIRECT_URL)
    try:
        response: HttpResponseBase = OAuth2CallbackView.adapter_view(
            Adapter(request, settings.CANVAS_OIDC_ISSUER)
        )(request)
    except ProviderDownError as error:
        return _provider_down(request, error)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        place = traceback.extract_tb(error.__traceback__)[-1]
        logger.warning(
            "oidc: the provider's answer makes no sense: %s in %s", type(error).__name__, place.name
        )
        return _refused(request, _broken())
    return response


@csrf_exempt
@login_not_required
@never_cache
@require_POST
def oidc_logout(request: HttpRequest) -> HttpResponse:
    """The provider's back channel: it says that somebody signed out there."""
    _require_configured()
    parts = (client_network_of(request),)
    limit = Limit("oidc_logout_address", parts, MAX_FAILURES_PER_ADDRESS, WINDOW_SECONDS)
    token = request.POST.get("logout_token", "")
    try:
        if not token or len(token) > TOKEN_MAX_LENGTH:
            raise ProviderTokenError("missing")
        back_channel_logout(request, token)
    except ProviderTokenError as error:
        if count_event(limit) is None:  # otherwise strangers could fill the log
            logger.warning("oidc: a logout token was refused: %s", error)
        return JsonResponse({"error": "invalid_request"}, status=400)
    except ProviderDownError:
        return JsonResponse({"error": "temporarily_unavailable"}, status=503)
    return HttpResponse(status=200)


class SocialAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """What django-allauth asks when somebody comes back from the provider."""

    def get_provider(self, request: HttpRequest, provider: str, client_id: Any = None) -> Provider:
        return Provider(request)

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Finds or makes the account, so that there is no form to fill in."""
        claims = sociallogin.claims
        nonce = sociallogin.state.get("nonce")
        if not nonce or claims.get("nonce") != nonce:
            raise ImmediateHttpResponse(_refused(request, _broken()))
        vouching = source()
        by = actor_of_request(request, vouching.via)
        try:
            user = account_of(vouching, said_by(claims), by=by)
        except IdentityRefusedError as error:
            credentials = {"username": str(claims.get("preferred_username") or claims["sub"])}
            user_login_failed.send(sender=Provider, credentials=credentials, request=request)
            raise ImmediateHttpResponse(_refused(request, str(error))) from error
        sociallogin.user = user
        session = clean_name(str(claims.get("sid") or ""))[:_SESSION_MAX_LENGTH]
        voucher = Voucher(vouching, str(claims["sub"]))
        note_provider(request, user, voucher, session=session)
        remember_id_token(request, sociallogin.id_token)

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Provider,
        error: str | None = None,
        exception: Exception | None = None,
        extra_context: dict[str, Any] | None = None,
    ) -> None:
        """One clear sentence for everything that goes wrong on the way."""
        if isinstance(exception, ProviderDownError):
            raise ImmediateHttpResponse(_provider_down(request, exception))
        if exception is not None:
            # The words of other errors may hold what the provider answered.
            reason = exception if isinstance(exception, ProviderTokenError) else ""
            logger.warning("oidc: sign-in failed: %s %s", type(exception).__name__, reason)
            raise ImmediateHttpResponse(_refused(request, _broken()))
        if error != AuthError.CANCELLED and "state" in (extra_context or {}):
            raise ImmediateHttpResponse(_refused(request, _broken()))
        if error == AuthError.CANCELLED:
            raise ImmediateHttpResponse(_refused(request, gettext("You did not sign in there.")))
        raise ImmediateHttpResponse(
            _refused(request, gettext("This sign-in took too long, or was used already."))
        )


@login_not_required
@never_cache
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Ends the session, and that at the identity provider if one began it.

    By a page that goes on by itself: browsers let no form of ours lead to another site.
    """
    url = provider_logout_url(request) if request.user.is_authenticated else None
    is_by_proxy = PROXY_KEY in request.session
    logout(request)
    if is_by_proxy:
        context = {"url": settings.CANVAS_PROXY_SIGN_OUT_URL}
        return render(request, "account/proxy_sign_out.html", context)
    if url is None:
        return redirect(settings.LOGIN_URL)
    return render(request, "account/provider_sign_out.html", {"url": url})


def _require_configured() -> None:
    if not is_provider_configured():
        raise Http404


def _broken() -> str:
    text = gettext("The answer of the identity provider can't be used.")
    return f"{text} {whom_to_ask()}"


def _provider_down(request: HttpRequest, error: Exception) -> HttpResponse:
    logger.error("oidc: the provider %s: %s", settings.CANVAS_OIDC_ISSUER, error)
    text = gettext("The identity provider does not answer. Try again in a few minutes.")
    return _refused(request, text, status=503)


def _refused(request: HttpRequest, text: str, status: int = 403) -> HttpResponse:
    return render(request, "account/provider_refused.html", {"text": text}, status=status)
