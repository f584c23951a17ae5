"""Making the demonstration: through the verbs that the views call, so it never shows a state the portal cannot reach.

What is made depends on the facts and on today's date only, so a second run on the same day changes nothing, and a
later run moves the present along. History (2021–2023) is as in the facts; people, and dates after 2023, are invented.
"""

from collections import defaultdict
from datetime import date, timedelta

import holidays
import pghistory
from django.db import transaction
from django.utils import timezone

from accounts.models import Appointment, Role, User
from accounts.second_factor import give_totp
from demonstration.caseload_making import make_caseload
from demonstration.chances import chance, moment
from demonstration.events_making import make_events, multiply_events
from demonstration.fact_files import facts
from demonstration.projects_making import make_projects, multiply_projects
from demonstration.sign_ins import PASSWORD
from directory.models import County, Organisation, Person
from letters.models import Letter
from networks import mail
from networks.models import Attendance, Meeting, Membership, Network

PAST = timedelta(weeks=26)
AHEAD = timedelta(weeks=16)
HOLIDAYS = holidays.country_holidays("FI")
ROLES = {
    "henkilosto@example.org": [Role.STAFF],
    "johtaja@example.org": [Role.STAFF, Role.DIRECTOR],
    "koordinaattori@example.org": [Role.STAFF, Role.COORDINATOR],
}
OFFICES = {
    "asiavastaava@example.org": Appointment.Office.OMBUDSMAN,
    "sijainen@example.org": Appointment.Office.SUBSTITUTE,
}


@transaction.atomic
def make_all(say=lambda text: None):
    """Everything there is to the demonstration."""
    make_organisations()
    people = make_people()
    say(f"{len(people)} people")
    staff = User.objects.get(email="henkilosto@example.org")
    with pghistory.context(user=staff.pk, url="manage.py demo"):
        make_regions()
        networks = make_networks(people)
        say(f"{len(networks)} networks")
        say(f"{make_past_meetings(networks)} meetings of 2021–2023")
        make_members(networks, people)
        make_present(networks, staff)
        say(f"{make_projects()} projects")
        say(f"{make_events()} events")
        say(f"{make_caseload()} contacts of the ombudsman, all invented, kept for ten years")


def make_organisations():
    """Bodies that people represent; the centre itself is one of them."""
    for item in facts("organisations"):
        Organisation.objects.get_or_create(
            name=item["name"],
            defaults={
                "short_name": item.get("short_name") or "",
                "kind": item["kind"],
                "county_id": item.get("county") or None,
                "is_us": bool(item.get("us")),
                "ended_on": item.get("until") or None,
            },
        )


def make_people():
    """The staff, the sign-ins and invented members. Returns {e-mail: person}."""
    content = facts("people")
    bodies = {body.name: body for body in Organisation.objects.all()}
    bodies |= {body.short_name: body for body in bodies.values() if body.short_name}
    us = Organisation.objects.us().get()
    people = {}
    for group in ("staff", "sign_ins", "members"):
        for item in content.get(group, []):
            email = item["email"]
            house = group == "staff"
            organisation = us if house else bodies.get(item.get("organisation") or "")
            person, _made = Person.objects.get_or_create(
                email=email,
                defaults={
                    "given_name": item["given_name"],
                    "family_name": item["family_name"],
                    "title": item.get("title") or "",
                    "organisation": organisation,
                    "phone": item.get("phone") or "",
                    "asks": ", ".join(item.get("themes") or []),
                    "is_listed": house,
                },
            )
            if house and _made and item.get("county"):
                counties = item["county"] if isinstance(item["county"], list) else [item["county"]]
                person.counties.set(County.objects.filter(pk__in=counties))
            people[email] = person
    for email in [*ROLES, *OFFICES, "jasen@example.org", "vetaja@example.org", "paallikko@example.org"]:
        make_sign_in(people[email])
    return people


def make_sign_in(person):
    """The person's account with the demonstration's password; with a real second factor where one is needed."""
    user = person.open_account()
    if not user.has_usable_password():
        user.set_password(PASSWORD)
        user.save(update_fields=["password"])
    if person.email in ROLES and not user.roles:
        user.give_roles(ROLES[person.email])
    office = OFFICES.get(person.email)
    if office and not user.appointments.exists():
        Appointment.objects.create(user=user, office=office, starts_on=date(2010, 1, 1))
    if person.email in ROLES or office:
        give_totp(user)


