"""Staff write about a project: its sections, its parts, its money and files."""

from datetime import date
from io import BytesIO

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from projects.forms import KINDS, SECTIONS
from projects.models import Deadline, Extension, Funding, Objective, Output, Partner, Phase, Project, Report, Staffing
from publishing.models import Attachment
from tests.directory.factories import (
    CountyFactory,
    MunicipalityFactory,
    OrganisationFactory,
    PersonFactory,
    SubRegionFactory,
)
from tests.networks.factories import MeetingFactory, NetworkFactory
from tests.projects.factories import (
    ActivityFactory,
    DeadlineFactory,
    ExtensionFactory,
    FundingFactory,
    ObjectiveFactory,
    OutputFactory,
    PartnerFactory,
    PhaseFactory,
    ProjectFactory,
    ReportFactory,
    StaffingFactory,
)


@pytest.fixture
def project(db):
    return ProjectFactory(name="Hanke", slug="hanke", dated=True)


def address(project, act, **kwargs):
    return reverse(f"projects:{act}", kwargs={"slug": project.slug, **kwargs})


def section_data(client, project, section, **changes):
    """What the open section holds, as a browser would send it back, with what the person changed."""
    form = client.get(address(project, "edit", section=section)).context["form"]
    data = {}
    for field in form:
        value = field.value()
        if isinstance(value, list | tuple):
            data[field.name] = [getattr(item, "pk", item) for item in value]
        elif value not in (None, False):
            data[field.name] = value
    return data | changes


def save(client, project, section, **changes):
    data = section_data(client, project, section, **changes)
    response = client.post(address(project, "edit", section=section), data)
    project.refresh_from_db()
    return response


def errors(response):
    assert response.status_code == 200, "the form was taken"
    form = response.context["form"]
    return " ".join(str(error) for errors in form.errors.values() for error in errors)


# Sections -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("section", SECTIONS)
def test_every_section_opens_and_is_saved_as_it_stands(section, as_staff, project):
    project.our_roles = ["lead"]
    project.save()

    response = save(as_staff, project, section)

    assert response.status_code == 302
    assert response["Location"] == f"{project.get_absolute_url()}#{section}"


def test_basic_facts_are_changed_in_place(as_staff, project):
    save(as_staff, project, "perustiedot", name="Uusi  nimi", acronym="UN", our_roles=["expert_sold"], days_sold="110")

    assert (project.name, project.called, project.days_sold) == ("Uusi nimi", "UN", 110)


def test_days_are_sold_only_by_those_who_sell(as_staff, project):
    response = save(as_staff, project, "perustiedot", days_sold="110")

    assert "asiantuntijatyön myyjä" in errors(response)


def test_dates_the_wrong_way_round_are_refused_in_words(as_staff, project):
    response = save(as_staff, project, "aika", starts_on="1.8.2018", ends_on="31.12.2016")

    assert "Hanke ei voi päättyä ennen kuin se alkaa." in errors(response)
    assert response.context["form"]["starts_on"].value() == "1.8.2018"
    assert project.starts_on == date(2022, 1, 1)


def test_the_first_end_stays_before_an_extension(as_staff, project):
    ExtensionFactory(project=project, until=date(2023, 6, 30))

    assert "ennen jatkoajan loppua" in errors(save(as_staff, project, "aika", ends_on="1.7.2023"))
    assert "alkuperäinen päättymispäivä tarvitaan" in errors(save(as_staff, project, "aika", ends_on=""))


def test_municipalities_outside_the_chosen_counties_are_named(as_staff, project):
    pirkanmaa, satakunta = CountyFactory(), CountyFactory(satakunta=True)
    outside = MunicipalityFactory(name_fi="Huittinen", sub_region=SubRegionFactory(county=satakunta))

    response = save(as_staff, project, "alueet", counties=[pirkanmaa.pk], municipalities=[outside.pk])

    assert "Huittinen" in errors(response)
    assert not project.municipalities.exists()


def test_an_area_is_saved_with_its_municipalities(as_staff, project):
    county = CountyFactory()
    towns = MunicipalityFactory.create_batch(2, sub_region=SubRegionFactory(county=county))

    save(
        as_staff, project, "alueet", counties=[county.pk], municipalities=[t.pk for t in towns], municipality_total="95"
    )

    assert set(project.municipalities.all()) == set(towns)
    assert project.municipality_total == 95


