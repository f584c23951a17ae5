"""The one way to take something out of the history: a function of the owner's that removes one person's rows."""

from django.db import migrations

CREATE = """
CREATE FUNCTION directory_forget_person(person bigint) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DELETE FROM directory_personevent WHERE pgh_obj_id = person;
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("directory", "0001_areas_organisations_and_people")]

    operations = [migrations.RunSQL(CREATE, "DROP FUNCTION directory_forget_person(bigint)")]
