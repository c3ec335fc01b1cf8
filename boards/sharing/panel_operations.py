"""The operations of the share panel: each has a form and calls a service."""

from __future__ import annotations

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext

from audit.actor import Actor
from boards.access.subjects import PUBLIC
from boards.levels import AccessLevel
from boards.lifecycle.lock import board_lock, board_unlock
from boards.models import Board, Invitation
from boards.pages.subject_forms import (
    ChangeForm,
    EmptyForm,
    Operation,
    RemoveForm,
    TransferForm,
    Values,
)
from boards.sharing.forms import (
    AnswerForm,
    GrantForm,
    InvitationForm,
    LinkForm,
    LinkRevokeForm,
    PublicForm,
)
from boards.sharing.invitations import invitation_create, invitation_withdraw
from boards.sharing.links import share_link_create, share_link_revoke
from boards.sharing.permissions import permission_grant, permission_revoke
from boards.sharing.requests import access_request_resolve
from boards.sharing.transfer import board_transfer


def _grant(board: Board, values: Values, by: Actor) -> object:
    if "email" in values:
        email, level = values["email"], values["level"]
        return invitation_create(board=board, email=email, level=level, by=by)
    return permission_grant(board=board, subject=values["subject"], level=values["level"], by=by)


def _public(board: Board, values: Values, by: Actor) -> None:
    level: AccessLevel = values["level"]
    if level is AccessLevel.NONE:
        permission_revoke(board=board, subject=PUBLIC, by=by)
    else:
        permission_grant(board=board, subject=PUBLIC, level=level, by=by)


def _link_create(board: Board, values: Values, by: Actor) -> None:
    days = values["days"]
    share_link_create(
        board=board,
        level=values["level"],
        label=values["label"],
        password=values["password"],
        expires_at=timezone.now() + timedelta(days=days) if days else None,
        by=by,
    )


def _invitation(board: Board, values: Values) -> Invitation:
    rows = board.invitations.open().select_related("board", "created_by")
    found = rows.filter(pk=values["invitation"]).first()
    if found is None:
        raise ValidationError(gettext("This invitation no longer exists."))
    return found


def _invitation_send(board: Board, values: Values, by: Actor) -> Invitation:
    found = _invitation(board, values)
    return invitation_create(board=board, email=found.email, level=found.access_level, by=by)


def _invitation_withdraw(board: Board, values: Values, by: Actor) -> None:
    invitation_withdraw(invitation=_invitation(board, values), by=by)


def _link_revoke(board: Board, values: Values, by: Actor) -> None:
    link = board.share_links.select_related("board").filter(pk=values["link"]).first()
    if link is None:
        raise ValidationError(gettext("This link no longer exists. Reload the page."))
    share_link_revoke(link=link, by=by)


def _answer(board: Board, values: Values, by: Actor) -> None:
    found = board.access_requests.select_related("board", "user").filter(pk=values["request"])
    request = found.first()
    if request is None:
        raise ValidationError(gettext("This request no longer exists. Reload the page."))
    access_request_resolve(request=request, level=values["level"] or None, by=by)


# The field is "operation", because one called "action" would hide the form's address from scripts.
OPERATIONS: dict[str, Operation[Board]] = {
    "grant": Operation(GrantForm, _grant),
    "change": Operation(ChangeForm, _grant),
    "remove": Operation(
        RemoveForm,
        lambda board, values, by: permission_revoke(board=board, subject=values["subject"], by=by),
    ),
    "public": Operation(PublicForm, _public),
    "link_create": Operation(LinkForm, _link_create),
    "link_revoke": Operation(LinkRevokeForm, _link_revoke),
    "invitation_send": Operation(InvitationForm, _invitation_send),
    "invitation_withdraw": Operation(InvitationForm, _invitation_withdraw),
    "answer": Operation(AnswerForm, _answer),
    "lock": Operation(EmptyForm, lambda board, values, by: board_lock(board=board, by=by)),
    "unlock": Operation(EmptyForm, lambda board, values, by: board_unlock(board=board, by=by)),
    "transfer": Operation(
        TransferForm,
        lambda board, values, by: board_transfer(board=board, new_owner=values["user"], by=by),
    ),
}
"""By the name that the form sends."""

FORMS_WITHOUT_A_PLACE = (
    "change",
    "remove",
    "link_revoke",
    "invitation_send",
    "invitation_withdraw",
    "answer",
)
"""These forms appear once per row, so their errors are shown above all rows."""
