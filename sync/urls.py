"""Addresses of pages that need the document."""

from django.urls import path

from sync.pages import board_thumbnail, template_picture

urlpatterns = [
    path("templates/<slug:name>.svg", template_picture, name="template-picture"),
    path("board/<uuid:board_id>/thumbnail.svg", board_thumbnail, name="board-thumbnail"),
]
