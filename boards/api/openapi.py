"""What every address of the REST interface may answer besides what it says of itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse
from rest_framework.permissions import SAFE_METHODS

from boards.api.responses import NOT_FOUND_RESPONSE
from boards.api.serializers import ProblemSerializer

INVALID = OpenApiResponse(
    OpenApiTypes.OBJECT, "Something in the request is not right: texts by field, or `detail`."
)
UNAUTHENTICATED = OpenApiResponse(ProblemSerializer, "Sign in, or send an access token that works.")
FORBIDDEN = OpenApiResponse(ProblemSerializer, "Not with your level, or without the CSRF token.")
UNSUPPORTED = OpenApiResponse(ProblemSerializer, "The body is of another media type.")
TOO_OFTEN = OpenApiResponse(ProblemSerializer, "Too often; `Retry-After` says when to come back.")


class CanvasSchema(AutoSchema):
    """Adds the refusals that follow from how a view is made, where it does not describe them."""

    def _get_response_bodies(self, direction: Any = "response") -> Any:
        bodies: dict[str, Any] = super()._get_response_bodies(direction)
        for code, response in self._refusals():
            if code not in bodies:
                bodies[code] = self._get_response_for_code(response, code)  # type: ignore[no-untyped-call]
        return dict(sorted(bodies.items()))

    def _refusals(self) -> Iterator[tuple[str, OpenApiResponse]]:
        has_body = bool(self._get_request_body())  # type: ignore[no-untyped-call]
        if has_body:
            yield "400", INVALID
            yield "415", UNSUPPORTED
        if self.get_auth():
            yield "401", UNAUTHENTICATED
            if self.method not in SAFE_METHODS:
                yield "403", FORBIDDEN
        if "{" in self.path or getattr(self.view, "pagination_class", None):
            yield "404", NOT_FOUND_RESPONSE
        if self.view.get_throttles():
            yield "429", TOO_OFTEN
