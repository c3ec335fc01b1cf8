"""What people do without a mouse, and without seeing the canvas: only keys are pressed, and only
what a screen reader is told is looked at.
"""

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.conftest import OpenPage
from tests.page import BoardPage, alive
from tests.server import Server, until

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

VOICE = ".canvas-voice"


class Keys:
    """One person who has keys and ears."""

    def __init__(self, page: BoardPage) -> None:
        self.board = page
        self.page = page.page

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, words: str) -> None:
        self.page.keyboard.type(words)

    def hears(self, words: str | re.Pattern[str]) -> None:
        expect(self.page.locator(VOICE)).to_have_text(words)

    def tab_to(self, wanted: Locator, most: int = 40, key: str = "Tab") -> None:
        """Tabs until it has the focus."""
        for _ in range(most):
            if wanted.evaluate("one => one === document.activeElement"):
                return
            self.press(key)
        raise AssertionError(f"not within {most} tab stops: {wanted}")

    def choose(self, words: str) -> None:
        """Goes to an object of the open outline: its tree is one tab stop."""
        tree = self.page.get_by_role("tree", name="Objects")
        self.tab_to(tree.locator('[tabindex="0"]'))
        wanted = tree.get_by_role("treeitem").filter(has_text=words).first
        self.press("Home")
        for _ in self.outline():
            if wanted.evaluate("one => one === document.activeElement"):
                return
            self.press("ArrowDown")
        raise AssertionError(f"not in the outline: {words}")

    def outline(self) -> list[str]:
        """The outline as the accessibility tree has it."""
        items = self.page.get_by_role("tree", name="Objects").get_by_role("treeitem")
        return [" ".join(one.split("\n")) for one in items.all_inner_texts()]

    def draw(self, tool: str, words: str) -> None:
        """Draws with a tool, and writes in what was drawn."""
        self.press(tool, "Enter")
        self.hears(re.compile(r"was added"))
        self.press("Enter")
        self.type(words)
        self.press("Escape", "Escape")
        self.board.until_content(lambda content: words in str(content))


@pytest.fixture
def alice(server: Server, open_page: OpenPage) -> Keys:
    return Keys(open_page(server).sign_in("alice").open(server.new_board()))


def test_drawing_and_writing(alice: Keys) -> None:
    alice.press("r", "Enter")
    alice.hears("Rectangle was added.")
    alice.press("Enter")
    alice.type("Log in first")
    alice.press("Escape", "Escape")
    alice.press("Shift+O")
    until(alice.outline, lambda lines: lines == ["Rectangle “Log in first”"])
    alice.board.until_content(
        lambda content: (
            sorted(one["type"] for one in alive(content).values()) == ["rectangle", "text"]
        )
    )


def test_a_text_of_its_own(alice: Keys) -> None:
    alice.press("t", "Enter")
    alice.hears("Text “Text” was added.")
    alice.type("Agenda")
    alice.press("Escape", "Shift+O")
    until(alice.outline, lambda lines: lines == ["Text “Agenda”"])


def test_notes(alice: Keys) -> None:
    alice.press("n", "Enter")
    alice.page.locator("textarea.excalidraw-wysiwyg").wait_for()
    alice.type("First idea")
    alice.press("Tab")
    alice.type("Second idea")
    alice.press("Escape", "Shift+O")
    until(alice.outline, lambda lines: lines == ["Note “First idea”", "Note “Second idea”"])


def test_the_outline_is_near_and_is_read_in_order(alice: Keys) -> None:
    alice.draw("r", "First")
    alice.draw("d", "Second")
    alice.page.reload()
    alice.page.wait_for_selector(".pin-layer", state="attached")
    skip = alice.page.get_by_role("button", name="To the outline: all objects as a list")
    alice.tab_to(skip, most=8, key="Shift+Tab")
    alice.press("Enter")
    heading = alice.page.get_by_role("heading", name="Outline")
    expect(heading).to_be_focused()
    assert alice.outline() == ["Rectangle “First”", "Diamond “Second”"]
    alice.choose("Second")
    alice.press("Space")
    alice.hears("Diamond “Second”")


def test_going_from_object_to_object(alice: Keys) -> None:
    alice.draw("r", "Left")
    alice.draw("o", "Right")
    alice.press("Alt+ArrowLeft")
    alice.hears("Rectangle “Left”")
    alice.press("Alt+ArrowRight")
    alice.hears("Ellipse “Right”")
    alice.press("Alt+ArrowRight")
    alice.hears("There is nothing further in this direction.")


def test_moving(alice: Keys) -> None:
    alice.draw("r", "Here")
    before = next(one for one in alice.board.scene() if one["type"] == "rectangle")
    alice.press("Alt+ArrowLeft", "Alt+ArrowRight")
    select_by_outline(alice, "Here")
    alice.press("ArrowDown", "ArrowDown")
    alice.hears(re.compile(r"^Moved to -?\d+, -?\d+$"))
    after = next(one for one in alice.board.scene() if one["type"] == "rectangle")
    assert after["y"] > before["y"]
    assert after["x"] == before["x"]


def select_by_outline(person: Keys, words: str) -> None:
    """Finds it, takes it, and is on the canvas."""
    person.press("Shift+O")
    person.tab_to(person.page.get_by_role("searchbox", name="Search the outline"))
    person.type(words)
    item = person.page.get_by_role("treeitem").filter(has_text=words).first
    expect(item).to_be_visible()
    person.choose(words)
    person.press("Enter")
    person.hears(re.compile(re.escape(words)))
    expect(person.page.locator(".excalidraw").first).to_be_focused()


