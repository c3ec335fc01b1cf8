"""Share links, invitations, access requests and comments in the admin: read-only, except that links
can be revoked and invitations withdrawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext, gettext_lazy

from audit.admin import ReadOnly
from boards.access.resolve import resolve_access
from boards.admin.actions import actor_of
from boards.models import AccessRequest, Comment, CommentThread, Invitation, ShareLink
from boards.sharing.invitations import invitation_withdraw
from boards.sharing.links import share_link_revoke
from boards.visits.record import visit_open

# Django's classes take type arguments for the type checker only.
if TYPE_CHECKING:
    LinkModelAdmin = admin.ModelAdmin[ShareLink]
    InvitationModelAdmin = admin.ModelAdmin[Invitation]
    RequestModelAdmin = admin.ModelAdmin[AccessRequest]
    ThreadModelAdmin = admin.ModelAdmin[CommentThread]
    CommentInline = admin.TabularInline[Comment, CommentThread]
else:
    LinkModelAdmin = RequestModelAdmin = ThreadModelAdmin = InvitationModelAdmin = admin.ModelAdmin
    CommentInline = admin.TabularInline


@admin.register(ShareLink)
class ShareLinkAdmin(ReadOnly, LinkModelAdmin):
    """Share links, without their addresses: those are for owners."""

    list_display = ("board", "label", "level", "is_active", "expires_at", "use_count", "created_by")
    list_filter = ("level", ("revoked_at", admin.EmptyFieldListFilter), "created_at")
    list_select_related = ("board", "created_by")
    search_fields = ("board__title", "=board__id", "label", "=id")
    exclude = ("password_hash",)
    show_full_result_count = False
    actions = ("revoke",)

    @admin.display(description=gettext_lazy("active"), boolean=True)
    def is_active(self, link: ShareLink) -> bool:
        return link.is_active

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        """People who may change boards may revoke their links."""
        return isinstance(request.user, User) and request.user.has_perm("boards.change_board")

    @admin.action(description=gettext_lazy("Revoke"), permissions=["revoke"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[ShareLink]) -> None:
        """End the links at once, also for people connected by them."""
        by = actor_of(request)
        for link in queryset.select_related("board"):
            share_link_revoke(link=link, by=by)
        self.message_user(request, gettext("The links are revoked."), messages.SUCCESS)


@admin.register(Invitation)
class InvitationAdmin(ReadOnly, InvitationModelAdmin):
    """Invitations by mail address. Owners send them; here they can be withdrawn."""

    list_display = (
        *("email", "board", "level", "is_open", "created_by", "created_at", "expires_at"),
        "accepted_by",
    )
    list_filter = (
        "level",
        ("accepted_at", admin.EmptyFieldListFilter),
        ("revoked_at", admin.EmptyFieldListFilter),
        "created_at",
    )
    list_select_related = ("board", "created_by", "accepted_by")
    search_fields = ("email", "board__title", "=board__id", "created_by__username")
    show_full_result_count = False
    actions = ("withdraw",)

    @admin.display(description=gettext_lazy("open"), boolean=True)
    def is_open(self, invitation: Invitation) -> bool:
        return invitation.is_open

    def has_withdraw_permission(self, request: HttpRequest) -> bool:
        """People who may change boards may withdraw their invitations."""
        return isinstance(request.user, User) and request.user.has_perm("boards.change_board")

    @admin.action(description=gettext_lazy("Withdraw"), permissions=["withdraw"])
    def withdraw(self, request: HttpRequest, queryset: QuerySet[Invitation]) -> None:
        """Their links let nobody in any more. Who came stays."""
        by = actor_of(request)
        for invitation in queryset.select_related("board"):
            invitation_withdraw(invitation=invitation, by=by)
        self.message_user(request, gettext("The invitations are withdrawn."), messages.SUCCESS)


@admin.register(AccessRequest)
class AccessRequestAdmin(ReadOnly, RequestModelAdmin):
    """Access requests. Owners answer them."""

    list_display = ("board", "user", "level", "created_at", "outcome", "resolved_by")
    list_filter = ("outcome", "level", "created_at")
    list_select_related = ("board", "user", "resolved_by")
    search_fields = ("board__title", "=board__id", "user__username")
    show_full_result_count = False
    actions = None


class CommentsInline(ReadOnly, CommentInline):
    model = Comment
    fields = ("author_name", "is_guest", "body", "created_at", "edited_at")
    readonly_fields = fields
    extra = 0


@admin.register(CommentThread)
class CommentThreadAdmin(ReadOnly, ThreadModelAdmin):
    list_display = ("board", "created_at", "comment_count", "resolved_at")
    list_filter = (("resolved_at", admin.EmptyFieldListFilter), "created_at")
    list_select_related = ("board",)
    search_fields = ("board__title", "=board__id", "comments__author_name")
    inlines = (CommentsInline,)
    show_full_result_count = False
    actions = None

    def get_queryset(self, request: HttpRequest) -> QuerySet[CommentThread]:
        return super().get_queryset(request).annotate(number=Count("comments"))

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Reading a thread is a visit to its board."""
        thread: CommentThread = context["original"]
        access = resolve_access(thread.board, user=request.user)
        visit_open(board=thread.board, access=access, by=actor_of(request), entry="admin")
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.display(description=gettext_lazy("comments"), ordering="number")
    def comment_count(self, thread: CommentThread) -> int:
        return int(getattr(thread, "number", 0))