def test_more_municipalities_than_there_are_in_all_are_refused(as_staff, project):
    towns = MunicipalityFactory.create_batch(2, sub_region=SubRegionFactory(county=CountyFactory()))

    response = save(as_staff, project, "alueet", municipalities=[t.pk for t in towns], municipality_total="1")

    assert "enemmän (2)" in errors(response)


@pytest.mark.parametrize("nonsense", ["\x00", "ei ole", "9" * 400])
def test_nonsense_instead_of_a_municipality_is_refused_and_never_an_error(nonsense, as_staff, project):
    response = as_staff.post(address(project, "edit", section="alueet"), {"municipalities": [nonsense]})

    assert errors(response)


def test_our_share_is_not_larger_than_the_whole(as_staff, project):
    response = save(as_staff, project, "rahat", budget="200 000", our_share="215.000 €")

    assert "Meidän osuutemme ei voi olla suurempi kuin koko budjetti." in errors(response)


@pytest.mark.parametrize("typed", ["215 000", "215.000", "215000 €", "215 000,00 euroa"])
def test_sums_are_understood_as_people_write_them(typed, as_staff, project):
    save(as_staff, project, "rahat", our_share=typed)

    assert project.our_share == 215_000


@pytest.mark.parametrize("typed", ["-5", "kaksi", "1,5", "9" * 16, "9" * 4000, "1e9", "\x00"])
def test_what_is_no_sum_gets_a_sentence(typed, as_staff, project):
    response = save(as_staff, project, "rahat", our_share=typed)

    assert errors(response)
    assert project.our_share is None


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "ftp://example.org", "https://"])
def test_an_address_with_a_script_in_it_is_refused(url, as_staff, project):
    assert errors(save(as_staff, project, "perustiedot", website=url))


def test_somebody_elses_change_is_told_before_it_is_overwritten(as_staff, project):
    data = section_data(as_staff, project, "rahat", our_share="100")
    Project.objects.update(our_share=7)

    response = as_staff.post(address(project, "edit", section="rahat"), data)

    assert "Joku toinen" in errors(response)
    assert Project.objects.get().our_share == 7


def test_writing_the_purpose_counts_as_checking_the_text(as_staff, project):
    save(as_staff, project, "tarkoitus", purpose="Uusi tarkoitus.")

    assert project.reviewed_on is not None


def test_an_unknown_section_is_not_there(as_staff, project):
    assert as_staff.get(address(project, "edit", section="salaisuudet")).status_code == 404


# A new project, its address, showing and hiding ---------------------------------------------------------------------


def test_a_new_project_is_a_draft_with_its_first_phase(as_staff):
    data = {"name": "Uusi hanke", "acronym": "UH", "status": "applied", "since": "1.9.2026", "starts_on": "1.1.2027"}

    response = as_staff.post(reverse("projects:create"), data)

    project = Project.objects.with_status().get()
    assert response["Location"] == "/hankkeet/uh/"
    assert (project.status, project.is_published, project.starts_on) == ("applied", False, date(2027, 1, 1))


def test_a_second_project_of_the_same_name_is_refused(as_staff, project):
    response = as_staff.post(reverse("projects:create"), {"name": "Hanke", "status": "idea", "since": "1.9.2026"})

    assert "Tämän niminen hanke on jo." in errors(response)


def test_publishing_and_hiding(as_staff):
    draft = ProjectFactory(draft=True)

    as_staff.post(address(draft, "publish"))
    seen = Client().get(draft.get_absolute_url()).status_code
    as_staff.post(address(draft, "unpublish"))

    assert seen == 200
    assert Client().get(draft.get_absolute_url()).status_code == 404


def test_a_renamed_project_is_found_by_both_addresses(as_staff, project):
    as_staff.post(address(project, "rename"), {"slug": "toinen"})

    assert Client().get("/hankkeet/hanke/")["Location"] == "/hankkeet/toinen/"


@pytest.mark.parametrize("slug", ["salkku", "uusi", "kartta", "aikajana"])
def test_an_address_of_the_room_itself_is_no_projects(slug, as_staff, project):
    assert errors(as_staff.post(address(project, "rename"), {"slug": slug}))


def test_a_public_project_is_not_removed_and_a_draft_is(as_staff, project):
    draft = ProjectFactory(draft=True)

    as_staff.post(address(project, "delete"))
    as_staff.post(address(draft, "delete"))

    assert list(Project.objects.all()) == [project]


