"""The first schema of this app."""

import boards.validators
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Board",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "title",
                    models.CharField(
                        error_messages={"blank": "Give the board a title."},
                        max_length=200,
                        validators=[boards.validators.validate_title],
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("last_activity_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "deleted_at",
                    models.DateTimeField(
                        blank=True,
                        db_index=True,
                        editable=False,
                        null=True,
                        verbose_name="moved to trash at",
                    ),
                ),
                (
                    "head_seq",
                    models.BigIntegerField(
                        default=0,
                        editable=False,
                        help_text="Sequence of the newest committed update; written only by sync.storage.store.",
                    ),
                ),
                (
                    "access_version",
                    models.BigIntegerField(
                        default=1,
                        editable=False,
                        help_text="Bumped by everything that changes who may do what on this board.",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="owned_boards",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ("-created_at",),
            },
        ),
        migrations.CreateModel(
            name="BoardFile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "file_id",
                    models.CharField(
                        max_length=64, validators=[boards.validators.validate_file_id]
                    ),
                ),
                ("mime", models.CharField(max_length=32)),
                ("size_bytes", models.PositiveIntegerField()),
                ("width", models.PositiveIntegerField()),
                ("height", models.PositiveIntegerField()),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "board",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="files",
                        to="boards.board",
                    ),
                ),
                (
                    "uploaded_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="BoardPermission",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "level",
                    models.CharField(
                        choices=[
                            ("view", "Can view"),
                            ("comment", "Can comment"),
                            ("edit", "Can edit"),
                        ],
                        max_length=8,
                    ),
                ),
                ("is_public", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "board",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="permissions",
                        to="boards.board",
                    ),
                ),
                (
                    "granted_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        help_text="Empty for the public link.",
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="board_permissions",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="board",
            constraint=models.CheckConstraint(
                condition=models.Q(("title", ""), _negated=True),
                name="board_title_not_empty",
                violation_error_message="Give the board a title.",
            ),
        ),
        migrations.AddConstraint(
            model_name="board",
            constraint=models.CheckConstraint(
                condition=models.Q(("head_seq__gte", 0)),
                name="board_head_seq_not_negative",
                violation_error_message="The head sequence of a board cannot be negative.",
            ),
        ),
        migrations.AddConstraint(
            model_name="boardfile",
            constraint=models.UniqueConstraint(
                fields=("board", "file_id"),
                name="file_id_unique_per_board",
                violation_error_message="This board already has a file with this id.",
            ),
        ),
        migrations.AddConstraint(
            model_name="boardpermission",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_public", True)),
                fields=("board",),
                name="permission_one_public_per_board",
                violation_error_message="This board already has a public link.",
            ),
        ),
        migrations.AddConstraint(
            model_name="boardpermission",
            constraint=models.UniqueConstraint(
                condition=models.Q(("user__isnull", False)),
                fields=("board", "user"),
                name="permission_one_per_user",
                violation_error_message="This user already has a level on this board.",
            ),
        ),
        migrations.AddConstraint(
            model_name="boardpermission",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("is_public", True), ("user__isnull", True)),
                    models.Q(("is_public", False), ("user__isnull", False)),
                    _connector="OR",
                ),
                name="permission_exactly_one_subject",
                violation_error_message="A permission is for one user or public, never both.",
            ),
        ),
        migrations.AddConstraint(
            model_name="boardpermission",
            constraint=models.CheckConstraint(
                condition=models.Q(("level__in", ["view", "comment", "edit"])),
                name="permission_level_valid",
                violation_error_message="The level must be view, comment or edit.",
            ),
        ),
    ]
