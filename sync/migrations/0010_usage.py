"""Counts what is stored of each board, which from now on is kept where it changes."""

from typing import Any

from django.db import migrations
from django.db.models import Sum
from django.db.models.functions import Coalesce, Length


def count_what_is_stored(apps: Any, schema_editor: Any) -> None:
    """Writes the sizes on the rows of the boards."""

    def sizes(app: str, model: str, size: Any) -> dict[Any, int]:
        rows = apps.get_model(app, model).objects.order_by().values("board_id")
        return dict(rows.annotate(size=Sum(size)).values_list("board_id", "size"))

    updates = sizes("sync", "DocumentUpdate", Length("payload"))
    snapshots = sizes(
        "sync", "DocumentSnapshot", Length("payload") + Coalesce(Length("elements"), 0)
    )
    versions = sizes("sync", "Version", Length("payload"))
    images = sizes("boards", "BoardFile", "size_bytes")
    for board in apps.get_model("boards", "Board").objects.only("pk").iterator():
        board.document_bytes = updates.get(board.pk, 0) + snapshots.get(board.pk, 0)
        board.version_bytes = versions.get(board.pk, 0)
        board.image_bytes = images.get(board.pk, 0)
        board.save(update_fields=["document_bytes", "version_bytes", "image_bytes"])


class Migration(migrations.Migration):
    dependencies = [("boards", "0003_usage"), ("sync", "0009_pieces")]

    operations = [
        migrations.RunPython(count_what_is_stored, migrations.RunPython.noop),
    ]