def test_checking_the_text_is_dated(as_staff, project):
    as_staff.post(address(project, "review"))

    project.refresh_from_db()
    assert project.reviewed_on is not None


# Parts --------------------------------------------------------------------------------------------------------------

PARTS = {
    "vaiheet": {"on": "1.2.2022", "precision": "day", "status": "granted"},
    "jatkoajat": {"until": "30.6.2023", "precision": "season", "decided_on": "1.11.2022"},
    "toteuttajat": {"name": "Kumppani ry", "role": "partner"},
    "henkilosto": {"title": "projektipäällikkö", "share": "60", "starts_on": "1.1.2022"},
    "rahoitus": {"part": "a_whole", "source": "esf", "amount": "1 000", "year": "2022"},
    "tavoitteet": {"part": "b_ours", "text": "parempi arki"},
    "toimenpiteet": {"text": "työpajat", "linked": ""},
    "tuotokset": {"title": "Malli", "kind": "operating_model", "state": "ready", "ready_precision": "day"},
    "mittarit": {"name": "ryhmiä", "target": "20", "actual": "18,5", "measured_precision": "day"},
    "maarapaivat": {"title": "väliraportti", "kind": "report", "on": "1.3.2027", "remind_days": "14"},
    "raportit": {"starts_on": "1.1.2022", "ends_on": "30.6.2022", "text": "Tehtiin työtä."},
}


def add(client, project, kind, **changes):
    return client.post(address(project, "part_create", kind=kind), PARTS[kind] | changes)


def change(client, part, kind, **changes):
    return client.post(address(part.project, "part_edit", kind=kind, pk=part.pk), PARTS[kind] | changes)


def test_the_table_of_parts_knows_every_kind():
    assert set(PARTS) == set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_part_is_added_changed_and_removed(kind, as_staff, project):
    model = KINDS[kind].model

    added = add(as_staff, project, kind)
    part = model.objects.filter(project=project).latest("pk")
    opened = as_staff.get(address(project, "part_edit", kind=kind, pk=part.pk))
    count = model.objects.filter(project=project).count()
    removed = as_staff.post(address(project, "part_delete", kind=kind, pk=part.pk))

    assert added["Location"] == removed["Location"] == f"{project.get_absolute_url()}#{model.ANCHOR}"
    assert opened.status_code == 200
    assert model.objects.filter(project=project).count() == count - 1


@pytest.mark.parametrize("kind", KINDS)
def test_a_form_sent_twice_is_told_of_itself_and_never_an_error(kind, as_staff, project):
    add(as_staff, project, kind)

    response = add(as_staff, project, kind)

    assert response.status_code in (200, 302)
    if kind not in ("henkilosto", "toteuttajat"):  # who is not named may come twice
        assert errors(response)


@pytest.mark.parametrize("kind", KINDS)
def test_an_empty_form_gets_sentences(kind, as_staff, project):
    assert errors(as_staff.post(address(project, "part_create", kind=kind), {"seen": ""}))


@pytest.mark.parametrize("kind", KINDS)
def test_a_part_of_another_project_is_not_there(kind, as_staff, project):
    other = ProjectFactory(dated=True)
    add(as_staff, other, kind)
    part = KINDS[kind].model.objects.filter(project=other).latest("pk")

    response = as_staff.get(address(project, "part_edit", kind=kind, pk=part.pk))

    assert response.status_code == 404


def test_one_more_of_the_kind_follows_at_once(as_staff, project):
    response = add(as_staff, project, "tavoitteet", more="1")

    assert response["Location"] == address(project, "part_create", kind="tavoitteet")


def test_an_extension_also_begins_its_phase(as_staff, project):
    add(as_staff, project, "jatkoajat")

    found = Project.objects.with_status(date(2022, 12, 1)).with_span().get()
    assert found.status == "extended"
    assert found.ending_on == date(2023, 6, 30)
    assert found.ends_on == date(2022, 12, 31)


def test_an_extension_that_extends_nothing_is_refused(as_staff, project):
    assert "Jatkoaika päättyy myöhemmin" in errors(add(as_staff, project, "jatkoajat", until="1.6.2022"))


def test_an_extension_needs_a_first_end(as_staff):
    endless = ProjectFactory()

    assert "alun perin" in errors(add(as_staff, endless, "jatkoajat"))
    assert not Extension.objects.exists()


