"""What clients get when something fails outside the views."""

import pytest
from django.core.handlers.exception import response_for_exception
from django.db import InterfaceError, OperationalError
from django.http import HttpResponseBase
from django.test import RequestFactory


def _answer(path: str, error: Exception) -> HttpResponseBase:
    try:
        raise error
    except Exception as raised:  # noqa: BLE001  as Django's own handler does
        return response_for_exception(RequestFactory().get(path), raised)


@pytest.mark.parametrize("error", [OperationalError, InterfaceError])
@pytest.mark.parametrize("path", ["/api/v1/boards", "/login"])
def test_a_database_that_restarts_means_come_back(path: str, error: type[Exception]) -> None:
    answer = _answer(path, error("the database system is shutting down"))
    assert (answer.status_code, answer["Retry-After"]) == (503, "2")


@pytest.mark.parametrize("path", ["/api/v1/boards", "/login"])
def test_a_fault_of_ours_stays_one(path: str) -> None:
    answer = _answer(path, ZeroDivisionError())
    assert answer.status_code == 500
    assert "Retry-After" not in answer
