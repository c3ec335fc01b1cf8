"""Boards and what belongs to them in the admin. `sync.admin` adds documents."""

from django.contrib import admin
from django.utils.translation import gettext_lazy

from boards.admin import (  # noqa: F401  importing registers their admins
    board,
    files,
    libraries,
    people,
    service_accounts,
    sharing,
    spaces,
    tokens,
    webhooks,
)

admin.site.site_header = admin.site.site_title = gettext_lazy("Canvas administration")
