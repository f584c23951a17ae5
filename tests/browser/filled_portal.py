"""A portal in which every page has something to show, long names and long lists included."""

from datetime import timedelta
from types import SimpleNamespace

from django.contrib.contenttypes.models import ContentType
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.invitations import token_for
from accounts.models import Role, User
from directory.models import ImportDraft
from letters.models import Letter
from networks import mail
from networks.models import Network
from publishing.models import Attachment
from tests.accounts.factories import AppointmentFactory, UserFactory, with_passkey, with_totp
from tests.browser.filled_events import filled_events
from tests.browser.filled_ilmapuntari import filled_ilmapuntari
from tests.browser.filled_projects import filled_projects
from tests.directory.factories import (
    CountyFactory,
    MunicipalityFactory,
    OrganisationFactory,
    PersonFactory,
    SubRegionFactory,
)
from tests.networks.factories import AttendanceFactory, MeetingFactory, MembershipFactory, NetworkFactory, PhaseFactory
from website.models import Feedback

# The longest that the forms let through, with a word as long as Finnish officials make them.
LONG_NAME = (
    "Lastensuojelun sijaishuollon ja vammaispalvelujen palvelutarpeenarviointityöryhmän ja lapsiperhepalvelujen "
    "ennaltaehkäisevien perhetyöntekijöiden yhteinen kehittämisverkosto Pirkanmaalla"
)
LONG_ORGANISATION = (
    "Pirkanmaan, Kanta-Hämeen ja Satakunnan mielenterveys- ja päihdekuntoutujien omaisten "
    "vertaistukiyhdistysten alueellinen keskusjärjestöyhteenliittymä ry"
)
LONG_EMAIL = "maria-aleksandra.vanhankaupunginkoski-esimerkkilainen@paihdekuntoutujien-keskusjarjesto.example.org"
SENTENCE = "Sosiaalityöntekijöiden yhteinen verkosto, jossa lastensuojelun avohuollon käytäntöjä kehitetään yhdessä. "


