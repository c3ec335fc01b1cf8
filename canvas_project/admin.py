"""The status page of the admin."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from canvas_project.status import status_now

# The lists need the width: next to filters and the menu of all models half of their columns were
# cut off.
admin.site.enable_nav_sidebar = False


GROUPS: dict[str, tuple[str, ...]] = {
    "People": ("auth.", "accounts."),
    "Sharing": (
        "boards.sharelink",
        "boards.accessrequest",
        "boards.boardpermission",
        "boards.invitation",
    ),
    "Programs": (
        "accounts.apitoken",
        "accounts.token",
        "accounts.serviceaccount",
        "boards.webhook",
    ),
    "Audit": ("audit.",),
    "Boards": ("boards.", "sync.version"),
    "System": ("",),
}
"""The index in words of people who run it: group → models, by their label or its beginning. A model
is in the group with the longest beginning that fits."""
NAMES = {
    "People": gettext_lazy("People"),
    "Boards": gettext_lazy("Boards"),
    "Sharing": gettext_lazy("Sharing"),
    "Programs": gettext_lazy("Programs"),
    "Audit": gettext_lazy("Audit"),
    "System": gettext_lazy("System"),
}
"""What the groups are called, in their order."""

_app_list = admin.site.get_app_list


def grouped_app_list(request: HttpRequest, app_label: str | None = None) -> list[Any]:
    """The models that this person may see, in `GROUPS`; of one app as Django has them."""
    apps = _app_list(request, app_label)
    if app_label is not None:
        return apps
    found: dict[str, list[Any]] = {name: [] for name in NAMES}
    for app in apps:
        for model in app["models"]:
            found[_group_of(f"{app['app_label']}.{model['object_name'].lower()}")].append(model)
    index = reverse("admin:index")
    return [
        {
            "name": NAMES[name],
            "app_label": name.lower(),
            "app_url": f"{index}#{name.lower()}",
            "has_module_perms": True,
            "models": models,
        }
        for name, models in found.items()
        if models
    ]


admin.site.get_app_list = grouped_app_list  # type: ignore[method-assign]


def _group_of(label: str) -> str:
    beginnings = [
        (len(start), name)
        for name, starts in GROUPS.items()
        for start in starts
        if label.startswith(start)
    ]
    return max(beginnings)[1]


@never_cache
@require_safe
def status(request: HttpRequest) -> HttpResponse:
    """The state of the installation, for staff who may see all boards."""
    if not request.user.has_perm("boards.view_board"):
        raise PermissionDenied
    sections = status_now()
    context = {
        **admin.site.each_context(request),
        "title": gettext("Status"),
        "sections": sections,
        "problems": [line for section in sections for line in section.lines if line.todo],
    }
    return render(request, "admin/status.html", context)
