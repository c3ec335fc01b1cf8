"""Addresses of pages that need the document."""

from django.urls import path

from sync.pages import board_thumbnail

urlpatterns = [
    path("board/<uuid:board_id>/thumbnail.svg", board_thumbnail, name="board-thumbnail"),
]
