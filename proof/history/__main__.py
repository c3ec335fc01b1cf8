"""`python -m proof.history DIRECTORY`: checks the journals in it (`*.jsonl`) as one history.

Prints every anomaly, and exits 1 if there is any.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from proof.history.check import check
from proof.history.events import JournalError, read_journals


def main(arguments: Sequence[str] | None = None) -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="proof.history", description=__doc__)
    parser.add_argument("directory", type=Path)
    directory = parser.parse_args(arguments).directory
    try:
        events = read_journals(directory.glob("*.jsonl"))
    except JournalError as error:
        sys.exit(str(error))
    anomalies = check(events)
    for anomaly in anomalies:
        print(anomaly)
    print(f"{len(events)} events, {len(anomalies)} anomalies")
    sys.exit(bool(anomalies))


if __name__ == "__main__":
    main()