def filled_portal():
    """Everything at its longest, and somebody in every role."""
    counties = [CountyFactory(), CountyFactory(kanta_hame=True), CountyFactory(satakunta=True)]
    for county in counties:
        for region in (SubRegionFactory(county=county), SubRegionFactory(county=county)):
            MunicipalityFactory.create_batch(4, sub_region=region)
    people = SimpleNamespace(
        staff=with_totp(UserFactory(email="henkilo@example.org", roles=[Role.STAFF], password="valoisa-kevat-2021")),
        director=with_totp(
            UserFactory(email="johto@example.org", roles=[Role.DIRECTOR], password="valoisa-kevat-2021")
        ),
        member=UserFactory(email="jasen@example.org", password="valoisa-kevat-2021"),
    )
    with_passkey(people.staff)
    house = OrganisationFactory(us=True)
    keeper = PersonFactory(
        given_name="Aava",
        family_name="Esimerkki",
        user=people.staff,
        email=people.staff.email,
        of_the_house=True,
        phone="040 000 0000",
        asks="lastensuojelun ja perhepalvelujen verkostot",
    )
    PersonFactory(
        given_name="Kerttu", family_name="Johtaja", user=people.director, email=people.director.email, of_the_house=True
    )
    long_organisation = OrganisationFactory(
        name=LONG_ORGANISATION[:150],
        website="https://" + "pitka-osoite." * 6 + "example.org/",
        address="Keksittykatu 1, 33100 Tampere",
        email="posti@example.org",
    )
    jade = PersonFactory(
        given_name="Jade",
        family_name="Jäsen",
        user=people.member,
        email=people.member.email,
        organisation=long_organisation,
        title="sosiaalityöntekijä",
    )
    long_person = PersonFactory(
        given_name="Maria-Aleksandra Annastiina",
        family_name="Vanhankaupunginkoski-Esimerkkiläinen",
        email=LONG_EMAIL,
        organisation=long_organisation,
        phone="+358 40 000 0000",
        title="johtava sosiaalityöntekijä, lastensuojelun ja vammaispalvelujen asiantuntija",
    )

    long = NetworkFactory(
        name=LONG_NAME[:180],
        slug="pitka",
        counties=counties,
        coordinator=keeper,
        summary=SENTENCE,
        purpose=SENTENCE * 2,
        background="<h3>Tausta</h3><p>Ensimmäinen kappale.</p><ul><li>Yksi</li><li>Kaksi</li></ul>",
        audience=["child_protection", "families"],
        rhythm="neljä kertaa vuodessa, etänä ja läsnä",
        steers="kehittämistyö",
        participants="sosiaalityöntekijät, esihenkilöt, oppilaitosten opettajat",
    )
    PhaseFactory(
        network=long,
        on=timezone.localdate() - timedelta(days=200),
        precision="day",
        status="paused",
        text="Tauko päättyy, kun uusi koollekutsuja on valittu hyvinvointialueiden yhteisessä kokouksessa.",
    )
    phase = PhaseFactory(
        network=long, on=timezone.localdate() - timedelta(days=100), precision="season", status="running"
    )
    own = MembershipFactory(network=long, person=jade)
    MembershipFactory(network=long, person=long_person, organisation=long_organisation, role="chair")
    MembershipFactory(network=long, person=PersonFactory(email=""))
    MembershipFactory(network=long, past=True)
    for _ in range(37):
        MembershipFactory(network=long, person__organisation=OrganisationFactory(), person__title="erityisasiantuntija")
    held = MeetingFactory(
        network=long,
        title="Mitä uusi laki muuttaa palvelutarpeen arvioinnissa ja asiakassuunnitelmassa?",
        held=True,
        summary="<p>Käytiin läpi laki.</p>",
        place="Tampere, Keksittytalo",
        mode="on_site",
    )
    unsummed = MeetingFactory(network=long, title="Vailla muistiota", held=True)
    MeetingFactory(network=long, title="Peruttu kokous", cancelled=True)
    meeting = MeetingFactory(
        network=long,
        title="Perhetyön uudet muodot",
        agenda="<ol><li>Avaus</li><li>Asiat</li></ol>",
        remote_link="https://etayhteys.example.org/" + "a" * 90,
        place="Etäyhteys",
    )
    AttendanceFactory(meeting=held, person=jade, was_present=True)
    attendance = AttendanceFactory(meeting=meeting, person=jade, invited_at=timezone.now())
    AttendanceFactory(
        meeting=meeting, person=long_person, invited_at=timezone.now(), answer="coming", answered_at=timezone.now()
    )
    silent = AttendanceFactory(meeting=meeting, person=PersonFactory(), invited_at=timezone.now())
    invitation_letters(meeting)
    for purpose, record in (("minutes", held), ("agenda", meeting)):
        Attachment.objects.create(
            record=record,
            file=SimpleUploadedFile("muistio.pdf", b"%PDF-1.7"),
            name=f"{'lastensuojelun-' * 6}muistio.pdf",
            mime_type="application/pdf",
            size=8,
            purpose=purpose,
            is_public=True,
        )
    draft = NetworkFactory(name="Luonnos", slug="luonnos", draft=True)
    for number, county in zip(range(38), counties * 13, strict=False):
        network = NetworkFactory(
            counties=[county],
            summary=SENTENCE,
            coordinator=keeper,
            status=["running", "planned", "paused", "ended"][number % 4],
        )
        MeetingFactory(network=network)
    NetworkFactory(seat=True, scope="national", name="Valtakunnallinen ryhmä")

    PersonFactory.create_batch(38, organisation=house)
    OrganisationFactory.create_batch(3)
    UserFactory.create_batch(30)
    somebody = PersonFactory(user=with_totp(UserFactory(email="joku@example.org", roles=[Role.COORDINATOR])))
    appointment = AppointmentFactory(user=somebody.user)
    left = PersonFactory(left_on=timezone.localdate())
    projects = filled_projects(keeper, long)
    ilmapuntari = filled_ilmapuntari(counties[0], counties[1], long_organisation)
    invited = User.objects.invite("kutsuttu@example.org", [Role.STAFF], by=people.director)
    Feedback.objects.create(message="Kiitos! " + SENTENCE * 3)
    long.name = long.name.replace("yhteinen", "oma")
    long.save()
    return SimpleNamespace(
        people=people,
        network=long,
        draft=draft,
        meeting=meeting,
        held=held,
        unsummed=unsummed,
        phase=phase,
        membership=own,
        person=long_person,
        left=left,
        organisation=long_organisation,
        somebody=somebody.user,
        appointment=appointment,
        county=counties[0],
        token=mail.reply_token(attendance),
        silent_token=mail.reply_token(silent),
        brought=brought_table(people.staff),
        content_type=ContentType.objects.get_for_model(Network).pk,
        keeper=keeper,
        invitation=token_for(invited),
        passkey=people.staff.authenticator_set.get(type="webauthn").pk,
        ilmapuntari=ilmapuntari,
        projects=projects,
        events=filled_events(keeper, long, projects.project),
    )


def invitation_letters(meeting):
    """What the invited got, with a calendar entry."""
    invited = list(meeting.attendances.invited().exclude(person__email="").select_related("person"))
    for attendance in invited:
        attendance.meeting = meeting
    Letter.objects.write_all(mail.invitations(invited))


def brought_table(user):
    """A table that was read and not yet saved: a new row, one to be mended, one that changes a person."""
    rows = [
        {
            "number": 2,
            "values": {
                "given_name": "Uusi",
                "family_name": "Ihminen",
                "email": "uusi@example.org",
                "organisation": LONG_ORGANISATION[:150],
            },
            "outcome": "new",
            "errors": {},
            "notes": ["liittyy"],
            "changes": [],
            "new_organisation": LONG_ORGANISATION[:150],
        },
        {
            "number": 3,
            "values": {"given_name": "Väärä", "family_name": "Osoite", "email": "ei-osoite"},
            "outcome": "error",
            "errors": {"email": "“ei-osoite” ei ole sähköpostiosoite."},
            "notes": [],
            "changes": [],
            "new_organisation": "",
        },
        {
            "number": 4,
            "values": {"given_name": "Muuttunut", "family_name": "Nimike", "email": "m@example.org"},
            "outcome": "changed",
            "errors": {},
            "notes": [],
            "changes": [["Nimike", "vanha", "uusi"]],
            "new_organisation": "",
        },
    ]
    return ImportDraft.objects.create(
        purpose="directory.people",
        file_name="henkilot-ja-jarjestot-2026-kevat.xlsx",
        keys=["name"],
        rows=rows,
        created_by=user,
    )


def empty_portal():
    """Nothing but the areas and one of the staff."""
    for trait in ({}, {"kanta_hame": True}, {"satakunta": True}):
        CountyFactory(**trait)
    return UserFactory(email="henkilo@example.org", roles=[Role.STAFF])
