"""Browser contexts that tests use one after the other.

The first page of a new context costs almost twice as much as the next one, and more with a service
worker: nothing has been loaded or compiled. One that is used again has its files and its service
worker, and nothing else of the test before: no cookies, no stored boards, no choices.
"""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page

from tests.server import Server

STORED = "cookies,file_systems,indexeddb,local_storage,shared_storage,websql"
"""All that a page stores but files and service workers, as the protocol of DevTools names it."""
_FORGET_PAGES = """() => caches.keys().then(names => Promise.all(
  names.filter(name => !name.startsWith("canvas-static")).map(name => caches.delete(name))))"""
"""The service worker keeps pages too. Its caches of files, `STATIC_PREFIX` in `sw.ts`, stay."""


class Contexts:
    """Those of one browser that nobody uses now."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._free: list[tuple[Server, dict[str, Any], BrowserContext]] = []

    def take(self, server: Server, options: dict[str, Any]) -> BrowserContext:
        """A context with these options, which has files of this server if there is such a one. It
        has an empty window then.
        """
        for entry in list(self._free):
            its_server, its_options, context = entry
            if not its_server.is_alive():
                self._free.remove(entry)
                context.close()
            elif its_server is server and its_options == options:
                self._free.remove(entry)
                _forget(context.new_page(), server)
                return context
        return self._browser.new_context(**options)

    def close(self) -> None:
        """Closes those that nobody uses."""
        while self._free:
            self._free.pop()[-1].close()

    def give_back(self, server: Server, options: dict[str, Any], context: BrowserContext) -> None:
        """Closes its windows, and keeps it for another test."""
        for page in context.pages:
            page.close()
        context.set_offline(False)
        context.clear_permissions()
        context.clear_cookies()
        self._free.append((server, options, context))


def _forget(page: Page, server: Server) -> None:
    """Forgets, in the context of an empty page, everything of the server but files."""
    session = page.context.new_cdp_session(page)
    # What a service worker has asked for would bring cookies with it afterwards.
    session.send("ServiceWorker.enable")
    session.send("ServiceWorker.stopAllWorkers")
    where = {"origin": server.origin, "storageTypes": STORED}
    session.send("Storage.clearDataForOrigin", where)
    session.detach()
    if page.context.service_workers:
        page.goto(f"{server.url}/healthz")
        page.evaluate(_FORGET_PAGES)
        page.goto("about:blank")
