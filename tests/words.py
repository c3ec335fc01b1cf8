"""What pages say in German, from the tables that the server and the page use."""

import gettext
import json
from functools import cache

from tests.server import ROOT


@cache
def _tables() -> tuple[dict[str, str], gettext.NullTranslations]:
    of_the_page = ROOT / "frontend" / "src" / "i18n" / "de.json"
    of_the_server = gettext.translation("django", ROOT / "locale", ["de"])
    return json.loads(of_the_page.read_text()), of_the_server


def in_german(english: str) -> str:
    """The German for a text of the page or the server, with the same places for values.

    Raises LookupError for a text that nobody translated.
    """
    page, server = _tables()
    german = page.get(english) or server.gettext(english)
    if german == english and english not in page:
        raise LookupError(f"no German for {english!r}")
    return german
