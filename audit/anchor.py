"""How far the log reached when it was last verified, kept in a file beside the database.

Someone who can write to the database, but not to the data directory, could replace the whole log by
an older copy with valid seals. The file shows that there was more.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from django.conf import settings

from audit import chain
from audit.models import AuditCheckpoint, AuditLog, chain_key

FILE_NAME = "audit_anchor.json"
MAX_BYTES = 1000


def anchor_path() -> Path:
    """Where the file is, or will be after the first verification."""
    return Path(settings.CANVAS_DATA_DIR) / FILE_NAME


def write(last_id: int, last_hash: str) -> None:
    """Stores the end of an intact log. The file is replaced atomically, so a crash leaves the old
    or the new one.
    """
    sealed = {"last_id": last_id, "last_hash": last_hash, "seal": _seal(last_id, last_hash)}
    path = anchor_path()
    new = path.with_suffix(".new")
    with new.open("w", encoding="utf-8") as file:
        json.dump(sealed, file)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)


def forget() -> None:
    """Removes the file: after a backup was restored the log may be shorter than it was."""
    anchor_path().unlink(missing_ok=True)


def problem_with_anchor() -> str | None:
    """What is wrong if the log lacks something it had at the last verification; else empty."""
    path = anchor_path()
    try:
        with path.open(encoding="utf-8") as file:
            known: Any = json.loads(file.read(MAX_BYTES))
        last_id, last_hash, seal = known["last_id"], known["last_hash"], known["seal"]
    except FileNotFoundError:
        return None
    except (ValueError, TypeError, KeyError):
        return f"{path.name} was changed."
    if not chain.is_same(_seal(last_id, last_hash), seal):
        return f"{path.name} was changed."
    if last_id == 0:
        return None
    checkpoint = AuditCheckpoint.objects.first()
    if checkpoint is not None and checkpoint.last_pruned_id >= last_id:
        return None
    stored = AuditLog.objects.filter(pk=last_id).values_list("entry_hash", flat=True).first()
    if stored is None:
        return f"The log held entry {last_id} when it was last verified, and does not any more."
    if not chain.is_same(last_hash, stored):
        return f"Entry {last_id} is not the one that was there at the last verification."
    return None


def _seal(last_id: Any, last_hash: Any) -> str:
    return chain.seal(chain_key(), "anchor", str(last_id), str(last_hash))
