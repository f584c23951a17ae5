"""Events at their longest, for looking at every page of theirs."""

from datetime import timedelta
from types import SimpleNamespace

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from directory.models import County
from events import links
from publishing.models import Attachment
from tests.events.factories import (
    EventFactory,
    FeedbackFactory,
    QuestionFactory,
    RegistrationFactory,
    SeriesFactory,
    SpeakerFactory,
    StandingFactory,
    YearFigureFactory,
    noon,
)

LONG = (
    "Lastensuojelun sijaishuollon ja vammaispalvelujen palvelutarpeenarviointityöryhmän ja lapsiperhepalvelujen "
    "ennaltaehkäisevien perhetyöntekijöiden yhteinen iltapäiväwebinaari"
)
SENTENCE = "Sosiaalityöntekijöiden yhteinen iltapäivä, jossa lastensuojelun käytäntöjä kehitetään yhdessä. "
LINK = "https://kokous.example.org/" + "pitka-osoite-" * 6


def filled_events(keeper, network, project):
    """A series with its past and future, an event with everything, a full one, a held one, a draft."""
    today = timezone.localdate()
    counties = list(County.objects.ours())
    series = SeriesFactory(
        name=LONG[:170], slug="pitka-sarja", summary=SENTENCE, purpose=SENTENCE * 2, takes_standing=True,
        background="<p>Kappale.</p>", cadence="joka toinen perjantai klo 8.30–9.30", partners=SENTENCE[:200],
        audience=["families", "child_protection"], coordinator=keeper, counties=counties,
        recordings_page="https://" + "pitka-osoite." * 6 + "example.org/",
    )  # fmt: skip
    series.networks.set([network])
    series.projects.set([project])
    YearFigureFactory(series=series, year=2019, participant_count=579, text=SENTENCE[:150])
    event = EventFactory(
        title=LONG, slug="pitka-tapahtuma", series=series, summary=SENTENCE, description=f"<p>{SENTENCE * 3}</p>",
        counties=counties, audience=["families", "child_protection"], mode="both", place=SENTENCE[:140],
        remote_link=LINK, price=25, price_note=SENTENCE, accessibility=SENTENCE, partners=SENTENCE, capacity=3,
        coordinator=keeper, starts_at=noon(5), registration_closes_at=noon(4),
    )  # fmt: skip
    event.networks.set([network])
    speaker = SpeakerFactory(
        event=event, name="Ann-Katrin af Enehielm-Mäkikangaslampi", role=SENTENCE, title=LONG[:170], bio=SENTENCE * 2,
        email="puhuja@example.org", permission="yes",
    )  # fmt: skip
    speaker.propose(title="Uusi otsikko", bio=SENTENCE, permission="yes")
    question = QuestionFactory(event=event, text=SENTENCE, kind="choice", choices=["yksi", "kaksi", "kolme"])
    long_name = "Ann-Katrin af Enehielm-Mäkikangaslampi"
    seated = RegistrationFactory(
        event=event, name=long_name, organisation=LONG[:140], answers={str(question.pk): "kaksi"},
        email="ann-katrin.af.enehielm-makikangaslampi@pitka-organisaation-nimi.example.org",
    )  # fmt: skip
    for _number in range(2):
        RegistrationFactory(event=event, answers={str(question.pk): "yksi"})
    waiting = RegistrationFactory(event=event, waiting=True)
    held = EventFactory(
        title="Pidetty katsaus", slug="pidetty-katsaus", series=series, starts_at=noon(-6), after=f"<p>{SENTENCE}</p>",
        recording_link="https://youtu.be/abcdefghijk", recording_added_on=today - timedelta(days=5),
        recording_until=today + timedelta(days=5), recording_reason=SENTENCE, coordinator=keeper,
    )  # fmt: skip
    was_there = RegistrationFactory(event=held, was_present=True)
    for number in range(3):
        FeedbackFactory(event=held, useful=3 + number % 3, text=SENTENCE * 2, wishes=SENTENCE)
    material = Attachment.objects.create(
        record=held, file=SimpleUploadedFile("esitys.pdf", b"%PDF-1.7"), name="esitys.pdf", title=SENTENCE,
        mime_type="application/pdf", size=8, purpose="material", is_public=True,
    )  # fmt: skip
    draft = EventFactory(title="Luonnos tapahtumasta", slug="luonnos-tapahtumasta", series=series, draft=True)
    draft_series = SeriesFactory(name="Luonnos sarjasta", slug="luonnos-sarjasta", draft=True)
    for number in range(8):
        EventFactory(series=series, starts_at=noon(8 + 7 * number), counties=counties)
    cancelled = EventFactory(title="Peruttu tapahtuma", cancelled=True, cancel_reason=SENTENCE)
    return SimpleNamespace(
        series=series, event=event, held=held, draft=draft, draft_series=draft_series, cancelled=cancelled,
        speaker=speaker, seated=seated, waiting=waiting, was_there=was_there, material=material, question=question,
        free=EventFactory(title="Vapaa tapahtuma", slug="vapaa-tapahtuma"),
        standing=StandingFactory(series=series, name=long_name), links=links,
    )  # fmt: skip
