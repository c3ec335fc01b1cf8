"""A client's mistake is one warning line in the log."""

import io
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client


@pytest.fixture
def printed() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    logs: dict[str, Any] = settings.LOGGING
    config = logs["handlers"]["console"]
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logging.Formatter(logs["formatters"]["line"]["format"]))
    for name in config["filters"]:
        rule = logs["filters"][name]["()"]
        module, _, kind = rule.rpartition(".")
        handler.addFilter(getattr(__import__(module, fromlist=[kind]), kind)())
    logging.getLogger().addHandler(handler)
    yield stream
    logging.getLogger().removeHandler(handler)


@pytest.mark.django_db
@pytest.mark.parametrize("what", ["body", "fields", "host", "multipart"])
def test_a_mistake_of_a_client_is_one_line_without_traceback(
    printed: io.StringIO, what: str
) -> None:
    client = Client(raise_request_exception=False)
    form = "application/x-www-form-urlencoded"
    if what == "body":
        response = client.post("/login", "a=" + "x" * 3_000_000, form)
    elif what == "fields":
        response = client.post("/login", "a=1&" * 5000, form)
    elif what == "multipart":
        response = client.post("/login", "x", "multipart/form-data; boundary=" + "x" * 300)
    else:
        response = client.get("/login", headers={"host": "evil.example"})
    assert response.status_code in (400, 413)
    lines = printed.getvalue().splitlines()
    assert lines
    assert all(" WARNING django." in line for line in lines), printed.getvalue()
