"""The base of all REST views."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import BasePermission, IsAuthenticated
from rest_framework.views import APIView

from boards.api.authentication import BearerAuthentication, CookieAuthentication


class CanvasView(APIView):
    """Takes a Bearer token or a session with CSRF. Requires sign-in unless a view says
    otherwise."""

    authentication_classes: Sequence[type[BaseAuthentication]] = (
        BearerAuthentication,
        CookieAuthentication,
    )
    permission_classes: Sequence[type[BasePermission]] = (IsAuthenticated,)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answers the request, then frees the parsed body.

        Views, requests and serializers refer to each other in cycles. Until the garbage collector
        runs, which is rare on a busy server, each would keep its parsed body: twenty times the size
        of the bytes.
        """
        try:
            return super().dispatch(request, *args, **kwargs)
        finally:
            data = getattr(self.request, "_full_data", None)
            if isinstance(data, dict | list) and not isinstance(data, QueryDict):
                data.clear()
