"""The tables of this app on a new database, in place of the migrations before.

The database refuses to change rows from the beginning, and the empty log has its end.
"""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from audit import chain, triggers


def install(apps, schema_editor):
    triggers.install(schema_editor.connection)


def uninstall(apps, schema_editor):
    triggers.uninstall(schema_editor.connection)


def begin(apps, schema_editor):
    """Writes the end of the empty log, so that an end that is missing later was removed."""
    key = str(settings.CANVAS_AUDIT_KEY).encode()
    seal = chain.seal(key, "head", 0, chain.GENESIS)
    apps.get_model("audit", "AuditHead").objects.create(
        pk=1, last_id=0, last_hash=chain.GENESIS, seal=seal
    )


class Migration(migrations.Migration):

    replaces = [
        ('audit', '0001_initial'),
        ('audit', '0002_chain'),
        ('audit', '0003_chain_rows'),
        ('audit', '0004_disconnect'),
        ('audit', '0005_begin'),
        ('audit', '0006_visits'),
        ('audit', '0007_sign_in'),
        ('audit', '0008_installation_actions'),
        ('audit', '0009_spaces'),
        ('audit', '0010_account_actions'),
        ('audit', '0011_invitations'),
        ('audit', '0012_tokens'),
        ('audit', '0013_webhooks'),
        ('audit', '0014_directory_and_saml'),
    ]

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='AuditCheckpoint',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('last_pruned_id', models.BigIntegerField(unique=True)),
                ('last_hash', models.CharField(max_length=64)),
                ('count', models.PositiveBigIntegerField()),
                ('pruned_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('seal', models.CharField(max_length=64)),
            ],
            options={
                'verbose_name': 'audit log checkpoint',
                'ordering': ('-last_pruned_id',),
            },
        ),
        migrations.CreateModel(
            name='AuditHead',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('last_id', models.BigIntegerField()),
                ('last_hash', models.CharField(blank=True, max_length=64)),
                ('seal', models.CharField(max_length=64)),
            ],
            options={
                'verbose_name': 'end of the audit log',
            },
        ),
        migrations.CreateModel(
            name='AuditLog',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('action', models.CharField(choices=[('room_access', 'Board opened'), ('room_access_denied', 'Board access denied'), ('room_leave', 'Board left'), ('room_write', 'Board written to'), ('room_create', 'Board created'), ('room_update', 'Board changed'), ('room_lock', 'Board locked'), ('room_unlock', 'Board unlocked'), ('room_delete', 'Board moved to trash'), ('room_restore', 'Board restored'), ('room_purge', 'Board deleted for good'), ('room_export', 'Board exported'), ('room_import', 'Board imported'), ('room_snapshot_restore', 'Earlier version restored'), ('room_compact', 'Board compacted by hand'), ('room_move', 'Board moved to another place'), ('room_disconnect', 'Everybody disconnected'), ('permission_change', 'Permission changed'), ('public_access_change', 'Public link changed'), ('share_link_create', 'Share link created'), ('share_link_revoke', 'Share link revoked'), ('share_link_use', 'Share link used'), ('ownership_transfer', 'Ownership transferred'), ('space_create', 'Space created'), ('space_update', 'Space changed'), ('space_delete', 'Space deleted'), ('space_permission_change', 'Space permission changed'), ('invitation_create', 'Invitation sent'), ('invitation_withdraw', 'Invitation withdrawn'), ('invitation_accept', 'Invitation accepted'), ('access_request', 'Access requested'), ('access_request_resolve', 'Access request answered'), ('auth_login', 'Signed in'), ('auth_logout', 'Signed out'), ('auth_login_failed', 'Sign-in failed'), ('auth_sign_up', 'Account created'), ('auth_password_change', 'Password changed'), ('auth_password_reset', 'Password reset'), ('auth_factor_change', 'Second factor changed'), ('auth_email_change', 'Email address changed'), ('auth_groups_change', 'Groups synchronised'), ('auth_sessions_end', 'Sessions ended'), ('account_update', 'Account changed'), ('account_export', 'Account data downloaded'), ('account_delete', 'Account deleted'), ('token_issue', 'Token issued'), ('token_revoke', 'Token revoked'), ('token_reject', 'Token rejected'), ('webhook_create', 'Webhook created'), ('webhook_update', 'Webhook changed'), ('webhook_delete', 'Webhook deleted'), ('installation_export', 'Installation exported'), ('installation_import', 'Installation imported'), ('audit_export', 'Audit log exported'), ('audit_prune', 'Audit log pruned')], max_length=32)),
                ('outcome', models.CharField(choices=[('success', 'Success'), ('denied', 'Denied'), ('error', 'Error')], default='success', max_length=8)),
                ('actor_kind', models.CharField(choices=[('user', 'User'), ('anonymous', 'Anonymous'), ('system', 'System')], max_length=12)),
                ('actor_label', models.CharField(blank=True, max_length=200)),
                ('target_label', models.CharField(blank=True, max_length=200)),
                ('board_id', models.UUIDField(blank=True, null=True)),
                ('board_title', models.CharField(blank=True, max_length=200)),
                ('level', models.CharField(blank=True, choices=[('view', 'View'), ('comment', 'Comment'), ('edit', 'Edit'), ('owner', 'Owner')], max_length=8)),
                ('via', models.CharField(blank=True, choices=[('session', 'Session'), ('token', 'Token'), ('oidc', 'Identity provider'), ('saml', 'Identity provider (SAML)'), ('ldap', 'Directory'), ('proxy', 'Proxy header'), ('ticket', 'Socket ticket'), ('link', 'Share link'), ('public', 'Public link'), ('admin', 'Admin'), ('command', 'Command'), ('system', 'System')], max_length=8)),
                ('ip_address', models.GenericIPAddressField(blank=True, null=True)),
                ('user_agent', models.CharField(blank=True, max_length=256)),
                ('data', models.JSONField(blank=True, default=dict)),
                ('actor', models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('target_user', models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('connection_id', models.UUIDField(blank=True, help_text='The same on all rows of one socket.', null=True)),
                ('entry_hash', models.CharField(editable=False, max_length=64)),
                ('prev_hash', models.CharField(blank=True, editable=False, max_length=64)),
                ('share_link_id', models.UUIDField(blank=True, null=True)),
            ],
            options={
                'verbose_name': 'audit log entry',
                'verbose_name_plural': 'audit log',
                'ordering': ('-created_at', '-id'),
                'base_manager_name': 'objects',
                'indexes': [models.Index(fields=['-created_at'], name='audit_created'), models.Index(fields=['board_id', '-created_at'], name='audit_board_created'), models.Index(fields=['actor', '-created_at'], name='audit_actor_created'), models.Index(fields=['action', '-created_at'], name='audit_action_created')],
                'permissions': (('export_auditlog', 'Can export the audit log'),),
            },
        ),
        migrations.RunPython(install, uninstall),
        migrations.RunPython(begin, migrations.RunPython.noop),
    ]
