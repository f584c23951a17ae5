from django.db import migrations


class Migration(migrations.Migration):
    """A box stays in its row: pieces kept aside would get numbers of their own, in the order in which boxes change."""

    dependencies = [("ilmapuntari", "0001_instrument_teams_rounds_and_results")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE ilmapuntari_sealedbox ALTER COLUMN blob SET STORAGE PLAIN;"
            "ALTER TABLE ilmapuntari_sealedbox SET (fillfactor = 50)",
            "ALTER TABLE ilmapuntari_sealedbox ALTER COLUMN blob SET STORAGE EXTENDED;"
            "ALTER TABLE ilmapuntari_sealedbox RESET (fillfactor)",
        )
    ]
