"""Names a browser and its system from a User-Agent, for people to recognize their own."""

from __future__ import annotations

from django.utils.translation import gettext

_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)
"""Most telling first: each browser also claims to be those after it."""


def browser_of(user_agent: str) -> str:
    """As "Firefox, Windows"; the first word of others, which may be a program."""
    found = [
        next((name for mark, name in names if mark in user_agent), "")
        for names in (_BROWSERS, _SYSTEMS)
    ]
    words = user_agent.split("/", 1)[0].split()
    return ", ".join(filter(None, found)) or (words[0] if words else gettext("Unknown browser"))
