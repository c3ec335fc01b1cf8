"""What browsers are told with static files, which no middleware sees."""

import re
from typing import Any

from django.conf import settings

_HASHED = re.compile(r"/static/board/assets/.+-[\w-]{8,}\.\w+")
FOR_EVER = "public, max-age=31536000, immutable"


def add_static_headers(headers: Any, path: str, url: str) -> None:
    """Adds what pages have too, and lets browsers keep built files for ever: their names contain a
    hash of their content.

    ServeStatic has a setting for this, which its middleware for Django does not read.
    """
    # Settings name this function, and cannot be imported by what they import.
    from boards.pages.middleware import content_security_policy

    headers["Content-Security-Policy"] = content_security_policy()
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = str(settings.SECURE_REFERRER_POLICY)
    headers["Cross-Origin-Opener-Policy"] = str(settings.SECURE_CROSS_ORIGIN_OPENER_POLICY)
    if settings.SECURE_HSTS_SECONDS:
        subdomains = "; includeSubDomains" if settings.SECURE_HSTS_INCLUDE_SUBDOMAINS else ""
        headers["Strict-Transport-Security"] = f"max-age={settings.SECURE_HSTS_SECONDS}{subdomains}"
    if _HASHED.fullmatch(url):
        headers["Cache-Control"] = FOR_EVER
