"""A workshop, as its people use it."""

from typing import Any

from playwright.sync_api import expect

from tests.page import BoardPage


def button(page: BoardPage, name: str) -> Any:
    """A button of the bar."""
    bar = page.page.get_by_role("region", name="Workshop")
    return bar.get_by_role("button", name=name, exact=True)


def begin(page: BoardPage) -> None:
    """Takes the lead, by keyboard alone."""
    page.page.keyboard.press("Shift+W")
    expect(button(page, "Begin a workshop")).to_be_focused()
    page.page.keyboard.press("Enter")
    button(page, "You lead").wait_for()


def heard(page: BoardPage) -> list[str]:
    """Everything that the page is told from now on: frames of sockets, and answers of REST."""
    told: list[str] = []

    def take(text: str | bytes) -> None:
        told.append(text if isinstance(text, str) else text.decode(errors="replace"))

    def on_response(response: Any) -> None:
        if "/api/" in response.url:
            take(response.text())

    page.page.on("websocket", lambda socket: socket.on("framereceived", take))
    page.page.on("response", on_response)
    return told


def start_vote(page: BoardPage, dots: int = 3) -> None:
    """On all notes."""
    button(page, "Vote").click()
    page.page.get_by_label("Dots for each person").fill(str(dots))
    button(page, "Start the vote").click()


def marks(page: BoardPage) -> list[str]:
    """The dots on the objects."""
    return sorted(page.page.locator(".vote-mark").all_inner_texts())
