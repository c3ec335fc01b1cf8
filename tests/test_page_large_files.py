"""A large drawing that is dropped on a board arrives whole, in pieces.

`CANVAS_TEST_DROPPED=60000` for a longer run.
"""

import json
import os

import pytest

from tests.conftest import OpenPage
from tests.page import BoardPage
from tests.patience import patient
from tests.server import Server

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

DROPPED = int(os.environ.get("CANVAS_TEST_DROPPED", "21000"))
_DROP = """text => {
  const data = new DataTransfer()
  data.items.add(new File([text], 'large.excalidraw', { type: 'application/vnd.excalidraw+json' }))
  const canvas = document.querySelector('.excalidraw canvas.interactive')
  canvas.dispatchEvent(new DragEvent('drop', {
    bubbles: true, cancelable: true, clientX: 300, clientY: 300, dataTransfer: data,
  }))
}"""


def drawing(count: int) -> str:
    elements = [
        {
            "id": f"e{n}",
            "type": "rectangle",
            "x": n % 200 * 30,
            "y": n // 200 * 30,
            "width": 20,
            "height": 20,
            "seed": n + 1,
        }
        for n in range(count)
    ]
    return json.dumps({"type": "excalidraw", "version": 2, "elements": elements})


def until_document_holds(page: BoardPage) -> None:
    page.page.wait_for_function(
        "count => window.canvasBoard.doc.getMap('elements').size === count",
        arg=DROPPED,
        timeout=1000 * patient(60),
    )


def test_a_dropped_file_of_any_size_arrives(server: Server, open_page: OpenPage) -> None:
    board = server.new_board()
    alice = open_page(server).sign_in("alice").open(board)
    alice.until_status("Saved")
    alice.page.evaluate(_DROP, drawing(DROPPED))
    alice.page.wait_for_function(
        "count => window.canvasBoard.api.getSceneElements().length === count",
        arg=DROPPED,
        timeout=1000 * patient(60),
    )
    alice.page.evaluate("() => window.canvasBoard.flush()")
    until_document_holds(alice)
    alice.until_status("Saved", seconds=300)
    again = open_page(server).sign_in("alice").open(board)
    until_document_holds(again)
