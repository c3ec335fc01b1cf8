"""Boards in the admin. Every write goes through ``boards.services``: audited and announced."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.forms.formsets import DELETION_FIELD_NAME
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html

from audit.actions import AuditVia
from audit.origin import origin_of_request
from boards import admin_sharing  # noqa: F401 - importing registers its admins
from boards.forms import AdminSignInForm, TransferForm
from boards.levels import AccessLevel
from boards.lifecycle import board_lock, board_transfer, board_unlock
from boards.models import Board, BoardFile, BoardPermission
from boards.services import (
    board_create,
    board_rename,
    board_restore,
    board_trash,
    group_permission_grant,
    permission_grant,
    permission_remove,
    public_access_set,
)
from boards.sharing import board_make_private

# Django's classes take type arguments for the type checker only.
if TYPE_CHECKING:
    PermissionModelForm = forms.ModelForm[BoardPermission]
    PermissionInlineFormSet = forms.BaseInlineFormSet[
        BoardPermission, Board, forms.ModelForm[BoardPermission]
    ]
    PermissionTabularInline = admin.TabularInline[BoardPermission, Board]
    BoardModelAdmin = admin.ModelAdmin[Board]
    FileModelAdmin = admin.ModelAdmin[BoardFile]
else:
    PermissionModelForm = forms.ModelForm
    PermissionInlineFormSet = forms.BaseInlineFormSet
    PermissionTabularInline = admin.TabularInline
    BoardModelAdmin = FileModelAdmin = admin.ModelAdmin

# The admin has a sign-in page of its own; guessing is limited there too.
admin.site.login_form = AdminSignInForm
admin.site.site_header = admin.site.site_title = "Canvas administration"


def _by(request: HttpRequest) -> dict[str, Any]:
    """Who writes, for the services."""
    origin = origin_of_request(request)
    return {"actor": request.user, "origin": origin, "via": AuditVia.ADMIN}


def _subject_of(row: BoardPermission) -> tuple[int | None, int | None, bool]:
    return row.user_id, row.group_id, row.is_public


class PermissionForm(PermissionModelForm):
    """Says before the save what the service would refuse in it."""

    class Meta:
        model = BoardPermission
        fields = ("user", "group", "is_public", "level")

    def clean(self) -> dict[str, Any] | None:
        """The owner has no row, and a switched off account gets none."""
        cleaned = super().clean()
        user = self.cleaned_data.get("user")
        if user is not None and user.pk == self.instance.board.owner_id:
            raise ValidationError({"user": "The owner has every right already."})
        if user is not None and not user.is_active:
            raise ValidationError({"user": "This account is switched off."})
        return cleaned


class PermissionFormSet(PermissionInlineFormSet):
    """All rows of a board together."""

    def clean(self) -> None:
        """A second row for somebody would silently overrule the first."""
        super().clean()
        values = [getattr(form, "cleaned_data", {}) for form in self.forms]
        kept = [value for value in values if value and not value.get(DELETION_FIELD_NAME)]
        subjects = [(value.get("user"), value.get("group")) for value in kept]
        if len(subjects) != len(set(subjects)):
            raise ValidationError("Name everybody once, and the public link once.")


class PermissionInline(PermissionTabularInline):
    """Who may do what on the board."""

    model = BoardPermission
    form = PermissionForm
    formset = PermissionFormSet
    fields = ("user", "group", "is_public", "level", "granted_by", "updated_at")
    readonly_fields = ("granted_by", "updated_at")
    autocomplete_fields = ("user", "group")
    extra = 0


class TrashFilter(admin.SimpleListFilter):
    """In use, or in the trash."""

    title = "trash"
    parameter_name = "trash"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Both states."""
        return [("no", "In use"), ("yes", "In the trash")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Board]) -> QuerySet[Board]:
        """The chosen state; all without a choice."""
        if self.value() in ("yes", "no"):
            return queryset.filter(deleted_at__isnull=self.value() == "no")
        return queryset


