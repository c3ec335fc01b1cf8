"""Completes the OpenAPI schema with what follows from how views are made."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiResponse

from boards.api.problems import InvalidSerializer, ProblemSerializer
from boards.api.responses import NOT_FOUND_RESPONSE
from boards.levels import LENGTHS

INVALID = OpenApiResponse(
    InvalidSerializer, "Something in the request is not right; `detail` says what, and by field."
)
UNAUTHENTICATED = OpenApiResponse(ProblemSerializer, "Sign in, or send an access token that works.")
FORBIDDEN = OpenApiResponse(
    ProblemSerializer, "Not with your level or your token's scopes, or without the CSRF token."
)
UNSUPPORTED = OpenApiResponse(ProblemSerializer, "The body is of another media type.")
TOO_OFTEN = OpenApiResponse(ProblemSerializer, "Too often; `Retry-After` says when to come back.")


TAGS = {
    "auth": "Getting an access token.",
    "account": "What you hold, and how much you may.",
    "boards": "Boards as a whole.",
    "sharing": "Who may do what: permissions, links, requests for access.",
    "drawing": "What is drawn: elements, the Yjs document, files.",
    "images": "Images on boards.",
    "versions": "Restore points.",
    "comments": "Threads on a board.",
    "activity": "Who did what, for owners.",
    "search": "Finding boards, and what is on them.",
    "sockets": "Tickets for WebSockets.",
}
"""Tags; generated clients group their functions by them."""
_TAG_OF = {
    **dict.fromkeys(("permissions", "links", "access-requests", "people"), "sharing"),
    **dict.fromkeys(("document", "elements", "export", "import"), "drawing"),
    "files": "images",
    "versions": "versions",
    "comments": "comments",
    "audit": "activity",
    "ticket": "sockets",
    "search": "search",
    "auth": "auth",
    "usage": "account",
    "notifications": "account",
    "tokens": "account",
}


class CanvasSchema(AutoSchema):
    """Adds the errors that a view can answer and does not describe itself."""

    def get_tags(self) -> list[str]:
        """The tag of an address: its first word that is one."""
        words = self.path.split("/")
        return [next((_TAG_OF[word] for word in words if word in _TAG_OF), "boards")]

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
            yield "403", FORBIDDEN
            yield "429", TOO_OFTEN
        if "{" in self.path or getattr(self.view, "pagination_class", None):
            yield "404", NOT_FOUND_RESPONSE
        if self.view.get_throttles():
            yield "429", TOO_OFTEN


def complete(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Adds what the generator cannot express: tags, and error texts by field name."""
    result["tags"] = [{"name": name, "description": text} for name, text in TAGS.items()]
    shapes = result["components"]["schemas"]
    shapes["Invalid"]["additionalProperties"] = {}
    shapes["PointAnchor"] = _numbers("x", "y")
    shapes["ElementAnchor"] = _numbers("dx", "dy")
    shapes["ElementAnchor"]["properties"]["element_id"] = {
        "type": "string",
        "minLength": 1,
        "maxLength": LENGTHS["elementId"],
    }
    shapes["ElementAnchor"]["required"].append("element_id")
    return result


def _numbers(*names: str) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {name: {"type": "number"} for name in names},
        "required": list(names),
        "additionalProperties": False,
    }
