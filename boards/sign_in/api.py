"""REST view that issues access tokens."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.exceptions import AuthenticationFailed, Throttled
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.identities.said import DirectoryDownError, IdentityRefusedError
from accounts.limits.refusals import RefusalError
from accounts.limits.repeated import has_enough_rows
from accounts.sign_in.forms import DIRECTORY_DOWN_MESSAGE, WRONG_CREDENTIALS_MESSAGE
from accounts.sign_in.passwords import (
    WINDOW_SECONDS,
    SignInBlockedError,
    has_second_factor,
    sign_in_check,
)
from audit.actions import AuditAction, AuditVia
from audit.actor import Actor, actor_of_request
from audit.services import audit_record
from boards.api.base import CanvasView
from boards.api.fields import validated
from boards.api.problems import ProblemSerializer
from boards.api.throttles import ScopedThrottle
from boards.identity.tokens import AUDIENCE_API, issue_access_token
from boards.sign_in.serializers import AccessTokenSerializer, CredentialsSerializer

MAX_ROWS = 60
"""Of tokens for one account and address, in ten minutes."""
SECOND_FACTOR_MESSAGE = gettext_lazy(
    "This account has a second step, so a password alone gives no token. Make a token for your "
    "program on the page of your account."
)


class TokenView(CanvasView):
    """A short-lived access token for a username and a password."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    throttle_classes = (ScopedThrottle,)
    throttle_scope = "auth_token"

    @extend_schema(
        operation_id="auth_token",
        request=CredentialsSerializer,
        auth=[],
        responses={
            200: AccessTokenSerializer,
            401: OpenApiResponse(ProblemSerializer, "Wrong username or password."),
            429: OpenApiResponse(ProblemSerializer, "Too many attempts."),
            503: OpenApiResponse(ProblemSerializer, "The directory does not answer."),
        },
    )
    def post(self, request: Request) -> Response:
        """Get an access token."""
        credentials = validated(CredentialsSerializer(data=request.data))
        try:
            user = sign_in_check(request._request, **credentials)
        except SignInBlockedError as error:
            raise Throttled(wait=WINDOW_SECONDS) from error
        except DirectoryDownError as error:
            text = str(DIRECTORY_DOWN_MESSAGE)
            raise RefusalError(text, status=503, code="directory_down") from error
        except IdentityRefusedError as error:
            raise AuthenticationFailed(str(error)) from error
        if user is None:
            raise AuthenticationFailed(WRONG_CREDENTIALS_MESSAGE)
        if has_second_factor(user):
            raise AuthenticationFailed(SECOND_FACTOR_MESSAGE)
        access, expires_at = issue_access_token(user)
        _record(actor_of_request(request._request, AuditVia.TOKEN, user))
        body = AccessTokenSerializer({"access": access, "expires_at": expires_at})
        return Response(body.data, headers={"Cache-Control": "no-store"})

    def get_authenticate_header(self, request: Request) -> str:
        """Makes refusals 401 although this address has no authentication."""
        return "Bearer"


def _record(by: Actor) -> None:
    """A program may ask for a token before each of its requests."""
    action, seconds = AuditAction.TOKEN_ISSUE, settings.CANVAS_ACCESS_TOKEN_SECONDS
    if not has_enough_rows(action, by, by.origin.counted_as, at_most=MAX_ROWS):
        audit_record(action=action, by=by, data={"audience": AUDIENCE_API, "seconds": seconds})
