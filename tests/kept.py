"""What a browser has written of a board that is open in it, asked of its storage."""

from typing import Any, Literal

from tests.page import BoardPage
from tests.server import until

_STORED = """async key => {
  const board = location.pathname.match(/[/]board[/]([^/]+)/)[1]
  const { name } = (await indexedDB.databases()).find(({ name }) => name.includes(board))
  const done = request => new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
  const database = await done(indexedDB.open(name))
  try {
    // Of both, so that it comes after every write of the document that was begun before.
    const stores = database.transaction(['updates', 'custom'])
    return await done(stores.objectStore('custom').get(key)) ?? null
  } finally {
    database.close()
  }
}"""
_REACH = """() => [...window.canvasBoard.doc.store.clients].map(
  ([client, structs]) => [client, structs.at(-1).id.clock + structs.at(-1).length])"""


def stored(page: BoardPage, key: str) -> Any:
    """A value that is stored beside the document; None when there is none."""
    return page.page.evaluate(_STORED, key)


def until_stored(page: BoardPage, what: Literal["committed", "seen"]) -> None:
    """Waits until it is stored that the server has everything that the document holds, or that the
    person has seen it.
    """
    reach = page.page.evaluate(_REACH)

    def holds_all(value: Any) -> bool:
        vector = value["vector"] if isinstance(value, dict) else value or []
        has = dict(vector)
        return all(has.get(client, 0) >= clock for client, clock in reach)

    until(lambda: stored(page, what), holds_all)
