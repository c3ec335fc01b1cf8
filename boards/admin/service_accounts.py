"""Service accounts in the admin: made here, with their tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, gettext_lazy

from accounts.models import ApiToken, ServiceAccount
from accounts.service_accounts.services import service_account_create
from boards.admin.actions import actor_of
from boards.tokens.forms import ALL, CHOSEN, NewTokenForm, token_made
from boards.tokens.words import token_words

# Django's classes take type arguments for the type checker only.
if TYPE_CHECKING:
    AccountModelAdmin = admin.ModelAdmin[ServiceAccount]
else:
    AccountModelAdmin = admin.ModelAdmin


class NewAccountForm(forms.ModelForm):  # type: ignore[type-arg]  # takes none at run time
    """A username, the name that people see, and the purpose."""

    username = forms.CharField(
        label=gettext_lazy("Username"),
        max_length=150,
        help_text=gettext_lazy("To share boards with it: as in ci-bot."),
        strip=True,
    )
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=150,
        required=False,
        help_text=gettext_lazy("What people see."),
    )

    class Meta:
        model = ServiceAccount
        fields = ("purpose",)

    def clean_username(self) -> str:
        """A name that nobody has, in any spelling."""
        username = str(self.cleaned_data["username"])
        User._meta.get_field("username").run_validators(username)
        if User.objects.filter(username__iexact=username).exists():
            raise ValidationError(gettext("Somebody has this username already."))
        return username


@admin.register(ServiceAccount)
class ServiceAccountAdmin(AccountModelAdmin):
    """Accounts for programs. To switch one off or to delete it, go to its account."""

    list_display = ("user", "purpose", "is_active", "token_count", "created_by", "created_at")
    list_select_related = ("user", "created_by")
    search_fields = ("user__username", "user__first_name", "purpose")
    show_full_result_count = False
    actions = None

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        """A new one has a username."""
        if obj is None:
            kwargs["form"] = NewAccountForm
        return super().get_form(request, obj, change, **kwargs)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return ("username", "name", "purpose")
        return ("account", "purpose", "tokens", "created_by", "created_at")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return () if obj is None else ("account", "tokens", "created_by", "created_at")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """One that is a superuser only by superusers: its tokens may do whatever it may."""
        if obj is not None and obj.user.is_superuser and not request.user.is_superuser:
            return False
        return super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(
        self, request: HttpRequest, obj: ServiceAccount, form: Any, change: bool
    ) -> None:
        """A new one is made with its account, and leaves an audit row."""
        if change:
            obj.save(update_fields=["purpose"])
            return
        made = service_account_create(
            username=form.cleaned_data["username"],
            name=form.cleaned_data["name"],
            purpose=obj.purpose,
            by=actor_of(request),
        )
        obj.__dict__.update(made.__dict__)

    @admin.display(description=gettext_lazy("active"), boolean=True)
    def is_active(self, account: ServiceAccount) -> bool:
        return account.user.is_active

    @admin.display(description=gettext_lazy("tokens"))
    def token_count(self, account: ServiceAccount) -> int:
        return account.user.api_tokens.count()

    @admin.display(description=gettext_lazy("account"))
    def account(self, account: ServiceAccount) -> str:
        """Where it is switched off, put into groups, or deleted."""
        address = reverse("admin:auth_user_change", args=[account.pk])
        return format_html('<a href="{}">{}</a>', address, account.user.get_username())

    @admin.display(description=gettext_lazy("tokens"))
    def tokens(self, account: ServiceAccount) -> SafeString:
        """Each with what it may; and a new one."""
        rows = token_words(account.user, ApiToken.objects.filter(user=account.user))
        lines = format_html_join(
            "",
            '<p><a href="{}">{}</a><br>{}</p>',
            (
                (
                    reverse("admin:accounts_apitoken_change", args=[row.token.pk]),
                    row.token.name,
                    "; ".join(row.scopes),
                )
                for row in rows
            ),
        )
        new = reverse("admin:accounts_serviceaccount_token", args=[account.pk])
        return format_html('{}<p><a href="{}">{}</a></p>', lines, new, gettext("New token"))

    def get_urls(self) -> list[URLPattern]:
        own = path(
            "<int:account_id>/token/",
            self.admin_site.admin_view(self.new_token),
            name="accounts_serviceaccount_token",
        )
        return [own, *super().get_urls()]

    def new_token(self, request: HttpRequest, account_id: int) -> HttpResponse:
        """The form of a new token, and the token, on this one answer alone."""
        account = get_object_or_404(ServiceAccount.objects.select_related("user"), pk=account_id)
        if not self.has_change_permission(request, account):
            raise PermissionDenied
        is_sent = request.method == "POST"
        form = NewTokenForm(request.POST if is_sent else None, user=account.user)
        places: Any = form.fields["reach"]
        places.choices = [
            (ALL, gettext("All its boards, also later ones")),
            (CHOSEN, gettext("Chosen ones")),
        ]
        made = None
        if is_sent and form.is_valid():
            made = token_made(form, account.user, actor_of(request))
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("New token for %(name)s") % {"name": account.user.get_username()},
            "account": account,
            "form": form,
            "chosen": form["chosen"].value() or [],
            "secret": made[1] if made else "",
            "opts": self.opts,
        }
        status = 422 if is_sent and made is None else 200
        return TemplateResponse(request, "admin/service_token.html", context, status=status)
