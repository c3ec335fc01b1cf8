"""REST views of tokens for programs."""

from __future__ import annotations

from uuid import UUID

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import ApiToken
from accounts.tokens.services import TooManyTokensError, token_create, token_revoke
from boards.api.base import CanvasView
from boards.api.fields import model_errors_as_400, validated
from boards.api.fresh import require_fresh
from boards.api.permissions import actor_of, signed_in
from boards.api.problems import ProblemSerializer
from boards.api.responses import QUOTA_RESPONSES
from boards.quotas.checks import QuotaError
from boards.tokens.choosing import chosen_scopes
from boards.tokens.serializers import ApiTokenSerializer, NewApiTokenSerializer


class ApiTokensView(CanvasView):
    """Your tokens for programs. Programs cannot make more of them."""

    @extend_schema(operation_id="tokens_list", responses={200: ApiTokenSerializer(many=True)})
    def get(self, request: Request) -> Response:
        """List them, newest first, also those that have expired."""
        tokens = ApiToken.objects.filter(user=signed_in(request))
        return Response(ApiTokenSerializer(tokens, many=True).data)

    @extend_schema(
        operation_id="tokens_create",
        request=ApiTokenSerializer,
        responses={
            201: NewApiTokenSerializer,
            403: OpenApiResponse(
                ProblemSerializer,
                "The password is too old, the CSRF token is missing, or a program asks.",
            ),
            429: QUOTA_RESPONSES[429],
        },
    )
    def post(self, request: Request) -> Response:
        """Make one. The answer is the only one that has the token. The password has to be given
        within the five minutes before: by signing in, confirming it, or for the access token."""
        user = signed_in(request)
        require_fresh(request)
        values = validated(ApiTokenSerializer(data=request.data))
        with model_errors_as_400():
            scopes = chosen_scopes(user, values["scopes"])
            try:
                token, secret = token_create(
                    user=user,
                    name=values["name"],
                    scopes=scopes,
                    expires_at=values.get("expires_at"),
                    by=actor_of(request),
                )
            except TooManyTokensError as error:
                raise QuotaError(str(error), status=429) from None
        data = {**ApiTokenSerializer(token).data, "token": secret}
        headers = {"Cache-Control": "no-store"}
        return Response(data, status=status.HTTP_201_CREATED, headers=headers)


class ApiTokenView(CanvasView):
    """One of your tokens for programs."""

    @extend_schema(
        operation_id="tokens_revoke",
        responses={204: None, 404: OpenApiResponse(ProblemSerializer, "You have no such token.")},
    )
    def delete(self, request: Request, token_id: UUID) -> Response:
        """Revoke it. Programs that are connected by it are disconnected within a second."""
        token = ApiToken.objects.filter(user=signed_in(request), pk=token_id).first()
        if token is None:
            raise NotFound("You have no such token.")
        token_revoke(token=token, by=actor_of(request))
        return Response(status=status.HTTP_204_NO_CONTENT)
