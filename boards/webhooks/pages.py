"""The pages of one's own webhooks: the list, a new one, what was sent to one, and its secret."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.sealing import SealError
from accounts.sign_in.recent import confirmed_lately
from boards.models import Webhook, WebhookDelivery
from boards.pages.common import actor_of, signed_in_user
from boards.quotas.checks import QuotaError
from boards.webhooks.forms import EventsForm, NewWebhookForm
from boards.webhooks.services import (
    count_asked,
    old_secret_until,
    redeliver,
    url_of,
    webhook_choose,
    webhook_create,
    webhook_delete,
    webhook_renew_secret,
    webhook_switch,
    webhook_test,
)

SHOWN = 50


@never_cache
@require_safe
def webhooks(request: HttpRequest) -> HttpResponse:
    """One's own, with what is wrong with them."""
    rows = Webhook.objects.filter(owner=signed_in_user(request))
    context = {"rows": rows, "is_offered": settings.CANVAS_MAX_WEBHOOKS_PER_PERSON > 0}
    return render(request, "account/webhooks.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@confirmed_lately
def new_webhook(request: HttpRequest) -> HttpResponse:
    """The form; once it is sent, the secret, which is shown on this one answer alone."""
    if request.method != "POST":
        return _new(request, NewWebhookForm())
    form = NewWebhookForm(request.POST)
    if form.is_valid():
        values = {name: form.cleaned_data[name] for name in ("name", "url", "events")}
        try:
            webhook, secret = webhook_create(
                owner=signed_in_user(request), by=actor_of(request), **values
            )
        except ValidationError as error:
            form.add_error("url", ValidationError(error.messages))
        except QuotaError as error:
            form.add_error(None, str(error))
        else:
            context = {"webhook": webhook, "secret": secret}
            return render(request, "account/webhook_made.html", context)
    return _new(request, form, status=422)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def webhook(request: HttpRequest, webhook_id: UUID) -> HttpResponse:
    """One webhook and what was sent to it; or a change of it, as `operation` says."""
    found = _own(request, webhook_id)
    if request.method != "POST":
        return _one(request, found)
    by, operation = actor_of(request), request.POST.get("operation", "")
    if operation == "events":
        form = EventsForm(request.POST)
        if not form.is_valid():
            return _one(request, found, form, status=422)
        webhook_choose(webhook=found, events=form.cleaned_data["events"], by=by)
        messages.success(request, gettext("Saved."))
    elif operation in ("on", "off"):
        webhook_switch(webhook=found, is_on=operation == "on", by=by)
    elif operation == "test":
        count_asked(found.owner)
        _say_sent(request, is_sent=_is_on(found) and webhook_test(found) is not None)
    elif operation == "delete":
        webhook_delete(webhook=found, by=by)
        messages.success(request, gettext("“%(name)s” is deleted.") % {"name": found.name})
        return redirect("account-webhooks")
    else:
        messages.error(request, gettext("This isn't possible here."))
        return _one(request, found, status=422)
    return redirect("account-webhook", found.pk)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@confirmed_lately
def webhook_secret(request: HttpRequest, webhook_id: UUID) -> HttpResponse:
    """Asks whether to make a new secret; then shows it, on this one answer alone."""
    found = _own(request, webhook_id)
    hours = settings.CANVAS_WEBHOOK_OLD_SECRET_HOURS
    context: dict[str, Any] = {"webhook": found, "hours": hours}
    if request.method != "POST":
        return render(request, "account/webhook_secret.html", context)
    context["secret"] = webhook_renew_secret(webhook=found, by=actor_of(request))
    return render(request, "account/webhook_secret_made.html", context)


@require_POST
def webhook_redeliver(request: HttpRequest, webhook_id: UUID, delivery_id: UUID) -> HttpResponse:
    """Sends one message again."""
    found = _own(request, webhook_id)
    delivery = WebhookDelivery.objects.filter(webhook=found, pk=delivery_id).first()
    if delivery is None:
        raise Http404(gettext("There is no such message."))
    count_asked(found.owner)
    if _is_on(found):
        redeliver(delivery)
    _say_sent(request, is_sent=_is_on(found))
    return redirect("account-webhook", found.pk)


def _own(request: HttpRequest, webhook_id: UUID) -> Webhook:
    owner = signed_in_user(request)
    found = Webhook.objects.select_related("owner").filter(owner=owner, pk=webhook_id).first()
    if found is None:
        raise Http404(gettext("You have no such webhook."))
    return found


def _is_on(webhook: Webhook) -> bool:
    return webhook.disabled_at is None


def _say_sent(request: HttpRequest, *, is_sent: bool) -> None:
    if is_sent:
        messages.success(request, gettext("It is sent in a moment. Load the page again to see."))
    else:
        messages.error(request, gettext("Nothing was sent: it is off, or too much waits for it."))


def _new(request: HttpRequest, form: NewWebhookForm, *, status: int = 200) -> HttpResponse:
    return render(request, "account/webhook_new.html", {"form": form}, status=status)


def _one(
    request: HttpRequest, found: Webhook, form: EventsForm | None = None, *, status: int = 200
) -> HttpResponse:
    try:
        url = url_of(found)
    except SealError:
        url = found.host
    context: dict[str, Any] = {
        "webhook": found,
        "url": url,
        "old_secret_until": old_secret_until(found),
        "form": form or EventsForm(initial={"events": found.events}),
        "deliveries": found.deliveries.all()[:SHOWN],
    }
    return render(request, "account/webhook.html", context, status=status)
