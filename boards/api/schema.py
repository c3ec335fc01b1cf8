"""How the OpenAPI schema describes our two ways to authenticate.

Apart from ``authentication`` because Django REST framework imports that one while it loads itself.
"""

from __future__ import annotations

from django.conf import settings
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema

from boards.api.authentication import SCHEME


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """Describes the Bearer token in the OpenAPI schema."""

    target_class = "boards.api.authentication.BearerAuthentication"
    name = "accessToken"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        """The scheme's definition."""
        return {"type": "http", "scheme": SCHEME, "bearerFormat": "JWT"}


class CookieScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """Describes the session cookie in the OpenAPI schema."""

    target_class = "boards.api.authentication.CookieAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        """The scheme's definition."""
        return {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME}
