"""Which consumer serves which socket address."""

from typing import Any

from django.urls import path

from sync.sockets.consumers import CanvasConsumer, EventsConsumer

# Django's type stubs allow only HTTP views behind a path.
_canvas: Any = CanvasConsumer.as_asgi()
_events: Any = EventsConsumer.as_asgi()

websocket_urlpatterns: list[Any] = [
    path("ws/canvas/<uuid:board_id>", _canvas),
    path("ws/canvas/<uuid:board_id>/", _canvas),
    path("ws/events/<uuid:board_id>", _events),
    path("ws/events/<uuid:board_id>/", _events),
]
