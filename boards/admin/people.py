"""Accounts in the admin, with the size of their boards."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import User
from django.db.models import Count, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat

from accounts.admin import PersonActions
from boards.admin.board import size_of
from boards.models import Board
from boards.quotas.checks import STORED, usage_of

admin.site.unregister(User)


@admin.register(User)
class PersonAdmin(PersonActions, UserAdmin):  # type: ignore[type-arg]  # Django's class takes none at run time
    """Adds the number of boards that someone owns, and their size."""

    list_display = ("username", "email", "is_active", "is_staff", "boards_owned", "stored")
    readonly_fields = ("usage",)

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        """A new account has nothing yet."""
        fieldsets = list(super().get_fieldsets(request, obj))
        return fieldsets if obj is None else [*fieldsets, ("Boards", {"fields": ("usage",)})]

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        owned = Board.objects.filter(owner=OuterRef("pk")).order_by().values("owner")
        people: QuerySet[User] = super().get_queryset(request)
        return people.annotate(
            board_count=Coalesce(Subquery(owned.annotate(n=Count("pk")).values("n")), 0),
            stored_total=Coalesce(Subquery(owned.annotate(n=Sum(STORED)).values("n")), 0),
        )

    @admin.display(description="boards", ordering="board_count")
    def boards_owned(self, user: User) -> int:
        """Including the trash."""
        return int(getattr(user, "board_count", 0))

    @admin.display(description="stored", ordering="stored_total")
    def stored(self, user: User) -> str:
        return filesizeformat(getattr(user, "stored_total", 0))

    @admin.display(description="boards and their size")
    def usage(self, user: User) -> str:
        used = usage_of(user.pk)
        size = size_of(used.stored_bytes, settings.CANVAS_MAX_BYTES_PER_PERSON)
        warning = ", nearly full" if used.is_nearly_full else ""
        return f"{used.boards} of {settings.CANVAS_MAX_BOARDS_PER_PERSON} boards, {size}{warning}"