def make_regions():
    """What the centre does in each of its counties, in words."""
    for item in facts("regions")["counties"]:
        county = County.objects.get(slug=item["slug"])
        if county.introduction:
            continue
        paragraphs = [item["introduction"]] if isinstance(item["introduction"], str) else item["introduction"]
        work = "".join(f"<li>{entry['text']} ({entry['year']})</li>" for entry in item.get("work", []))
        county.introduction = "".join(f"<p>{text}</p>" for text in paragraphs) + (f"<ul>{work}</ul>" if work else "")
        county.themes = item["themes"]
        county.save(update_fields=["introduction", "themes"])


def make_networks(people):
    """Every network and seat of the facts, published. Returns {slug: network}."""
    made = {network.slug: network for network in Network.objects.all()}
    for index, item in enumerate(facts("networks")):
        if item["slug"] in made:
            continue
        phases = sorted(item["phases"], key=lambda phase: phase["on"])
        first = next(phase for phase in phases if phase.get("status"))
        network = Network.found(
            slug=item["slug"],
            name=item["name"],
            kind=item["kind"],
            convened_by_us=item["convened_by_us"],
            our_role=item.get("our_role") or "",
            scope=item["scope"],
            counties=item.get("counties") or [],
            summary=item.get("summary") or "",
            purpose=item.get("purpose") or "",
            background="".join(f"<p>{text}</p>" for text in item.get("background") or []),
            audience=item.get("audience") or [],
            participants=", ".join(item.get("participants") or []),
            rhythm=item.get("rhythm") or "",
            steers=", ".join(item.get("steers") or []),
            coordinator=coordinator_of(item, people),
            status=first["status"],
            on=first["on"],
            precision=first["precision"],
            text=first.get("text") or "",
        )
        for phase in phases:
            if phase is not first:
                network.phases.create(
                    on=phase["on"],
                    precision=phase["precision"],
                    status=phase.get("status") or "",
                    text=phase.get("text") or "",
                )
        # Old pages are old news; the few that live on were added one by one during the last weeks.
        days = 3 + index if item.get("lives") else 200 + index
        network.publish(at=timezone.now() - timedelta(days=days))
        made[network.slug] = network
    return made


def coordinator_of(item, people):
    """Who answers for the network, by the facts; Pirkanmaa's that name nobody fall to the sign-in of the staff."""
    if item.get("coordinator"):
        return people[item["coordinator"]]
    ended = any(phase.get("status") == Network.Status.ENDED for phase in item["phases"])
    ours = item["convened_by_us"] and not ended and "08" in item["counties"]
    return people["henkilosto@example.org"] if ours else None


def make_past_meetings(networks):
    """The meetings counted in the facts, on invented days of their years. Returns how many there are."""
    count = 0
    for item in facts("networks"):
        network = networks[item["slug"]]
        topics = item.get("meeting_topics") or ["Kokous"]
        for year, number in (item.get("meetings_by_year") or {}).items():
            count += number
            if network.meetings.in_year(year).exists():
                continue
            for index, day in enumerate(spread(int(year), number, item)):
                starts_at = moment(day, item.get("starts") or "9.00")
                Meeting.objects.create(
                    network=network,
                    title=topics[index % len(topics)],
                    starts_at=starts_at,
                    ends_at=starts_at + timedelta(minutes=item.get("minutes") or 120),
                    **where(item),
                )
    return count


def spread(year, number, item):
    """So many working days, evenly over the months in which people meet, or over those that the facts name."""
    months = [1, 2, 3, 4, 5, 6, 8, 9, 10, 11, 12]
    if item.get("meeting_span"):
        first, last = (int(month.split("-")[1]) for month in item["meeting_span"])
        months = [month for month in months if first <= month <= last]
    days = []
    for index in range(number):
        month = months[int(index * len(months) / number)]
        day = date(year, month, 3 + int(chance(item["slug"], year, index) * 22))
        days.append(day + timedelta(days=(7 - day.weekday()) if day.weekday() > 4 else 0))
    return days


