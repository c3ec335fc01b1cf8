"""Spaces in the admin: to look at. Their owners change them on their pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext, gettext_lazy

from boards.models import Folder, Space, SpacePermission

# Django's classes take type arguments for the type checker only.
if TYPE_CHECKING:
    SpaceModelAdmin = admin.ModelAdmin[Space]
    MemberTabularInline = admin.TabularInline[SpacePermission, Space]
    FolderTabularInline = admin.TabularInline[Folder, Space]
else:
    SpaceModelAdmin = admin.ModelAdmin
    MemberTabularInline = FolderTabularInline = admin.TabularInline


class MemberInline(MemberTabularInline):
    """Who has which level on all boards of the space."""

    model = SpacePermission
    fields = readonly_fields = ("user", "group", "level", "granted_by", "updated_at")
    verbose_name_plural = gettext_lazy("members")
    can_delete = False
    extra = 0

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class FolderInline(FolderTabularInline):
    model = Folder
    fields = readonly_fields = ("name", "parent", "created_at")
    can_delete = False
    extra = 0

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Space)
class SpaceAdmin(SpaceModelAdmin):
    """Every space, its owner and members. Superusers manage it on its page."""

    list_display: Any = ("name", "owner", "board_count", "member_count", "created_at", "page")
    list_select_related = ("owner",)
    list_per_page = 50
    show_full_result_count = False
    search_fields = ("name", "owner__username")
    fields = readonly_fields = ("id", "name", "owner", "created_at", "updated_at", "page")
    inlines: ClassVar[Any] = (MemberInline, FolderInline)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Space]:
        counts = {
            "boards_in_it": Count("boards", distinct=True),
            "members_of_it": Count("permissions", distinct=True),
        }
        return super().get_queryset(request).annotate(**counts)

    @admin.display(description=gettext_lazy("boards"))
    def board_count(self, space: Space) -> int:
        return int(getattr(space, "boards_in_it", 0))

    @admin.display(description=gettext_lazy("members and groups"))
    def member_count(self, space: Space) -> int:
        return int(getattr(space, "members_of_it", 0))

    @admin.display(description=gettext_lazy("page"))
    def page(self, space: Space) -> str:
        address = reverse("space-settings", args=[space.pk])
        return format_html('<a href="{}">{}</a>', address, gettext("Members"))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
