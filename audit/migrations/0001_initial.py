"""The first schema of this app."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="AuditLog",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                (
                    "action",
                    models.CharField(
                        choices=[
                            ("room_access", "Board opened"),
                            ("room_access_denied", "Board access denied"),
                            ("room_create", "Board created"),
                            ("room_update", "Board changed"),
                            ("room_delete", "Board moved to trash"),
                            ("room_restore", "Board restored"),
                            ("permission_change", "Permission changed"),
                        ],
                        max_length=32,
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        choices=[("success", "Success"), ("denied", "Denied"), ("error", "Error")],
                        default="success",
                        max_length=8,
                    ),
                ),
                (
                    "actor_kind",
                    models.CharField(
                        choices=[
                            ("user", "User"),
                            ("anonymous", "Anonymous"),
                            ("system", "System"),
                        ],
                        max_length=12,
                    ),
                ),
                ("actor_label", models.CharField(blank=True, max_length=200)),
                ("target_label", models.CharField(blank=True, max_length=200)),
                ("board_id", models.UUIDField(blank=True, null=True)),
                ("board_title", models.CharField(blank=True, max_length=200)),
                (
                    "level",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("view", "View"),
                            ("comment", "Comment"),
                            ("edit", "Edit"),
                            ("owner", "Owner"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "via",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("session", "Session"),
                            ("token", "Token"),
                            ("public", "Public link"),
                            ("command", "Command"),
                            ("system", "System"),
                        ],
                        max_length=8,
                    ),
                ),
                ("ip_address", models.GenericIPAddressField(blank=True, null=True)),
                ("user_agent", models.CharField(blank=True, max_length=256)),
                ("data", models.JSONField(blank=True, default=dict)),
                (
                    "actor",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "target_user",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "audit log entry",
                "verbose_name_plural": "audit log",
                "ordering": ("-created_at", "-id"),
                "base_manager_name": "objects",
                "indexes": [
                    models.Index(fields=["-created_at"], name="audit_created"),
                    models.Index(fields=["board_id", "-created_at"], name="audit_board_created"),
                    models.Index(fields=["actor", "-created_at"], name="audit_actor_created"),
                    models.Index(fields=["action", "-created_at"], name="audit_action_created"),
                ],
            },
        ),
    ]
