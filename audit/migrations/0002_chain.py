"""Makes room for the hash chain, the catalogue of actions, and pruning."""

import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="AuditCheckpoint",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("last_pruned_id", models.BigIntegerField(unique=True)),
                ("last_hash", models.CharField(max_length=64)),
                ("count", models.PositiveBigIntegerField()),
                ("pruned_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("seal", models.CharField(max_length=64)),
            ],
            options={
                "verbose_name": "audit log checkpoint",
                "ordering": ("-last_pruned_id",),
            },
        ),
        migrations.CreateModel(
            name="AuditHead",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("last_id", models.BigIntegerField()),
                ("last_hash", models.CharField(blank=True, max_length=64)),
                ("seal", models.CharField(max_length=64)),
            ],
            options={
                "verbose_name": "end of the audit log",
            },
        ),
        migrations.AlterModelOptions(
            name="auditlog",
            options={
                "base_manager_name": "objects",
                "ordering": ("-created_at", "-id"),
                "permissions": (("export_auditlog", "Can export the audit log"),),
                "verbose_name": "audit log entry",
                "verbose_name_plural": "audit log",
            },
        ),
        migrations.AddField(
            model_name="auditlog",
            name="connection_id",
            field=models.UUIDField(
                blank=True, help_text="The same on all rows of one socket.", null=True
            ),
        ),
        migrations.AddField(
            model_name="auditlog",
            name="entry_hash",
            field=models.CharField(default="", editable=False, max_length=64),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="auditlog",
            name="prev_hash",
            field=models.CharField(blank=True, editable=False, max_length=64),
        ),
        migrations.AddField(
            model_name="auditlog",
            name="share_link_id",
            field=models.UUIDField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name="auditlog",
            name="action",
            field=models.CharField(
                choices=[
                    ("room_access", "Board opened"),
                    ("room_access_denied", "Board access denied"),
                    ("room_leave", "Board left"),
                    ("room_create", "Board created"),
                    ("room_update", "Board changed"),
                    ("room_lock", "Board locked"),
                    ("room_unlock", "Board unlocked"),
                    ("room_delete", "Board moved to trash"),
                    ("room_restore", "Board restored"),
                    ("room_purge", "Board deleted for good"),
                    ("room_export", "Board exported"),
                    ("room_import", "Board imported"),
                    ("room_snapshot_restore", "Earlier version restored"),
                    ("room_compact", "Board compacted by hand"),
                    ("permission_change", "Permission changed"),
                    ("public_access_change", "Public link changed"),
                    ("share_link_create", "Share link created"),
                    ("share_link_revoke", "Share link revoked"),
                    ("share_link_use", "Share link used"),
                    ("ownership_transfer", "Ownership transferred"),
                    ("access_request", "Access requested"),
                    ("access_request_resolve", "Access request answered"),
                    ("auth_login", "Signed in"),
                    ("auth_logout", "Signed out"),
                    ("auth_login_failed", "Sign-in failed"),
                    ("token_issue", "Token issued"),
                    ("token_reject", "Token rejected"),
                    ("audit_export", "Audit log exported"),
                    ("audit_prune", "Audit log pruned"),
                ],
                max_length=32,
            ),
        ),
        migrations.AlterField(
            model_name="auditlog",
            name="via",
            field=models.CharField(
                blank=True,
                choices=[
                    ("session", "Session"),
                    ("token", "Token"),
                    ("ticket", "Socket ticket"),
                    ("link", "Share link"),
                    ("public", "Public link"),
                    ("admin", "Admin"),
                    ("command", "Command"),
                    ("system", "System"),
                ],
                max_length=8,
            ),
        ),
    ]
