"""Boards and what belongs to them in the admin. `sync.admin` adds documents."""

from django.contrib import admin

from boards.admin import board, files, people, sharing, spaces  # noqa: F401  importing registers their admins

admin.site.site_header = admin.site.site_title = "Canvas administration"