@admin.register(Board)
class BoardAdmin(BoardModelAdmin):
    """Boards: find, rename, share, trash, restore. Nothing is deleted for good here."""

    list_display = (
        "title",
        "owner",
        "public_level",
        "people",
        "active_at",
        "is_in_use",
        "locked",
        "page",
    )
    list_filter = (TrashFilter, ("locked_at", admin.EmptyFieldListFilter), "created_at")
    list_select_related = ("owner",)
    list_per_page = 50
    show_full_result_count = False
    search_fields = ("title", "owner__username")
    search_help_text = "Title, owner, or the id of a board."
    autocomplete_fields = ("owner",)
    readonly_fields = (
        "id",
        "page",
        "created_at",
        "updated_at",
        "last_activity_at",
        "deleted_at",
        "locked_at",
        "locked_by",
        "head_seq",
        "access_version",
    )
    actions = ("move_to_trash", "restore_from_trash", "lock", "unlock", "make_private", "transfer")

    def get_fieldsets(self, request: HttpRequest, obj: Board | None = None) -> Any:
        """A new board has no state to show yet."""
        identity = (None, {"fields": ("title", "owner")})
        state = ("State", {"fields": self.readonly_fields})
        return [identity] if obj is None else [identity, state]

    def get_readonly_fields(self, request: HttpRequest, obj: Board | None = None) -> Any:
        """The owner is chosen once."""
        return self.readonly_fields if obj is None else (*self.readonly_fields, "owner")

    def get_inlines(self, request: HttpRequest, obj: Board | None) -> Any:
        """Permissions need a board that exists."""
        return [] if obj is None else [PermissionInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Board]:
        """With what the list shows, in one query."""
        public = BoardPermission.objects.filter(board=OuterRef("pk"), is_public=True)
        return (
            super()
            .get_queryset(request)
            .annotate(
                public_word=Subquery(public.values("level")),
                people_count=Count("permissions", filter=Q(permissions__is_public=False)),
            )
        )

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Board], search_term: str
    ) -> tuple[QuerySet[Board], bool]:
        """The id of a board finds that board."""
        try:
            board_id = UUID(search_term.strip())
        except ValueError:
            return super().get_search_results(request, queryset, search_term)
        return queryset.filter(pk=board_id), False

    @admin.display(description="public link")
    def public_level(self, board: Board) -> str:
        """The level of the public link."""
        return getattr(board, "public_word", None) or "off"

    @admin.display(description="people", ordering="people_count")
    def people(self, board: Board) -> int:
        """How many users were given a level."""
        return int(getattr(board, "people_count", 0))

    @admin.display(description="last activity", ordering="last_activity_at")
    def active_at(self, board: Board) -> Any:
        """When somebody last drew on it."""
        return board.last_activity_at

    @admin.display(description="in use", boolean=True)
    def is_in_use(self, board: Board) -> bool:
        """Whether it is outside the trash."""
        return not board.is_trashed

    @admin.display(description="locked", boolean=True)
    def locked(self, board: Board) -> bool:
        """Whether everybody but the owner may only look and comment."""
        return board.is_locked

    @admin.display(description="page")
    def page(self, board: Board) -> str:
        """A link to the board."""
        return format_html('<a href="{}">Open</a>', reverse("board", args=[board.pk]))

    def has_delete_permission(self, request: HttpRequest, obj: Board | None = None) -> bool:
        """Boards go to the trash; nobody deletes them here."""
        return False

    def save_model(self, request: HttpRequest, obj: Board, form: Any, change: bool) -> None:
        """Create or rename, by the services."""
        by = _by(request)
        if change:
            board_rename(board=obj, title=obj.title, **by)
            return
        created = board_create(owner=obj.owner, title=obj.title, **by)
        obj.pk = created.pk
        obj.refresh_from_db()

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Grant, change and revoke, by the services."""
        formset.save(commit=False)
        for row in formset.deleted_objects:
            self._permission_remove(request, row)
        for row, _ in formset.changed_objects:
            before = BoardPermission.objects.get(pk=row.pk)
            if _subject_of(before) != _subject_of(row):
                self._permission_remove(request, before)
            self._permission_set(request, row)
        for row in formset.new_objects:
            self._permission_set(request, row)

    def _permission_set(self, request: HttpRequest, row: BoardPermission) -> None:
        by = _by(request)
        level = AccessLevel.parse(row.level)
        if row.user is not None:
            permission_grant(board=row.board, user=row.user, level=level, **by)
        elif row.group is not None:
            group_permission_grant(board=row.board, group=row.group, level=level, **by)
        else:
            public_access_set(board=row.board, level=level, **by)

    def _permission_remove(self, request: HttpRequest, row: BoardPermission) -> None:
        permission_remove(row, **_by(request))

    @admin.action(description="Move to trash", permissions=["change"])
    def move_to_trash(self, request: HttpRequest, queryset: QuerySet[Board]) -> None:
        """Close the boards for everybody until they are restored."""
        for board in queryset:
            board_trash(board=board, **_by(request))
        self.message_user(request, "The boards are in the trash.", messages.SUCCESS)

    @admin.action(description="Restore from trash", permissions=["change"])
    def restore_from_trash(self, request: HttpRequest, queryset: QuerySet[Board]) -> None:
        """Open the boards again, with the permissions they had."""
        for board in queryset:
            board_restore(board=board, **_by(request))
        self.message_user(request, "The boards are back.", messages.SUCCESS)

    @admin.action(description="Lock", permissions=["change"])
    def lock(self, request: HttpRequest, queryset: QuerySet[Board]) -> None:
        """Leave everybody but the owners with comment at most."""
        for board in queryset:
            board_lock(board=board, **_by(request))
        self.message_user(request, "The boards are locked.", messages.SUCCESS)

    @admin.action(description="Unlock", permissions=["change"])
    def unlock(self, request: HttpRequest, queryset: QuerySet[Board]) -> None:
        """Give everybody their level again."""
        for board in queryset:
            board_unlock(board=board, **_by(request))
        self.message_user(request, "The boards are unlocked.", messages.SUCCESS)

    @admin.action(description="Make private", permissions=["change"])
    def make_private(self, request: HttpRequest, queryset: QuerySet[Board]) -> None:
        """Switch the public link off and revoke every share link. People keep their levels."""
        for board in queryset:
            board_make_private(board=board, **_by(request))
        self.message_user(request, "The boards are private.", messages.SUCCESS)

    @admin.action(description="Give to somebody else", permissions=["change"])
    def transfer(self, request: HttpRequest, queryset: QuerySet[Board]) -> HttpResponse | None:
        """Ask to whom, then make that account the owner of all of them."""
        boards = list(queryset.select_related("owner"))
        form = TransferForm(request.POST if request.POST.get("confirmed") else None)
        if not form.is_valid():
            context = {
                **self.admin_site.each_context(request),
                "title": "Give boards to somebody else",
                "boards": boards,
                "form": form,
            }
            return render(request, "admin/boards_transfer.html", context)
        new_owner = form.cleaned_data["user"]
        for board in boards:
            if board.owner != new_owner:
                board_transfer(board=board, new_owner=new_owner, **_by(request))
        name = new_owner.get_username()
        self.message_user(request, f"The boards belong to {name}.", messages.SUCCESS)
        return None


@admin.register(BoardFile)
class BoardFileAdmin(FileModelAdmin):
    """Images on boards, to look at: they are written by uploads only."""

    list_display = ("file_id", "board", "mime", "size_bytes", "width", "height", "uploaded_by")
    list_filter = ("mime", "created_at")
    list_select_related = ("board", "uploaded_by")
    search_fields = ("file_id", "board__title")
    show_full_result_count = False
    actions = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Uploads come from boards."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: BoardFile | None = None) -> bool:
        """An id names one image for ever."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: BoardFile | None = None) -> bool:
        """Elements may still show it."""
        return False
