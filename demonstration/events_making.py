"""Events of the demonstration, made from the facts through the verbs that the views call."""

from datetime import date, timedelta
from pathlib import Path

import holidays
from django.core.files.base import ContentFile
from django.utils import timezone

from demonstration.chances import chance, moment
from demonstration.fact_files import facts
from directory.models import County, Person
from events import registering
from events.models import Event, Feedback, Question, Registration, Series, Speaker, StandingRegistration, YearFigure
from events.models.event import recording_end
from events.season import term_of
from networks.models import Network
from projects.models import Project
from publishing.models import Attachment
from publishing.typst import typeset

HOLIDAYS = holidays.country_holidays("FI")
INVENTED = "<p>Aihe ja puhuja on keksitty esittelyä varten.</p>"
BEHIND = timedelta(weeks=10)
AHEAD = timedelta(weeks=9)
TEMPLATE = Path(__file__).with_name("slides.typ")


def make_events():
    """Every series of the facts, the reviews of 2022 and the present. Returns how many events there are."""
    content = facts("events")
    for item in content["series"]:
        if not Series.objects.filter(slug=item["slug"]).exists():
            make_series(item)
    make_reviews_of_the_year(content["reviews"])
    make_present_reviews(content["present"], content["reviews"]["series"])
    make_training(content["present"])
    return Event.objects.count()


def person_of(email):
    return Person.objects.filter(email=email).first() if email else None


def make_series(item):
    first, *later = item["phases"]
    clock = {name: moment(date(2022, 1, 3), item[name]).time() for name in ("starts", "ends") if name in item}
    series = Series.found(
        slug=item["slug"],
        name=item["name"],
        kind=item["kind"],
        summary=item.get("summary") or "",
        purpose=item.get("purpose") or item.get("summary") or "",
        cadence=item.get("cadence") or "",
        audience=item.get("audience") or [],
        audience_note=item.get("audience_note") or "",
        area_note=item.get("area_note") or "",
        partners=item.get("partners") or "",
        coordinator=person_of(item.get("coordinator")),
        weekday=item.get("weekday"),
        mode=item.get("mode") or "remote",
        place=item.get("place") or "",
        takes_registrations=item.get("registrations", True),
        takes_standing=item.get("standing", False),
        counties=County.objects.filter(pk__in=item.get("counties") or []),
        status=first["status"],
        on=first["on"],
        precision=first.get("precision") or "day",
        text=first.get("text") or "",
        **clock,
    )
    for phase in later:
        series.begin(phase["status"], on=phase["on"], precision=phase.get("precision") or "day")
    series.networks.set(Network.objects.filter(slug__in=item.get("networks") or []))
    series.projects.set(Project.objects.filter(slug__in=item.get("projects") or []))
    for figure in item.get("figures") or []:
        YearFigure.objects.create(
            series=series,
            year=figure["year"],
            event_count=figure.get("count"),
            participant_count=figure.get("people"),
            text=figure.get("text") or "",
        )
    series.publish()
    series.mark_reviewed()
    for single in item.get("events") or []:
        event = plan(series, single["title"], single["on"], "9.00", "16.00")
        publish(event, at=event.starts_at - timedelta(days=30))


def plan(series, title, day, starts, ends, **fields):
    fields = {"mode": series.mode, "place": series.place, "audience": series.audience} | fields
    return Event.plan(
        series=series,
        title=title,
        starts_at=moment(day, starts),
        ends_at=moment(day, ends),
        counties=series.counties.all(),
        takes_registrations=series.takes_registrations,
        **fields,
    )


def publish(event, *, at):
    event.publish(at=min(at, timezone.now()))


def fridays(year):
    """The Fridays of a year on which people work, as the reviews are held: not in July, nor around Christmas."""
    day = date(year, 1, 14)
    while day <= date(year, 12, 16):
        if day.weekday() == 4 and day not in HOLIDAYS and not date(year, 6, 18) <= day <= date(year, 8, 25):
            yield day
        day += timedelta(days=1)


