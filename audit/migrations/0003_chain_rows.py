"""Chains the rows that are there already, and has the database refuse to change any."""

from django.conf import settings
from django.db import migrations

from audit import chain, triggers

CHAINED_FIELDS = (
    "id",
    "created_at",
    "action",
    "outcome",
    "actor_id",
    "actor_kind",
    "actor_label",
    "target_user_id",
    "target_label",
    "board_id",
    "board_title",
    "level",
    "via",
    "ip_address",
    "user_agent",
    "share_link_id",
    "connection_id",
    "data",
)


def chain_rows(apps, schema_editor):
    """Numbers the rows from 1 without gaps, which the chain needs, and gives each its hash."""
    rows = apps.get_model("audit", "AuditLog").objects
    head = apps.get_model("audit", "AuditHead").objects
    key = str(settings.CANVAS_AUDIT_KEY).encode()
    last_hash, last_id = chain.GENESIS, 0
    for old_id in list(rows.order_by("pk").values_list("pk", flat=True)):
        fields = rows.values(*CHAINED_FIELDS).get(pk=old_id)
        fields["id"] = last_id = last_id + 1
        entry_hash = chain.entry_hash(key, last_hash, fields)
        rows.filter(pk=old_id).update(id=last_id, prev_hash=last_hash, entry_hash=entry_hash)
        last_hash = entry_hash
    seal = chain.seal(key, "head", last_id, last_hash)
    head.create(pk=1, last_id=last_id, last_hash=last_hash, seal=seal)


def install(apps, schema_editor):
    triggers.install(schema_editor.connection)


def uninstall(apps, schema_editor):
    triggers.uninstall(schema_editor.connection)
    apps.get_model("audit", "AuditHead").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_chain")]

    operations = [
        migrations.RunPython(chain_rows, migrations.RunPython.noop),
        migrations.RunPython(install, uninstall),
    ]
