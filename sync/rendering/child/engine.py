"""Runs the built code of the page in V8."""

import json
import re
from pathlib import Path
from typing import Any

HEAP_SHARE = 0.8
"""Of the memory is for the engine's objects; pictures are made outside of them."""


class EngineError(Exception):
    """The editor's code has failed."""

    def __init__(self, told: str) -> None:
        super().__init__()
        lines = (line.strip() for line in told.splitlines())
        self.stack = " ".join(line for line in lines if re.fullmatch(r"at [\w.<>: ()]*", line))[
            :400
        ]


def answered(order: dict[str, Any], name: str, *texts: str) -> tuple[dict[str, Any], list[str]]:
    """What a function of the built code answers, and the texts that it leaves beside that."""
    from py_mini_racer import JSEvalException, JSOOMException, MiniRacer

    built = Path(order["built"])
    engine = MiniRacer()
    engine.set_hard_memory_limit(int(order["memory_bytes"] * HEAP_SHARE))
    given = ",".join(json.dumps(one) for one in ((built / "fonts.json").read_text(), *texts))
    try:
        engine.eval((built / "draw.js").read_text())
        engine.eval(f"{name}({given});0")
        text, fault = engine.eval("canvasOutcome.answer"), engine.eval("canvasOutcome.error")
        if not isinstance(text, str):
            raise EngineError(str(fault))
        count = int(str(engine.eval("canvasOutcome.pictures.length")))
        pictures = [str(engine.eval(f"canvasOutcome.pictures[{at}]")) for at in range(count)]
    except JSOOMException:
        raise MemoryError from None
    except JSEvalException as error:
        raise EngineError(str(error)) from None
    # Its memory is needed for what comes next.
    engine.close()
    return json.loads(text), pictures
