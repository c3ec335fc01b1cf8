from django.db import migrations, models
from django.utils import timezone

RETIRED = -(2**62) - 1


def retire_now(apps, schema_editor):
    """What was retired before has its time from now on."""
    clients = apps.get_model("sync", "DocumentClient").objects
    clients.filter(user_id=RETIRED).update(retired_at=timezone.now())


class Migration(migrations.Migration):

    dependencies = [
        ("sync", "0012_job_attempts"),
    ]

    operations = [
        migrations.AddField(
            model_name="documentclient",
            name="retired_at",
            field=models.DateTimeField(blank=True, help_text="When the history it belonged to was replaced.", null=True),
        ),
        migrations.AddIndex(
            model_name="documentclient",
            index=models.Index(condition=models.Q(("retired_at__isnull", False)), fields=["retired_at"], name="client_retired_at"),
        ),
        migrations.RunPython(retire_now, migrations.RunPython.noop),
    ]
