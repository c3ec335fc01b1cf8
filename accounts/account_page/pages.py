"""The account page, and the pictures of people."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import User
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.account_page.forms import NameForm, PictureForm, PreferencesForm
from accounts.account_page.own_data import own_data
from accounts.account_page.pictures import (
    MIME,
    PictureRefusedError,
    picture_remove,
    picture_set,
)
from accounts.account_page.preferences import preferences_set, profile_of
from accounts.limits.changes import count_change
from accounts.limits.throttle import Limit, refuse_beyond
from accounts.models import Picture, Profile
from accounts.sign_in.common import person_of
from audit.actions import AuditAction, AuditVia
from audit.actor import actor_of_request
from audit.services import audit_record

_FOREVER = 365 * 86_400


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def account(request: HttpRequest) -> HttpResponse:
    """Name, picture, language and theme; a posted name is kept."""
    user = person_of(request)
    if request.method != "POST":
        return _shown(request)
    before = user.get_full_name()
    form = NameForm(request.POST, instance=User.objects.get(pk=user.pk))
    if not form.is_valid():
        return _shown(request, status=422, name_form=form)
    count_change(actor_of_request(request, AuditVia.SESSION))
    with transaction.atomic():
        changed = form.save()
        if changed.get_full_name() != before:
            _record_name(request, changed, before)
    messages.success(request, gettext("Your name is saved."))
    return redirect("account")


@require_POST
def preferences(request: HttpRequest) -> HttpResponse:
    """Keeps language and theme; of the menus one of them. Goes back to the account page."""
    user = person_of(request)
    preferences_set(user, language=request.POST.get("language"), theme=request.POST.get("theme"))
    response = redirect("account")
    if request.POST.get("language") == "":
        # The cookie of an earlier choice would go before the browser's language.
        response.delete_cookie(settings.LANGUAGE_COOKIE_NAME, path=settings.LANGUAGE_COOKIE_PATH)
    return response


@require_POST
def picture_change(request: HttpRequest) -> HttpResponse:
    """A new picture, or none any more."""
    user = person_of(request)
    by = actor_of_request(request, AuditVia.SESSION)
    if "remove" in request.POST:
        picture_remove(user, by=by)
        return redirect("account")
    count_change(by)
    form = PictureForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            picture_set(user, form.cleaned_data["picture"].file, by=by)
            messages.success(request, gettext("Your picture is saved."))
            return redirect("account")
        except PictureRefusedError as error:
            form.add_error("picture", str(error))
    return _shown(request, status=422, picture_form=form)


@never_cache
@require_POST
def own_data_download(request: HttpRequest) -> HttpResponse:
    """All that is kept about the person who asks, as a JSON file."""
    user = person_of(request)
    refuse_beyond(
        gettext("You have downloaded your data often. Try again in an hour."),
        Limit("own_data", (str(user.pk),), settings.CANVAS_ACCOUNT_DOWNLOADS_PER_HOUR, 3600),
    )
    data = own_data(user)
    audit_record(
        action=AuditAction.ACCOUNT_EXPORT,
        by=actor_of_request(request, AuditVia.SESSION),
        target_user=user,
    )
    response = JsonResponse(data, json_dumps_params={"indent": 1, "ensure_ascii": False})
    response.headers["Content-Disposition"] = 'attachment; filename="canvas-account.json"'
    return response


@require_safe
def picture(request: HttpRequest, key: str) -> HttpResponse:
    """A picture, for people who are signed in. Another picture has another address."""
    found = Picture.objects.filter(pk=key).first()
    if found is None:
        raise Http404
    response = HttpResponse(bytes(found.image), content_type=MIME)
    response.headers["Cache-Control"] = f"private, max-age={_FOREVER}, immutable"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Content-Disposition"] = "inline"
    return response


def _shown(
    request: HttpRequest,
    *,
    status: int = 200,
    name_form: NameForm | None = None,
    picture_form: PictureForm | None = None,
) -> HttpResponse:
    user = person_of(request)
    profile = profile_of(user)
    chosen = {"language": profile.language, "theme": profile.theme or Profile.Theme.AUTO}
    context: dict[str, Any] = {
        "name_form": name_form or NameForm(instance=user),
        "picture_form": picture_form or PictureForm(),
        "preferences_form": PreferencesForm(initial=chosen),
        "max_picture_mb": settings.CANVAS_MAX_PICTURE_BYTES // 1_000_000,
    }
    return render(request, "account/account.html", context, status=status)


def _record_name(request: HttpRequest, user: User, before: str) -> None:
    audit_record(
        action=AuditAction.ACCOUNT_UPDATE,
        by=actor_of_request(request, AuditVia.SESSION),
        target_user=user,
        data={"field": "name", "old": before, "new": user.get_full_name()},
    )
