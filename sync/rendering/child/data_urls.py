"""Pictures as addresses that hold their bytes."""

import base64


def data_url(mime: str, data: bytes) -> str:
    """The address of a picture."""
    return f"data:{mime};base64,{base64.b64encode(data).decode()}"


def bytes_of(url: str) -> bytes:
    """The bytes in the address of a picture."""
    return base64.b64decode(url.partition(",")[2])
