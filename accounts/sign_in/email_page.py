"""The pages for another mail address.

An address changes when somebody who is signed in opens the link that was sent to it, and in no
other way: someone else who reads the mail can't give their address to an account that isn't theirs.
`django-allauth` also takes what its own pages offer and ours don't: making an unverified address
the account's, and removing the present one, so that an unverified one takes its place.
"""

from __future__ import annotations

from typing import Any

from allauth.account.forms import AddEmailForm
from allauth.account.internal.flows.email_verification import send_verification_email_to_address
from allauth.account.models import EmailAddress
from allauth.account.views import ConfirmEmailView, EmailView
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext

from accounts.limits.throttle import Limit, refuse_beyond
from accounts.sign_in.common import person_of

WINDOW_SECONDS = 3600


class NewAddressForm(AddEmailForm):  # type: ignore[misc]  # allauth has no types
    """An address to change to."""

    def save(self, request: HttpRequest) -> EmailAddress:
        """Instead of others that wait. The present one stays until the link is opened."""
        with transaction.atomic():
            _waiting(self.user).delete()
            row, _ = EmailAddress.objects.get_or_create(
                user=self.user, email=self.cleaned_data["email"]
            )
        send_verification_email_to_address(request, row)
        return row


class EmailPage(EmailView):  # type: ignore[misc]  # allauth has no types
    """Sends a link to a new address, again if need be, or gives the change up."""

    form_class = NewAddressForm

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Raises `RefusalError` for too many links."""
        address = request.POST.get("email", "").strip().lower()
        if "action_add" in request.POST or "action_send" in request.POST:
            _count_link(request, address)
        elif "action_remove" not in request.POST or not _is_waiting(request, address):
            return redirect("account_email")
        response: HttpResponseBase = super().post(request, *args, **kwargs)
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """One that an administrator gave is present, verified or not."""
        user = person_of(self.request)
        present = EmailAddress.objects.get_verified(user)
        if present is None:
            present = EmailAddress.objects.filter(user=user, email__iexact=user.email).first()
        found: dict[str, Any] = super().get_context_data(**kwargs)
        waiting = _waiting(user).order_by("pk").last()
        return {**found, "current_emailaddress": present, "new_emailaddress": waiting}


class ConfirmPage(ConfirmEmailView):  # type: ignore[misc]  # allauth has no types
    """What the link opens."""

    def get_object(self, queryset: Any = None) -> Any:
        """The confirmation, for the account that asked for it. Raises `Http404`."""
        found = super().get_object(queryset)
        if found.email_address.user_id != self.request.user.pk:
            raise Http404
        return found


email_page = EmailPage.as_view()
confirm_page = login_required(ConfirmPage.as_view())


def _waiting(user: User) -> QuerySet[EmailAddress]:
    """The addresses that wait for their link to be opened; one that the account has is none."""
    rows: QuerySet[EmailAddress] = EmailAddress.objects.filter(
        user=user, verified=False, primary=False
    )
    return rows.exclude(email__iexact=user.email) if user.email else rows


def _is_waiting(request: HttpRequest, address: str) -> bool:
    return _waiting(person_of(request)).filter(email__iexact=address).exists()


def _count_link(request: HttpRequest, address: str) -> None:
    person = str(person_of(request).pk)
    refuse_beyond(
        gettext("This was asked for too often. Try again in an hour."),
        Limit("email_link_person", (person,), settings.CANVAS_MAIL_LINKS_PER_HOUR, WINDOW_SECONDS),
        Limit(
            "email_link_mail", (address,), settings.CANVAS_MAIL_LINKS_PER_ADDRESS, WINDOW_SECONDS
        ),
    )
