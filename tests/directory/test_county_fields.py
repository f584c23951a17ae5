"""What is chosen as a county must be one."""

import pytest
from django.urls import reverse

from directory.models import Organisation, Person

pytestmark = pytest.mark.django_db


def test_what_cannot_be_a_code_is_refused_and_not_looked_for(as_staff, counties):
    organisation = {"name": "Uusi yhdistys", "kind": "association", "county": "\x00"}
    person = {"given_name": "Uusi", "family_name": "Henkilö", "counties": ["08", "\x00"]}

    for address, data in (("organisation_create", organisation), ("person_create", person)):
        response = as_staff.post(reverse(f"directory:{address}"), data)

        assert response.status_code == 200
        assert response.context["form"].errors
    assert not Organisation.objects.filter(name="Uusi yhdistys").exists()
    assert not Person.objects.filter(family_name="Henkilö").exists()