def where(item):
    """Place and way of meeting from the facts' one word."""
    place = item.get("place") or "Teams"
    remote = "teams" in place.lower()
    both = remote and place.lower() != "teams"
    mode = Meeting.Mode.BOTH if both else Meeting.Mode.REMOTE if remote else Meeting.Mode.ON_SITE
    return {
        "mode": mode,
        "place": place.replace(" ja Teams", "") if both else place,
        "remote_link": "https://kokous.example.org/" + item["slug"] if remote else "",
    }


def make_members(networks, people):
    """Invented people in the networks that live on, by the fields in which they work."""
    content = facts("people")
    by_audience = defaultdict(list)
    for item in content["members"]:
        for audience in item.get("audience") or []:
            by_audience[audience].append(item)
    for item in facts("networks"):
        network = networks[item["slug"]]
        if not item.get("lives") or network.memberships.exists():
            continue
        fitting = {m["email"]: m for audience in item.get("audience") or [] for m in by_audience[audience]}
        near = [m for m in fitting.values() if not item.get("counties") or m.get("county") in item["counties"]]
        own = [m for m in content["members"] if item["slug"] in (m.get("networks") or [])]
        near.sort(key=lambda member: chance(item["slug"], member["email"]))
        chosen = own + near[: 9 + int(chance(item["slug"]) * 16)]
        for index, member in enumerate(chosen):
            starts_on = timezone.localdate() - timedelta(days=30 + int(chance(item["slug"], member["email"], 1) * 900))
            # The newest joined this week, and one has left: lists show both.
            if index == 0:
                starts_on = timezone.localdate() - timedelta(days=3)
            membership, _new = Membership.join(network, people[member["email"]], starts_on=starts_on)
            if index == len(chosen) - 1 and index > 6:
                membership.end(on=timezone.localdate() - timedelta(days=20))
        if network.coordinator:
            Membership.join(
                network,
                network.coordinator,
                role=Membership.Role.CONVENER,
                starts_on=timezone.localdate() - timedelta(days=700),
            )
    for slug in ("kriisityon-verkosto", "rakenteellisen-sosiaalityon-verkosto"):
        Membership.join(
            networks[slug], people["jasen@example.org"], starts_on=timezone.localdate() - timedelta(days=400)
        )


def make_present(networks, staff):
    """The meetings of the last and the next weeks, some of them still lacking what the desk asks for."""
    today = timezone.localdate()
    for item in facts("networks"):
        if not item.get("lives"):
            continue
        network = networks[item["slug"]]
        topics = item.get("meeting_topics") or ["Kokous"]
        for number, day in schedule(item, today - PAST, today + AHEAD):
            starts_at = moment(day, item.get("starts") or "9.00")
            if network.meetings.filter(starts_at=starts_at).exists():
                continue
            ends_at = starts_at + timedelta(minutes=item.get("minutes") or 120)
            meeting = Meeting.objects.create(
                network=network,
                title=topics[number % len(topics)],
                starts_at=starts_at,
                ends_at=ends_at,
                agenda=agenda_of(topics, number) if chance(item["slug"], day, "agenda") < 0.8 else "",
                **where(item),
            )
            if meeting.is_over:
                write_up(meeting, item)
                remember_as_of(meeting, ends_at + timedelta(days=2 + int(chance(item["slug"], day, "written") * 5)))
            else:
                remember_as_of(meeting, starts_at - timedelta(days=20 + int(chance(item["slug"], day, "called") * 9)))
            if meeting.is_upcoming and (
                day <= today + timedelta(days=16) and chance(item["slug"], day, "invited") < 0.7
            ):
                invite(meeting, staff)
        if chance(item["slug"], "reviewed") < 0.8 and network.reviewed_on is None:
            network.mark_reviewed(on=today - timedelta(days=int(chance(item["slug"], "when") * 500)))


