"""The addresses of the document under /api."""

from django.urls import URLPattern
from rest_framework.views import APIView

from accounts.routes import both_spellings
from sync.api import element_schema  # noqa: F401 - registers how the schema describes elements
from sync.api.views_document import DocumentView, ElementsView
from sync.api.views_files import ExportView, ImportView
from sync.api.views_libraries import (
    LibrariesView,
    LibraryExportView,
    LibraryImportView,
    LibraryItemsView,
    LibraryItemView,
)
from sync.api.views_new import BoardFromFileView
from sync.api.views_own import OwnBoardsView
from sync.api.views_pictures import PdfView, PngView, SvgView
from sync.api.views_versions import VersionRestoreView, VersionsView, VersionView


def _route(
    route: str, view: type[APIView], name: str, under: str = "v1/boards/<uuid:board_id>/"
) -> list[URLPattern]:
    slash_view = view.as_view(schema=None)
    return both_spellings(
        f"{under}{route}", view.as_view(), name=f"api-{name}", slash_view=slash_view
    )


_OF_LIBRARY = "v1/libraries/<str:library>/"


urlpatterns = [
    *both_spellings(
        "v1/me/export",
        OwnBoardsView.as_view(),
        name="api-own-boards",
        slash_view=OwnBoardsView.as_view(schema=None),
    ),
    *both_spellings(
        "v1/boards/import",
        BoardFromFileView.as_view(),
        name="api-board-from-file",
        slash_view=BoardFromFileView.as_view(schema=None),
    ),
    *_route("v1/libraries", LibrariesView, "libraries", under=""),
    *_route("items", LibraryItemsView, "library-items", under=_OF_LIBRARY),
    *_route("items/<uuid:item_id>", LibraryItemView, "library-item", under=_OF_LIBRARY),
    *_route("export", LibraryExportView, "library-export", under=_OF_LIBRARY),
    *_route("import", LibraryImportView, "library-import", under=_OF_LIBRARY),
    *_route("document", DocumentView, "document"),
    *_route("elements", ElementsView, "elements"),
    *_route("export", ExportView, "export"),
    *_route("export.svg", SvgView, "export-svg"),
    *_route("export.png", PngView, "export-png"),
    *_route("export.pdf", PdfView, "export-pdf"),
    *_route("import", ImportView, "import"),
    *_route("versions", VersionsView, "versions"),
    *_route("versions/<int:version_id>", VersionView, "version"),
    *_route("versions/<int:version_id>/restore", VersionRestoreView, "version-restore"),
]
