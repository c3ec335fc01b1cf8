"""Which tables an archive carries, which it leaves out and why, and what is a secret.

A new model has to be named here: `canvas_project/tests/test_moving.py` fails otherwise.
"""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db import models

from boards.models import Board

CARRIED = (
    "auth.group",
    "auth.group_permissions",
    "auth.user",
    "auth.user_groups",
    "auth.user_user_permissions",
    "accounts.profile",
    "accounts.picture",
    "accounts.credentialsepoch",
    "accounts.providergroup",
    "accounts.serviceaccount",
    "accounts.notification",
    "accounts.unwantedmail",
    "account.emailaddress",
    "socialaccount.socialaccount",
    "mfa.authenticator",
    "boards.space",
    "boards.spacepermission",
    "boards.folder",
    "boards.library",
    "boards.libraryitem",
    "boards.board",
    "boards.boardpermission",
    "boards.boardfile",
    "boards.boardstar",
    "boards.boardopening",
    "boards.commentthread",
    "boards.comment",
    "boards.comment_mentions",
    "boards.sharelink",
    "boards.accessrequest",
    "boards.invitation",
    "sync.documentsnapshot",
    "sync.documentupdate",
    "sync.documentclient",
    "sync.version",
)
"""In the order in which they are written. Those that lead to a board are kept with it."""

AUDIT = ("audit.auditlog", "audit.auditcheckpoint", "audit.audithead")
"""Kept in files of their own: the log is one chain over all boards."""

_BY_MIGRATIONS = "Migrations make these rows on every installation."
_OF_SERVERS = "What servers are doing now; the next one starts without it."
_OF_SESSIONS = "Sign-ins end with the installation: people sign in again."
_FOLLOWS = "Follows from the boards, and is made again by itself."
LEFT_OUT = {
    "admin.logentry": "The audit log says what was done in the admin.",
    "auth.permission": _BY_MIGRATIONS,
    "contenttypes.contenttype": _BY_MIGRATIONS,
    "sessions.session": _OF_SESSIONS,
    "socialaccount.socialapp": "Providers come from the environment.",
    "socialaccount.socialtoken": "Tokens of other services are secrets, and are not stored.",
    "boards.liveconnection": _OF_SERVERS,
    "account.emailconfirmation": "Codes that were mailed are valid for minutes.",
    "accounts.ratecount": _OF_SERVERS,
    "accounts.apitoken": "Of programs that call this address: elsewhere people make new ones.",
    "accounts.signin": _OF_SESSIONS,
    "canvas_project.cacheentry": _OF_SERVERS,
    "canvas_project.layermessage": _OF_SERVERS,
    "boards.searchstate": _FOLLOWS,
    "boards.searchtext": _FOLLOWS,
    "boards.socketticket": _OF_SESSIONS,
    "boards.visit": _OF_SERVERS,
    "boards.webhook": "Of programs that listen to this address: elsewhere people make new ones.",
    "boards.webhookdelivery": "As webhooks.",
    "boards.workshop": "A workshop that goes on now ends with the installation; boards stay.",
    "boards.ballot": "As workshops.",
    "sync.loadattempt": "Counts of crashes on this machine; another one tries again.",
    "sync.jobattempt": "Counts of crashes on this machine; another one tries again.",
    "sync.connectedcount": _OF_SERVERS,
    "sync.serverprocess": _OF_SERVERS,
    "sync.jobrun": "When jobs ran here; another installation begins with its own.",
}
"""Why these are not carried. `move_database` copies them all the same."""

UNUSABLE = "!"
"""Stands for a password hash that was left out. Django matches no password to it."""
SECRETS = {"auth.user": {"password"}, "boards.sharelink": {"password_hash"}}
"""Password hashes: `UNUSABLE` in an archive, unless it is made with passwords."""
WITH_PASSWORDS_ONLY = {"mfa.authenticator"}
"""Second factors: secrets as a whole. Whoever carries passwords carries these too, so that no
account becomes easier to enter.
"""

NATURAL = {
    "auth.permission": ("content_type__app_label", "content_type__model", "codename"),
    "contenttypes.contenttype": ("app_label", "model"),
}
"""What migrations make has other ids elsewhere; references to it name these values instead."""


def model_of(label: str) -> type[models.Model]:
    """The model with this label. Raises LookupError."""
    return apps.get_model(label)


def label_of(model: Any) -> str:
    """The label of a model or a row."""
    return str(model._meta.label_lower)


def path_to_board(model: type[models.Model]) -> str | None:
    """The shortest way from a model to its board, as a lookup; None if there is none.

    Empty for the board itself.
    """
    if model is Board:
        return ""
    ways: list[tuple[str, type[models.Model]]] = [("", model)]
    for _ in range(3):
        further = []
        for way, at in ways:
            for field in at._meta.concrete_fields:
                if not isinstance(field, models.ForeignKey) or field.null:
                    continue
                target = field.related_model
                name = f"{way}{field.name}"
                if target is Board:
                    return name
                if isinstance(target, type) and label_of(target) in CARRIED:
                    further.append((f"{name}__", target))
        ways = further
    return None


def of_boards() -> list[type[models.Model]]:
    """The models that are kept with their board, the board first."""
    return [model for model in map(model_of, CARRIED) if path_to_board(model) is not None]


def of_installation() -> list[type[models.Model]]:
    """The models that belong to no single board: people, groups, and what they have set."""
    return [model for model in map(model_of, CARRIED) if path_to_board(model) is None]
