"""Every HTTP address: health, admin, REST, pages."""

from django.contrib import admin
from django.urls import include, path, re_path

from accounts.routes import both_spellings
from canvas_project import health
from canvas_project.admin import status
from canvas_project.first_start import first_start
from canvas_project.metrics import metrics
from canvas_project.worker import service_worker

urlpatterns = [
    re_path(r"^healthz/?$", health.healthz, name="healthz"),
    re_path(r"^readyz/?$", health.readyz, name="readyz"),
    re_path(r"^metrics/?$", metrics, name="metrics"),
    *both_spellings("setup", first_start, name="first-start"),
    path("sw.js", service_worker, name="service-worker"),
    path("admin/status", admin.site.admin_view(status), name="admin-status"),
    path("admin/", admin.site.urls),
    path("api/", include("sync.api.urls")),
    path("api/", include("boards.api_urls")),
    path("", include("sync.urls")),
    path("", include("accounts.urls")),
    path("", include("boards.urls")),
]

handler400 = "canvas_project.errors.bad_request"
handler404 = "canvas_project.errors.not_found"
handler500 = "canvas_project.errors.server_error"
