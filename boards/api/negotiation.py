"""Content negotiation."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request


class OneFormat(BaseContentNegotiation):
    """Each address has one format, and errors are JSON, whatever `Accept` says.

    Django REST framework knows only JSON, so it would refuse programs that ask for the type an
    address really has, such as the bytes of a document.
    """

    def select_parser(self, request: Request, parsers: Iterable[BaseParser]) -> Any:
        """The parser for the body's media type; None leads to a 415."""
        content_type = (request.content_type or "").partition(";")[0].strip().lower()
        return next((one for one in parsers if one.media_type == content_type), None)

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        first = next(iter(renderers))
        return first, str(first.media_type)
