"""The page of all notifications, the choice of mail, and the link that stops mail."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.utils.translation import gettext
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from accounts.mail import is_mail_configured
from accounts.models import Notification
from accounts.notifications.descriptions import described
from accounts.notifications.services import mark_read
from accounts.notifications.stop_links import (
    ALL,
    choose_mail,
    stop_mail,
    stop_of_key,
    wanted_kinds,
)
from accounts.sign_in.common import person_of

SHOWN = 100


@never_cache
@require_safe
def notifications(request: HttpRequest) -> HttpResponse:
    """What concerns this person, the newest first, and what they want mail about."""
    user = person_of(request)
    wanted = wanted_kinds(user)
    context = {
        "items": described(user, list(Notification.objects.filter(reader=user)[:SHOWN])),
        "kinds": [
            {"value": value, "label": label, "is_wanted": value in wanted}
            for value, label in Notification.Kind.choices
        ],
        "has_mail": is_mail_configured(),
    }
    return render(request, "account/notifications.html", context)


@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """Marks everything as read."""
    mark_read(person_of(request))
    return redirect("notifications")


@require_POST
def mail_choice(request: HttpRequest) -> HttpResponse:
    """Sets what this person wants mail about."""
    wanted = set(request.POST.getlist("mail")) & set(Notification.Kind.values)
    choose_mail(person_of(request), wanted)
    messages.success(request, gettext("Saved."))
    return redirect("notifications")


@method_decorator([csrf_exempt, login_not_required, never_cache], name="dispatch")
class StopMail(View):
    """The link in a mail. Looking at it changes nothing, because mail programs look at links; a
    button does, and so does a mail program that offers to unsubscribe (RFC 8058).
    """

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._answer(request, is_done=False)

    def post(self, request: HttpRequest) -> HttpResponse:
        stop = stop_of_key(request.GET.get("key", ""))
        if stop is not None:
            stop_mail(stop)
        return self._answer(request, is_done=True)

    def _answer(self, request: HttpRequest, *, is_done: bool) -> HttpResponse:
        stop = stop_of_key(request.GET.get("key", ""))
        context: dict[str, Any] = {"is_done": is_done, "is_valid": stop is not None}
        if stop is not None and stop.kind != ALL:
            context["about"] = Notification.Kind(stop.kind).label
        status = 200 if stop is not None else 404
        return render(request, "account/stop_mail.html", context, status=status)
