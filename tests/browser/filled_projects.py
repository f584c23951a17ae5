"""Projects at their longest, for looking at every page of theirs."""

from datetime import date, timedelta
from types import SimpleNamespace

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from directory.models import County, Municipality
from publishing.models import Attachment
from tests.directory.factories import OrganisationFactory, PersonFactory
from tests.networks.factories import MeetingFactory
from tests.projects.factories import (
    ActivityFactory,
    DeadlineFactory,
    ExtensionFactory,
    FundingFactory,
    IndicatorFactory,
    LinkFactory,
    ObjectiveFactory,
    OutputFactory,
    PartnerFactory,
    PhaseFactory,
    ProjectFactory,
    ReportFactory,
    StaffingFactory,
)

LONG = (
    "Lastensuojelun sijaishuollon ja vammaispalvelujen palvelutarpeenarviointityöryhmän ja lapsiperhepalvelujen "
    "ennaltaehkäisevien perhetyöntekijöiden yhteinen kehittämishankekokonaisuus Pirkanmaalla, Kanta-Hämeessä ja "
    "Satakunnassa"
)
SENTENCE = "Sosiaalityöntekijöiden yhteinen hanke, jossa lastensuojelun avohuollon käytäntöjä kehitetään yhdessä. "
# A picture of one point.
POINT = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000" "1f15c4890000000d49444154789c6360f8cf500f0003860180"
    "5a347d6b0000000049454e44ae426082"
)  # fmt: skip


def filled_projects(keeper, network):
    """One project with everything, a draft, and a list of many."""
    today = timezone.localdate()
    counties = list(County.objects.ours())
    places = list(Municipality.objects.all())
    project = ProjectFactory(
        name=LONG[:250], acronym="Sijaishuollon ja vammaispalvelujen kehittämiskokonaisuus", slug="pitka-hanke",
        summary=SENTENCE, purpose=SENTENCE * 2, background="<h3>Tausta</h3><p>Kappale.</p><ul><li>Yksi</li></ul>",
        lives_on="<p>Verkosto jatkaa.</p>", audience=["child_protection", "families"], programme=SENTENCE[:180],
        website="https://" + "pitka-osoite." * 6 + "example.org/", our_roles=["lead", "expert_sold"], days_sold=110,
        starts_on=date(2016, 8, 1), ends_on=today - timedelta(days=60), budget=2_400_000, our_share=215_000,
        municipality_total=95, centre_total=7, area_note=SENTENCE, coordinator=keeper, steering_group=network,
        counties=counties, municipalities=places[:9],
    )  # fmt: skip
    ExtensionFactory(project=project, until=today + timedelta(days=40), precision="season")
    for number in range(4):
        on = date(2017 + number, 3, 1)
        PhaseFactory(project=project, on=on, precision="month", status="", text=SENTENCE[:80])
        FundingFactory(project=project, year=2017 + number, amount=1000, is_public=True)
    FundingFactory(project=project, part="b_ours", organisation=OrganisationFactory(name=LONG[:150]), amount=215_000)
    PartnerFactory(project=project, role="lead", organisation=OrganisationFactory(name="Hallinnoija Oy"))
    PartnerFactory(project=project, organisation=None, name=LONG[:150])
    StaffingFactory(project=project, person=keeper, share=80)
    StaffingFactory(project=project, person=PersonFactory(of_the_house=True), share=100, title=LONG[:120])
    objective = ObjectiveFactory(project=project, text=LONG[:200])
    ours = ObjectiveFactory(project=project, part="b_ours", text="parempi arki")
    activity = ActivityFactory(project=project, objective=ours, text=LONG[:180])
    activity.networks.add(network)
    activity.meetings.add(MeetingFactory(network=network))
    activity.counties.set(counties)
    ActivityFactory(project=project, text="tiedottaminen")
    output = OutputFactory(
        project=project, objective=ours, title=LONG[:200], kind="operating_model", state="in_use",
        url="https://" + "pitka-osoite." * 6 + "example.org/malli", note=SENTENCE, rooted_in=SENTENCE,
        owner=OrganisationFactory(name="Omistaja ry"), ready_on=date(2018, 1, 31), checked_on=today,
    )  # fmt: skip
    IndicatorFactory(project=project, name="valmistuneita", baseline=0, target=400, actual=346)
    DeadlineFactory(project=project, title=LONG[:150], on=today - timedelta(days=9))
    DeadlineFactory(project=project, title="loppuraportti", on=today + timedelta(days=3), is_public=True)
    ReportFactory(project=project, is_public=True)
    LinkFactory(project=project, url=output.url, failures=2, failing_since=timezone.now(), trouble="not_found")
    for purpose, name, content, kind in (
        ("decision", "paatos.pdf", b"%PDF-1.7", "application/pdf"),
        ("logo", "tunnus.png", POINT, "image/png"),
    ):
        Attachment.objects.create(
            record=project, file=SimpleUploadedFile(name, content), name=name, title="Rahoittajan tunnus",
            mime_type=kind, size=len(content), purpose=purpose, is_public=purpose == "logo",
        )  # fmt: skip
    draft = ProjectFactory(name="Hankkeen luonnos", slug="hankkeen-luonnos", draft=True, status="idea")
    for number, county in zip(range(42), counties * 14, strict=False):
        other = ProjectFactory(
            counties=[county], summary=SENTENCE, coordinator=keeper, starts_on=date(2010 + number % 15, 1, 1),
            ends_on=date(2012 + number % 15, 12, 31) if number % 3 else None, our_roles=["partner"],
            status=["running", "ended", "applied", "extended", "refused"][number % 5], our_share=number * 1000,
        )  # fmt: skip
        FundingFactory(project=other, source=["esf", "rrp", "own"][number % 3])
    return SimpleNamespace(project=project, draft=draft, output=output, objective=objective, place=places[0].code)
