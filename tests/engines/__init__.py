"""Windows of several browser engines behind one interface.

- `chromium.py`: Chromium, by Playwright.
- `firefox.py`: Firefox, by Marionette, which it has built in.
- `imports.py`: files that are dropped on a board, and what is to come of each.
- `webdriver.py`: what Firefox and WebKit have in common, the commands of W3C WebDriver.
- `webkit.py`: WebKitGTK, by its WebDriver, on a screen in memory.
- `window.py`: the interface, and what people do on boards.
"""
