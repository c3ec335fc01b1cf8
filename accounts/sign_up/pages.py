"""Asking for a link to sign up, and making the account."""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from allauth.account.models import EmailAddress
from allauth.account.utils import perform_login
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.addresses import has_account
from accounts.limits.throttle import Limit, refuse_beyond
from accounts.mail import is_mail_configured, public_address
from accounts.names import clean_name
from accounts.sign_in.policy import are_passwords_hidden
from accounts.sign_up.forms import AccountForm, AddressForm
from accounts.sign_up.links import (
    Invitation,
    LinkError,
    invitation_of,
    is_domain_allowed,
    sign_up_path,
    use_up,
)
from audit.actions import AuditAction, AuditVia
from audit.actor import actor_of_request
from audit.origin import client_network_of
from audit.services import audit_record

WINDOW_SECONDS = 3600


def is_open_to_domains() -> bool:
    """Whether people may ask for a link themselves."""
    return bool(
        settings.CANVAS_SIGN_UP_DOMAINS and is_mail_configured() and not are_passwords_hidden()
    )


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_up(request: HttpRequest) -> HttpResponse:
    """Sends a link to an address of an allowed domain. Accounts that exist change nothing here."""
    if not is_open_to_domains():
        raise Http404
    form = AddressForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        email = form.cleaned_data["email"].lower()
        if is_domain_allowed(email):
            _send(request, email)
            return render(request, "account/sign_up_sent.html", {"email": email})
        domains = ", ".join(settings.CANVAS_SIGN_UP_DOMAINS)
        text = gettext("Only addresses of %(domains)s can sign up.") % {"domains": domains}
        form.add_error("email", text)
    return render(
        request, "account/sign_up.html", {"form": form}, status=422 if form.is_bound else 200
    )


@login_not_required
@never_cache
@sensitive_post_parameters("password1", "password2")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_up_link(request: HttpRequest, token: str) -> HttpResponse:
    """Makes the account of the address that the link was sent to, and signs it in."""
    if are_passwords_hidden():
        raise Http404
    if request.user.is_authenticated:
        return redirect(settings.LOGIN_REDIRECT_URL)
    try:
        invitation = invitation_of(token)
    except LinkError:
        return render(request, "account/sign_up_refused.html", status=403)
    form = AccountForm(request.POST if request.method == "POST" else None, address=invitation.email)
    if form.is_bound and form.is_valid():
        try:
            user = _create(request, invitation, form)
        except (
            IntegrityError,
            LinkError,
        ):  # somebody took the name or the address at the same moment
            return render(request, "account/sign_up_refused.html", status=403)
        response: HttpResponse = perform_login(request, user, redirect_url=_next_of(invitation))
        return response
    context = {"form": form, "email": invitation.email}
    return render(
        request, "account/sign_up_link.html", context, status=422 if form.is_bound else 200
    )


@transaction.atomic
def _create(request: HttpRequest, invitation: Invitation, form: AccountForm) -> User:
    use_up(invitation)
    first, _, last = clean_name(form.cleaned_data["name"]).partition(" ")
    user = User.objects.create_user(
        form.cleaned_data["username"],
        invitation.email,
        form.cleaned_data["password1"],
        first_name=first,
        last_name=last,
    )
    if invitation.email:
        address = {"email": invitation.email, "verified": True, "primary": True}
        EmailAddress.objects.create(user=user, **address)
    by = actor_of_request(request, AuditVia.SESSION, user)
    audit_record(action=AuditAction.AUTH_SIGN_UP, by=by, target_user=user)
    return user


def _send(request: HttpRequest, email: str) -> None:
    refuse_beyond(
        gettext("This was asked for too often. Try again in an hour."),
        Limit(
            "sign_up_address",
            (client_network_of(request),),
            settings.CANVAS_MAIL_LINKS_PER_HOUR,
            WINDOW_SECONDS,
        ),
        Limit("sign_up_mail", (email,), settings.CANVAS_MAIL_LINKS_PER_ADDRESS, WINDOW_SECONDS),
    )
    kind = "sign_up_known" if has_account(email) else "sign_up"
    context = {"url": public_address(sign_up_path(email), request)}
    get_adapter().send_mail(f"account/email/{kind}", email, context)


def _next_of(invitation: Invitation) -> str:
    path = invitation.next_path
    is_ours = path.startswith("/") and url_has_allowed_host_and_scheme(path, allowed_hosts=None)
    return path if is_ours else "/"
