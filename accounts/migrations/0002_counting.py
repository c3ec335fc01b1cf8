"""Takes the counters of rate limits over from boards. Nothing changes in the database."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0001_initial'),
        ('boards', '0004_counting'),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name='RateCount',
                    fields=[
                        ('key', models.CharField(editable=False, max_length=80, primary_key=True, serialize=False)),
                        ('count', models.PositiveIntegerField(editable=False)),
                        ('ends_at', models.BigIntegerField(db_index=True, editable=False)),
                    ],
                    options={'db_table': 'boards_ratecount'},
                ),
            ],
        ),
    ]