def make_reviews_of_the_year(item):
    """As many reviews as the document tells, spread over the Fridays of both terms, each with its listeners."""
    series, topics = Series.objects.get(slug=item["series"]), item["topics"]
    if series.occasions.in_year(item["year"]).exists():
        return
    days = list(fridays(item["year"]))
    step = len(days) / len(topics)
    for number, topic in enumerate(topics):
        event = plan(series, topic, days[int(number * step)], "8.30", "9.30", description=INVENTED)
        span = item["most"] - item["least"]
        event.head_count = item["least"] + round(chance("listeners", topic) * span)
        if number in (3, 17):  # what the document says of the least and of the most holds exactly
            event.head_count = item["least"] if number == 3 else item["most"]
        event.save()
        publish(event, at=event.starts_at - timedelta(days=21))
        event.show_recording(
            link=f"https://video.example.org/{event.slug}",
            until=recording_end(event.day),
            reason="Kevään tallenteet juhannukseen, syksyn jouluun.",
            on=event.day + timedelta(days=1),
        )
        if number % 3 == 0:
            give_slides(event)


def give_slides(event):
    """An invented file among the materials."""
    content = typeset(TEMPLATE, {"title": event.title}, moment=event.ends_at)
    file = ContentFile(content, name="esitys.pdf")
    Attachment.objects.create(
        record=event, purpose=Event.MATERIAL, file=file, name="esitys.pdf", title="Puhujan esitys (keksitty)",
        mime_type="application/pdf", size=len(content), is_public=True, added_at=event.ends_at,
    )  # fmt: skip


def invented_people(content, *of):
    """Invented people who register, always the same for the same thing."""
    given, family, bodies = content["given_names"], content["family_names"], content["bodies"]
    number = 0
    while True:
        first = given[int(chance(*of, number, 1) * len(given)) % len(given)]
        last = family[int(chance(*of, number, 2) * len(family)) % len(family)]
        address = f"{first}.{last}.{number}".lower().translate(str.maketrans("äöå", "aoa"))
        body = bodies[int(chance(*of, number, 3) * len(bodies)) % len(bodies)]
        yield f"{first} {last}", f"{address}@example.org", body
        number += 1


def make_present_reviews(content, slug):
    """The reviews of the weeks around today: held with their listeners, coming with those who registered."""
    series, today = Series.objects.get(slug=slug), timezone.localdate()
    day = today - BEHIND
    while day <= today + AHEAD:
        free = day in HOLIDAYS or day not in set(term_of(day).days(4))
        if day.weekday() == 4 and not free and not series.occasions.filter(starts_at__date=day).exists():
            make_review(series, content, day)
        day += timedelta(days=1)
    held = list(series.occasions.held().filter(starts_at__date__gte=today - BEHIND).latest_first())
    for event in held:
        finish(event, content)
    if not series.standing.exists():
        for name, email, body in take(invented_people(content, "standing"), 6):
            StandingRegistration.objects.create(series=series, name=name, email=email, organisation=body)


def take(things, count):
    return [next(things) for _number in range(count)]


def make_review(series, content, day):
    """One Friday; a few weeks ahead there are gaps and drafts, as in real planning."""
    ahead = (day - timezone.localdate()).days
    week = day.toordinal() // 7
    if ahead > 35 and week % 3 == 0:
        return
    topics, speakers = content["topics"], content["speakers"]
    event = plan(
        series,
        topics[week % len(topics)],
        day,
        "8.30",
        "9.30",
        summary="Alustus ja keskustelua puolen tunnin verran.",
        description=INVENTED,
        remote_link=f"https://kokous.example.org/katsaus-{day:%Y%m%d}",
        accessibility="Suora tekstitys",
    )
    name, role = speakers[week % len(speakers)]
    Speaker.objects.create(event=event, name=name, role=role, position=1, permission="yes")
    if ahead > 42:
        return
    publish(event, at=event.starts_at - timedelta(days=30))
    seats = 18 + int(chance(day, "registered") * 40) if ahead < 21 else int(chance(day, "early") * 12)
    seat_people(event, content, seats)


