"""Serves the engine's numbers to Prometheus and to staff, and to nobody else."""

import hmac

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest


@login_not_required
@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """The numbers of this process; 404 for whoever may not see them."""
    if not (_has_token(request) or getattr(request.user, "is_staff", False)):
        return HttpResponse(status=404)
    return HttpResponse(generate_latest(), CONTENT_TYPE_LATEST)


def _has_token(request: HttpRequest) -> bool:
    expected = settings.CANVAS_METRICS_TOKEN
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    return bool(expected) and hmac.compare_digest(given.encode(), expected.encode())
