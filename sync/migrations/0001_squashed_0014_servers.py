"""The tables of this app on a new database, in place of the migrations before."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [
        ('sync', '0001_initial'),
        ('sync', '0002_client_ownership'),
        ('sync', '0003_versions'),
        ('sync', '0004_load_attempts'),
        ('sync', '0005_fewer_indexes'),
        ('sync', '0006_packed'),
        ('sync', '0007_connected'),
        ('sync', '0008_jobs'),
        ('sync', '0009_pieces'),
        ('sync', '0010_usage'),
        ('sync', '0011_guests_own_their_client_ids'),
        ('sync', '0012_job_attempts'),
        ('sync', '0013_retired_at'),
        ('sync', '0014_servers'),
    ]

    initial = True

    dependencies = [
        ('boards', '0005_live_connections'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ConnectedCount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('process', models.UUIDField()),
                ('board_id', models.UUIDField(db_index=True)),
                ('people', models.PositiveIntegerField(help_text='Accounts, and sockets of guests.')),
                ('sockets', models.PositiveIntegerField()),
                ('renewed_at', models.DateTimeField(db_index=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('process', 'board_id'), name='connected_unique_per_process', violation_error_message='This process has told its count already.')],
            },
        ),
        migrations.CreateModel(
            name='DocumentClient',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('client_id', models.BigIntegerField()),
                ('user_id', models.BigIntegerField(help_text='Below zero: one guest. Empty: the guests of earlier versions, who were all one.', null=True)),
                ('seq', models.BigIntegerField(help_text='Of the update that claimed it.', verbose_name='sequence')),
                ('board', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='document_clients', to='boards.board')),
                ('retired_at', models.DateTimeField(blank=True, help_text='When the history it belonged to was replaced.', null=True)),
            ],
            options={
                'indexes': [models.Index(fields=['board', 'seq'], name='client_board_seq'), models.Index(condition=models.Q(('retired_at__isnull', False)), fields=['retired_at'], name='client_retired_at')],
                'constraints': [models.UniqueConstraint(fields=('board', 'client_id'), name='client_id_unique_per_board', violation_error_message='This client id has an owner already.')],
            },
        ),
        migrations.CreateModel(
            name='DocumentSnapshot',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seq', models.BigIntegerField(verbose_name='sequence')),
                ('payload', models.BinaryField(help_text='Yjs updates, version 1 encoding, one after another.')),
                ('size_bytes', models.BigIntegerField(help_text='Of the update before it was compressed.')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('board', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='document_snapshots', to='boards.board')),
                ('elements', models.BinaryField(help_text='Ids of the elements in it, so that a load need not look for them.', null=True)),
                ('is_packed', models.BooleanField(default=False, editable=False, help_text='Compressed; see sync/storage/log.py.')),
                ('pieces', models.JSONField(default=list, editable=False, help_text='Bytes of each of the updates; empty: it is one.')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('board', 'seq'), name='snapshot_sequence_unique_per_board', violation_error_message='This board already has a snapshot of this sequence.')],
            },
        ),
        migrations.CreateModel(
            name='DocumentUpdate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seq', models.BigIntegerField(verbose_name='sequence')),
                ('payload', models.BinaryField(help_text='Yjs update, version 1 encoding.')),
                ('created_at', models.DateTimeField()),
                ('author', models.ForeignKey(blank=True, db_index=False, help_text='Empty for anonymous people and for batches of several authors.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('board', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='document_updates', to='boards.board')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('board', 'seq'), name='update_sequence_unique_per_board', violation_error_message='This board already has an update with this sequence.'), models.CheckConstraint(condition=models.Q(('seq__gt', 0)), name='update_sequence_positive', violation_error_message='Sequences of updates start at 1.')],
            },
        ),
        migrations.CreateModel(
            name='JobAttempt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('work', models.CharField(help_text='Which job.', max_length=20)),
                ('unfinished', models.PositiveIntegerField(default=0, help_text='Times that killed their process, failed, or still run.')),
                ('begun_at', models.DateTimeField()),
                ('reason', models.CharField(blank=True, help_text='Of the last failure.', max_length=300)),
                ('board', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='job_attempts', to='boards.board')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('board', 'work'), name='attempt_unique_per_board', violation_error_message='This job has a count for this board already.')],
            },
        ),
        migrations.CreateModel(
            name='JobRun',
            fields=[
                ('name', models.CharField(max_length=50, primary_key=True, serialize=False)),
                ('started_at', models.DateTimeField()),
                ('finished_at', models.DateTimeField(blank=True, null=True)),
                ('succeeded_at', models.DateTimeField(blank=True, help_text='Of the last good run.', null=True)),
                ('outcome', models.CharField(choices=[('running', 'Running'), ('ok', 'Done'), ('failed', 'Failed')], max_length=8)),
                ('detail', models.CharField(blank=True, help_text='Its last words.', max_length=300)),
                ('process', models.CharField(blank=True, help_text='Host and number of the process that runs it.', max_length=100)),
            ],
            options={
                'ordering': ('name',),
                'constraints': [models.CheckConstraint(condition=models.Q(('outcome__in', ['running', 'ok', 'failed'])), name='job_outcome_valid', violation_error_message='A job is running, done or failed.')],
            },
        ),
        migrations.CreateModel(
            name='LoadAttempt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('unfinished', models.PositiveIntegerField(default=0, help_text='Loads that crashed their process, failed, or still run.')),
                ('reason', models.CharField(blank=True, help_text='Of the last failure.', max_length=300)),
                ('quarantined_at', models.DateTimeField(blank=True, null=True)),
                ('board', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='load_attempt', to='boards.board')),
            ],
            options={
                'ordering': ('-quarantined_at',),
            },
        ),
        migrations.CreateModel(
            name='ServerProcess',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('name', models.CharField(help_text='Host and number of the process.', max_length=100)),
                ('version', models.CharField(max_length=30)),
                ('keys', models.JSONField(help_text='Digests of the keys, the one that signs first.')),
                ('seen_at', models.DateTimeField(db_index=True)),
            ],
            options={
                'ordering': ('name',),
            },
        ),
        migrations.CreateModel(
            name='Version',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seq', models.BigIntegerField(verbose_name='sequence')),
                ('name', models.CharField(blank=True, help_text='Empty for automatic ones.', max_length=200)),
                ('payload', models.BinaryField(help_text='Yjs update, version 1 encoding.')),
                ('size_bytes', models.BigIntegerField(help_text='Of the update before it was compressed.')),
                ('created_at', models.DateTimeField(db_index=True)),
                ('author', models.ForeignKey(blank=True, help_text='Who named it; empty for automatic ones.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('board', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='versions', to='boards.board')),
                ('is_packed', models.BooleanField(default=False, editable=False, help_text='Compressed; see sync/storage/log.py.')),
            ],
            options={
                'ordering': ('-created_at', '-pk'),
            },
        ),
    ]
