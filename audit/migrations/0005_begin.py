"""Writes the end of the empty log, so that an end that is missing later was removed."""

from typing import Any

from django.db import migrations

from audit import chain


def begin(apps: Any, schema_editor: Any) -> None:
    """Also of an installation that has never written a row; a log with rows has its end."""
    head = apps.get_model("audit", "AuditHead")
    if head.objects.exists() or apps.get_model("audit", "AuditLog").objects.exists():
        return
    if apps.get_model("audit", "AuditCheckpoint").objects.exists():
        return
    from audit.models import AuditHead, chain_key

    seal = chain.seal(chain_key(), "head", 0, chain.GENESIS)
    head.objects.create(
        pk=AuditHead.SINGLE_ID, last_id=0, last_hash=chain.GENESIS, seal=seal
    )


class Migration(migrations.Migration):
    dependencies = [("audit", "0004_disconnect")]
    operations = [migrations.RunPython(begin, migrations.RunPython.noop)]
