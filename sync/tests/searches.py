"""Searches as tests make them."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from boards.models import Board
from boards.search import index
from boards.tests.factories import client_of
from sync.drawing.scene import elements_create
from sync.programs.writes import document_change

TEXT = {"type": "text", "x": 0, "y": 0, "text": "x"}


def search_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Boards may be indexed again at once, and answers take as long as they take."""
    monkeypatch.setattr(index, "PAUSE_SECONDS", 0.0)
    monkeypatch.setattr(index, "WORK_SHARE", 1e9)
    monkeypatch.setattr("boards.search.selectors.ANSWER_STEP_SECONDS", 0.0)


def draw(board: Board, user: User, texts: dict[str, str]) -> None:
    """Elements with these texts, by id."""
    elements = [
        {**TEXT, "id": key, "text": text, "originalText": text} for key, text in texts.items()
    ]
    document_change(
        board=board, user=user, change=lambda roots: _made(elements_create(roots, elements))
    )


def _made(ids: list[str]) -> None:
    assert ids


def found(who: User | Client, q: str, **more: Any) -> dict[str, Any]:
    client = who if isinstance(who, Client) else client_of(who)
    answer = client.get("/api/v1/search", {"q": q, **more})
    assert answer.status_code == 200, answer.content
    result: dict[str, Any] = answer.json()
    return result


def elements_found(who: User | Client, q: str, **more: Any) -> list[str]:
    return [text["element"] for text in found(who, q, **more)["texts"]]


def shown(parts: list[dict[str, Any]]) -> str:
    return "".join(f"[{part['text']}]" if part["is_match"] else part["text"] for part in parts)
