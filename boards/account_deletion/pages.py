"""The page on which people delete their own account."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts.mail import is_mail_configured
from accounts.sign_in.common import person_of
from accounts.sign_in.passwords import BLOCKED_MESSAGE, WINDOW_SECONDS
from accounts.sign_in.policy import sign_in_address
from accounts.sign_in.proof import Proof, proof_wanted
from accounts.sign_in.records import PROXY_KEY, sign_in_of
from audit.actions import AuditVia
from audit.actor import actor_of_request
from boards.account_deletion.forms import OwnSuccessorsForm, SuccessorsForm, drop_field, to_field
from boards.account_deletion.owned import Owned, owned_by, successors_offered
from boards.account_deletion.services import Ended, account_delete, is_last_administrator
from boards.quotas.checks import QuotaError


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def delete_account(request: HttpRequest) -> HttpResponse:
    """Says what somebody owns and asks who gets it; a posted form deletes the account."""
    user = person_of(request)
    owned, proof = owned_by(user), proof_wanted(request)
    if request.method != "POST":
        return _shown(request, owned, proof)
    form = OwnSuccessorsForm(request.POST, user=user, owned=owned, proof=proof)
    if proof is Proof.SIGN_IN_AGAIN or not form.is_valid():
        return _shown(request, owned, proof, form=form)
    is_by_proxy, person = PROXY_KEY in request.session, user.pk
    ended = plan_applied(form, user, by=actor_of_request(request, AuditVia.SESSION))
    if ended is None:
        return _shown(request, owned_by(user), proof, form=form)
    logout(request)
    context = {"ended": ended, "gone": person, "comes_back": is_by_proxy}
    return render(request, "account/deleted.html", context)


@require_POST
def sign_in_again(request: HttpRequest) -> HttpResponse:
    """Ends the session and goes where it began, and from there back to the page."""
    if proof_wanted(request) is not Proof.SIGN_IN_AGAIN:
        return redirect("account-delete")
    row = sign_in_of(request)
    via = row.via if row is not None else AuditVia.SESSION
    logout(request)
    address = sign_in_address(AuditVia(via))
    again = {"again": "1"} if address != reverse("login") else {}
    query = {"next": reverse("account-delete"), **again}
    return redirect(f"{address}?{urlencode(query)}")


def plan_applied(form: SuccessorsForm, user: User, **how: Any) -> Ended | None:
    """Deletes the account as a valid form says; refusals become errors of the form."""
    try:
        return account_delete(user=User.objects.get(pk=user.pk), plan=form.plan(), **how)
    except ValidationError as error:
        form.add_error(None, ValidationError(error.messages))
    except QuotaError as refusal:
        form.add_error(None, ValidationError(str(refusal)))
    return None


def successors_context(
    user: User, owned: Owned, form: SuccessorsForm | None = None
) -> dict[str, Any]:
    """What the part of a page needs that asks who gets what."""
    data: Any = form.data if form is not None else {}
    errors = form.errors if form is not None else {}

    def row(one: Any) -> dict[str, Any]:
        to = to_field(one.pk)
        return {
            "one": one,
            "to": to,
            "drop": drop_field(one.pk),
            "typed": data.get(to, ""),
            "is_dropped": drop_field(one.pk) in data,
            "errors": errors.get(to, []),
        }

    return {
        "owned": owned,
        "form": form,
        "rest": data.get("rest", "give"),
        "boards": [row(board) for board in owned.boards],
        "spaces": [row(space) for space in owned.spaces],
        "offered": successors_offered(user),
    }


def _shown(
    request: HttpRequest, owned: Owned, proof: Proof, *, form: OwnSuccessorsForm | None = None
) -> HttpResponse:
    user = person_of(request)
    is_blocked = form is not None and BLOCKED_MESSAGE in form.errors.get("password", ())
    context = {
        **successors_context(user, owned, form),
        "proof": proof.value,
        "is_last": is_last_administrator(user),
        "has_mail": is_mail_configured(),
        "keeps_days": settings.CANVAS_AUDIT_RETENTION_DAYS,
    }
    status = 200 if form is None else 429 if is_blocked else 422
    response = render(request, "account/delete.html", context, status=status)
    if is_blocked:
        response.headers["Retry-After"] = str(WINDOW_SECONDS)
    return response
