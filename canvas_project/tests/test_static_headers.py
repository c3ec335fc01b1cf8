"""Browsers keep built files for ever, and ask again for everything else."""

import re
from pathlib import Path

import pytest
from asgiref.sync import sync_to_async
from django.conf import settings as django_settings
from django.http import HttpRequest
from django.http.response import ResponseHeaders
from django.test import Client
from pytest_django.fixtures import Settings
from servestatic.middleware import ServeStaticMiddleware

from canvas_project.static_headers import FOR_EVER


async def headers_of(settings: Settings, root: Path, name: str) -> ResponseHeaders:
    """What the server says with a collected file."""
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("x")
    settings.STATIC_ROOT = root

    async def nowhere(request: HttpRequest) -> None:
        raise AssertionError("the file was not found")

    request = HttpRequest()
    request.method, request.path_info = "GET", f"/static/{name}"
    response = await ServeStaticMiddleware(nowhere)(request)
    headers: ResponseHeaders = response.headers
    return headers


async def cached(settings: Settings, root: Path, name: str) -> str:
    """How long browsers keep a collected file."""
    return str((await headers_of(settings, root, name))["Cache-Control"])


@pytest.mark.parametrize("name", ["site-7OBQ2Fbh.js", "main-Bb2P81-B.css", "chunk-K2-4SvU8b2J.js"])
async def test_built_files_are_kept_for_ever(settings: Settings, tmp_path: Path, name: str) -> None:
    assert await cached(settings, tmp_path, f"board/assets/{name}") == FOR_EVER


@pytest.mark.parametrize("name", ["board/sw.js", "board/manifest.json", "admin/css/base.css"])
async def test_other_files_are_asked_for_again(
    settings: Settings, tmp_path: Path, name: str
) -> None:
    seconds = re.search(r"max-age=(\d+)", await cached(settings, tmp_path, name))
    assert seconds is not None
    assert int(seconds[1]) <= 60


def test_every_built_file_but_the_worker_has_such_a_name() -> None:
    assets = Path(django_settings.FRONTEND_DIST) / "assets"
    names = [path.name for path in assets.iterdir()]
    assert names
    assert [name for name in names if not re.fullmatch(r".+-[\w-]{8,}\.\w+", name)] == []


@pytest.mark.parametrize("with_subdomains", [False, True])
async def test_files_come_with_the_security_headers_of_pages(
    settings: Settings, tmp_path: Path, client: Client, with_subdomains: bool
) -> None:
    settings.SECURE_HSTS_SECONDS = 3600
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = with_subdomains
    ours = await headers_of(settings, tmp_path, "board/picture.svg")
    page = await sync_to_async(client.get)("/healthz", secure=True)
    for name in (
        "Content-Security-Policy",
        "X-Content-Type-Options",
        "Referrer-Policy",
        "Cross-Origin-Opener-Policy",
        "Strict-Transport-Security",
    ):
        assert ours[name] == page.headers[name]
    assert ("includeSubDomains" in ours["Strict-Transport-Security"]) == with_subdomains
