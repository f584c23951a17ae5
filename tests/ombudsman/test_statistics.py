"""Counting rules: what is a contact, a client, a measure, and of which year and place."""

from datetime import date
from itertools import count

import pytest
from django.db import transaction
from django.utils import timezone

from directory.models import Municipality
from ombudsman.account_tables import exact_tables
from ombudsman.models import Code, Contact, Fact, OtherWork, Variable
from ombudsman.statistics import Time, corrections
from tests.directory.factories import CountyFactory, MunicipalityFactory, SubRegionFactory
from tests.ombudsman.factories import VALUES, as_portal, make_contact, serve

YEAR = Time.of_year(2022)
NUMBERS = count(1)


@pytest.fixture
def places(db):
    """Hämeenlinna and Humppila of Kanta-Häme and Akaa of Pirkanmaa are served, Tampere is not."""
    kanta_hame = SubRegionFactory(county=CountyFactory(kanta_hame=True))
    pirkanmaa = SubRegionFactory(county=CountyFactory())
    for code, name, region, people in (
        ("109", "Hämeenlinna", kanta_hame, 68_000),
        ("103", "Humppila", kanta_hame, 2_100),
        ("020", "Akaa", pirkanmaa, 16_000),
        ("837", "Tampere", pirkanmaa, 249_000),
    ):
        MunicipalityFactory(code=code, name_fi=name, sub_region=region, population=people, population_year=2021)
    serve("109", "103", "020")


def anybody(**values):
    """A contact of 2022 by somebody else than all others."""
    person = {"phone": f"040 {next(NUMBERS):07}"}
    return make_contact(**{"occurred_on": date(2022, 3, 2), "municipality": "109", "person": person} | values)


def figures(table, area="kaikki", time=YEAR):
    """{code: (now, before)} of an exact table."""
    areas = {each["slug"]: each["tables"] for each in exact_tables(time)["areas"]}
    return {row["code"]: (row["now"], row["before"]) for row in areas[area][table]}


def test_contacts_and_clients_are_counted_apart(places):
    person = {"phone": "040 1234567"}
    anybody(person=person)
    anybody(person=person, occurred_on=date(2022, 5, 2), has_interpreter=True)
    anybody(nature="consultation")
    anybody()

    totals = figures("totals")

    assert totals == {"contacts": (4, 0), "clients": (2, 0), "interpreter": (1, 0)}


def test_a_contact_stands_in_its_month_its_place_and_each_of_its_reasons(places):
    anybody(reasons=["decision", "fee"], measures=["advice", "appeal"])

    assert {code for code, (now, _before) in figures("month").items() if now} == {"03"}
    assert figures("municipality")["109"] == (1, 0)
    assert {code for code, (now, _before) in figures("reason").items() if now} == {"decision", "fee"}
    assert {code for code, (now, _before) in figures("measure").items() if now} == {"advice", "appeal"}


def test_measures_between_contacts_count_among_measures_only(places):
    anybody(measures=["advice"])
    Fact.objects.create(
        kind=Fact.Kind.MEASURE, month=date(2022, 4, 1), county_id="07", measures=["advice"], task="disability"
    )

    assert figures("measure", "kanta-hame")["advice"] == (2, 0)
    assert figures("totals")["contacts"] == (1, 0)
    assert figures("task")["disability"] == (1, 0)


def test_a_corrected_contact_counts_as_it_stands_and_one_taken_back_not_at_all(places):
    corrected, withdrawn = anybody(), anybody()

    with transaction.atomic(), as_portal():
        Contact.objects.get(pk=corrected.pk).change(
            occurred_on=date(2022, 6, 1), values=VALUES | {"municipality": "020"}, person={}, note=""
        )
        Contact.objects.get(pk=withdrawn.pk).withdraw_fact()

    assert figures("totals")["contacts"] == (1, 0)
    assert figures("municipality")["020"] == (1, 0)
    today = timezone.localdate()
    assert corrections(Time.of_months(today, today)) == (1, 1)


def test_deleting_every_contact_changes_no_table(places):
    for month in range(1, 9):
        anybody(occurred_on=date(2022, month, 5), reasons=["fee"], measures=["advice"])
    before = exact_tables(YEAR)

    Contact.objects.all().delete()

    assert exact_tables(YEAR) == before


def test_every_served_municipality_has_a_row_in_its_county_also_without_contacts(places):
    anybody()

    assert figures("municipality", "kanta-hame") == {"103": (0, 0), "109": (1, 0), "unknown": (0, 0)}
    assert figures("municipality", "pirkanmaa") == {"020": (0, 0), "unknown": (0, 0)}


def test_other_municipalities_and_unknown_ones_are_counted_together(places):
    anybody(municipality="837")
    anybody(municipality=None)

    counts = figures("municipality")

    assert (counts["other"], counts["unknown"]) == ((1, 0), (1, 0))
    assert figures("totals", "pirkanmaa")["contacts"] == (1, 0)
    assert figures("totals", "kanta-hame")["contacts"] == (0, 0)


def test_codes_of_last_year_are_counted_as_what_has_come_instead(places):
    decision = Code.objects.get(variable=Variable.REASON, code="decision")
    for code in ("old-decision", "agreement"):
        Code.objects.create(
            variable=Variable.REASON, code=code, name=code, ends_on=date(2021, 12, 31), maps_to=decision
        )
    anybody(occurred_on=date(2021, 5, 3), reasons=["old-decision", "agreement"])
    anybody(reasons=["decision"])

    reasons = figures("reason")

    assert reasons["decision"] == (1, 1)  # one contact with both old reasons is one contact
    assert "old-decision" not in reasons


def test_a_code_that_has_nothing_instead_is_shown_as_it_is(places):
    Code.objects.create(variable=Variable.WAY, code="fax", name="Faksi", ends_on=date(2021, 12, 31))
    anybody(occurred_on=date(2021, 5, 3), way="fax")

    assert figures("way")["fax"] == (0, 1)


def test_any_months_are_shown_beside_the_same_months_a_year_earlier(places):
    anybody(occurred_on=date(2022, 2, 5))
    anybody(occurred_on=date(2021, 2, 5))
    anybody(occurred_on=date(2022, 7, 5))

    time = Time.of_months(date(2022, 2, 20), date(2022, 3, 1))

    assert time.name == "2/2022–3/2022"
    assert figures("totals", time=time)["contacts"] == (1, 1)
    assert figures("month", time=time) == {"01": (1, 1), "02": (0, 0)}


def test_other_work_counts_by_kind_and_county(places):
    OtherWork.objects.create(done_on=date(2022, 4, 4), kind="training", title="Koulutus", county_id="07")
    OtherWork.objects.create(done_on=date(2022, 4, 5), kind="training", title="Koulutus")

    assert figures("work", "kanta-hame")["training"] == (1, 0)
    assert figures("work", "pirkanmaa")["training"] == (0, 0)
    assert figures("work")["training"] == (2, 0)


def test_where_the_only_county_has_everything_it_is_all_together(places):
    Municipality.objects.filter(code="020").update(sub_region=Municipality.objects.get(code="109").sub_region)
    anybody()

    (area,) = exact_tables(YEAR)["areas"]

    assert (area["slug"], area["county"], area["names"]) == ("kaikki", "07", {"fi": "Kanta-Häme"})
