from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("manual", "0007_searching"),
    ]

    operations = [
        migrations.AddField(
            model_name="amendment",
            name="keywords_off",
            field=models.JSONField(
                blank=True,
                default=list,
                help_text="Slugs of keywords that are not explained in this chapter.",
            ),
        ),
    ]