def test_two_do_not_lead_at_the_same_time(as_staff, project):
    PartnerFactory(project=project, role="lead", ends_on=date(2022, 12, 31))

    refused = add(as_staff, project, "toteuttajat", role="lead", starts_on="1.12.2022")
    taken = add(as_staff, project, "toteuttajat", role="lead", starts_on="1.1.2023")

    assert "Toinen organisaatio hallinnoi" in errors(refused)
    assert taken.status_code == 302


def test_the_same_organisation_is_not_there_twice_at_a_time(as_staff, project):
    partner = PartnerFactory(project=project)

    response = add(as_staff, project, "toteuttajat", organisation=partner.organisation_id, name="")

    assert "jo samaan aikaan" in errors(response)


def test_an_organisation_is_chosen_or_named_and_not_both(as_staff, project):
    body = OrganisationFactory()

    assert "älä molempia" in errors(add(as_staff, project, "toteuttajat", organisation=body.pk))
    assert "Valitse organisaatio" in errors(add(as_staff, project, "toteuttajat", name=""))


def test_the_periods_of_one_person_do_not_overlap(as_staff, project):
    person = PersonFactory(of_the_house=True)
    StaffingFactory(project=project, person=person, starts_on=date(2022, 1, 1), ends_on=date(2022, 6, 30))

    response = add(as_staff, project, "henkilosto", person=person.pk, starts_on="30.6.2022")

    assert "Henkilö on hankkeessa jo samaan aikaan" in errors(response)


def test_a_share_is_from_one_to_a_hundred(as_staff, project):
    assert errors(add(as_staff, project, "henkilosto", share="101"))
    assert errors(add(as_staff, project, "henkilosto", share="0"))
    assert not Staffing.objects.exists()


@pytest.mark.parametrize("kind", ["toteuttajat", "henkilosto", "raportit"])
def test_a_period_the_wrong_way_round_is_refused_at_its_end(kind, as_staff, project):
    response = add(as_staff, project, kind, starts_on="2.1.2022", ends_on="1.1.2022")

    assert "Jakso ei voi päättyä ennen kuin se alkaa." in response.context["form"].errors["ends_on"]


def test_reports_of_overlapping_periods_are_refused(as_staff, project):
    ReportFactory(project=project)

    response = add(as_staff, project, "raportit", starts_on="30.6.2022", ends_on="31.12.2022")

    assert "Toinen raportti kertoo jo osasta tätä jaksoa." in errors(response)
    assert "Tehtiin työtä." in response.context["form"]["text"].value()


def test_the_text_of_a_report_is_cleaned(as_staff, project):
    add(as_staff, project, "raportit", text="<p onclick='x'>Hyvä<script>alert(1)</script></p>")

    assert "script" not in Report.objects.get().text
    assert "onclick" not in Report.objects.get().text


@pytest.mark.parametrize("url", ["javascript:alert(1)", "vbscript:x", "//\x00", "file:///etc/passwd"])
def test_an_output_leads_to_the_web_only(url, as_staff, project):
    assert errors(add(as_staff, project, "tuotokset", url=url))
    assert not Output.objects.exists()


def test_the_beginning_of_an_address_may_be_left_out(as_staff, project):
    add(as_staff, project, "tuotokset", url="innokyla.example.org/malli")

    assert Output.objects.get().url == "https://innokyla.example.org/malli"


def test_an_activity_links_what_is_recorded_elsewhere(as_staff, project):
    meeting, network = MeetingFactory(), NetworkFactory(name="Foorumi")
    renamed = NetworkFactory(slug="vanha")
    renamed.move_to("uusi-nimi")
    lines = f"https://portaali.example.org{meeting.get_absolute_url()}\nfoorumi\n/sv/verkostot/vanha/"

    add(as_staff, project, "toimenpiteet", linked=lines)

    activity = project.activities.get()
    assert list(activity.meetings.all()) == [meeting]
    assert set(activity.networks.all()) == {network, renamed}


def test_an_address_that_leads_nowhere_is_named_and_nothing_is_lost(as_staff, project):
    response = add(as_staff, project, "toimenpiteet", linked="/verkostot/ei-ole/\n/hankkeet/", text="työpaja")

    assert "/verkostot/ei-ole/" in errors(response)
    assert response.context["form"]["text"].value() == "työpaja"
    assert not project.activities.exists()


