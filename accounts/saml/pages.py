"""The way to the identity provider and back, its logout, and our metadata."""

from __future__ import annotations

import base64
import binascii
import logging
import zlib
from collections.abc import Callable
from functools import wraps

from allauth.account.utils import perform_login
from allauth.core.internal import httpkit
from allauth.socialaccount.providers.base.constants import AuthProcess
from allauth.socialaccount.sessions import LoginSession
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import User
from django.contrib.auth.signals import user_login_failed
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe
from lxml.etree import LxmlError
from onelogin.saml2.auth import OneLogin_Saml2_Auth
from onelogin.saml2.errors import OneLogin_Saml2_Error, OneLogin_Saml2_ValidationError

from accounts.identities.people import account_of
from accounts.identities.said import IdentityRefusedError, Voucher
from accounts.limits.new_sessions import count_new_session
from accounts.limits.throttle import Limit, count_event, give_back
from accounts.mail import whom_to_ask
from accounts.saml.assertions import UsedError, said_by, source, use_once
from accounts.saml.logout import remember_name, session_index_of
from accounts.saml.provider import SLUG, ProviderDownError, auth_of, our_metadata, provider_of
from accounts.sign_in.pages import safe_next
from accounts.sign_in.passwords import MAX_FAILURES_PER_ADDRESS, WINDOW_SECONDS
from accounts.sign_in.records import note_provider, sign_in_of
from audit.actions import AuditVia
from audit.actor import actor_of_request
from audit.origin import client_network_of

logger = logging.getLogger(__name__)

LOGOUT_MAX_LENGTH = 8000
LOGOUT_MAX_BYTES = 64_000
_HOSTILE = (
    OneLogin_Saml2_Error,
    OneLogin_Saml2_ValidationError,
    LxmlError,
    AttributeError,
    IndexError,
    KeyError,
    TypeError,
    ValueError,
)
"""What python3-saml raises for messages that make no sense."""

View = Callable[..., HttpResponseBase]


def _with_provider(view: View) -> View:
    """Anybody may call it; one sentence if the provider can't be used."""

    @wraps(view)
    def shown(request: HttpRequest, organization_slug: str = SLUG) -> HttpResponseBase:
        try:
            return view(request)
        except ProviderDownError as error:
            logger.error("saml: %s", error)
            text = gettext("The identity provider does not answer. Try again in a few minutes.")
            return _refused(request, text, status=503)

    return login_not_required(never_cache(shown))


@_with_provider
@require_safe
def saml_sign_in(request: HttpRequest) -> HttpResponseBase:
    """Sends the browser to the identity provider; with `?again` it asks even whom it knows."""
    next_url = safe_next(request)
    if request.user.is_authenticated:
        return redirect(next_url)
    count_new_session(request)
    auth = auth_of(request)
    address = auth.login(return_to="", force_authn="again" in request.GET)
    provider_of(request).stash_redirect_state(
        request, AuthProcess.LOGIN, next_url, None, state_id=auth.get_last_request_id()
    )
    return redirect(address)


@csrf_exempt
@_with_provider
@require_POST
def saml_acs(request: HttpRequest) -> HttpResponseBase:
    """Takes the provider's answer. It comes from another site, so without the session's cookie:
    it is kept for a moment, and the browser comes again. What the provider did not sign is not
    kept: otherwise strangers could fill the database.
    """
    if "SAMLResponse" not in request.POST or count_event(_answers_of(request)) is not None:
        return _refused(request, _broken(), status=400)
    reason = _reason_against(auth_of(request))
    if reason:
        logger.warning("saml: an answer was refused: %s", reason)
        return _refused(request, _broken())
    response = redirect(reverse("saml_finish_acs", kwargs={"organization_slug": SLUG}))
    held = LoginSession(request, "saml_acs_session", "saml-acs-session")
    held.store["request"] = httpkit.serialize_request(request)
    held.store.set_expiry(WINDOW_SECONDS)
    held.save(response)
    return response


@_with_provider
@require_safe
def saml_finish(request: HttpRequest) -> HttpResponseBase:
    """Checks the answer and signs in. Each sign-in that began here ends once."""
    held = LoginSession(request, "saml_acs_session", "saml-acs-session")
    stored = held.store.get("request")
    held.delete()
    if request.user.is_authenticated:
        return redirect(settings.LOGIN_REDIRECT_URL)
    if not stored:
        return _refused(request, _late())
    auth = auth_of(httpkit.deserialize_request(stored, HttpRequest()))
    reason = _reason_against(auth)
    if reason:
        logger.warning("saml: an answer was refused: %s", reason)
        return _refused(request, _broken())
    try:
        state = provider_of(request).unstash_redirect_state(
            request, auth.get_last_response_in_response_to() or ""
        )
        use_once(auth)
    except (PermissionDenied, UsedError):
        return _refused(request, _late())
    return _signed_in(request, auth, str(state.get("next") or settings.LOGIN_REDIRECT_URL))


