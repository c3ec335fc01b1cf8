"""What `deploy/` says fits what the product is: settings, commands, schemas, accounts."""

import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import kubernetes_validate  # type: ignore[import-untyped]
import pytest
import yaml
from django.conf import settings
from django.core.management import load_command_class

from canvas_project.server import server_config
from tests.image import BUILD_TOOLS
from tests.image_roots import DOCKERFILE, read_dockerfile
from tests.server import ROOT

DEPLOY = ROOT / "deploy"
KUBERNETES = DEPLOY / "kubernetes"
MANAGE = {
    "serve": "canvas_project",
    "run_daily_jobs": "sync",
    "upgrade_database": "canvas_project",
}
TESTED_VERSIONS = ["1.31", "1.37"]


def text_files() -> Iterator[Path]:
    for path in sorted(DEPLOY.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            yield path


def manifests() -> Iterator[tuple[str, dict[str, Any]]]:
    for path in sorted(KUBERNETES.glob("*.yaml")):
        for document in yaml.safe_load_all(path.read_text()):
            yield path.name, document


def of_kind(kind: str) -> dict[str, Any]:
    (found,) = [
        one
        for name, one in manifests()
        if one["kind"] == kind and name != "ingress-controller.yaml"
    ]
    return found


def pods() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every pod that the manifests make, by the name of its maker."""
    for _, one in manifests():
        spec = one.get("spec", {})
        spec = spec.get("jobTemplate", {}).get("spec", spec)
        if "template" in spec:
            yield one["metadata"]["name"], spec["template"]["spec"]


def compose(name: str = "compose.yaml") -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((DEPLOY / "compose" / name).read_text())
    return content


def units() -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Every systemd unit as its lines; a key may come several times."""
    for path in sorted((DEPLOY / "systemd").glob("canvas*.*")):
        if path.suffix in {".service", ".timer"}:
            lines = [
                line for line in path.read_text().splitlines() if "=" in line and line[0] != "#"
            ]
            yield path.name, [(key, value) for key, value in (line.split("=", 1) for line in lines)]


# --- commands and settings


def run_commands() -> Iterator[tuple[str, list[str]]]:
    """Where the product is started, and with which arguments of manage.py."""
    image = read_dockerfile(DOCKERFILE.read_text())
    yield "Dockerfile", image.command[2:]
    for name, pod in pods():
        yield name, pod["containers"][0]["args"]
    for name, service in compose()["services"].items():
        if service.get("image", "").startswith("canvas:") and "entrypoint" not in service:
            yield name, service["command"]
    for name, lines in units():
        for key, value in lines:
            if key == "ExecStart" and "manage.py" in value:
                yield name, shlex.split(value.replace("%i", "8001"))[2:]


def test_the_proxy_lets_go_of_idle_connections_before_the_server_does() -> None:
    template = (DEPLOY / "nginx" / "nginx.conf.template").read_text()
    (upstream,) = re.findall(r"upstream canvas \{(.*?)\n    \}", template, re.DOTALL)
    (seconds,) = re.findall(r"^ *keepalive_timeout (\d+)s;", upstream, re.MULTILINE)
    server = server_config("127.0.0.1", 0).timeout_keep_alive
    assert server == settings.CANVAS_KEEP_ALIVE_SECONDS
    assert server >= int(seconds) + 10, "a request may be on its way when it closes"


def test_every_command_exists_with_its_options() -> None:
    commands = list(run_commands())
    assert len(commands) >= 10
    for where, (name, *options) in commands:
        assert name in MANAGE, where
        parser = load_command_class(MANAGE[name], name).create_parser("manage.py", name)
        parser.parse_args(options)  # ends the test if it does not know one


def test_every_variable_is_documented() -> None:
    known = (ROOT / "docs" / "configuration.md").read_text() + (
        DEPLOY / "nginx" / "render"
    ).read_text()
    own = {
        "CANVAS_HOST",
        "CANVAS_SUBNET",
        "CANVAS_VERSION",
    }  # of compose alone, said in its example
    own |= {"CANVAS_TLS_DIRECTORY", "CANVAS_BACKUP_DIRECTORY", "CANVAS_PYTHON"}
    for path in text_files():
        names = set(re.findall(r"\b(?:CANVAS|DJANGO)_[A-Z][A-Z_]+[A-Z]\b", path.read_text()))
        assert [name for name in names - own if name not in known] == [], path


def test_shell_scripts_are_valid() -> None:
    scripts = [path for path in text_files() if path.read_bytes()[:9] == b"#!/bin/sh"]
    assert len(scripts) >= 4
    for path in scripts:
        assert path.stat().st_mode & 0o111, f"{path} is not executable"
        subprocess.run(["sh", "-n", str(path)], check=True)


# --- the image


def test_the_image_runs_as_nobody_without_tools_to_build() -> None:
    image = read_dockerfile(DOCKERFILE.read_text())
    assert int(image.user.split(":")[0]) > 0
    assert image.steps == [["packages-build", "application"], ["packages-run"]]
    assert image.health[0].startswith("/opt/canvas/")
    script = (DEPLOY / "image" / "build.sh").read_text()
    (packages,) = re.findall(r"packages_run\(\) \{\n    install_packages (.*)", script)
    assert not set(packages.split()) & {
        *BUILD_TOOLS,
        "python3-venv",
        "python3-pip",
        "build-essential",
    }


# --- compose


def test_services_have_no_privileges_and_no_root() -> None:
    services = {**compose("compose.redis.yaml")["services"], **compose()["services"]}
    for name, service in services.items():
        if name == "postgres":  # its image changes the account itself
            continue
        assert service["read_only"], name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        is_ours = service["image"].startswith("canvas:")
        assert is_ours or service["user"].split(":")[0] not in {"", "0", "root"}, name
    assert [name for name, one in services.items() if "ports" in one] == ["proxy"]


def test_the_proxy_leads_to_servers_that_there_are() -> None:
    services = compose()["services"]
    (servers,) = re.findall(r":-(.*)\}", services["proxy"]["environment"]["CANVAS_SERVERS"])
    assert servers == "server-1:8000 server-2:8000"
    addresses = {
        services[f"server-{number}"]["networks"]["default"]["ipv4_address"]
        for number in range(1, 5)
    }
    assert len(addresses) == 4
    assert compose()["networks"]["default"]["internal"]
    redis = compose("compose.redis.yaml")["services"]
    ours = {name for name, one in services.items() if one["image"].startswith("canvas:")}
    assert set(redis) - {"redis"} == ours - {"static"}


# --- systemd


def test_units_are_hardened_and_name_units_that_there_are() -> None:
    found = dict(units())
    services = {name: lines for name, lines in found.items() if name.endswith(".service")}
    assert len(services) == 4
    for name, lines in services.items():
        values = dict(lines)
        assert values["User"] == "canvas", name
        assert values["NoNewPrivileges"] == values["ProtectHome"] == "yes", name
        assert values["ProtectSystem"] == "strict", name
        assert values["CapabilityBoundingSet"] == "", name
        assert values["EnvironmentFile"] == "/etc/canvas/canvas.env", name
        needed = re.findall(r"canvas[-@\w]*\.service", " ".join(value for _, value in lines))
        assert set(needed) <= set(found), name
    for name in found:
        if name.endswith(".timer"):
            assert name.replace(".timer", ".service") in services


# --- Kubernetes


@pytest.mark.parametrize("version", TESTED_VERSIONS)
def test_manifests_are_what_the_api_takes(version: str) -> None:
    kinds = set()
    for name, document in manifests():
        if document["kind"] == "Kustomization":
            continue
        kinds.add(document["kind"])
        kubernetes_validate.validate(document, version, strict=True)
        assert "namespace" not in document["metadata"] or name == "ingress-controller.yaml"
    assert kinds >= {"Deployment", "Service", "Ingress", "PodDisruptionBudget", "Job", "CronJob"}


def test_kustomize_finds_its_files() -> None:
    content = yaml.safe_load((KUBERNETES / "kustomization.yaml").read_text())
    there = {path.name for path in KUBERNETES.glob("*.yaml")}
    assert set(content["resources"]) == there - {"kustomization.yaml", "ingress-controller.yaml"}
    assert (KUBERNETES / "secrets.example.env").is_file()


def test_pods_have_no_privileges() -> None:
    found = dict(pods())
    assert set(found) == {"canvas", "canvas-migrate", "canvas-daily-jobs"}
    image = read_dockerfile(DOCKERFILE.read_text())
    for name, pod in found.items():
        context = pod["securityContext"]
        assert context["runAsNonRoot"], name
        assert f"{context['runAsUser']}:{context['runAsGroup']}" == image.user
        assert pod["automountServiceAccountToken"] is False
        (container,) = pod["containers"]
        limits = container["securityContext"]
        assert limits["readOnlyRootFilesystem"], name
        assert limits["allowPrivilegeEscalation"] is False
        assert limits["capabilities"] == {"drop": ["ALL"]}
        mounted = {one["name"]: one["mountPath"] for one in container["volumeMounts"]}
        assert mounted == {"data": "/data", "tmp": "/tmp"}
        assert {one["name"] for one in pod["volumes"]} == set(mounted)


def test_servers_are_found_probed_and_drained() -> None:
    deployment, service = of_kind("Deployment"), of_kind("Service")
    labels = deployment["spec"]["template"]["metadata"]["labels"]
    for selector in (
        deployment["spec"]["selector"]["matchLabels"],
        service["spec"]["selector"],
        of_kind("PodDisruptionBudget")["spec"]["selector"]["matchLabels"],
        of_kind("NetworkPolicy")["spec"]["podSelector"]["matchLabels"],
    ):
        assert selector.items() <= labels.items()
    pod = deployment["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    paths = [container[f"{kind}Probe"]["httpGet"]["path"] for kind in ("liveness", "readiness")]
    assert paths == ["/healthz", "/readyz"]
    # preStop, and twice the time that a server drains: see canvas_project.server.
    assert pod["terminationGracePeriodSeconds"] >= 5 + 2 * 8
    (path,) = of_kind("Ingress")["spec"]["rules"][0]["http"]["paths"]
    assert path["backend"]["service"]["name"] == service["metadata"]["name"]


def test_the_ingress_takes_boards_from_paths_as_the_proxy_does() -> None:
    template = (DEPLOY / "nginx" / "nginx.conf.template").read_text().replace("${PREFIX}", "")
    (data,) = [one["data"] for name, one in manifests() if name == "ingress-controller.yaml"]
    rule = re.compile(r'"~\^/\(\?:board.*" \$board;')
    assert rule.findall(data["http-snippets"]) == rule.findall(template) != []
    assert "$request " not in data["log-format"]
    assert "$request_uri" not in data["log-format"]
    assert data["error-log-level"] == "emerg"
    assert "hash $canvas_board consistent" in str(of_kind("Ingress")["metadata"]["annotations"])