def test_what_an_activity_links_is_shown_when_it_is_opened_again(as_staff):
    activity = ActivityFactory()
    activity.networks.add(NetworkFactory(slug="foorumi"))

    form = as_staff.get(address(activity.project, "part_edit", kind="toimenpiteet", pk=activity.pk)).context["form"]

    assert form["linked"].value() == "/verkostot/foorumi/"


def test_new_parts_come_last_and_are_moved(as_staff, project):
    first = ObjectiveFactory(project=project, part="b_ours", text="ensin", position=1)
    add(as_staff, project, "tavoitteet", text="sitten")
    second = Objective.objects.get(text="sitten")

    as_staff.post(address(project, "part_move", kind="tavoitteet", pk=second.pk), {"to": "up"})
    as_staff.post(address(project, "part_move", kind="tavoitteet", pk=second.pk), {"to": "up"})  # already first

    assert [o.text for o in project.objectives.order_by("position")] == ["sitten", "ensin"]
    assert first.siblings().count() == 2


def test_what_has_no_order_is_not_moved(as_staff):
    funding = FundingFactory()

    response = as_staff.post(address(funding.project, "part_move", kind="rahoitus", pk=funding.pk), {"to": "up"})

    assert response.status_code == 404


def test_a_date_is_marked_as_done_once(as_staff):
    deadline = DeadlineFactory()

    as_staff.post(address(deadline.project, "deadline_done", pk=deadline.pk))
    done_on = Deadline.objects.get().done_on
    as_staff.post(address(deadline.project, "deadline_done", pk=deadline.pk))

    assert done_on is not None
    assert Deadline.objects.get().done_on == done_on


def test_somebody_elses_change_of_a_part_is_told(as_staff):
    output = OutputFactory(title="Vanha")
    path = address(output.project, "part_edit", kind="tuotokset", pk=output.pk)
    seen = as_staff.get(path).context["form"]["seen"].value()
    Output.objects.update(title="Toisen sana")

    response = as_staff.post(path, PARTS["tuotokset"] | {"seen": seen})

    assert "Joku toinen" in errors(response)
    assert Output.objects.get().title == "Toisen sana"


def test_a_removed_part_is_in_the_history_and_comes_back(as_staff):
    phase = PhaseFactory(text="alkoi pienesti", status="")
    project = phase.project
    as_staff.post(address(project, "part_delete", kind="vaiheet", pk=phase.pk))

    keys = {"content_type": ContentType.objects.get_for_model(Project).pk, "pk": project.pk}
    changes = as_staff.get(reverse("publishing:history", kwargs=keys)).context["changes"]
    wanted = next(c for c in changes if c.model is Phase and c.kind == "insert" and c.object_id == str(phase.pk))
    as_staff.post(
        reverse("publishing:restore_change", kwargs=keys), {"change": f"{wanted.event_model}:{wanted.event_id}"}
    )

    assert Phase.objects.filter(text="alkoi pienesti", project=project).exists()


# Money --------------------------------------------------------------------------------------------------------------


def test_rows_that_do_not_add_up_are_told_with_the_difference(as_staff, project):
    Project.objects.update(our_share=215_000)
    FundingFactory(project=project, part=Funding.Part.OURS, amount=150_000, year=2022)
    FundingFactory(project=project, part=Funding.Part.OURS, amount=60_000, year=2023)

    response = as_staff.get(address(project, "money"))

    text = response.content.decode().replace("\xa0", " ")
    assert "Rivit ovat yhteensä 210 000 € ja summaksi on sanottu 215 000 €: 5 000 € puuttuu." in text


def test_rows_that_are_too_much_are_told(as_staff, project):
    Project.objects.update(budget=100)
    FundingFactory(project=project, amount=130)

    text = as_staff.get(address(project, "money")).content.decode().replace("\xa0", " ")

    assert "30 € liikaa" in text


def test_rows_that_match_say_so(as_staff, project):
    Project.objects.update(budget=100)
    FundingFactory(project=project, amount=100)

    assert "Rivit täsmäävät" in as_staff.get(address(project, "money")).content.decode()


def test_the_sums_are_saved_on_the_page_of_the_money(as_staff, project):
    response = as_staff.post(address(project, "money"), {"budget": "2 400 000", "our_share": "215 000"})

    project.refresh_from_db()
    assert response.status_code == 302
    assert (project.budget, project.our_share, project.is_money_public) == (2_400_000, 215_000, False)


