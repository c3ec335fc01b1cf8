"""Who may read the numbers, and that they count."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from boards.tests.factories import client_of
from sync.metrics import REFUSED


@pytest.mark.django_db
def test_only_staff_and_the_token_may_read(alice: User, dana: User, settings: Any) -> None:
    assert Client().get("/metrics").status_code == 404
    assert client_of(alice).get("/metrics").status_code == 404
    assert client_of(dana).get("/metrics").status_code == 200
    bearer = {"Authorization": "Bearer secret-of-the-scraper"}
    assert Client().get("/metrics", headers=bearer).status_code == 404
    assert Client().get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404
    settings.CANVAS_METRICS_TOKEN = "secret-of-the-scraper"
    assert Client().get("/metrics", headers=bearer).status_code == 200


@pytest.mark.django_db
def test_the_numbers_are_there(dana: User) -> None:
    REFUSED.labels("frame is empty").inc()
    text = client_of(dana).get("/metrics").content.decode()
    assert 'canvas_updates_refused_total{reason="frame is empty"}' in text
    for name in ("canvas_connections", "canvas_rooms", "canvas_commit_seconds_bucket"):
        assert name in text


@pytest.mark.django_db
def test_prometheus_asks_by_address_with_the_token(settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["canvas.example"]
    settings.CANVAS_METRICS_TOKEN = "secret"

    def ask(**headers: str) -> int:
        return Client(headers=headers).get("/metrics", HTTP_HOST="10.0.0.7:8000").status_code

    assert ask(Authorization="Bearer secret") == 200
    assert ask(Authorization="Bearer other") == 400
    assert ask() == 400