def seat_people(event, content, count):
    """Registrations as they stood before today; no letter is written about the past."""
    made = Registration.objects.bulk_create(
        [
            Registration(
                event=event, name=name, email=email, organisation=body, seated_at=event.starts_at - timedelta(days=9),
                created_at=event.starts_at - timedelta(days=9), consented_at=event.starts_at - timedelta(days=9),
            )
            for name, email, body in take(invented_people(content, event.day), count)
        ]
    )  # fmt: skip
    event.count_seats()
    return made


def finish(event, content):
    """What is done after an event: who was there, the recording, the materials, what people said."""
    days = (timezone.localdate() - event.day).days
    if event.recording_link or days < 2:
        return
    rows = list(event.registrations.seated())
    present = [row for row in rows if chance(event.day, row.email, "came") < 0.8]
    if days > 7:  # of the latest the desk says that the number is missing
        event.record_present([row.pk for row in present], [row.pk for row in rows if row not in present])
        event.head_count = None
    until = recording_end(event.day)
    event.show_recording(
        link=f"https://video.example.org/{event.slug}", until=until, reason="Puhuja on antanut luvan.",
        on=event.day + timedelta(days=1),
    )  # fmt: skip
    if days < 21 or chance(event.day, "captions") < 0.7:
        event.captions_done_on = event.day + timedelta(days=8) if days > 9 else None
    event.save()
    if chance(event.day, "slides") < 0.5:
        give_slides(event)
    if days > 7:
        Feedback.objects.bulk_create(
            [
                Feedback(
                    event=event, useful=3 + int(chance(event.day, number) * 3) % 3, given_on=event.day,
                    text="Selkeä ja käytännönläheinen." if number == 0 else "",
                    wishes="Lisää esimerkkejä arjesta." if number == 1 else "",
                )
                for number in range(5)
            ]
        )  # fmt: skip


def make_training(content):
    """A training on site with few seats, more people than seats, and a question of its own."""
    today = timezone.localdate()
    name = "Kirjaaminen asiakkaan kanssa, koulutuspäivä (esimerkki)"
    if Event.objects.filter(title=name, starts_at__date__gte=today).exists():
        return
    day = today + timedelta(days=24)
    while day.weekday() > 4 or day in HOLIDAYS:
        day += timedelta(days=1)
    event = Event.plan(
        title=name,
        starts_at=moment(day, "9.00"),
        ends_at=moment(day, "15.00"),
        mode="on_site",
        place="Tampere, Väinölänkadun kokoustila (keksitty)",
        summary="Päivä harjoittelua pienessä ryhmässä.",
        description=INVENTED,
        accessibility="Esteetön sisäänkäynti, induktiosilmukka",
        capacity=12,
        coordinator=person_of("henkilosto@example.org"),
        counties=County.objects.filter(pk="08"),
        audience=["adults", "families"],
        registration_closes_at=moment(day - timedelta(days=3), "16.00"),
    )
    Question.objects.create(
        event=event, text="Ruokavalio", kind="choice", choices=["ei rajoitteita", "kasvis", "muu"], position=1
    )
    Speaker.objects.create(event=event, name="Helmi Vaahterakoski", role="kouluttaja (keksitty)", position=1)
    publish(event, at=timezone.now() - timedelta(days=5))
    for person, email, body in take(invented_people(content, "training"), 16):
        registering.register(event, name=person, email=email, organisation=body)


def multiply_events(copy):
    """One more of each event of the facts with its speakers and those who registered, for measuring."""
    originals = list(Event.objects.exclude(slug__contains="--").prefetch_related("speakers", "registrations"))
    made = [again(event, slug=f"{event.slug[:100]}--{copy}") for event in originals]
    Event.objects.bulk_create(made)
    pairs = list(zip(originals, made, strict=True))
    for related, model in (("speakers", Speaker), ("registrations", Registration)):
        rows = [again(row, event_id=new.pk) for old, new in pairs for row in getattr(old, related).all()]
        model.objects.bulk_create(rows, batch_size=2000)


def again(record, **changes):
    """The same record once more, without its key and what is its own alone."""
    values = {
        column.attname: getattr(record, column.attname)
        for column in record._meta.concrete_fields
        if not column.generated and column.attname not in {"id", "uid", "nonce"}
    }
    return type(record)(**values | changes)
