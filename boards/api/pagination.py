"""Pagination."""

from __future__ import annotations

from rest_framework.pagination import PageNumberPagination


class BoardPagination(PageNumberPagination):
    """Pages of 50; `page_size` asks for up to 200."""

    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200


class ActivityPagination(BoardPagination):
    """Pages of a board's activity."""


class DeliveryPagination(BoardPagination):
    """Pages of the messages of a webhook."""


class ThreadPagination(BoardPagination):
    """Pages of comment threads."""
