"""Accounts in the admin: one sign-in page for everybody, and what helps people who lost a phone.

Rows of django-allauth are not shown: they hold secrets, and changing them there leaves no trace.
"""

from __future__ import annotations

from typing import Any

from allauth.account import admin as account_admin  # noqa: F401  registers what is removed below
from allauth.account.decorators import secure_admin_login
from allauth.account.models import EmailAddress
from allauth.mfa import admin as factor_admin  # noqa: F401  the same
from allauth.mfa.models import Authenticator
from allauth.socialaccount import admin as social_admin  # noqa: F401  the same
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy, ngettext

from accounts.sign_in.endings import sign_out_everywhere
from accounts.sign_in.second_factor import second_factor_remove
from audit.actions import AuditVia
from audit.actor import actor_of_request

# A sign-in page of its own would know nothing of second factors and identity providers.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
admin.site.unregister([EmailAddress, Authenticator, SocialAccount, SocialApp, SocialToken])


class PersonActions:
    """Actions on accounts, as a mixin for their admin."""

    actions: Any = ("sign_out", "remove_second_factor")
    message_user: Any

    @admin.action(description=gettext_lazy("Sign out everywhere"), permissions=["change"])
    def sign_out(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """Ends all sessions and access tokens of these people, and closes their boards."""
        by = actor_of_request(request, AuditVia.ADMIN)
        count = sum(sign_out_everywhere(user, by=by) for user in queryset)
        text = ngettext("%(n)d session ended.", "%(n)d sessions ended.", count) % {"n": count}
        self.message_user(request, text, messages.SUCCESS)

    @admin.action(description=gettext_lazy("Remove second factor"), permissions=["change"])
    def remove_second_factor(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """For people who lost their phone and their recovery codes. Their password stays."""
        count = sum(map(second_factor_remove, queryset))
        text = ngettext("Removed from %(n)d account.", "Removed from %(n)d accounts.", count)
        self.message_user(request, text % {"n": count}, messages.SUCCESS)
