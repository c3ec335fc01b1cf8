"""The link of an invitation: how it gets to the person, and what it stands for.

The link is signed and names the row, which decides. With mail it is known only to people who read
mail at the address, so an account made by it has that address, verified. Without mail the inviter
passes it on by hand: then it proves no address, and an account made by it has none.
"""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from accounts.addresses import has_account
from accounts.mail import is_mail_configured, public_address
from accounts.sign_in.policy import are_passwords_hidden
from accounts.sign_up.links import sign_up_path
from boards.identity.invitation_tokens import invitation_token, named_by_token
from boards.identity.names import display_name
from boards.models import Invitation

SIGN_UP_SECONDS = 3600
"""How long a page of an invitation may be open before one makes the account."""


def invitation_send(request: HttpRequest, invitation: Invitation) -> None:
    """Mails the link, in the language of who invites. Nothing without mail."""
    inviter = invitation.created_by
    context = {
        "url": _url(request, invitation, is_mailed=True),
        "name": display_name(inviter) if inviter is not None else "",
        "board": invitation.board.title,
    }
    get_adapter().send_mail("boards/email/invitation", invitation.email, context)


def link_to_pass_on(request: HttpRequest, invitation: Invitation) -> str:
    """The link for the inviter to pass on by hand. Empty if it was mailed: then only the address
    has it."""
    if is_mail_configured():
        return ""
    return _url(request, invitation, is_mailed=False)


def invitation_of(token: str) -> tuple[Invitation, bool] | None:
    """The invitation and whether its link was mailed; None for an unknown or foreign link. The
    invitation may have ended."""
    named = named_by_token(token)
    if named is None:
        return None
    row_id, is_mailed = named
    rows = Invitation.objects.select_related("board", "created_by")
    row = rows.filter(pk=row_id, board__deleted_at=None).first()
    return (row, is_mailed) if row is not None else None


def may_sign_up(invitation: Invitation, *, is_mailed: bool) -> bool:
    """Whether its link can make an account."""
    if not settings.CANVAS_SIGN_UP_INVITED or are_passwords_hidden():
        return False
    return not (is_mailed and has_account(invitation.email))


def sign_up_address(request: HttpRequest, invitation: Invitation, *, is_mailed: bool) -> str:
    """Where the account is made; it leads back to the invitation."""
    return sign_up_path(
        invitation.email if is_mailed else "",
        request.path,
        once=f"invitation {invitation.pk}",
        seconds=SIGN_UP_SECONDS,
    )


def _url(request: HttpRequest, invitation: Invitation, *, is_mailed: bool) -> str:
    token = invitation_token(invitation, is_mailed=is_mailed)
    return public_address(reverse("invitation", args=[token]), request)
