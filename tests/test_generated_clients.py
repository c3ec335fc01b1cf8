"""Clients generated from the OpenAPI schema work, and are typed."""

import json
import os
import subprocess
import sys
from pathlib import Path
from textwrap import dedent
from uuid import UUID

import pytest
import yaml

from boards.tests.uploads import image_bytes
from sync.drawing.model import KNOWN_KEYS, TYPES
from tests.patience import patient
from tests.server import ROOT, Server

SCHEMA = ROOT / "docs" / "openapi.yaml"
BOTS = ROOT / "docs" / "bots.md"
CLIENTS = ROOT / "tests" / "clients"
MODULES = ROOT / "frontend" / "node_modules"
BIN = Path(sys.executable).parent


def run(*command: str | Path, **options: object) -> str:
    """What a command prints; a failure shows all of its output."""
    result = subprocess.run(
        [str(part) for part in command],
        capture_output=True,
        text=True,
        timeout=patient(120),
        **options,  # type: ignore[call-overload]
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return str(result.stdout)


@pytest.fixture
def image(tmp_path: Path) -> Path:
    path = tmp_path / "picture.png"
    path.write_bytes(image_bytes())
    return path


def test_the_schema_has_what_generators_need() -> None:
    schema = yaml.safe_load(SCHEMA.read_text())
    shapes = schema["components"]["schemas"]
    assert set(shapes["NewBoardRequest"]["properties"]) == {
        *("title", "template", "space", "folder"),
    }
    assert set(shapes["NewElement"]["properties"]) == KNOWN_KEYS
    assert shapes["NewElement"]["additionalProperties"] is False
    assert shapes["ElementType"]["enum"] == sorted(TYPES)
    operations = [
        operation
        for path in schema["paths"].values()
        for method, operation in path.items()
        if method != "parameters"
    ]
    used = {tag for operation in operations for tag in operation["tags"]}
    assert used == {tag["name"] for tag in schema["tags"]}
    names = [operation["operationId"] for operation in operations]
    assert len(names) == len(set(names))
    for operation in operations:
        for code, answer in operation["responses"].items():
            for content in answer.get("content", {}).values():
                shape = content["schema"]
                is_named = "$ref" in shape or "$ref" in shape.get("items", {})
                assert is_named or shape.get("format") == "binary", (operation, code)


def test_a_generated_python_client_works(server: Server, image: Path, tmp_path: Path) -> None:
    config = tmp_path / "config.yml"
    config.write_text(dedent(BOTS.read_text().partition("```yaml\n")[2].partition("```")[0]))
    said = run(
        BIN / "openapi-python-client", "generate", "--path", SCHEMA, "--meta", "none",
        "--output-path", tmp_path / "canvas_client", "--fail-on-warning",
        "--config", config,
        env={**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"},
    )  # fmt: skip
    assert "arning" not in said
    program = tmp_path / "use_python.py"
    program.write_text((CLIENTS / "use_python.py").read_text())
    run(
        sys.executable, "-m", "mypy", "--strict", "--follow-imports=silent",
        "--config-file=", "--cache-dir", tmp_path / "cache", program, cwd=tmp_path,
    )  # fmt: skip
    board = UUID(run(sys.executable, program, server.url, image, cwd=tmp_path).strip())
    assert server.call("GET", f"boards/{board}", token=server.token("bob"))[1]["level"] == "view"


def test_a_generated_typescript_client_works(server: Server, image: Path, tmp_path: Path) -> None:
    (tmp_path / "node_modules").symlink_to(MODULES)
    (tmp_path / "package.json").write_text(json.dumps({"type": "module"}))
    run("node", CLIENTS / "generate.mjs", SCHEMA, tmp_path / "api.d.ts")
    (tmp_path / "use.ts").write_text((CLIENTS / "use_typescript.ts").read_text())
    options = {
        "strict": True,
        "noUncheckedIndexedAccess": True,
        "target": "ES2022",
        "lib": ["ES2023", "DOM"],
        "module": "NodeNext",
        "types": ["node"],
        "preserveSymlinks": True,
        "outDir": "out",
    }
    (tmp_path / "tsconfig.json").write_text(
        json.dumps({"compilerOptions": options, "files": ["use.ts", "api.d.ts"]})
    )
    run("node", MODULES / ".bin" / "tsc", "--project", tmp_path)
    out = run("node", tmp_path / "out" / "use.js", server.url, image)
    board = UUID(out.strip())
    assert server.call("GET", f"boards/{board}", token=server.token("bob"))[0] == 404
