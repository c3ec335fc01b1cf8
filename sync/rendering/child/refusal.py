"""What the process refuses."""


class RefusedError(Exception):
    """Nothing is drawn: `reason` is a name that `process.py` has words for, with a number."""

    def __init__(self, reason: str, count: float = 0) -> None:
        super().__init__(reason)
        self.reason, self.count = reason, count
