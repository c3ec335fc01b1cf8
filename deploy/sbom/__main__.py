"""`python -m deploy.sbom DIRECTORY`: writes the bill there."""

import json
import sys
from pathlib import Path

from deploy.sbom.materials import bill


def main() -> None:
    """The command."""
    path = Path(sys.argv[1], "canvas.cdx.json")
    path.parent.mkdir(parents=True, exist_ok=True)
    made = bill()
    path.write_text(json.dumps(made, indent=2) + "\n")
    sys.stdout.write(f"{path}: {len(made['components'])} packages\n")


if __name__ == "__main__":
    main()
