"""The status page of the admin."""

from __future__ import annotations

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from canvas_project.status import status_now

# The lists need the width: next to filters and the menu of all models half of their columns were
# cut off.
admin.site.enable_nav_sidebar = False


@never_cache
@require_safe
def status(request: HttpRequest) -> HttpResponse:
    """The state of the installation, for staff who may see all boards."""
    if not request.user.has_perm("boards.view_board"):
        raise PermissionDenied
    sections = status_now()
    context = {
        **admin.site.each_context(request),
        "title": "Status",
        "sections": sections,
        "problems": [line for section in sections for line in section.lines if line.todo],
    }
    return render(request, "admin/status.html", context)
