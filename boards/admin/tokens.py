"""Tokens for programs in the admin: to look at, and to revoke."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, gettext_lazy

from accounts.models import ApiToken
from accounts.tokens.services import token_revoke
from audit.admin import ReadOnly
from boards.admin.actions import actor_of
from boards.tokens.words import token_words

# Django's classes take type arguments for the type checker only.
if TYPE_CHECKING:
    TokenModelAdmin = admin.ModelAdmin[ApiToken]
else:
    TokenModelAdmin = admin.ModelAdmin


@admin.register(ApiToken)
class ApiTokenAdmin(ReadOnly, TokenModelAdmin):
    """Everybody's tokens. Of the token itself nothing is shown, also not what is stored of it."""

    list_display = ("name", "user", "created_at", "expires_at", "last_used_at")
    list_filter = ("expires_at", "last_used_at")
    list_select_related = ("user",)
    search_fields = ("name", "user__username", "=id")
    fields = ("name", "user", "may", "created_at", "expires_at", "last_used_at")
    readonly_fields = ("may",)
    show_full_result_count = False
    actions = ("revoke",)

    @admin.display(description=gettext_lazy("it may"))
    def may(self, token: ApiToken) -> SafeString:
        """What its scopes say."""
        (row,) = token_words(token.user, [token])
        return format_html_join("", "{}<br>", ((line,) for line in row.scopes))

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        """People who may delete tokens."""
        return isinstance(request.user, User) and request.user.has_perm("accounts.delete_apitoken")

    @admin.action(description=gettext_lazy("Revoke"), permissions=["revoke"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[ApiToken]) -> None:
        """Ends them at once, also for programs connected by them."""
        by = actor_of(request)
        for token in queryset.select_related("user"):
            token_revoke(token=token, by=by)
        self.message_user(request, gettext("The tokens are revoked."), messages.SUCCESS)
