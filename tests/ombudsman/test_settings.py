"""Other work, the values of counting, the area that is served and the public details, as the ombudsman keeps them."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from ombudsman.models import Code, OtherWork, PublicDetails, ServedArea, Substitution, Variable
from tests.conftest import signed_in
from tests.directory.factories import CountyFactory, MunicipalityFactory, SubRegionFactory
from tests.ombudsman.factories import make_substitute, serve
from tests.ombudsman.test_substitution import for_a_call

pytestmark = pytest.mark.django_db

CASELOAD = "/sosiaaliasiavastaava/asiat/"
WORK, CODES = f"{CASELOAD}muu-tyo/", f"{CASELOAD}luokitukset/"
AREA, DETAILS = f"{CASELOAD}alue/", f"{CASELOAD}julkiset-tiedot/"
MEETING = {"title": "Vammaispalvelujen tapaaminen", "kind": "meeting", "done_on": "2.3.2026"}


@pytest.fixture
def substitute(ombudsman):
    today = timezone.localdate()
    return make_substitute(by=ombudsman, starts_on=today, ends_on=today, scope=Substitution.Scope.ALL)


def make_work(**kwargs):
    return OtherWork.objects.create(**{"done_on": date(2026, 3, 2), "kind": "meeting", "title": "Tapaaminen"} | kwargs)


def code_of(variable, code):
    return Code.objects.get(variable=variable, code=code)


def as_it_is(value, **changed):
    """What the form of a code sends when nothing is touched, but for what is changed."""
    values = {
        "name": value.name, "name_sv": value.name_sv, "name_en": value.name_en, "key": value.key,
        "position": value.position, "starts_on": "", "ends_on": "", "maps_to": "",
    }  # fmt: skip
    return values | changed


# Who sees the pages ———————————————————————————————————————————————————————————————————————————————————————————————————


@pytest.mark.parametrize("url", [CODES, f"{CODES}uusi/", AREA, DETAILS])
def test_values_area_and_details_are_the_ombudsmans_alone(ombudsman, substitute, staff, director, url):
    others = [for_a_call(user).get(url).status_code for user in (substitute, staff, director)]

    assert signed_in(ombudsman).get(url).status_code == 200
    assert others == [404] * 3


def test_one_value_is_the_ombudsmans_alone(ombudsman, substitute, director):
    url = f"{CODES}{code_of('reason', 'fee').pk}/"

    assert signed_in(ombudsman).get(url).status_code == 200
    assert [for_a_call(user).get(url).status_code for user in (substitute, director)] == [404, 404]


def test_other_work_is_kept_by_the_substitute_too_and_by_nobody_else(ombudsman, substitute, staff, director):
    work = make_work()
    paths = [WORK, f"{WORK}uusi/", f"{WORK}{work.pk}/", f"{WORK}{work.pk}/poista/"]

    for user in (ombudsman, substitute):
        assert [for_a_call(user).get(path).status_code for path in paths] == [200] * 4
    for user in (staff, director):
        assert [for_a_call(user).get(path).status_code for path in paths] == [404] * 4
    assert for_a_call(staff).post(paths[3]).status_code == 404
    assert OtherWork.objects.get() == work


# Other work ———————————————————————————————————————————————————————————————————————————————————————————————————————————


def test_other_work_is_written_down_corrected_and_removed(ombudsman, counties):
    client = signed_in(ombudsman)

    made = client.post(f"{WORK}uusi/", MEETING | {"county": counties["Kanta-Häme"].pk, "participants": "12"})
    work = OtherWork.objects.get()
    client.post(f"{WORK}{work.pk}/", MEETING | {"kind": "training", "place": "Hämeenlinna"})
    changed = OtherWork.objects.get()
    client.post(f"{WORK}{work.pk}/poista/")

    assert made.url == f"{WORK}?vuosi=2026"
    assert (work.county, work.participants) == (counties["Kanta-Häme"], 12)
    assert (changed.kind, changed.place) == ("training", "Hämeenlinna")
    assert not OtherWork.objects.exists()


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"title": ""}, "title"),
        ({"title": "Asiakas 131052-308T"}, "title"),
        ({"kind": "party"}, "kind"),
        ({"done_on": "31.2.2026"}, "done_on"),
        ({"done_on": "1.1.2099"}, "done_on"),
        ({"participants": "-1"}, "participants"),
        ({"county": "\x00"}, "county"),
    ],
)
def test_what_cannot_be_is_answered_at_its_field(ombudsman, typed, field):
    response = signed_in(ombudsman).post(f"{WORK}uusi/", MEETING | typed)

    assert list(response.context["form"].errors) == [field]
    assert not OtherWork.objects.exists()


def test_the_list_is_of_one_year_and_counts_each_kind(ombudsman):
    make_work(), make_work(kind="training"), make_work(), make_work(done_on=date(2025, 5, 5), title="Viimevuotinen")
    client = signed_in(ombudsman)

    response = client.get(f"{WORK}?vuosi=2026")
    nonsense = client.get(f"{WORK}?vuosi=9999")

    assert [count for _name, count in response.context["counts"]] == [2, 1]
    assert "Viimevuotinen" not in response.text
    assert "Viimevuotinen" in client.get(f"{WORK}?vuosi=2025").text
    assert nonsense.context["year"] == timezone.localdate().year


def test_the_list_asks_as_often_for_twenty_as_for_one(ombudsman, counties):
    def queries():
        with CaptureQueriesContext(connection) as asked:
            client.get(f"{WORK}?vuosi=2026")
        return len(asked)

    client = signed_in(ombudsman)
    make_work(county=counties["Pirkanmaa"])
    client.get(WORK)
    of_one = queries()
    for _number in range(19):
        make_work(county=counties["Satakunta"])

    assert queries() == of_one


# Values of counting ———————————————————————————————————————————————————————————————————————————————————————————————————


def test_a_new_value_gets_a_name_of_its_own_for_good_and_stands_last(ombudsman):
    client = signed_in(ombudsman)
    values = {"variable": "reason", "name": "Äkillinen hätä & turvattomuus", "key": "Z", "starts_on": "1.1.2027"}

    client.post(f"{CODES}uusi/", values)
    client.post(f"{CODES}uusi/", {"variable": "reason", "name": "日本"})

    made, other = Code.objects.of("reason").in_order().reverse()[:2][::-1]
    assert (made.code, made.key, made.starts_on) == ("akillinen-hata-turvattomuu", "z", date(2027, 1, 1))
    assert made.position == code_of("reason", "information").position + 1
    assert other.code == "value"


def test_two_values_that_would_be_called_alike_differ(ombudsman):
    client = signed_in(ombudsman)

    client.post(f"{CODES}uusi/", {"variable": "way", "name": "Pikaviesti"})
    client.post(f"{CODES}uusi/", {"variable": "way", "name": "Pikaviesti!"})

    assert list(Code.objects.of("way").in_order().values_list("code", flat=True))[-2:] == ["pikaviesti", "pikaviesti-2"]


def test_a_name_is_corrected_and_what_figures_call_it_stays(ombudsman):
    code = code_of("reason", "fee")

    signed_in(ombudsman).post(f"{CODES}{code.pk}/", as_it_is(code, name="Asiakasmaksu", variable="way", code="muu"))

    code.refresh_from_db()
    assert (code.name, code.code, code.variable) == ("Asiakasmaksu", "fee", "reason")


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "kohtelu"}, "name"),
        ({"key": "k"}, "key"),
        ({"key": "K"}, "key"),
        ({"key": "?"}, "key"),
        ({"starts_on": "x"}, "starts_on"),
    ],
)
def test_names_and_keys_are_chosen_once(ombudsman, typed, field):
    values = {"variable": "reason", "name": "Uusi", "key": "x"} | typed

    response = signed_in(ombudsman).post(f"{CODES}uusi/", values)

    assert list(response.context["form"].errors) == [field]


def test_the_key_of_a_value_that_has_ended_is_free_again(ombudsman):
    Code.objects.filter(variable="reason", code="fee").update(ends_on=timezone.localdate() - timedelta(days=1))

    signed_in(ombudsman).post(f"{CODES}uusi/", {"variable": "reason", "name": "Maksu", "key": "m"})

    assert Code.objects.of("reason").filter(key="m").count() == 2


def test_a_value_that_ends_is_counted_as_another_from_then_on(ombudsman):
    fee, service = code_of("reason", "fee"), code_of("reason", "service")

    signed_in(ombudsman).post(f"{CODES}{fee.pk}/", as_it_is(fee, ends_on="31.12.2026", maps_to=service.pk))

    assert Code.objects.mapping("reason", date(2026, 1, 1), date(2026, 12, 31))["fee"] == "fee"
    assert Code.objects.mapping("reason", date(2027, 1, 1), date(2027, 12, 31))["fee"] == "service"


@pytest.mark.parametrize("other", [("reason", "fee"), ("way", "phone")])
def test_a_value_is_counted_as_another_one_of_the_same_variable(ombudsman, other):
    fee = code_of("reason", "fee")

    response = signed_in(ombudsman).post(
        f"{CODES}{fee.pk}/", as_it_is(fee, ends_on="31.12.2026", maps_to=code_of(*other).pk)
    )

    assert "maps_to" in response.context["form"].errors


def test_values_are_not_counted_as_each_other(ombudsman):
    fee, service, treatment = (code_of("reason", code) for code in ("fee", "service", "treatment"))
    Code.objects.filter(pk=service.pk).update(ends_on=date(2040, 1, 1), maps_to=treatment)
    Code.objects.filter(pk=treatment.pk).update(ends_on=date(2045, 1, 1), maps_to=fee)

    response = signed_in(ombudsman).post(f"{CODES}{fee.pk}/", as_it_is(fee, ends_on="31.12.2026", maps_to=service.pk))

    assert "maps_to" in response.context["form"].errors


def test_what_comes_instead_holds_longer(ombudsman):
    fee, service = code_of("reason", "fee"), code_of("reason", "service")
    Code.objects.filter(pk=service.pk).update(ends_on=date(2027, 6, 30))
    client = signed_in(ombudsman)

    early = client.post(f"{CODES}{fee.pk}/", as_it_is(fee, ends_on="30.6.2027", maps_to=service.pk))
    client.post(f"{CODES}{fee.pk}/", as_it_is(fee, ends_on="29.6.2027", maps_to=service.pk))

    assert "maps_to" in early.context["form"].errors
    fee.refresh_from_db()
    assert fee.maps_to == service


def test_a_value_that_goes_on_is_counted_as_itself(ombudsman):
    fee = code_of("reason", "fee")

    response = signed_in(ombudsman).post(f"{CODES}{fee.pk}/", as_it_is(fee, maps_to=code_of("reason", "service").pk))

    assert "ends_on" in response.context["form"].errors


def test_days_of_a_value_stand_in_order_and_something_is_left_to_choose(ombudsman):
    public, private = code_of("provider", "public"), code_of("provider", "private")
    client = signed_in(ombudsman)

    wrong_order = client.post(f"{CODES}{public.pk}/", as_it_is(public, starts_on="2.1.2027", ends_on="1.1.2027"))
    client.post(f"{CODES}{public.pk}/", as_it_is(public, ends_on="31.12.2027"))
    nothing_left = client.post(f"{CODES}{private.pk}/", as_it_is(private, ends_on="31.12.2027"))

    assert "ends_on" in wrong_order.context["form"].errors
    assert "ends_on" in nothing_left.context["form"].errors


def test_no_value_is_ever_removed(ombudsman):
    before = Code.objects.count()
    code = code_of("reason", "fee")

    answer = signed_in(ombudsman).post(f"{CODES}{code.pk}/poista/")

    assert answer.status_code == 404
    assert Code.objects.count() == before


def test_the_page_lists_every_variable_and_asks_as_often_for_many(ombudsman):
    client = signed_in(ombudsman)
    client.get(CODES)
    with CaptureQueriesContext(connection) as few:
        response = client.get(CODES)
    Code.objects.bulk_create(
        Code(variable="reason", code=f"c{number}", name=f"Syy {number}", maps_to=code_of("reason", "fee"))
        for number in range(20)
    )

    with CaptureQueriesContext(connection) as many:
        client.get(CODES)

    assert [variable for variable, _values in response.context["variables"]] == list(Variable)
    assert len(few) == len(many)


# The area —————————————————————————————————————————————————————————————————————————————————————————————————————————————


@pytest.fixture
def akaa(counties):
    return MunicipalityFactory(code="A20", name_fi="Akaa", sub_region=SubRegionFactory(county=counties["Pirkanmaa"]))


def add(client, place, day):
    return client.post(AREA, {"act": "add", "municipality": place.pk, "starts_on": day})


def end(client, served, **values):
    return client.post(AREA, {"act": "end", "served": served.pk, **values})


def test_a_municipality_comes_and_goes_by_days(ombudsman, akaa):
    client = signed_in(ombudsman)

    add(client, akaa, "1.1.2022")
    served = ServedArea.objects.get()
    response = end(client, served, ends_on="31.12.2026")

    served.refresh_from_db()
    assert (served.municipality, served.starts_on, served.ends_on) == (akaa, date(2022, 1, 1), date(2026, 12, 31))
    assert response.status_code == 302
    assert "Akaa" in client.get(AREA).text


def test_a_municipality_is_served_once_at_a_time(ombudsman, akaa):
    client = signed_in(ombudsman)
    serve("A20", starts_on=date(2022, 1, 1), ends_on=date(2024, 12, 31))

    overlapping = add(client, akaa, "31.12.2024")
    add(client, akaa, "1.1.2025")

    assert "municipality" in overlapping.context["form"].errors
    assert ServedArea.objects.count() == 2


def test_the_last_day_is_asked_and_does_not_come_before_the_first(ombudsman, akaa):
    serve("A20", starts_on=date(2022, 1, 1))
    served, client = ServedArea.objects.get(), signed_in(ombudsman)

    for values in ({"ends_on": ""}, {"ends_on": "31.12.2021"}, {"ends_on": "x"}):
        assert "ends_on" in end(client, served, **values).context["end_form"].errors
    assert ServedArea.objects.get().ends_on is None


def test_what_was_added_by_mistake_is_removed(ombudsman, akaa):
    serve("A20")

    end(signed_in(ombudsman), ServedArea.objects.get(), was_mistake="on")

    assert not ServedArea.objects.exists()


def test_municipalities_stand_under_their_counties_ours_first(ombudsman, akaa):
    far = CountyFactory(code="01", short_name="Kaukainen", slug="kaukainen", is_ours=False, position=0)
    MunicipalityFactory(code="001", name_fi="Kaukala", sub_region=SubRegionFactory(county=far))

    _empty, *groups = signed_in(ombudsman).get(AREA).context["form"].fields["municipality"].choices

    assert groups == [("Pirkanmaa", [("A20", "Akaa")]), ("Kaukainen", [("001", "Kaukala")])]


@pytest.mark.parametrize("values", [{"municipality": "\x00"}, {"municipality": "999"}, {"municipality": ""}, {}])
def test_nonsense_adds_nothing(ombudsman, akaa, values):
    response = signed_in(ombudsman).post(AREA, {"act": "add", "starts_on": "1.1.2022"} | values)

    assert "municipality" in response.context["form"].errors


def test_the_area_asks_as_often_for_many_municipalities(ombudsman, akaa):
    def queries():
        with CaptureQueriesContext(connection) as asked:
            client.get(AREA)
        return len(asked)

    client = signed_in(ombudsman)
    serve("A20")
    client.get(AREA)
    of_one = queries()
    serve(*(MunicipalityFactory(sub_region=akaa.sub_region).code for _number in range(20)))

    assert queries() == of_one


@pytest.mark.parametrize("asked", ["x", "0", "9" * 40])
def test_an_odd_address_preselects_nothing(ombudsman, akaa, asked):
    serve("A20")

    assert signed_in(ombudsman).get(AREA, {"paata": asked}).status_code == 200


# The public page ——————————————————————————————————————————————————————————————————————————————————————————————————————


def test_the_details_of_the_public_page_are_one_row(ombudsman):
    client, values = signed_in(ombudsman), {"phone": "040 000 0000", "hours": "ma–to 9–12", "note": "Loma heinäkuussa"}

    client.post(DETAILS, values)
    client.post(DETAILS, values | {"note": ""})

    details = PublicDetails.objects.get()
    assert (details.phone, details.hours, details.note) == ("040 000 0000", "ma–to 9–12", "")


@pytest.mark.parametrize(("field", "text"), [("phone", "soita"), ("note", "Koodi 131052-308T")])
def test_what_is_no_number_or_a_secret_is_refused(ombudsman, field, text):
    response = signed_in(ombudsman).post(DETAILS, {field: text})

    assert list(response.context["form"].errors) == [field]
    assert not PublicDetails.objects.exists()