def test_connecting(alice: Keys) -> None:
    alice.draw("r", "Start")
    alice.draw("r", "Goal")
    alice.press("Shift+O")
    alice.choose("“Start”")
    alice.tab_to(alice.page.get_by_role("button", name="Connect"))
    alice.press("Enter")
    note = "Choose where the arrow from Rectangle “Start” leads."
    expect(alice.page.get_by_text(note)).to_be_visible()
    alice.choose("“Goal”")
    alice.press("Enter")
    alice.hears("An arrow from Rectangle “Start” to Rectangle “Goal” was added.")
    until(
        alice.outline,
        lambda lines: "Arrow from Rectangle “Start” to Rectangle “Goal”" in lines,
    )
    arrow = alice.board.until_content(arrows)
    # It is bound: it follows its shape.
    alice.choose("“Goal”")
    alice.press("Enter")
    alice.press(*["ArrowDown"] * 8)
    alice.board.until_content(lambda content: arrows(content) not in (None, arrow))


def arrows(content: dict[str, dict[str, object]]) -> object:
    """The path of the bound arrow, if there is one."""
    found = [one for one in alive(content).values() if one["type"] == "arrow"]
    return next((one["path"] for one in found if one.get("endBinding")), None)


def test_commenting_on_an_object(server: Server, alice: Keys) -> None:
    alice.draw("r", "Budget")
    alice.press("Shift+O")
    panel = alice.page.get_by_role("complementary", name="Outline")
    alice.tab_to(panel.get_by_role("button", name="Comment", exact=True))
    alice.press("Enter")
    expect(alice.page.get_by_role("textbox", name=re.compile("omment"))).to_be_focused()
    alice.type("Is this enough?")
    alice.press("Control+Enter")
    pin = alice.page.locator(".pin-layer").get_by_role("button")
    expect(pin).to_have_count(1)
    expect(pin).to_have_accessible_name("Thread by Alice, one comment")
    expect(alice.page.get_by_role("dialog").get_by_text("Is this enough?")).to_be_visible()


def test_hearing_what_others_do(server: Server, open_page: OpenPage) -> None:
    board = server.new_board(bob="edit")
    alice = Keys(open_page(server).sign_in("alice").open(board))
    bob = Keys(open_page(server).sign_in("bob").open(board))
    bob.draw("r", "From Bob")
    alice.hears(re.compile("^Bob.* added Rectangle “From Bob”"))
    # Who wants to work in peace turns it off.
    alice.press("Shift+O")
    voice = alice.page.get_by_role("checkbox", name="Read out what others change")
    alice.tab_to(voice)
    alice.press("Space")
    expect(voice).not_to_be_checked()


def test_deleting_and_taking_it_back(alice: Keys) -> None:
    alice.draw("r", "Mistake")
    alice.press("Shift+O")
    alice.choose("Mistake")
    alice.press("Delete")
    alice.hears("Rectangle “Mistake” was deleted.")
    alice.board.until_content(lambda content: alive(content) == {})
    alice.press("Control+z")
    until(alice.outline, lambda lines: lines == ["Rectangle “Mistake”"])


def test_deciding_a_conflict(server: Server, open_page: OpenPage) -> None:
    board = server.new_board(bob="edit")
    alice = Keys(open_page(server).sign_in("alice").open(board))
    bob = Keys(open_page(server).sign_in("bob").open(board))
    alice.draw("r", "Ours")
    bob.board.until_content(lambda content: len(alive(content)) == 2)
    alice.board.go_offline()
    alice.board.until_status("offline")
    for person, key in ((bob, "ArrowDown"), (alice, "ArrowRight")):
        select_by_outline(person, "Ours")
        person.press(*[f"Shift+{key}"] * 20)
    bob.board.until_status("saved")
    alice.board.go_online()
    badge = alice.page.get_by_role("button", name=re.compile("conflict"))
    badge.wait_for()
    alice.tab_to(badge, most=8, key="Shift+Tab")
    alice.press("Enter")
    mine = alice.page.get_by_role("button", name="Keep mine").first
    alice.tab_to(mine)
    alice.press("Enter")
    expect(alice.page.get_by_text("All conflicts are resolved.")).to_be_visible()


@pytest.mark.parametrize("level", ["view", "comment"])
def test_people_without_edit_access_read_and_change_nothing(
    server: Server, open_page: OpenPage, level: str
) -> None:
    board = server.new_board(bob=level)
    alice = Keys(open_page(server).sign_in("alice").open(board))
    alice.draw("r", "Plan")
    bob = Keys(open_page(server).sign_in("bob").open(board))
    before = bob.board.content()
    bob.press("Shift+O")
    assert bob.outline() == ["Rectangle “Plan”"]
    bob.choose("Plan")
    bob.press("Space")
    bob.hears("Rectangle “Plan”")
    bob.press("Delete", "F2")
    for name, is_there in (("Connect", False), ("Delete", False), ("Comment", level == "comment")):
        count = bob.page.get_by_role("button", name=name, exact=True).count()
        assert bool(count) == is_there, name
    bob.press("Enter", "r", "Enter", "Delete")
    bob.hears("Rectangle “Plan”")
    bob.board.wait(300)
    assert bob.board.content() == before
