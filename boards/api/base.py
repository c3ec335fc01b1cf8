"""The base of all REST views."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import PermissionDenied as DjangoPermissionDenied
from django.http import HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import ApiToken
from boards.api.authentication import BearerAuthentication, CookieAuthentication
from boards.entry.board import AccessLostError, HiddenBoardError, refuse_lost

PEOPLE_ONLY = "A program's token is not accepted here. It is for boards, within its scopes."


class CanvasView(APIView):
    """Takes a Bearer token or a session with CSRF. Requires sign-in unless a view says
    otherwise."""

    authentication_classes: Sequence[type[BaseAuthentication]] = (
        BearerAuthentication,
        CookieAuthentication,
    )
    permission_classes: Sequence[type[BasePermission]] = (IsAuthenticated,)
    takes_programs: bool | None = None
    """Whether the tokens of programs are accepted; a view that says so looks at their scopes. By
    default they are at addresses of a board, whose access they cap, and nowhere else."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuses tokens of programs where they are not meant to be used."""
        super().initial(request, *args, **kwargs)
        takes_programs = self.takes_programs
        if takes_programs is None:
            takes_programs = "board_id" in kwargs
        if isinstance(request.auth, ApiToken) and not takes_programs:
            raise PermissionDenied(PEOPLE_ONLY)

    def handle_exception(self, exc: Exception) -> Response:
        """Also answers those who lost their access while they wrote."""
        if isinstance(exc, AccessLostError):
            try:
                refuse_lost(exc)
            except (HiddenBoardError, DjangoPermissionDenied) as refusal:
                exc = refusal
        return super().handle_exception(exc)

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
