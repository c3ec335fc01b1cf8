"""The admin's actions on boards. Each calls a service, so it is audited and announced."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext, gettext_lazy, ngettext

from audit.actions import AuditVia
from audit.actor import Actor, actor_of_request
from boards.lifecycle.basics import board_restore, board_trash
from boards.lifecycle.lock import board_lock, board_unlock
from boards.models import Board
from boards.pages.subject_forms import TransferForm
from boards.sharing.links import board_make_private
from boards.sharing.transfer import board_transfer


def actor_of(request: HttpRequest) -> Actor:
    return actor_of_request(request, AuditVia.ADMIN)


class BoardActions:
    """Actions of the board list, as a mixin for its admin."""

    actions: Any = (
        "lock",
        "unlock",
        "make_private",
        "transfer",
        "move_to_trash",
        "restore_from_trash",
    )
    admin_site: Any
    message_user: Any

    @admin.action(description=gettext_lazy("Move to trash"), permissions=["change"])
    def move_to_trash(self, request: HttpRequest, queryset: QuerySet[Board]) -> None:
        """Close the boards for everyone until they are restored."""
        count = self.for_each(request, queryset, board_trash)
        self.done(
            request,
            ngettext("%(n)d board is in the trash.", "%(n)d boards are in the trash.", count),
            count,
        )

    @admin.action(description=gettext_lazy("Restore from trash"), permissions=["change"])
    def restore_from_trash(self, request: HttpRequest, queryset: QuerySet[Board]) -> None:
        """Open the boards again, with the permissions they had."""
        count = self.for_each(request, queryset, board_restore)
        self.done(request, ngettext("%(n)d board is back.", "%(n)d boards are back.", count), count)

    @admin.action(description=gettext_lazy("Lock"), permissions=["change"])
    def lock(self, request: HttpRequest, queryset: QuerySet[Board]) -> None:
        """Leave everyone except the owners with comment at most."""
        count = self.for_each(request, queryset, board_lock)
        self.done(
            request, ngettext("%(n)d board is locked.", "%(n)d boards are locked.", count), count
        )

    @admin.action(description=gettext_lazy("Unlock"), permissions=["change"])
    def unlock(self, request: HttpRequest, queryset: QuerySet[Board]) -> None:
        """Give everyone their level back."""
        count = self.for_each(request, queryset, board_unlock)
        self.done(
            request,
            ngettext("%(n)d board is unlocked.", "%(n)d boards are unlocked.", count),
            count,
        )

    @admin.action(description=gettext_lazy("Make private…"), permissions=["change"])
    def make_private(self, request: HttpRequest, queryset: QuerySet[Board]) -> HttpResponse | None:
        """Switch the public link off and revoke every share link. People keep their levels."""
        if not is_confirmed(request):
            return self.ask(
                request,
                queryset,
                action="make_private",
                question=gettext(
                    "Switch the public link off and revoke every share link of these boards? "
                    "People who came by them are disconnected; revoked links cannot be brought "
                    "back."
                ),
                answer=gettext("Make private"),
            )
        count = self.for_each(request, queryset, board_make_private)
        self.done(
            request, ngettext("%(n)d board is private.", "%(n)d boards are private.", count), count
        )
        return None

    @admin.action(description=gettext_lazy("Give to somebody else…"), permissions=["change"])
    def transfer(self, request: HttpRequest, queryset: QuerySet[Board]) -> HttpResponse | None:
        """Ask for the new owner, then transfer all of the boards."""
        form = TransferForm(request.POST if is_confirmed(request) else None)
        if not form.is_valid():
            return self.ask(
                request,
                queryset.select_related("owner"),
                action="transfer",
                question=gettext("Give these boards to whom? Their owners stay and may edit."),
                answer=gettext("Give away"),
                form=form,
            )
        new_owner = form.cleaned_data["user"]
        boards = [board for board in queryset if board.owner_id != new_owner.pk]
        count = self.for_each(request, boards, board_transfer, new_owner=new_owner)
        words = ngettext(
            "%(n)d board is now owned by %(owner)s.",
            "%(n)d boards are now owned by %(owner)s.",
            count,
        )
        self.done(request, words, count, owner=new_owner.get_username())
        return None

    def for_each(
        self,
        request: HttpRequest,
        boards: Iterable[Board],
        service: Callable[..., object],
        **values: Any,
    ) -> int:
        """Calls a service for every board; returns how many there were."""
        by, count = actor_of(request), 0
        for board in boards:
            service(board=board, **values, by=by)
            count += 1
        return count

    def done(self, request: HttpRequest, words: str, count: int, **values: str) -> None:
        self.message_user(request, words % {"n": count, **values}, messages.SUCCESS)

    def ask(
        self,
        request: HttpRequest,
        boards: Iterable[Board],
        *,
        action: str,
        question: str,
        answer: str,
        form: Any = None,
    ) -> HttpResponse:
        """The confirmation page of an action that can't be undone."""
        context = {
            **self.admin_site.each_context(request),
            "title": answer,
            "boards": list(boards),
            "action": action,
            "question": question,
            "answer": answer,
            "form": form,
        }
        return render(request, "admin/boards_confirm.html", context)


def is_confirmed(request: HttpRequest) -> bool:
    return bool(request.POST.get("confirmed"))