@_with_provider
@require_safe
def saml_logout(request: HttpRequest) -> HttpResponseBase:
    """The provider sends the browser here when somebody signs out there, and gets it back; and
    also after a logout that began here, when nothing is left to do but to show where to sign in.
    """
    if "SAMLResponse" in request.GET:
        return redirect(settings.LOGIN_URL)
    message = request.GET.get("SAMLRequest", "")
    if not _is_small(message) or count_event(_logouts_of(request)) is not None:
        return _refused(request, _broken(), status=400)
    auth = auth_of(request, is_logout=True)
    address = None
    try:
        address = auth.process_slo(delete_session_cb=lambda: _sign_out(request))
    except _HOSTILE as error:
        logger.warning("saml: a logout was refused: %s", type(error).__name__)
        return _refused(request, _broken(), status=400)
    if auth.get_errors() or not address:
        logger.warning("saml: a logout was refused: %s", ", ".join(auth.get_errors()))
        return _refused(request, _broken(), status=400)
    give_back(_logouts_of(request))
    return redirect(address)


@_with_provider
@require_safe
def saml_metadata(request: HttpRequest) -> HttpResponseBase:
    """What the provider reads of this installation."""
    return HttpResponse(our_metadata(request), content_type="application/samlmetadata+xml")


def _reason_against(auth: OneLogin_Saml2_Auth) -> str:
    """Why an answer does not count; empty if it does."""
    try:
        auth.process_response()
    except _HOSTILE as error:
        return type(error).__name__
    if auth.get_errors():
        return str(auth.get_last_error_reason() or ", ".join(auth.get_errors()))
    return "" if auth.is_authenticated() else "nobody is signed in there"


def _signed_in(request: HttpRequest, auth: OneLogin_Saml2_Auth, next_url: str) -> HttpResponseBase:
    try:
        said = said_by(auth)
        vouching = source()
        user = account_of(vouching, said, by=actor_of_request(request, AuditVia.SAML))
    except IdentityRefusedError as error:
        credentials = {"username": _name_in_log(auth)}
        user_login_failed.send(sender=User, credentials=credentials, request=request)
        return _refused(request, str(error))
    session = session_index_of(auth)
    note_provider(request, user, Voucher(vouching, said.subject), session=session)
    remember_name(request, auth)
    give_back(_answers_of(request))
    response: HttpResponse = perform_login(request, user, redirect_url=next_url)
    return response


def _answers_of(request: HttpRequest) -> Limit:
    """Answers from one address that signed nobody in."""
    parts = (client_network_of(request),)
    return Limit("saml_answers", parts, MAX_FAILURES_PER_ADDRESS, WINDOW_SECONDS)


def _logouts_of(request: HttpRequest) -> Limit:
    """Logouts from one address that the provider did not sign."""
    parts = (client_network_of(request),)
    return Limit("saml_logouts", parts, MAX_FAILURES_PER_ADDRESS, WINDOW_SECONDS)


def _is_small(message: str) -> bool:
    """Whether a logout is short, packed and unpacked: parsing takes forty times as much."""
    if not 0 < len(message) <= LOGOUT_MAX_LENGTH:
        return False
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        unpacker.decompress(base64.b64decode(message), LOGOUT_MAX_BYTES)
    except (binascii.Error, ValueError, zlib.error):
        return True  # python3-saml takes it as it is
    return not unpacker.unconsumed_tail


def _name_in_log(auth: OneLogin_Saml2_Auth) -> str:
    return str(auth.get_nameid() or "")


def _sign_out(request: HttpRequest) -> None:
    """Only a session that the provider began."""
    row = sign_in_of(request)
    if row is not None and row.via == AuditVia.SAML:
        logout(request)


def _late() -> str:
    return gettext("This sign-in took too long, or was used already.")


def _broken() -> str:
    text = gettext("The answer of the identity provider can't be used.")
    return f"{text} {whom_to_ask()}"


def _refused(request: HttpRequest, text: str, status: int = 403) -> HttpResponse:
    return render(request, "account/provider_refused.html", {"text": text}, status=status)
