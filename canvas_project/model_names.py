"""What the admin calls our models and their fields, in the reader's language.

Django makes most of these names from the code, in English alone. They are set here, after every
model is loaded: what a model declares does not change, so migrations know nothing of it.
"""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.utils.translation import gettext_lazy, override

APPS = ("accounts", "audit", "boards", "sync")

_MODELS: tuple[tuple[Any, Any], ...] = (
    (gettext_lazy("access request"), gettext_lazy("access requests")),
    (gettext_lazy("audit log entry"), gettext_lazy("audit log")),
    (gettext_lazy("board"), gettext_lazy("boards")),
    (gettext_lazy("board file"), gettext_lazy("board files")),
    (gettext_lazy("board permission"), gettext_lazy("board permissions")),
    (gettext_lazy("comment"), gettext_lazy("comments")),
    (gettext_lazy("comment thread"), gettext_lazy("comment threads")),
    (gettext_lazy("document snapshot"), gettext_lazy("document snapshots")),
    (gettext_lazy("document update"), gettext_lazy("document updates")),
    (gettext_lazy("folder"), gettext_lazy("folders")),
    (gettext_lazy("invitation"), gettext_lazy("invitations")),
    (gettext_lazy("job attempt"), gettext_lazy("job attempts")),
    (gettext_lazy("library"), gettext_lazy("libraries")),
    (gettext_lazy("library item"), gettext_lazy("library items")),
    (gettext_lazy("load attempt"), gettext_lazy("load attempts")),
    (gettext_lazy("service account"), gettext_lazy("service accounts")),
    (gettext_lazy("share link"), gettext_lazy("share links")),
    (gettext_lazy("space"), gettext_lazy("spaces")),
    (gettext_lazy("space permission"), gettext_lazy("space permissions")),
    (gettext_lazy("token"), gettext_lazy("tokens")),
    (gettext_lazy("version"), gettext_lazy("versions")),
    (gettext_lazy("webhook"), gettext_lazy("webhooks")),
)

_FIELDS: tuple[Any, ...] = (
    gettext_lazy("accepted at"),
    gettext_lazy("accepted by"),
    gettext_lazy("access version"),
    gettext_lazy("action"),
    gettext_lazy("actor"),
    gettext_lazy("actor kind"),
    gettext_lazy("actor label"),
    gettext_lazy("anchor"),
    gettext_lazy("author"),
    gettext_lazy("author name"),
    gettext_lazy("begun at"),
    gettext_lazy("board"),
    gettext_lazy("board id"),
    gettext_lazy("board title"),
    gettext_lazy("body"),
    gettext_lazy("changes since"),
    gettext_lazy("connection id"),
    gettext_lazy("created at"),
    gettext_lazy("created by"),
    gettext_lazy("data"),
    gettext_lazy("disabled at"),
    gettext_lazy("edited at"),
    gettext_lazy("email"),
    gettext_lazy("entry hash"),
    gettext_lazy("events"),
    gettext_lazy("expires at"),
    gettext_lazy("failing since"),
    gettext_lazy("failures"),
    gettext_lazy("file id"),
    gettext_lazy("granted by"),
    gettext_lazy("group"),
    gettext_lazy("head seq"),
    gettext_lazy("height"),
    gettext_lazy("host"),
    gettext_lazy("id"),
    gettext_lazy("ip address"),
    gettext_lazy("is guest"),
    gettext_lazy("is public"),
    gettext_lazy("is withdrawn"),
    gettext_lazy("label"),
    gettext_lazy("last activity at"),
    gettext_lazy("last used at"),
    gettext_lazy("level"),
    gettext_lazy("locked at"),
    gettext_lazy("locked by"),
    gettext_lazy("message"),
    gettext_lazy("mime"),
    gettext_lazy("moved to trash at"),
    gettext_lazy("name"),
    gettext_lazy("not before"),
    gettext_lazy("old secret until"),
    gettext_lazy("outcome"),
    gettext_lazy("owner"),
    gettext_lazy("parent"),
    gettext_lazy("prev hash"),
    gettext_lazy("problem"),
    gettext_lazy("purpose"),
    gettext_lazy("quarantined at"),
    gettext_lazy("reason"),
    gettext_lazy("resolved at"),
    gettext_lazy("resolved by"),
    gettext_lazy("resolved by name"),
    gettext_lazy("revoked at"),
    gettext_lazy("sequence"),
    gettext_lazy("share link id"),
    gettext_lazy("size bytes"),
    gettext_lazy("space"),
    gettext_lazy("target label"),
    gettext_lazy("target user"),
    gettext_lazy("title"),
    gettext_lazy("unfinished"),
    gettext_lazy("updated at"),
    gettext_lazy("uploaded by"),
    gettext_lazy("use count"),
    gettext_lazy("user"),
    gettext_lazy("user agent"),
    gettext_lazy("via"),
    gettext_lazy("width"),
    gettext_lazy("work"),
)


def name_models() -> None:
    """Gives every model and field of our apps that has one of these names its translation."""
    with override(None):
        singular = {str(one): one for one, _ in _MODELS}
        plural = {str(many): many for _, many in _MODELS}
        fields = {str(name): name for name in _FIELDS}
        for model in (one for app in APPS for one in apps.get_app_config(app).get_models()):
            options: Any = model._meta
            options.verbose_name = singular.get(str(options.verbose_name), options.verbose_name)
            many = str(options.verbose_name_plural)
            options.verbose_name_plural = plural.get(many, options.verbose_name_plural)
            for field in model._meta.fields:
                field.verbose_name = fields.get(str(field.verbose_name), field.verbose_name)
