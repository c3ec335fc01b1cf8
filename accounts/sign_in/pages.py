"""The sign-in page."""

from __future__ import annotations

from urllib.parse import urlencode

from allauth.account.utils import perform_login
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.first_start.services import is_first_start
from accounts.identities.said import voucher_of
from accounts.mail import is_mail_configured
from accounts.sign_in.forms import SignInForm
from accounts.sign_in.passwords import WINDOW_SECONDS
from accounts.sign_in.policy import are_passwords_hidden, is_provider_configured, is_saml_configured
from accounts.sign_in.records import note_provider

NEXT_MAX_LENGTH = 2000


@login_not_required
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """The sign-in page; continues to `next` if it is an address of this site, after the second
    factor if the person has one.
    """
    next_url = safe_next(request)
    if request.user.is_authenticated:
        return HttpResponseRedirect(next_url)
    if is_first_start():
        return redirect("first-start")
    form = SignInForm(request, data=request.POST or None)
    if request.method == "POST" and form.is_valid():
        user = form.get_user()
        voucher = voucher_of(user)
        if voucher is not None:
            note_provider(request, user, voucher)
        response: HttpResponse = perform_login(request, user, redirect_url=next_url)
        return response
    context = {
        "form": form,
        "next": next_url,
        "next_query": urlencode({"next": next_url}),
        "provider": settings.CANVAS_OIDC_NAME if is_provider_configured() else "",
        "saml": settings.CANVAS_SAML_NAME if is_saml_configured() else "",
        "is_password_hidden": are_passwords_hidden(),
        "can_sign_up": bool(settings.CANVAS_SIGN_UP_DOMAINS and is_mail_configured()),
        "has_admin_passwords": settings.CANVAS_OIDC_ADMIN_PASSWORDS,
    }
    response = render(request, "account/login.html", context, status=form.status)
    if form.status == 429:
        response.headers["Retry-After"] = str(WINDOW_SECONDS)
    return response


def safe_next(request: HttpRequest) -> str:
    """Where to go after signing in: never to another site."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = len(target) <= NEXT_MAX_LENGTH and url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return target if is_ours else resolve_url(settings.LOGIN_REDIRECT_URL)
