"""What happens in one run: it follows from a kind of fault, a seed, and how much there is."""

import shlex
from dataclasses import asdict, dataclass, fields
from typing import Any


@dataclass(frozen=True, slots=True)
class Plan:
    """One run. The same plan makes the same people do the same at about the same moments."""

    kind: str
    seed: int
    people: int = 4
    operations: int = 60
    """Of each person."""
    faults: int = 2
    build: str = ""
    """A server broken on purpose, by its name in `tests.failing_points`."""

    @property
    def command(self) -> str:
        """What replays it."""
        words = [f"--kind={self.kind}", f"--seed={self.seed}", f"--people={self.people}"]
        words += [f"--operations={self.operations}", f"--faults={self.faults}"]
        words += [f"--build={self.build}"] if self.build else []
        return f"python -m proof.chaos {shlex.join(words)}"

    def as_json(self) -> dict[str, Any]:
        """For `kept.json`."""
        return {name: value for name, value in asdict(self).items() if value != ""}

    @classmethod
    def of(cls, data: dict[str, Any]) -> "Plan":
        """Of an entry of `kept.json`."""
        names = {one.name for one in fields(cls)}
        return cls(**{name: value for name, value in data.items() if name in names})

    def smaller(self) -> list["Plan"]:
        """Plans with less of one thing, the boldest first."""
        found = [
            Plan.of({**asdict(self), name: value})
            for name, least in (("faults", 1), ("people", 2), ("operations", 5))
            for value in (least, getattr(self, name) // 2, getattr(self, name) - 1)
            if least <= value < getattr(self, name)
        ]
        return list(dict.fromkeys(found))
