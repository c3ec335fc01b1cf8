"""Refuses a large body before it is read: the request is answered without it first.

Django reads a whole body, onto the disk if it is large, before it asks who sends it. Where
strangers could fill the disk, the server puts the request through Django once without its body. A
view that would take it answers with `go_on`; any other answer is the refusal.
"""

from django.http import HttpRequest, HttpResponse

BODY_FOLLOWS = "canvas.body_follows"
"""Key of the ASGI scope of a request without its body. No client can set it: it is no header."""

GO_ON = 204


def body_follows(request: HttpRequest) -> bool:
    """Whether this request is only asked about: its body comes with the next one."""
    return bool(getattr(request, "scope", {}).get(BODY_FOLLOWS))


def go_on() -> HttpResponse:
    """The answer of a view that would take the body; the client never sees it."""
    return HttpResponse(status=GO_ON)
