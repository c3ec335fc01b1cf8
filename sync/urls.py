"""URLs of pages that need the document."""

from django.urls import path

from accounts.routes import both_spellings
from sync.programs.pages import board_thumbnail, template_picture
from sync.programs.version_pages import board_version_restore, board_versions

urlpatterns = [
    path("templates/<slug:name>.svg", template_picture, name="template-picture"),
    path("board/<uuid:board_id>/thumbnail.svg", board_thumbnail, name="board-thumbnail"),
    *both_spellings("board/<uuid:board_id>/versions", board_versions, name="board-versions"),
    *both_spellings(
        "board/<uuid:board_id>/versions/<int:version_id>/restore",
        board_version_restore,
        name="board-version-restore",
    ),
]
