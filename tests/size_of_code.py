"""How much code there is: `python -m tests.size_of_code [COMMIT…]`, side by side for each commit.

Counts lines of the product in Python and TypeScript (without tests, migrations and benchmarks), the
modules that an import of the consumers brings in, and the longest functions.
"""

import ast
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from tests.server import ROOT

APPS = ("accounts", "audit", "boards", "canvas_project", "sync")
LEFT_OUT = {"tests", "migrations", "node_modules", "dist"}
_TS_FUNCTION = re.compile(
    r"( *)(?:export |default |async |static |private |get )*"
    r"(?:function (\w+)|const (\w+) = (?:async )?\((?=.*[({]$)"
    r"|(?!if|for|while|switch)(\w+)\((?!.*=>).*[({]$)"
)


def product_files(root: Path) -> list[Path]:
    """Python of the apps and TypeScript of the page."""
    globs = [(root / app).rglob("*.py") for app in APPS]
    found = chain(*globs, (root / "frontend" / "src").rglob("*.ts*"))
    return [path for path in found if not LEFT_OUT & set(path.relative_to(root).parts)]


def reachable(root: Path) -> set[str]:
    """Names of our modules that the consumers import, directly or not."""
    files = [path for path in product_files(root) if path.suffix == ".py"]
    names = {".".join(path.relative_to(root).with_suffix("").parts): path for path in files}
    start = next(name for name in names if re.fullmatch(r"sync\.(sockets\.)?consumers", name))
    seen, waiting = set[str](), [start]
    while waiting:
        if (name := waiting.pop()) in seen:
            continue
        seen.add(name)
        for node in ast.walk(ast.parse(names[name].read_text())):
            if isinstance(node, ast.ImportFrom) and node.module:  # the project has no other imports
                wanted = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
                waiting += [one for one in wanted if one in names]
    return seen


def functions(path: Path) -> Iterator[tuple[int, str]]:
    """Length in lines and name of each function; in TypeScript, by its indentation."""
    text = path.read_text()
    if path.suffix == ".py":
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield (node.end_lineno or node.lineno) - node.lineno + 1, node.name
        return
    lines = text.splitlines()
    for number, line in enumerate(lines):
        if match := _TS_FUNCTION.match(line):
            closing = re.compile(rf"{match[1]}\}}[;,)]*$")
            for length, later in enumerate(lines[number + 1 :], 2):
                if closing.match(later):
                    yield length, match[2] or match[3] or match[4]
                    break


def figures(root: Path) -> dict[str, str]:
    """The rows of the table for one state of the project."""
    files = product_files(root)
    result = {}
    for language, suffixes in (("Python", {".py"}), ("TypeScript", {".ts", ".tsx"})):
        chosen = [path for path in files if path.suffix in suffixes]
        lengths = sorted((one for path in chosen for one in functions(path)), reverse=True)
        result[f"{language}: lines"] = f"{sum(len(p.read_text().splitlines()) for p in chosen):,}"
        result[f"{language}: files"] = str(len(chosen))
        result[f"{language}: longest functions"] = ", ".join(
            f"{n} {name}" for n, name in lengths[:4]
        )
    modules = reachable(root)
    of_sync = [name for name in modules if name.startswith("sync.")]
    result["modules of sync that the consumers import"] = str(len(of_sync))
    result["modules in all that the consumers import"] = str(len(modules))
    return result


def main(commits: list[str]) -> None:
    """Prints a table: a column for each commit, and one for the files as they are."""
    columns = {"now": figures(ROOT)}
    for commit in commits:
        with tempfile.TemporaryDirectory() as folder:
            archive = subprocess.check_output(["git", "archive", commit], cwd=ROOT)
            subprocess.run(["tar", "-x", "-C", folder], input=archive, check=True)
            columns[commit] = figures(Path(folder))
    print("", *columns, sep=" | ")
    for row in columns["now"]:
        print(row, *(column[row] for column in columns.values()), sep=" | ")


if __name__ == "__main__":
    main(sys.argv[1:])
