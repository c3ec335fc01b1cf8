"""Share links, access requests and comments in the admin: read-only, except that links can be
revoked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.db.models import Count, QuerySet
from django.http import HttpRequest

from audit.admin import ReadOnly
from boards.admin.actions import actor_of
from boards.models import AccessRequest, Comment, CommentThread, ShareLink
from boards.sharing.links import share_link_revoke

# Django's classes take type arguments for the type checker only.
if TYPE_CHECKING:
    LinkModelAdmin = admin.ModelAdmin[ShareLink]
    RequestModelAdmin = admin.ModelAdmin[AccessRequest]
    ThreadModelAdmin = admin.ModelAdmin[CommentThread]
    CommentInline = admin.TabularInline[Comment, CommentThread]
else:
    LinkModelAdmin = RequestModelAdmin = ThreadModelAdmin = admin.ModelAdmin
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

    @admin.display(description="active", boolean=True)
    def is_active(self, link: ShareLink) -> bool:
        return link.is_active

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        """People who may change boards may revoke their links."""
        return isinstance(request.user, User) and request.user.has_perm("boards.change_board")

    @admin.action(description="Revoke", permissions=["revoke"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[ShareLink]) -> None:
        """End the links at once, also for people connected by them."""
        by = actor_of(request)
        for link in queryset.select_related("board"):
            share_link_revoke(link=link, by=by)
        self.message_user(request, "The links are revoked.", messages.SUCCESS)


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

    @admin.display(description="comments", ordering="number")
    def comment_count(self, thread: CommentThread) -> int:
        return int(getattr(thread, "number", 0))
