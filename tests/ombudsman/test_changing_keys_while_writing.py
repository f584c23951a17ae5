"""What somebody saves in the very moment in which its key is changed can be read afterwards."""

from threading import Thread

import pytest
from django.db import connection, connections
from django.urls import reverse

from ombudsman.key_change import change_of
from ombudsman.keys import store
from ombudsman.models import Case, Contact, Draft
from tests.conftest import signed_in
from tests.ombudsman.factories import VALUES, as_portal, make_case, make_contact

pytestmark = pytest.mark.django_db(transaction=True)
MENDED = VALUES | {"occurred_on": "2.3.2026", "note": "Mennyt asia", "name": "Onni Esimerkki"}


class ChangeOfKeys(Thread):
    """Begins when a page has opened its record and is about to write it, and is waited for a little."""

    def __init__(self, model):
        super().__init__()
        self.model, self.changed = model, []

    def run(self):
        change_of(self.model, say=self.changed.append)
        connections.close_all()

    def __call__(self, execute, sql, params, many, context):
        is_writing = sql.startswith("UPDATE") or "FOR UPDATE" in sql
        if self.ident is None and is_writing and f'"{self.model._meta.db_table}"' in sql:
            self.start()
            self.join(2)  # it may have to wait until the page is done
        return execute(sql, params, many, context)


@pytest.mark.parametrize("model", [Contact, Case, Draft])
def test_what_is_saved_while_keys_are_changed_opens(ombudsman, model):
    browser = signed_in(ombudsman)
    contact = make_contact(by=ombudsman)
    case = make_case(contact=make_contact(by=ombudsman), by=ombudsman)
    browser.post(reverse("ombudsman:draft_save"), {"note": "Kesken"})
    path, data = {
        Contact: (reverse("ombudsman:contact_edit", kwargs={"pk": contact.pk}), MENDED),
        Case: (reverse("ombudsman:case_edit", kwargs={"number": case.number}), {"title": "Mennyt asia"}),
        Draft: (
            reverse("ombudsman:draft_save"), {"note": "Mennyt asia", "draft": Draft.objects.get().pk},
        ),
    }[model]  # fmt: skip
    store.add_master(2)
    change = ChangeOfKeys(model)

    with connection.execute_wrapper(change):
        answer = browser.post(path, data)
    change.join()

    assert (answer.status_code, bool(change.changed)) == (302, True)
    with as_portal():
        opened = [[getattr(row, name) for name in model.sealed_fields()] for row in model.objects.all()]
    assert "Mennyt asia" in str(opened)
