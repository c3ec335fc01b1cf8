"""Which Chromium the tests use, and how it is started."""

import os
import shutil

CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def chromium_path() -> str | None:
    """Where it is, if it is there.

    The headless shell has the same engine without the parts of a browser that nobody looks at here,
    and takes half the time. `CANVAS_TEST_CHROMIUM=/usr/bin/chromium` tests with the whole browser.
    """
    names = ("chromium-headless-shell", "chromium", "chromium-browser")
    found = (shutil.which(name) for name in names)
    return os.environ.get("CANVAS_TEST_CHROMIUM") or next((path for path in found if path), None)
