"""A large drawing that is dropped on a board arrives whole, in pieces.

The server takes 1 MB in one message, so that a drawing of 2 MB is a large one;
`CANVAS_TEST_DROPPED=60000` for one that is above the limit of every server.
"""

import json
import os

import pytest

from tests.conftest import MakeServer, OpenPage
from tests.page import BoardPage
from tests.patience import patient

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

DROPPED = int(os.environ.get("CANVAS_TEST_DROPPED", "5000"))
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


def test_a_dropped_file_of_any_size_arrives(make_server: MakeServer, open_page: OpenPage) -> None:
    server = make_server(CANVAS_MAX_FRAME_BYTES="1000000", CANVAS_MAX_UPDATE_BYTES="1000000")
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
