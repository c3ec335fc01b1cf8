
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('sync', '0010_usage'),
    ]

    operations = [
        migrations.AlterField(
            model_name='documentclient',
            name='user_id',
            field=models.BigIntegerField(help_text='Below zero: one guest. Empty: the guests of earlier versions, who were all one.', null=True),
        ),
    ]
