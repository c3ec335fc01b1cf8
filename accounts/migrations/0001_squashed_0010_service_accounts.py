"""The tables of this app on a new database, in place of the migrations before.

The table of `RateCount` is made by boards, to which it once belonged.
"""

import django.db.models.deletion
import django.utils.timezone
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [
        ('accounts', '0001_initial'),
        ('accounts', '0002_counting'),
        ('accounts', '0003_sign_ins'),
        ('accounts', '0004_notifications'),
        ('accounts', '0005_account_page'),
        ('accounts', '0006_tokens'),
        ('accounts', '0007_notification_kinds'),
        ('accounts', '0008_webhooks'),
        ('accounts', '0009_directory_and_saml'),
        ('accounts', '0010_service_accounts'),
    ]

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
        ('boards', '0004_counting'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ApiToken',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=100)),
                ('digest', models.CharField(editable=False, max_length=64, unique=True)),
                ('scopes', models.JSONField(default=list)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('expires_at', models.DateTimeField()),
                ('last_used_at', models.DateTimeField(blank=True, help_text='To the minute.', null=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='api_tokens', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'token',
                'ordering': ('-created_at', 'pk'),
                'constraints': [models.UniqueConstraint(fields=('user', 'name'), name='accounts_token_name')],
            },
        ),
        migrations.CreateModel(
            name='CredentialsEpoch',
            fields=[
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='credentials_epoch', serialize=False, to=settings.AUTH_USER_MODEL)),
                ('number', models.PositiveIntegerField(default=1)),
            ],
        ),
        migrations.CreateModel(
            name='Notification',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('mention', 'Somebody mentions you'), ('reply', 'Somebody replies to you'), ('request', 'Somebody asks for access'), ('answer', 'Your request for access is answered'), ('shared', 'Something is shared with you'), ('invited', 'You are invited to a board'), ('joined', 'Your invitation is accepted'), ('handover', 'You get the boards of a deleted account'), ('webhook', 'A webhook of yours is switched off')], max_length=8)),
                ('place', models.UUIDField(help_text='The board.')),
                ('about', models.CharField(blank=True, help_text='The id of the comment or the request.', max_length=36)),
                ('actor_name', models.CharField(help_text='Who did it, as they were called then.', max_length=200)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('read_at', models.DateTimeField(blank=True, null=True)),
                ('mail_after', models.DateTimeField(blank=True, help_text='When a mail is due; empty if none is.', null=True)),
                ('mail_tries', models.PositiveSmallIntegerField(default=0)),
                ('actor', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('reader', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notifications', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ('-created_at', '-pk'),
                'indexes': [models.Index(fields=['reader', '-created_at'], name='notification_newest'), models.Index(condition=models.Q(('mail_after__isnull', False)), fields=['mail_after'], name='notification_mail_due')],
                'constraints': [models.UniqueConstraint(fields=('reader', 'kind', 'place', 'about'), name='notification_once')],
            },
        ),
        migrations.CreateModel(
            name='Picture',
            fields=[
                ('key', models.CharField(editable=False, max_length=32, primary_key=True, serialize=False)),
                ('image', models.BinaryField()),
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Profile',
            fields=[
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, serialize=False, to=settings.AUTH_USER_MODEL)),
                ('language', models.CharField(blank=True, db_default='', default='', max_length=10)),
                ('theme', models.CharField(blank=True, choices=[('', 'Browser'), ('auto', 'Auto'), ('light', 'Light'), ('dark', 'Dark')], db_default='', default='', max_length=5)),
                ('picture_key', models.CharField(blank=True, db_default='', default='', max_length=32)),
            ],
        ),
        migrations.CreateModel(
            name='ProviderGroup',
            fields=[
                ('group', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='provider_group', serialize=False, to='auth.group')),
            ],
        ),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name='RateCount',
                    fields=[
                        ('key', models.CharField(editable=False, max_length=80, primary_key=True, serialize=False)),
                        ('count', models.PositiveIntegerField(editable=False)),
                        ('ends_at', models.BigIntegerField(db_index=True, editable=False)),
                    ],
                    options={
                        'db_table': 'boards_ratecount',
                    },
                ),
            ],
        ),
        migrations.CreateModel(
            name='ServiceAccount',
            fields=[
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='service_account', serialize=False, to=settings.AUTH_USER_MODEL)),
                ('purpose', models.CharField(blank=True, help_text='What it is for, and whom to ask.', max_length=200)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('created_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'service account',
                'ordering': ('user__username',),
            },
        ),
        migrations.CreateModel(
            name='SignIn',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('session_key', models.CharField(editable=False, max_length=40, unique=True)),
                ('via', models.CharField(choices=[('session', 'Session'), ('token', 'Token'), ('oidc', 'Identity provider'), ('saml', 'Identity provider (SAML)'), ('ldap', 'Directory'), ('proxy', 'Proxy header'), ('ticket', 'Socket ticket'), ('link', 'Share link'), ('public', 'Public link'), ('admin', 'Admin'), ('command', 'Command'), ('system', 'System')], max_length=8)),
                ('started_at', models.DateTimeField()),
                ('seen_at', models.DateTimeField()),
                ('ip_address', models.GenericIPAddressField(null=True)),
                ('user_agent', models.CharField(blank=True, max_length=256)),
                ('issuer', models.CharField(blank=True, max_length=255)),
                ('subject', models.CharField(blank=True, max_length=255)),
                ('provider_session', models.CharField(blank=True, max_length=255)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sign_ins', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['issuer', 'subject'], name='sign_in_subject'), models.Index(fields=['issuer', 'provider_session'], name='sign_in_provider_session')],
            },
        ),
        migrations.CreateModel(
            name='UnwantedMail',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('mention', 'Somebody mentions you'), ('reply', 'Somebody replies to you'), ('request', 'Somebody asks for access'), ('answer', 'Your request for access is answered'), ('shared', 'Something is shared with you'), ('invited', 'You are invited to a board'), ('joined', 'Your invitation is accepted'), ('handover', 'You get the boards of a deleted account'), ('webhook', 'A webhook of yours is switched off')], max_length=8)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='unwanted_mail', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('user', 'kind'), name='unwanted_mail_once')],
            },
        ),
    ]