# Files --------------------------------------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def picture(size=(40, 20), kind="PNG", mode="RGB", **options):
    out = BytesIO()
    Image.new(mode, size, "white").save(out, kind, **options)
    return SimpleUploadedFile(f"tunnus.{'png' if kind == 'PNG' else 'jpg'}", out.getvalue())


def bring(client, project, upload, **fields):
    return client.post(address(project, "files"), {"upload": upload} | fields)


def test_a_decision_is_for_staff_only_unless_told(as_staff, project):
    bring(as_staff, project, SimpleUploadedFile("paatos.pdf", b"%PDF-1.7"), purpose="decision")

    kept = Attachment.objects.get()
    assert not kept.is_public
    opened = as_staff.get(kept.get_absolute_url())
    assert b"".join(opened.streaming_content) == b"%PDF-1.7"
    assert Client().get(kept.get_absolute_url()).status_code == 404
    assert "paatos.pdf" not in Client().get(project.get_absolute_url()).content.decode()


def test_a_logo_is_shown_with_words_for_those_who_do_not_see_it(as_staff, project):
    bring(as_staff, project, picture(), purpose="logo", title="Euroopan unionin osarahoittama")

    kept = Attachment.objects.get()
    assert kept.is_public
    assert f'<img src="{kept.get_absolute_url()}" alt="Euroopan unionin osarahoittama"' in (
        Client().get(project.get_absolute_url()).content.decode()
    )


def test_a_logo_without_words_is_refused(as_staff, project):
    assert "kenen tunnus on" in errors(bring(as_staff, project, picture(), purpose="logo"))


def test_nothing_but_the_picture_is_kept_of_a_logo(as_staff, project):
    upload = picture(kind="JPEG", comment=b"salainen paikka")

    bring(as_staff, project, upload, purpose="logo", title="Tunnus")

    with Attachment.objects.get().file.open() as kept:
        assert b"salainen" not in kept.read()


def test_a_large_logo_is_made_smaller(as_staff, project):
    bring(as_staff, project, picture((3000, 1500)), purpose="logo", title="Tunnus")

    with Attachment.objects.get().file.open() as stored, Image.open(stored) as kept:
        assert kept.size == (1200, 600)


@pytest.mark.parametrize(
    "upload",
    [
        pytest.param(lambda: picture((30_000, 30_000), mode="1"), id="30,000 × 30,000 points"),
        pytest.param(lambda: SimpleUploadedFile("a.png", b"\x89PNG\r\n\x1a\nrikki"), id="broken"),
        pytest.param(lambda: SimpleUploadedFile("a.pdf", b"%PDF-1.7"), id="no picture"),
        pytest.param(lambda: SimpleUploadedFile("a.svg", b"<svg onload='x'/>"), id="a page"),
        pytest.param(lambda: SimpleUploadedFile("a.png", b"<html>"), id="a page that calls itself a picture"),
        pytest.param(lambda: SimpleUploadedFile("a.png", b""), id="empty"),
    ],
)
def test_what_is_no_logo_is_refused_in_words_and_nothing_stays(upload, as_staff, project, media):
    response = bring(as_staff, project, upload(), purpose="logo", title="Tunnus")

    assert errors(response)
    assert not Attachment.objects.exists()
    assert not [path for path in media.rglob("*") if path.is_file()]


def test_a_file_is_removed_from_the_disk_as_well(as_staff, project, media, django_capture_on_commit_callbacks):
    bring(as_staff, project, picture(), purpose="file", title="Kuva")

    with django_capture_on_commit_callbacks(execute=True):
        as_staff.post(address(project, "file_delete", pk=Attachment.objects.get().pk))

    assert not Attachment.objects.exists()
    assert not [path for path in media.rglob("*") if path.is_file()]


def test_a_file_of_another_record_is_not_removed_from_here(as_staff, project):
    other = ProjectFactory()
    bring(as_staff, other, picture(), purpose="file")

    response = as_staff.post(address(project, "file_delete", pk=Attachment.objects.get().pk))

    assert response.status_code == 404
    assert Attachment.objects.exists()


def test_partners_are_found_in_order_of_their_roles(project):
    PartnerFactory(project=project, role="partner")
    lead = PartnerFactory(project=project, role="lead")

    assert Partner.objects.in_order().first() == lead
