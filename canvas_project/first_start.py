"""The page of the first start: makes the administrator, and says in words how it is set up."""

from __future__ import annotations

from dataclasses import dataclass

from allauth.account.utils import perform_login
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.first_start.forms import AdministratorForm
from accounts.first_start.services import (
    AlreadyDoneError,
    administrator_create,
    is_first_start,
    may_begin,
)
from accounts.mail import is_mail_configured
from accounts.sign_in.policy import (
    is_directory_configured,
    is_provider_configured,
    is_saml_configured,
)
from canvas_project.proxy_checks import findings
from sync.programs.demo_password import is_served_to_others


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing about the installation, in words, and whether it is as it should be."""

    text: str
    is_good: bool = True


@login_not_required
@never_cache
@sensitive_post_parameters("password1", "password2", "token")
@require_http_methods(["GET", "HEAD", "POST"])
def first_start(request: HttpRequest) -> HttpResponse:
    """For somebody on this machine, or with the token that `serve` printed."""
    if not is_first_start():
        return redirect(settings.LOGIN_URL)
    token = request.POST.get("token") or request.GET.get("token") or ""
    if not may_begin(request, token):
        return render(request, "first_start_refused.html", status=403)
    form = AdministratorForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        values = {key: form.cleaned_data[key] for key in ("username", "name", "email")}
        try:
            user = administrator_create(request, password=form.cleaned_data["password1"], **values)
        except AlreadyDoneError:
            return redirect(settings.LOGIN_URL)
        response: HttpResponse = perform_login(request, user, redirect_url="/")
        return response
    context = {"form": form, "token": token, "findings": settings_in_words()}
    return render(request, "first_start.html", context, status=422 if form.is_bound else 200)


def settings_in_words() -> list[Finding]:
    """How it is set up, and what to set where that could be better."""
    found = [_database(), _reachable()]
    if is_served_to_others() and not settings.CANVAS_HTTPS:
        text = gettext(
            "Passwords would travel readable. Put a proxy with TLS in front, and set CANVAS_HTTPS."
        )
        found.append(Finding(text, is_good=False))
    found.append(_mail())
    services = (
        (is_provider_configured(), settings.CANVAS_OIDC_NAME),
        (is_saml_configured(), settings.CANVAS_SAML_NAME),
        (is_directory_configured(), gettext("the directory")),
    )
    text = gettext("People also sign in with %(name)s.")
    found += [Finding(text % {"name": name}) for is_there, name in services if is_there]
    found += [Finding(text, is_good=False) for text in findings.problems()]
    return found


def _database() -> Finding:
    if settings.DATABASES["default"]["ENGINE"].endswith("postgresql"):
        return Finding(gettext("Boards are kept in PostgreSQL."))
    text = gettext(
        "Boards are kept in SQLite in %(place)s. That is enough for a few hundred people."
    )
    return Finding(text % {"place": settings.CANVAS_DATA_DIR})


def _reachable() -> Finding:
    if is_served_to_others():
        names = ", ".join(settings.ALLOWED_HOSTS)
        return Finding(gettext("People reach it as %(names)s.") % {"names": names})
    text = gettext(
        "Only this machine reaches it. To serve others, set DJANGO_ALLOWED_HOSTS to its name."
    )
    return Finding(text, is_good=False)


def _mail() -> Finding:
    if is_mail_configured() and is_served_to_others() and not settings.CANVAS_ADDRESS:
        text = gettext(
            "Mail is sent by %(host)s, and nothing says what its links lead to. Set CANVAS_ADDRESS "
            "to what people open."
        )
        return Finding(text % {"host": settings.EMAIL_HOST}, is_good=False)
    if is_mail_configured():
        return Finding(gettext("Mail is sent by %(host)s.") % {"host": settings.EMAIL_HOST})
    text = gettext(
        "It sends no mail: nobody can reset a forgotten password themselves. Set EMAIL_HOST."
    )
    return Finding(text, is_good=False)
