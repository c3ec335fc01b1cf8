"""The tables of this app on a new database, in place of the migrations before."""

import boards.models.search
import boards.validators
import django.db.models.deletion
import django.utils.timezone
import uuid
from django.conf import settings
from django.db import migrations, models


def install(apps, schema_editor):
    boards.models.search.install_index(schema_editor.connection)


def uninstall(apps, schema_editor):
    boards.models.search.uninstall_index(schema_editor.connection)


class Migration(migrations.Migration):

    replaces = [
        ('boards', '0001_initial'),
        ('boards', '0002_sharing_and_comments'),
        ('boards', '0003_usage'),
        ('boards', '0004_counting'),
        ('boards', '0005_live_connections'),
        ('boards', '0006_what_changed'),
        ('boards', '0007_withdrawn_images'),
        ('boards', '0008_visits'),
        ('boards', '0009_disconnected'),
        ('boards', '0010_counting_moved'),
        ('boards', '0011_sign_in_via'),
        ('boards', '0012_search'),
        ('boards', '0013_spaces'),
        ('boards', '0014_invitations'),
        ('boards', '0015_tokens'),
        ('boards', '0016_webhooks'),
        ('boards', '0017_directory_and_saml'),
        ('boards', '0018_trash_index'),
        ('boards', '0019_webhook_secrets'),
    ]

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='LiveConnection',
            fields=[
                ('connection_id', models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ('board_id', models.UUIDField()),
                ('user_id', models.BigIntegerField(db_index=True)),
                ('process', models.UUIDField(db_index=True)),
                ('seen_at', models.DateTimeField(db_index=True, help_text='Its process still had it then.')),
            ],
        ),
        migrations.CreateModel(
            name='SocketTicket',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('session_key', models.CharField(blank=True, editable=False, max_length=40)),
                ('ends_at', models.BigIntegerField(db_index=True, editable=False)),
            ],
        ),
        migrations.CreateModel(
            name='Space',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(error_messages={'blank': 'Type a name.'}, max_length=100, validators=[boards.validators.validate_line])),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='owned_spaces', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ('name', 'pk'),
                'constraints': [models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='space_name_not_empty', violation_error_message='Type a name.')],
            },
        ),
        migrations.CreateModel(
            name='Folder',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(error_messages={'blank': 'Type a name.'}, max_length=100, validators=[boards.validators.validate_line])),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='folders', to='boards.folder')),
                ('space', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='folders', to='boards.space')),
            ],
            options={
                'ordering': ('name', 'pk'),
                'constraints': [models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='folder_name_not_empty', violation_error_message='Type a name.')],
            },
        ),
        migrations.CreateModel(
            name='Board',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('title', models.CharField(error_messages={'blank': 'Give the board a title.'}, max_length=200, validators=[boards.validators.validate_title])),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('last_activity_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('deleted_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='moved to trash at')),
                ('head_seq', models.BigIntegerField(default=0, editable=False, help_text='Sequence of the newest committed update; written only by sync.storage.store.')),
                ('access_version', models.BigIntegerField(default=1, editable=False, help_text='Bumped by everything that changes who may do what on this board.')),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='owned_boards', to=settings.AUTH_USER_MODEL)),
                ('locked_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('locked_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('document_bytes', models.BigIntegerField(default=0, editable=False, help_text='Updates and snapshots; written only by sync.')),
                ('image_bytes', models.BigIntegerField(default=0, editable=False)),
                ('version_bytes', models.BigIntegerField(default=0, editable=False)),
                ('comments_changed', models.BigIntegerField(default=0, editable=False)),
                ('versions_changed', models.BigIntegerField(default=0, editable=False)),
                ('disconnected_at_version', models.BigIntegerField(default=0, editable=False, help_text='Sockets admitted under an older access version were disconnected by an admin.')),
                ('widened_at_version', models.BigIntegerField(db_default=0, default=0, editable=False, help_text='At this access version its space let people in, and what was deleted before is still to be removed; 0 if it is not.')),
                ('folder', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='boards', to='boards.folder')),
                ('space', models.ForeignKey(blank=True, editable=False, help_text='The place whose permissions it inherits.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='boards', to='boards.space')),
            ],
            options={
                'ordering': ('-created_at',),
                'indexes': [models.Index(condition=models.Q(('deleted_at__isnull', False)), fields=['deleted_at'], name='board_in_trash')],
                'constraints': [models.CheckConstraint(condition=models.Q(('title', ''), _negated=True), name='board_title_not_empty', violation_error_message='Give the board a title.'), models.CheckConstraint(condition=models.Q(('head_seq__gte', 0)), name='board_head_seq_not_negative', violation_error_message='The head sequence of a board cannot be negative.'), models.CheckConstraint(condition=models.Q(('folder__isnull', True), ('space__isnull', False), _connector='OR'), name='board_folder_in_space', violation_error_message='A board in a folder is in the space of the folder.')],
            },
        ),
        migrations.CreateModel(
            name='AccessRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('level', models.CharField(choices=[('view', 'Can view'), ('comment', 'Can comment'), ('edit', 'Can edit')], max_length=8)),
                ('message', models.CharField(blank=True, max_length=500, validators=[boards.validators.validate_line])),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('resolved_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('outcome', models.CharField(blank=True, choices=[('granted', 'Granted'), ('declined', 'Declined')], max_length=8)),
                ('board', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='access_requests', to='boards.board')),
                ('resolved_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='access_requests', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ('created_at', 'pk'),
                'constraints': [models.UniqueConstraint(condition=models.Q(('resolved_at__isnull', True)), fields=('board', 'user'), name='access_request_one_open_per_user', violation_error_message='This person has asked already.'), models.CheckConstraint(condition=models.Q(models.Q(('outcome', ''), ('resolved_at__isnull', True)), models.Q(('outcome__in', ['granted', 'declined']), ('resolved_at__isnull', False)), _connector='OR'), name='access_request_answered_once', violation_error_message='An answer has a time, and a time has an answer.')],
            },
        ),
        migrations.CreateModel(
            name='BoardFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('file_id', models.CharField(max_length=64, validators=[boards.validators.validate_file_id])),
                ('mime', models.CharField(max_length=32)),
                ('size_bytes', models.PositiveIntegerField()),
                ('width', models.PositiveIntegerField()),
                ('height', models.PositiveIntegerField()),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('board', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='files', to='boards.board')),
                ('uploaded_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('is_withdrawn', models.BooleanField(default=False, editable=False, help_text='Deleted before others were let in: only for people who may edit.')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('board', 'file_id'), name='file_id_unique_per_board', violation_error_message='This board already has a file with this id.')],
            },
        ),
        migrations.CreateModel(
            name='BoardOpening',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('opened_at', models.DateTimeField()),
                ('board', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='openings', to='boards.board')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='board_openings', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['user', '-opened_at'], name='opening_user_newest')],
                'constraints': [models.UniqueConstraint(fields=('user', 'board'), name='opening_one_per_person')],
            },
        ),
        migrations.CreateModel(
            name='BoardPermission',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('level', models.CharField(choices=[('view', 'Can view'), ('comment', 'Can comment'), ('edit', 'Can edit')], max_length=8)),
                ('is_public', models.BooleanField(default=False)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('board', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='permissions', to='boards.board')),
                ('granted_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('user', models.ForeignKey(blank=True, help_text='Empty for a group and for the public link.', null=True, on_delete=django.db.models.deletion.CASCADE, related_name='board_permissions', to=settings.AUTH_USER_MODEL)),
                ('group', models.ForeignKey(blank=True, help_text='Everybody in this group.', null=True, on_delete=django.db.models.deletion.CASCADE, related_name='board_permissions', to='auth.group')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('is_public', True)), fields=('board',), name='permission_one_public_per_board', violation_error_message='This board already has a public link.'), models.UniqueConstraint(condition=models.Q(('user__isnull', False)), fields=('board', 'user'), name='permission_one_per_user', violation_error_message='This user already has a level on this board.'), models.CheckConstraint(condition=models.Q(('level__in', ['view', 'comment', 'edit'])), name='permission_level_valid', violation_error_message='The level must be view, comment or edit.'), models.UniqueConstraint(condition=models.Q(('group__isnull', False)), fields=('board', 'group'), name='permission_one_per_group', violation_error_message='This group already has a level on this board.'), models.CheckConstraint(condition=models.Q(models.Q(('group__isnull', True), ('is_public', True), ('user__isnull', True)), models.Q(('group__isnull', True), ('is_public', False), ('user__isnull', False)), models.Q(('group__isnull', False), ('is_public', False), ('user__isnull', True)), _connector='OR'), name='permission_exactly_one_subject', violation_error_message='A permission is for one user or public or one group, never for two of them.')],
            },
        ),
        migrations.CreateModel(
            name='BoardStar',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('board', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='stars', to='boards.board')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='board_stars', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('user', 'board'), name='star_one_per_person')],
            },
        ),
        migrations.CreateModel(
            name='CommentThread',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('anchor', models.JSONField(help_text='{element_id, dx, dy}, or {x, y}: a point of the board.')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('resolved_at', models.DateTimeField(blank=True, null=True)),
                ('resolved_by_name', models.CharField(blank=True, max_length=200)),
                ('board', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='comment_threads', to='boards.board')),
            ],
            options={
                'ordering': ('created_at', 'pk'),
                'indexes': [models.Index(fields=['board', 'created_at'], name='thread_board_created')],
            },
        ),
        migrations.CreateModel(
            name='Comment',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('author_name', models.CharField(help_text='The name at the time of writing.', max_length=200)),
                ('is_guest', models.BooleanField(default=False)),
                ('guest_key', models.CharField(blank=True, editable=False, help_text="A digest of the guest's session secret: only that session may edit it.", max_length=64)),
                ('body', models.TextField(max_length=4000, validators=[boards.validators.validate_text])),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('edited_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('author', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('mentions', models.ManyToManyField(blank=True, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('thread', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='comments', to='boards.commentthread')),
            ],
            options={
                'ordering': ('created_at', 'pk'),
                'constraints': [models.CheckConstraint(condition=models.Q(('body', ''), _negated=True), name='comment_not_empty', violation_error_message='Write something first.'), models.CheckConstraint(condition=models.Q(('is_guest', False), ('author__isnull', True), _connector='OR'), name='comment_guest_has_no_account', violation_error_message='A guest has no account.')],
            },
        ),
        migrations.CreateModel(
            name='Invitation',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('email', models.EmailField(max_length=254, validators=[boards.validators.validate_line])),
                ('level', models.CharField(choices=[('view', 'Can view'), ('comment', 'Can comment'), ('edit', 'Can edit')], max_length=8)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('expires_at', models.DateTimeField()),
                ('revoked_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('accepted_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('accepted_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('board', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='invitations', to='boards.board')),
                ('created_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ('-created_at', 'pk'),
                'constraints': [models.UniqueConstraint(condition=models.Q(('accepted_at__isnull', True), ('revoked_at__isnull', True)), fields=('board', 'email'), name='invitation_one_open_per_address'), models.CheckConstraint(condition=models.Q(('level__in', ['view', 'comment', 'edit'])), name='invitation_level_valid', violation_error_message='The level must be view, comment or edit.')],
            },
        ),
        migrations.CreateModel(
            name='SearchState',
            fields=[
                ('board', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='search_state', serialize=False, to='boards.board')),
                ('seq', models.BigIntegerField(default=-1, help_text='Of the indexed document.', verbose_name='sequence')),
                ('comments', models.BigIntegerField(default=-1, help_text='As in `Board.comments_changed`.')),
                ('title', models.CharField(blank=True, max_length=200)),
                ('next_at', models.DateTimeField(default=django.utils.timezone.now, help_text='Not looked at before.')),
                ('indexed_at', models.DateTimeField(null=True)),
                ('failures', models.PositiveIntegerField(default=0, help_text='Times in a row that crashed their process, failed, or still run.')),
                ('reason', models.CharField(blank=True, help_text='Of the last failure.', max_length=300)),
            ],
        ),
        migrations.CreateModel(
            name='SearchText',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('title', 'Title'), ('element', 'Element'), ('comment', 'Comment')], max_length=7)),
                ('key', models.CharField(blank=True, help_text='Id of the element or comment.', max_length=200)),
                ('text', models.TextField()),
                ('words', boards.models.search.WordsField()),
                ('board', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='search_texts', to='boards.board')),
                ('comment', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='boards.comment')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('board', 'kind', 'key'), name='search_text_unique_per_board', violation_error_message='This text is in the index already.')],
            },
        ),
        migrations.CreateModel(
            name='ShareLink',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('level', models.CharField(choices=[('view', 'Can view'), ('comment', 'Can comment'), ('edit', 'Can edit')], max_length=8)),
                ('label', models.CharField(blank=True, max_length=100, validators=[boards.validators.validate_line])),
                ('password_hash', models.CharField(blank=True, editable=False, max_length=255)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('expires_at', models.DateTimeField(blank=True, null=True)),
                ('revoked_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('last_used_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('use_count', models.PositiveIntegerField(default=0, editable=False)),
                ('board', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='share_links', to='boards.board')),
                ('created_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ('-created_at', 'pk'),
                'constraints': [models.CheckConstraint(condition=models.Q(('level__in', ['view', 'comment', 'edit'])), name='share_link_level_valid', violation_error_message='The level must be view, comment or edit.')],
            },
        ),
        migrations.CreateModel(
            name='SpacePermission',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('level', models.CharField(choices=[('view', 'Can view'), ('comment', 'Can comment'), ('edit', 'Can edit')], max_length=8)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('granted_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('group', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='space_permissions', to='auth.group')),
                ('space', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='permissions', to='boards.space')),
                ('user', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='space_permissions', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('user__isnull', False)), fields=('space', 'user'), name='space_permission_one_per_user'), models.UniqueConstraint(condition=models.Q(('group__isnull', False)), fields=('space', 'group'), name='space_permission_one_per_group'), models.CheckConstraint(condition=models.Q(models.Q(('group__isnull', True), ('user__isnull', False)), models.Q(('group__isnull', False), ('user__isnull', True)), _connector='OR'), name='space_permission_exactly_one_subject', violation_error_message='A permission is for one person or for one group.'), models.CheckConstraint(condition=models.Q(('level__in', ['view', 'comment', 'edit'])), name='space_permission_level_valid', violation_error_message='The level must be view, comment or edit.')],
            },
        ),
        migrations.CreateModel(
            name='Visit',
            fields=[
                ('id', models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ('connection_id', models.UUIDField(help_text='Names it in the log; another at a higher level.')),
                ('board_id', models.UUIDField()),
                ('user_id', models.BigIntegerField(null=True)),
                ('level', models.CharField(blank=True, choices=[('view', 'View'), ('comment', 'Comment'), ('edit', 'Edit'), ('owner', 'Owner')], max_length=8)),
                ('via', models.CharField(choices=[('session', 'Session'), ('token', 'Token'), ('oidc', 'Identity provider'), ('saml', 'Identity provider (SAML)'), ('ldap', 'Directory'), ('proxy', 'Proxy header'), ('ticket', 'Socket ticket'), ('link', 'Share link'), ('public', 'Public link'), ('admin', 'Admin'), ('command', 'Command'), ('system', 'System')], max_length=8)),
                ('share_link_id', models.UUIDField(null=True)),
                ('ip_address', models.GenericIPAddressField(null=True)),
                ('user_agent', models.CharField(blank=True, max_length=256)),
                ('opened_at', models.DateTimeField()),
                ('seen_at', models.DateTimeField(db_index=True)),
                ('sockets', models.PositiveIntegerField(default=0)),
                ('updates', models.PositiveBigIntegerField(default=0)),
                ('bytes_in', models.PositiveBigIntegerField(default=0)),
                ('wrote', models.JSONField(default=list, help_text='Kinds of writes that the log has a row of.')),
                ('is_lasting', models.BooleanField(default=False, help_text='Ends only when nothing was seen for a while: too many came before it.')),
                ('token_id', models.UUIDField(null=True)),
                ('token_name', models.CharField(blank=True, db_default='', max_length=100)),
            ],
        ),
        migrations.CreateModel(
            name='Webhook',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=100)),
                ('host', models.CharField(help_text='Of the address, to show it.', max_length=270)),
                ('sealed_url', models.TextField(editable=False)),
                ('sealed_secret', models.TextField(editable=False)),
                ('events', models.JSONField(default=list)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('not_before', models.DateTimeField(default=django.utils.timezone.now, help_text='Nobody sends to it before: it is in use, or has failed.')),
                ('changes_since', models.DateTimeField(default=django.utils.timezone.now, help_text='Changes of drawings after this moment are not told yet.')),
                ('failures', models.PositiveIntegerField(default=0, help_text='In a row.')),
                ('failing_since', models.DateTimeField(blank=True, null=True)),
                ('disabled_at', models.DateTimeField(blank=True, null=True)),
                ('problem', models.CharField(blank=True, choices=[('', ''), ('status', 'the answer was no success'), ('redirect', 'it redirects elsewhere, which is not followed'), ('gone', 'it says that it is gone for good (410)'), ('timeout', 'no answer in time'), ('connection', 'no connection'), ('certificate', 'its certificate is not valid'), ('name', "its name can't be found"), ('address', 'its address is in a network that webhooks may not call'), ('plain', 'it has no https'), ('sealed', 'the server has another key than when this was made'), ('failing', 'it failed for days'), ('owner', 'switched off by hand')], help_text='Why it is off.', max_length=12)),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='webhooks', to=settings.AUTH_USER_MODEL)),
                ('old_secret_until', models.DateTimeField(blank=True, help_text='Until then messages carry its signature too.', null=True)),
                ('sealed_old_secret', models.TextField(blank=True, db_default='', default='', editable=False, help_text='Before the last change.')),
            ],
            options={
                'ordering': ('name', 'pk'),
            },
        ),
        migrations.CreateModel(
            name='WebhookDelivery',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('event', models.CharField(choices=[('board.created', 'A board is created'), ('board.shared', 'A board is shared, or with more rights'), ('board.commented', 'Somebody comments'), ('board.changed', 'A drawing changes'), ('webhook.test', 'A test that you asked for')], max_length=20)),
                ('place', models.UUIDField(help_text='The board.', null=True)),
                ('payload', models.TextField(help_text='What is sent, byte for byte.')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('due_at', models.DateTimeField(help_text='Of the next attempt; empty if none is.', null=True)),
                ('tries', models.PositiveSmallIntegerField(default=0)),
                ('tried_at', models.DateTimeField(null=True)),
                ('status', models.PositiveSmallIntegerField(help_text='HTTP status of the answer.', null=True)),
                ('duration_ms', models.PositiveIntegerField(null=True)),
                ('problem', models.CharField(blank=True, choices=[('', ''), ('status', 'the answer was no success'), ('redirect', 'it redirects elsewhere, which is not followed'), ('gone', 'it says that it is gone for good (410)'), ('timeout', 'no answer in time'), ('connection', 'no connection'), ('certificate', 'its certificate is not valid'), ('name', "its name can't be found"), ('address', 'its address is in a network that webhooks may not call'), ('plain', 'it has no https'), ('sealed', 'the server has another key than when this was made'), ('failing', 'it failed for days'), ('owner', 'switched off by hand')], max_length=12)),
                ('webhook', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to='boards.webhook')),
            ],
            options={
                'ordering': ('-created_at', '-pk'),
                'indexes': [models.Index(fields=['webhook', '-created_at'], name='webhook_delivery_newest'), models.Index(condition=models.Q(('due_at__isnull', False)), fields=['due_at'], name='webhook_delivery_due')],
            },
        ),
        migrations.SeparateDatabaseAndState(
            # Its model is in the state of accounts.
            database_operations=[
                migrations.CreateModel(
                    name='RateCount',
                    fields=[
                        ('key', models.CharField(editable=False, max_length=80, primary_key=True, serialize=False)),
                        ('count', models.PositiveIntegerField(editable=False)),
                        ('ends_at', models.BigIntegerField(db_index=True, editable=False)),
                    ],
                ),
            ],
        ),
        migrations.RunPython(install, uninstall),
    ]
