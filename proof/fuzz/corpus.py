"""The kept inputs of each target: what reaches far into it, and what it was once broken by.

A file holds one input; its name says what it is about, or is the digest of what a fuzzer found.
"""

import hashlib
from pathlib import Path

CORPUS = Path(__file__).with_name("corpus")


def kept(target: str) -> dict[str, bytes]:
    """The inputs of a target by their names, in order."""
    files = sorted(path for path in (CORPUS / target).iterdir() if path.is_file())
    return {path.name: path.read_bytes() for path in files}


def keep(target: str, data: bytes, corpus: Path = CORPUS) -> Path:
    """Keeps an input, for a test to repeat; returns its file."""
    path = corpus / target / hashlib.sha256(data).hexdigest()[:16]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path
