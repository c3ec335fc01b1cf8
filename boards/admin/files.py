"""Images in the admin."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import admin

from audit.admin import ReadOnly
from boards.models import BoardFile

# Django's classes take type arguments for the type checker only.
if TYPE_CHECKING:
    FileModelAdmin = admin.ModelAdmin[BoardFile]
else:
    FileModelAdmin = admin.ModelAdmin


@admin.register(BoardFile)
class BoardFileAdmin(ReadOnly, FileModelAdmin):
    """Images on boards, read-only: only uploads write them, and elements may still show them."""

    list_display = ("file_id", "board", "mime", "size_bytes", "width", "height", "uploaded_by")
    list_filter = ("mime", "created_at")
    list_select_related = ("board", "uploaded_by")
    search_fields = ("file_id", "board__title")
    show_full_result_count = False
    actions = None
