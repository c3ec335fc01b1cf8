"""Mermaid text becomes shapes, by a dialog, a file or pasting; hostile text does no harm."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.conftest import OpenPage
from tests.kept import until_stored
from tests.note_pages import texts, until_texts
from tests.page import BoardPage
from tests.server import Server, until
from tests.test_page_offline import kept, open_offline

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

FLOW = "flowchart LR\n  A[Idea] -->|then| B{Good?}\n  B --> C[Build it]\n"
_ELEMENTS = """() => window.canvasBoard.api.getSceneElements().map(
  ({id, type, link, text, startBinding, endBinding, containerId}) => ({
    id, type, link, text, containerId, isBound: Boolean(startBinding && endBinding)}))"""
_SELECTED = "() => Object.keys(window.canvasBoard.api.getAppState().selectedElementIds).length"
_FILL = """(field, text) => {
  const value = Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, 'value')
  value.set.call(field, text)
  field.dispatchEvent(new Event('input', {bubbles: true}))
}"""
_PASTE = """text => {
  const clipboardData = new DataTransfer()
  clipboardData.setData('text/plain', text)
  document.querySelector('canvas.interactive').dispatchEvent(
    new ClipboardEvent('paste', {bubbles: true, cancelable: true, clipboardData}))
}"""


def elements(page: BoardPage) -> list[dict[str, Any]]:
    """What is on the canvas."""
    return list(page.page.evaluate(_ELEMENTS))


def types(page: BoardPage) -> list[str]:
    """What is on the canvas, by type."""
    return sorted(element["type"] for element in elements(page))


def open_dialog(page: BoardPage) -> None:
    """By the menu; the field has the focus then."""
    page.page.get_by_role("button", name="Menu").click()
    page.page.get_by_text(page.word("Insert a Mermaid diagram")).click()
    expect(page.page.get_by_label(page.word("Mermaid text"))).to_be_focused()


def field(page: BoardPage) -> Any:
    """Where the text is written."""
    return page.page.get_by_label(page.word("Mermaid text"))


SHAPES = sorted(["rectangle", "rectangle", "diamond", "arrow", "arrow"] + 4 * ["text"])


def test_a_diagram_is_written_seen_and_inserted(server: Server, open_page: OpenPage) -> None:
    board = server.new_board(bob="edit")
    alice = open_page(server).sign_in("alice").open(board)
    bob = open_page(server).sign_in("bob").open(board)
    loaded = "() => performance.getEntriesByType('resource').map(({name}) => name).join()"
    open_dialog(alice)
    assert "layoutWorker" not in alice.page.evaluate(loaded)
    alice.page.keyboard.insert_text(FLOW)
    dialog = alice.page.locator("dialog[open]")
    dialog.get_by_role("img", name="Preview").get_by_text("Build it").wait_for()
    assert alice.scene() == []
    alice.page.keyboard.press("Control+Enter")
    expect(dialog).to_have_count(0)
    until(lambda: types(bob), lambda shown: shown == SHAPES)
    shown = elements(bob)
    assert all(one["isBound"] for one in shown if one["type"] == "arrow")
    labels = {one["text"] for one in shown if one["type"] == "text"}
    assert labels == {"Idea", "then", "Good?", "Build it"}
    assert alice.page.evaluate(_SELECTED) == 5
    alice.page.keyboard.press("Control+z")
    until(bob.scene, lambda scene: scene == [])
    assert alice.foreign_requests == []


def test_a_fault_is_told_with_its_line(server: Server, open_page: OpenPage) -> None:
    alice = open_page(server, locale="de-DE").sign_in("alice").open(server.new_board())
    alice.page.get_by_role("button", name="Menü").click()
    alice.page.get_by_text("Mermaid-Diagramm einfügen").click()
    insert = alice.page.get_by_role("button", name="Einfügen", exact=True)
    field(alice).fill("flowchart LR\n A --> B\n B --> --> C")
    alice.page.get_by_text("Zeile 3 ist nicht lesbar: B --> --> C").wait_for()
    expect(insert).to_be_disabled()
    field(alice).fill("pie\n a : 1")
    alice.page.get_by_text("Hier lassen sich Fluss-").wait_for()
    alice.page.keyboard.press("Control+Enter")
    for example in ("Sequenz", "Klassen", "Zustände", "Flussdiagramm"):
        alice.page.get_by_role("button", name=example, exact=True).click()
        expect(insert).to_be_enabled()
    alice.page.keyboard.press("Escape")
    expect(alice.page.locator("dialog[open]")).to_have_count(0)
    assert alice.scene() == []


def test_far_too_much_is_refused_with_its_number(server: Server, open_page: OpenPage) -> None:
    alice = open_page(server).sign_in("alice").open(server.new_board())
    open_dialog(alice)
    many = "flowchart LR\n" + "\n".join(f"A{number} --> B" for number in range(100_000))
    field(alice).evaluate(_FILL, many)
    alice.page.get_by_text("more than 50000 characters").wait_for()
    field(alice).fill("flowchart LR\n" + "\n".join(f"A{number} --> B" for number in range(501)))
    alice.page.get_by_text("more than 500 arrows").wait_for()
    # Writing on ends what is being laid out; only the last text counts.
    field(alice).fill("flowchart LR\n" + "\n".join(f"A{n % 300} --> B{n % 7}" for n in range(500)))
    alice.page.get_by_text("Drawing…").wait_for()
    field(alice).fill("flowchart LR\n Only --> This")
    stage = alice.page.get_by_role("img", name="Preview")
    stage.get_by_text("This").wait_for()
    expect(stage).not_to_contain_text("A299")
    alice.page.keyboard.press("Escape")
    alice.drop([["plan.mmd", "", many]])
    alice.page.get_by_text("more than 50000 characters").wait_for()
    assert alice.scene() == []


HOSTILE = """%%{init: {"securityLevel": "loose", "flowchart": {"htmlLabels": true}}}%%
flowchart LR
  A["<img src=x onerror='window.hacked=1'>"] --> B["<script>window.hacked=2</script>"]
  C["<b onclick='window.hacked=3'>bold</b>"] --> D["x"]
  E[web] --> F[page]
  click A call hack() "tip"
  click B href "javascript:window.hacked=4"
  click C "data:text/html,<script>parent.hacked=5</script>"
  click E href "https://example.org/page"
  style D fill:red"/><image href="https://evil.example/x.png"/><rect fill="x
  classDef bad fill:url(https://evil.example/y.svg#z),stroke:expression(window.hacked=6)
  class C bad
"""


def test_hostile_text_is_harmless(server: Server, open_page: OpenPage) -> None:
    alice = open_page(server).sign_in("alice").open(server.new_board())
    open_dialog(alice)
    tried = 0
    hostile = HOSTILE.splitlines()
    # Each line alone as well: a reader that refuses one of them must not save the others.
    body = [line for line in hostile[2:] if "-->" in line]
    for extra in [[], *([line] for line in hostile[2:] if "-->" not in line)]:
        field(alice).fill("\n".join([*hostile[:2], *body, *extra]))
        preview = alice.page.locator(".mermaid-preview")
        expect(preview).to_have_attribute("data-kind", "drawing")
        expect(preview).to_have_attribute("data-kind", r := until_drawn(preview))
        tried += r == "drawn"
    assert tried >= 5
    field(alice).fill("\n".join([*hostile[:2], *body, *hostile[5:9]]))
    insert = alice.page.get_by_role("button", name="Insert", exact=True)
    expect(alice.page.locator(".mermaid-preview")).to_have_attribute("data-kind", "drawing")
    expect(insert).to_be_enabled()
    insert.click()
    until(lambda: len(elements(alice)), lambda count: count > 6)
    assert {one["link"] for one in elements(alice)} <= {None, "https://example.org/page"}
    assert alice.page.evaluate("() => window.hacked") is None
    assert alice.foreign_requests == []


def until_drawn(preview: Any) -> str:
    """Waits until the preview is drawn, or says why not."""
    return str(
        until(lambda: preview.get_attribute("data-kind"), lambda kind: kind in ("drawn", "problem"))
    )


@pytest.mark.worker
def test_a_diagram_is_drawn_without_network(server: Server, open_page: OpenPage) -> None:
    board = server.new_board()
    alice = open_page(server).sign_in("alice").open(board)
    kept(alice)
    until_stored(alice, "committed")
    alice.page.close()
    alice.go_offline()
    open_offline(alice, board)
    open_dialog(alice)
    field(alice).fill(FLOW)
    insert = alice.page.get_by_role("button", name="Insert", exact=True)
    expect(insert).to_be_enabled()
    insert.click()
    until(lambda: types(alice), lambda shown: shown == SHAPES)


def test_files_and_pasted_text_become_diagrams(server: Server, open_page: OpenPage) -> None:
    board = server.new_board(bob="view")
    alice = open_page(server).sign_in("alice").open(board)
    bob = open_page(server).sign_in("bob").open(board)
    alice.drop([["plan.mermaid", "", FLOW]])
    until(lambda: types(bob), lambda shown: shown == SHAPES)
    alice.page.keyboard.press("Control+z")
    until(bob.scene, lambda scene: scene == [])
    # Pasted, it is text as ever, and can be a diagram.
    alice.page.mouse.move(640, 400)
    alice.page.evaluate(_PASTE, FLOW)
    until(lambda: set(types(alice)), lambda shown: shown == {"text"})
    alice.page.get_by_role("button", name="Paste as a diagram").click()
    until(lambda: types(bob), lambda shown: shown == SHAPES)
    alice.page.keyboard.press("Control+z")
    until(lambda: set(types(bob)), lambda shown: shown == {"text"})
    bob.page.get_by_role("button", name="Menu").click()
    expect(bob.page.get_by_text("Insert a Mermaid diagram")).to_have_count(0)


def test_pasted_lines_can_become_notes(server: Server, open_page: OpenPage) -> None:
    alice = open_page(server).sign_in("alice").open(server.new_board())
    alice.page.mouse.move(640, 400)
    alice.page.evaluate(_PASTE, "one\ntwo\nthree")
    until(lambda: set(types(alice)), lambda shown: shown == {"text"})
    alice.page.get_by_role("button", name="Make 3 notes of it").click()
    until_texts(alice, "one", "two", "three")
    assert types(alice) == ["rectangle"] * 3 + ["text"] * 3
    alice.page.keyboard.press("Control+z")
    until(lambda: set(types(alice)), lambda shown: shown == {"text"})
    # One line is as well off as a text, and a click on the canvas puts the offer away.
    alice.page.evaluate(_PASTE, "one\ntwo")
    offer = alice.page.get_by_role("button", name="Make 2 notes of it")
    offer.wait_for()
    alice.page.mouse.click(900, 650)
    expect(offer).to_have_count(0)
    alice.page.evaluate(_PASTE, "one line")
    until(lambda: "one line" in str(elements(alice)), bool)
    expect(alice.page.locator(".paste-offer")).to_have_count(0)
    assert texts(alice) == []
