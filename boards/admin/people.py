"""Accounts in the admin: what they own, where to read on about them, and their end."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db.models import Count, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.defaultfilters import filesizeformat
from django.utils.safestring import SafeString
from django.utils.translation import gettext, gettext_lazy

from accounts.admin import PersonActions
from boards.account_deletion.forms import SuccessorsForm
from boards.account_deletion.owned import owned_by
from boards.account_deletion.pages import plan_applied, successors_context
from boards.admin.about_person import links_of, quotas_of
from boards.admin.actions import actor_of
from boards.models import Board
from boards.quotas.checks import STORED

admin.site.unregister(User)


@admin.register(User)
class PersonAdmin(PersonActions, UserAdmin):  # type: ignore[type-arg]  # Django's class takes none at run time
    """Adds the number of boards that someone owns, and their size."""

    list_display = ("username", "email", "is_active", "is_staff", "boards_owned", "stored")
    readonly_fields = ("usage", "read_on")
    actions = (*PersonActions.actions, "delete_selected")

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        """A new account has nothing yet."""
        fieldsets = list(super().get_fieldsets(request, obj))
        if obj is not None:
            fieldsets.append((gettext("What they have"), {"fields": ("usage", "read_on")}))
        return fieldsets

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        owned = Board.objects.filter(owner=OuterRef("pk")).order_by().values("owner")
        people: QuerySet[User] = super().get_queryset(request)
        return people.annotate(
            board_count=Coalesce(Subquery(owned.annotate(n=Count("pk")).values("n")), 0),
            stored_total=Coalesce(Subquery(owned.annotate(n=Sum(STORED)).values("n")), 0),
        )

    @admin.display(description=gettext_lazy("boards"), ordering="board_count")
    def boards_owned(self, user: User) -> int:
        """Including the trash."""
        return int(getattr(user, "board_count", 0))

    @admin.display(description=gettext_lazy("stored"), ordering="stored_total")
    def stored(self, user: User) -> str:
        return filesizeformat(getattr(user, "stored_total", 0))

    @admin.display(description=gettext_lazy("of the limits"))
    def usage(self, user: User) -> SafeString:
        return quotas_of(user)

    @admin.display(description=gettext_lazy("read on"))
    def read_on(self, user: User) -> SafeString:
        return links_of(user)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Only for superusers: deleting an account decides who gets its boards."""
        return bool(request.user.is_active and request.user.is_superuser)

    @admin.action(description=gettext_lazy("Delete…"), permissions=["delete"])
    def delete_selected(
        self, request: HttpRequest, queryset: QuerySet[User]
    ) -> HttpResponse | None:
        """One at a time: each says who gets what it owns."""
        chosen = list(queryset[:2])
        if len(chosen) == 1:
            return redirect("admin:auth_user_delete", chosen[0].pk)
        text = gettext(
            "Delete one account at a time, and say who gets its boards. For many at once there is "
            "“manage.py delete_account”."
        )
        self.message_user(request, text, messages.WARNING)
        return None

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Asks who gets what the account owns, then deletes it."""
        if not self.has_delete_permission(request):
            raise PermissionDenied
        user = self.get_object(request, object_id)
        if user is None:
            raise Http404
        if user == request.user:
            return redirect("account-delete")
        owned, form = owned_by(user), None
        name = {"name": user.get_username()}
        if request.method == "POST":
            form = SuccessorsForm(request.POST, user=user, owned=owned)
            if form.is_valid() and plan_applied(form, user, by=actor_of(request)) is not None:
                text = gettext("The account of %(name)s is deleted.") % name
                self.message_user(request, text, messages.SUCCESS)
                return redirect("admin:auth_user_changelist")
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Delete the account of %(name)s") % name,
            "person": user,
            "opts": self.opts,
            **successors_context(user, owned, form),
        }
        status = 200 if form is None else 422
        return render(request, "admin/delete_account.html", context, status=status)
