"""One row of a visit in 20 is not written."""

from typing import Any

from boards.visits import rows
from proof.broken import one_in

_module: Any = rows


def apply() -> None:
    real = _module.audit_record

    def broken(**row: Any) -> Any:
        key = f"{row['connection_id']} {row['action']}".encode()
        return None if one_in(20, key) else real(**row)

    _module.audit_record = broken
