"""What every REST view of a board shares."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rest_framework.permissions import BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.views import APIView

from audit.origin import origin_of_request
from boards.api.authentication import BearerAuthentication, CookieAuthentication
from boards.api.permissions import via_of


class CanvasView(APIView):
    """Bearer token or session with CSRF; signed in unless a view says otherwise."""

    authentication_classes = (BearerAuthentication, CookieAuthentication)
    permission_classes: Sequence[type[BasePermission]] = (IsAuthenticated,)

    def written_by(self, request: Request) -> dict[str, Any]:
        """The arguments that tell a service who writes, and how they came."""
        return {
            "actor": request.user,
            "origin": origin_of_request(request._request),
            "via": via_of(request),
        }
