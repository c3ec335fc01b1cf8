"""The people of random scripts, each at a device of their own."""

from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser

from tests.page import BoardPage
from tests.server import Server

DRIVER = Path(__file__).with_name("page_script.js")
USERS = ("alice", "bob", "charlie", "admin", "alice")
"""One person has two devices."""


@dataclass(slots=True)
class Person:
    """One device: its windows share a browser's storage and network."""

    user: str
    home: BoardPage
    tabs: list[BoardPage] = field(default_factory=list)
    is_online: bool = True

    def set_online(self, is_online: bool) -> None:
        """Disconnects or reconnects the network of all windows."""
        self.is_online = is_online
        self.home.context.set_offline(not is_online)


def people_of(browser: Browser, server: Server) -> list[Person]:
    """Everyone, signed in, with a window that stays open between scripts."""
    people = []
    for user in USERS:
        home = BoardPage(browser, server)
        home.context.add_init_script(path=DRIVER)
        home.sign_in_by_form(user)
        home.page.evaluate("() => navigator.serviceWorker?.register('/sw.js')")
        people.append(Person(user, home))
    for person in people:
        person.home.page.evaluate("async () => { await navigator.serviceWorker.ready }")
    return people
