"""Dashboard and alerts of `deploy/` show what `/metrics` gives, and nothing else."""

import json
import re
from pathlib import Path

import yaml
from django.conf import settings
from django.test import Client

from boards.tests.factories import make_user

MONITORING = Path(settings.BASE_DIR) / "deploy" / "monitoring"


def expressions() -> list[str]:
    dashboard = json.loads((MONITORING / "dashboard.json").read_text())
    alerts = yaml.safe_load((MONITORING / "alerts.yaml").read_text())
    rules = [rule for group in alerts["groups"] for rule in group["rules"]]
    for rule in rules:
        assert {"alert", "expr", "labels", "annotations"} <= set(rule), rule
        assert {"summary", "todo"} == set(rule["annotations"]), rule["alert"]
    panels = [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
    return [rule["expr"] for rule in rules] + panels


def test_dashboard_and_alerts_use_metrics_that_there_are(db: None) -> None:
    admin = make_user("root")
    admin.is_staff = True
    admin.save()
    client = Client()
    client.force_login(admin)
    given = {"up"}
    answer = client.get("/metrics").content.decode()
    for name, kind in re.findall(r"^# TYPE (\S+) (\S+)$", answer, re.MULTILINE):
        ends = ("_bucket", "_sum", "_count") if kind == "histogram" else ("",)
        given |= {name + end for end in ends}
    assert "canvas_commit_seconds_bucket" in given
    used: set[str] = set()
    for expression in expressions():
        bare = re.sub(r'"[^"]*"|\[[^\]]*\]|\{[^}]*\}|by \([^)]*\)', " ", expression)
        words = set(re.findall(r"[a-z_]+(?![a-z_(]*\()", bare))
        names = {word for word in words if word.count("_") or word == "up"}
        assert names, expression
        used |= names
    assert used <= given, used - given
    # What is counted is shown: no metric of ours is forgotten.
    ours = {re.sub("_(bucket|sum|count)$", "", name) for name in given if "canvas_" in name}
    shown = {re.sub("_(bucket|sum|count)$", "", name) for name in used}
    assert {name for name in ours - shown if not name.endswith("_created")} == set()


def test_expressions_use_labels_that_there_are() -> None:
    from canvas_project import metrics as of_jobs
    from sync import metrics as of_engine

    known = {"job", "exported_job", "instance", "le"}
    for module in (of_jobs, of_engine):
        for metric in vars(module).values():
            known |= set(getattr(metric, "_labelnames", ()))
    for expression in expressions():
        labels = set(re.findall(r"(\w+)\s*(?:=~|!=|=)\s*\"", expression))
        for group in re.findall(r"by \(([^)]*)\)", expression):
            labels |= set(re.split(r",\s*", group))
        assert labels <= known, expression
