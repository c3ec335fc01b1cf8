"""What is in libraries, in the admin: to look at, to rename and to remove.

People add drawings on the board page, where they see them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext, gettext_lazy

from audit.actions import AuditVia
from audit.actor import actor_of_request
from boards.libraries.selectors import EVERYBODY, MINE, Place
from boards.libraries.services import item_change, item_delete
from boards.models import Library, LibraryItem

# Django's class takes type arguments for the type checker only.
if TYPE_CHECKING:
    ItemModelAdmin = admin.ModelAdmin[LibraryItem]
else:
    ItemModelAdmin = admin.ModelAdmin


@admin.register(LibraryItem)
class LibraryItemAdmin(ItemModelAdmin):
    """The items of shared libraries. What people keep for themselves is not shown to anybody."""

    list_display: Any = ("__str__", "whose", "size_bytes", "created_at", "updated_at")
    list_per_page = 50
    show_full_result_count = False
    search_fields = ("name", "library__space__name")
    fields = ("name", "whose", "size_bytes", "created_at", "updated_at")
    readonly_fields = ("whose", "size_bytes", "created_at", "updated_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[LibraryItem]:
        items = super().get_queryset(request).exclude(library__kind=Library.Kind.PERSON)
        return items.select_related("library__space").defer("content")

    @admin.display(description=gettext_lazy("library"))
    def whose(self, item: LibraryItem) -> str:
        space = item.library.space
        return space.name if space is not None else gettext("everybody's")

    def save_model(self, request: HttpRequest, obj: LibraryItem, form: Any, change: bool) -> None:
        by = actor_of_request(request, AuditVia.ADMIN)
        item_change(place=_place(obj), key=obj.key, name=obj.name, position=None, by=by)

    def delete_model(self, request: HttpRequest, obj: LibraryItem) -> None:
        by = actor_of_request(request, AuditVia.ADMIN)
        item_delete(place=_place(obj), key=obj.key, by=by)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[LibraryItem]) -> None:
        for item in queryset:
            self.delete_model(request, item)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False


def _place(item: LibraryItem) -> Place:
    library = item.library
    key = str(library.space_id) if library.space_id else EVERYBODY
    kind = Library.Kind(library.kind)
    if kind == Library.Kind.PERSON:
        key = MINE
    return Place(key, kind, can_change=True, owner=library.owner, space=library.space)
