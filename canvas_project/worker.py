"""Serves the service worker at the root, where its scope is the whole site."""

from pathlib import Path

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe


@login_not_required
@require_safe
def service_worker(request: HttpRequest) -> HttpResponse:
    """The built worker. Always revalidated: it decides what else is cached."""
    path = Path(settings.STATIC_ROOT) / "board" / "sw.js"
    if not path.is_file():
        raise Http404
    response = HttpResponse(path.read_bytes(), "text/javascript")
    response["Cache-Control"] = "no-cache"
    return response
