"""How long lists are cut into pages."""

from __future__ import annotations

from rest_framework.pagination import PageNumberPagination


class BoardPagination(PageNumberPagination):
    """Pages of 50; ``page_size`` asks for up to 200."""

    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200


class ActivityPagination(BoardPagination):
    """The same for what happened on a board."""


class ThreadPagination(BoardPagination):
    """The same for comment threads."""
