"""The HTML of the mails around signing in, made of their text: so both say the same."""

from __future__ import annotations

import re
from typing import NamedTuple

from django.template.loader import render_to_string

_ADDRESS = re.compile(r"https?://\S+")
_SIGNATURE = "--"


class Paragraph(NamedTuple):
    """Words, or an address on a line of its own, which becomes a button."""

    text: str
    is_address: bool


def html_of(subject: str, body: str) -> str:
    """The mail in our look. Nothing in the text is taken for HTML."""
    parts = [part.strip() for part in re.split(r"\n\s*\n", body)]
    paragraphs = [
        Paragraph(part, _ADDRESS.fullmatch(part) is not None)
        for part in parts
        if part and not part.startswith(_SIGNATURE)
    ]
    context = {"subject": subject, "paragraphs": paragraphs}
    return render_to_string("account/email/message.html", context)
