"""Groups, locks, share links, access requests and comments."""

import boards.validators
import django.db.models.deletion
import django.utils.timezone
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("boards", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="AccessRequest",
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
                (
                    "message",
                    models.CharField(
                        blank=True, max_length=500, validators=[boards.validators.validate_line]
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                ("resolved_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[("granted", "Granted"), ("declined", "Declined")],
                        max_length=8,
                    ),
                ),
            ],
            options={
                "ordering": ("created_at", "pk"),
            },
        ),
        migrations.CreateModel(
            name="Comment",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "author_name",
                    models.CharField(help_text="The name at the time of writing.", max_length=200),
                ),
                ("is_guest", models.BooleanField(default=False)),
                (
                    "guest_key",
                    models.CharField(
                        blank=True,
                        editable=False,
                        help_text="A digest of the guest's session secret: only that session may edit it.",
                        max_length=64,
                    ),
                ),
                (
                    "body",
                    models.TextField(max_length=4000, validators=[boards.validators.validate_text]),
                ),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                ("edited_at", models.DateTimeField(blank=True, editable=False, null=True)),
            ],
            options={
                "ordering": ("created_at", "pk"),
            },
        ),
        migrations.CreateModel(
            name="CommentThread",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "anchor",
                    models.JSONField(
                        help_text="{element_id, dx, dy}, or {x, y}: a point of the board."
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                ("resolved_at", models.DateTimeField(blank=True, null=True)),
                ("resolved_by_name", models.CharField(blank=True, max_length=200)),
            ],
            options={
                "ordering": ("created_at", "pk"),
            },
        ),
        migrations.CreateModel(
            name="ShareLink",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
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
                (
                    "label",
                    models.CharField(
                        blank=True, max_length=100, validators=[boards.validators.validate_line]
                    ),
                ),
                ("password_hash", models.CharField(blank=True, editable=False, max_length=255)),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                ("expires_at", models.DateTimeField(blank=True, null=True)),
                ("revoked_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("last_used_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("use_count", models.PositiveIntegerField(default=0, editable=False)),
            ],
            options={
                "ordering": ("-created_at", "pk"),
            },
        ),
        migrations.RemoveConstraint(
            model_name="boardpermission",
            name="permission_exactly_one_subject",
        ),
        migrations.AddField(
            model_name="board",
            name="locked_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="board",
            name="locked_by",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="boardpermission",
            name="group",
            field=models.ForeignKey(
                blank=True,
                help_text="Everybody in this group.",
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="board_permissions",
                to="auth.group",
            ),
        ),
        migrations.AlterField(
            model_name="boardpermission",
            name="user",
            field=models.ForeignKey(
                blank=True,
                help_text="Empty for a group and for the public link.",
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="board_permissions",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            model_name="boardpermission",
            constraint=models.UniqueConstraint(
                condition=models.Q(("group__isnull", False)),
                fields=("board", "group"),
                name="permission_one_per_group",
                violation_error_message="This group already has a level on this board.",
            ),
        ),
        migrations.AddConstraint(
            model_name="boardpermission",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("group__isnull", True), ("is_public", True), ("user__isnull", True)),
                    models.Q(
                        ("group__isnull", True), ("is_public", False), ("user__isnull", False)
                    ),
                    models.Q(
                        ("group__isnull", False), ("is_public", False), ("user__isnull", True)
                    ),
                    _connector="OR",
                ),
                name="permission_exactly_one_subject",
                violation_error_message="A permission is for one user or public or one group, never for two of them.",
            ),
        ),
        migrations.AddField(
            model_name="accessrequest",
            name="board",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="access_requests",
                to="boards.board",
            ),
        ),
        migrations.AddField(
            model_name="accessrequest",
            name="resolved_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="accessrequest",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="access_requests",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="comment",
            name="author",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="comment",
            name="mentions",
            field=models.ManyToManyField(blank=True, related_name="+", to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name="commentthread",
            name="board",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="comment_threads",
                to="boards.board",
            ),
        ),
        migrations.AddField(
            model_name="comment",
            name="thread",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="comments",
                to="boards.commentthread",
            ),
        ),
        migrations.AddField(
            model_name="sharelink",
            name="board",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="share_links",
                to="boards.board",
            ),
        ),
        migrations.AddField(
            model_name="sharelink",
            name="created_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            model_name="accessrequest",
            constraint=models.UniqueConstraint(
                condition=models.Q(("resolved_at__isnull", True)),
                fields=("board", "user"),
                name="access_request_one_open_per_user",
                violation_error_message="This person has asked already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="accessrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("outcome", ""), ("resolved_at__isnull", True)),
                    models.Q(
                        ("outcome__in", ["granted", "declined"]), ("resolved_at__isnull", False)
                    ),
                    _connector="OR",
                ),
                name="access_request_answered_once",
                violation_error_message="An answer has a time, and a time has an answer.",
            ),
        ),
        migrations.AddIndex(
            model_name="commentthread",
            index=models.Index(fields=["board", "created_at"], name="thread_board_created"),
        ),
        migrations.AddConstraint(
            model_name="comment",
            constraint=models.CheckConstraint(
                condition=models.Q(("body", ""), _negated=True),
                name="comment_not_empty",
                violation_error_message="Write something first.",
            ),
        ),
        migrations.AddConstraint(
            model_name="comment",
            constraint=models.CheckConstraint(
                condition=models.Q(("is_guest", False), ("author__isnull", True), _connector="OR"),
                name="comment_guest_has_no_account",
                violation_error_message="A guest has no account.",
            ),
        ),
        migrations.AddConstraint(
            model_name="sharelink",
            constraint=models.CheckConstraint(
                condition=models.Q(("level__in", ["view", "comment", "edit"])),
                name="share_link_level_valid",
                violation_error_message="The level must be view, comment or edit.",
            ),
        ),
    ]
