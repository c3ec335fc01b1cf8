"""A parser for JSON bodies."""

import io
import json
import re
from typing import IO, Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser

_ESCAPED_HALF = re.compile(rb"\\u[dD][89a-fA-F]")


class BoundedJSONParser(JSONParser):
    """Refuses JSON that is nested deeper than Python's parser can follow, and texts with half a
    character (a lone surrogate), which could neither be stored nor shown in an error.
    """

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Any = None
    ) -> Any:
        """The body as plain values. Raises ParseError."""
        body = stream.read()
        try:
            value = super().parse(io.BytesIO(body), media_type, parser_context)
        except RecursionError:
            raise ParseError("This JSON is nested too deep.") from None
        # Most bodies hold no escapes of this kind; those of emoji come in pairs.
        if _ESCAPED_HALF.search(body):
            try:
                json.dumps(value, ensure_ascii=False).encode()
            except UnicodeEncodeError:
                raise ParseError("This JSON holds half a character.") from None
        return value