def schedule(item, start, end):
    """(running number, day) of each meeting between two days: every so many weeks, always on the same weekday."""
    weeks = item.get("meets_every_weeks") or 6
    offset = int(chance(item["slug"], "offset") * weeks)
    monday = start - timedelta(days=start.weekday())
    while monday <= end:
        number = monday.toordinal() // 7
        day = monday + timedelta(days=item.get("weekday", 1))
        if (number + offset) % weeks == 0 and start <= day <= end and is_for_work(day):
            yield number // weeks, day
        monday += timedelta(weeks=1)


def is_for_work(day):
    """Not a public holiday, and not a time when nobody meets: July, and the days around Christmas."""
    return day not in HOLIDAYS and day.month != 7 and not (day.month == 12 and day.day > 21)


def agenda_of(topics, number):
    """Three points, the topic among them."""
    return (
        "<ol><li>Avaus ja kuulumiset</li>"
        f"<li>{topics[number % len(topics)]}</li>"
        "<li>Seuraavat askeleet ja seuraava kokous</li></ol>"
    )


def write_up(meeting, item):
    """Who was there, and for most meetings what was said."""
    attendees = [p for p in meeting.possible_attendees() if chance(meeting.title, p.email, meeting.starts_at) < 0.75]
    meeting.record_present(attendees)
    if chance(item["slug"], meeting.starts_at.date(), "summary") < 0.72:
        meeting.summary = (
            f"<p>Kokouksen aiheena oli {meeting.title[0].lower()}{meeting.title[1:]}. "
            "Osallistujat kertoivat, missä omalla alueella mennään, ja keskustelivat siitä, mikä työssä auttaa.</p>"
            "<ul><li>Sovittiin, että hyvät käytännöt kootaan yhteen seuraavaan kokoukseen mennessä.</li>"
            "<li>Avoimeksi jäänyt kysymys viedään johdon keskusteluun.</li></ul>"
        )
        meeting.save(update_fields=["summary", "changed_at"])


def remember_as_of(meeting, moment):
    """The news tell of the meeting on the day when somebody would have written it down."""
    moment = min(moment, timezone.now() - timedelta(hours=2))
    Meeting.objects.filter(pk=meeting.pk).update(created_at=moment, changed_at=moment)


def invite(meeting, staff):
    """The invitation with its letters, and the answers that have come so far."""
    attendances = meeting.invite(by=staff)
    for attendance in attendances:
        attendance.meeting = meeting
    Letter.objects.write_all(mail.invitations(attendances))
    for attendance in attendances:
        luck = chance(meeting.pk, attendance.person.email)
        if luck < 0.75:
            attendance.reply(Attendance.Answer.COMING if luck < 0.6 else Attendance.Answer.NOT_COMING)


def multiply(times):
    """The networks `times` times over with their meetings and members, for measuring. Returns how many there are."""
    originals = list(Network.objects.exclude(name__contains=" №").prefetch_related("counties", "phases", "memberships"))
    for copy in range(2, times + 1):
        if Network.objects.filter(slug__endswith=f"--{copy}").exists():
            continue
        multiply_once(originals, copy)
        multiply_projects(copy)
        multiply_events(copy)
    return Network.objects.count()


@transaction.atomic
def multiply_once(originals, copy):
    """One more of each."""
    made = []
    for original in originals:
        network = Network(
            **{
                column.attname: getattr(original, column.attname)
                for column in Network._meta.concrete_fields
                if not column.generated and column.attname not in {"id", "slug", "name"}
            },
            slug=f"{original.slug[:110]}--{copy}",
            name=f"{original.name[:170]} №{copy}",
        )
        made.append(network)
    Network.objects.bulk_create(made)
    pairs = list(zip(originals, made, strict=True))
    through = Network.counties.through
    through.objects.bulk_create(
        [through(network_id=new.pk, county_id=county.pk) for old, new in pairs for county in old.counties.all()]
    )
    for related in ("phases", "memberships", "meetings"):
        model = Network._meta.get_field(related).related_model
        leave_out = {"id", "network_id", "uid"}
        rows = [
            model(
                network_id=new.pk,
                **{
                    column.attname: getattr(row, column.attname)
                    for column in model._meta.concrete_fields
                    if not column.generated and column.attname not in leave_out
                },
            )
            for old, new in pairs
            for row in getattr(old, related).all()
        ]
        model.objects.bulk_create(rows, batch_size=2000)
