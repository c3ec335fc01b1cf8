"""Webhooks in the admin: to look at, and to switch off."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext, gettext_lazy

from audit.admin import ReadOnly
from boards.admin.actions import actor_of
from boards.models import Webhook
from boards.webhooks.services import webhook_switch

# Django's classes take type arguments for the type checker only.
if TYPE_CHECKING:
    WebhookModelAdmin = admin.ModelAdmin[Webhook]
else:
    WebhookModelAdmin = admin.ModelAdmin


@admin.register(Webhook)
class WebhookAdmin(ReadOnly, WebhookModelAdmin):
    """Everybody's webhooks, without their addresses: those can be secrets."""

    list_display = ("name", "owner", "host", "is_on", "failures", "failing_since", "created_at")
    list_filter = ("problem", ("disabled_at", admin.EmptyFieldListFilter))
    list_select_related = ("owner",)
    search_fields = ("name", "host", "owner__username", "=id")
    show_full_result_count = False
    actions = ("switch_off",)

    @admin.display(description=gettext_lazy("on"), boolean=True)
    def is_on(self, webhook: Webhook) -> bool:
        return webhook.disabled_at is None

    def has_switch_permission(self, request: HttpRequest) -> bool:
        """People who may delete webhooks."""
        return isinstance(request.user, User) and request.user.has_perm("boards.delete_webhook")

    @admin.action(description=gettext_lazy("Switch off"), permissions=["switch"])
    def switch_off(self, request: HttpRequest, queryset: QuerySet[Webhook]) -> None:
        """Nothing is sent to them any more; their owners can switch them on again."""
        by = actor_of(request)
        for webhook in queryset:
            webhook_switch(webhook=webhook, is_on=False, by=by)
        self.message_user(request, gettext("The webhooks are off."), messages.SUCCESS)
