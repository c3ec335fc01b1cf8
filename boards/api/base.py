"""What every REST view of a board shares."""

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
    """Bearer token or session with CSRF; signed in unless a view says otherwise."""

    authentication_classes: Sequence[type[BaseAuthentication]] = (
        BearerAuthentication,
        CookieAuthentication,
    )
    permission_classes: Sequence[type[BasePermission]] = (IsAuthenticated,)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answers, and frees what was read from the body.

        Views, requests and serializers refer to each other in circles. Until Python looks for such
        circles, which a busy server seldom does, each would keep a body in pieces of twenty times
        its size.
        """
        try:
            return super().dispatch(request, *args, **kwargs)
        finally:
            data = getattr(self.request, "_full_data", None)
            if isinstance(data, dict | list) and not isinstance(data, QueryDict):
                data.clear()
