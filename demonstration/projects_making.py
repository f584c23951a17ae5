"""Projects of the demonstration, made from the facts through the verbs that the views call."""

from datetime import date, timedelta

from django.utils import timezone

from demonstration.fact_files import facts
from directory.models import Municipality, Organisation, Person
from networks.models import Network
from projects.models import Activity, Link, Project

ABOUT_THE_END = "Asiakirjat eivät kerro, milloin hanke päättyi."
PARTS = {"ours": "b_ours"}
# So many characters of a name stay when it is multiplied.
ROOM_FOR_NUMBER = 10


def make_projects():
    """Every project of the facts that is not there yet. Returns how many there are."""
    there = set(Project.objects.values_list("slug", flat=True))
    for index, item in enumerate(facts("projects")):
        if item["slug"] not in there:
            make_project(whole(item), index)
    for project in Project.objects.filter(links=None):
        Link.objects.renew(project)
    for link in Link.objects.filter(url__contains="kadonnut", checked_at=None):
        for days in (8, 7):
            link.record(Link.Trouble.NOT_FOUND, at=timezone.now() - timedelta(days=days))
    return Project.objects.count()


def whole(item):
    """The item with what is said once for many: those that are only mentioned went on in that year, and are over."""
    if "mentioned" not in item:
        return item
    year = item["mentioned"]
    return item | {
        "purpose": item["summary"],
        "phases": [
            {"on": date(year, 1, 1), "precision": "year", "status": "running"},
            {"on": date(year + 1, 12, 31), "precision": "year", "status": "ended", "text": "END_UNKNOWN"},
        ],
    }


def day(item, key="on"):
    """The day of an item, or one counted from today."""
    return timezone.localdate() + timedelta(days=item["days"]) if "days" in item else item[key]


def dated(item, name):
    """(day, precision) of the start or the end."""
    in_days = {"start": "started_days", "end": "ends_days"}[name]
    if in_days in item:
        return timezone.localdate() + timedelta(days=item[in_days]), "day"
    return item.get(name) or (None, "day")


def said(text):
    return (text or "").replace("END_UNKNOWN", ABOUT_THE_END)


def make_project(item, index):
    """One project with everything that is told of it."""
    first, *later = item["phases"]
    starts_on, starts_precision = dated(item, "start")
    ends_on, ends_precision = dated(item, "end")
    project = Project.found(
        slug=item["slug"],
        name=item["name"],
        acronym=item.get("acronym") or "",
        summary=item.get("summary") or "",
        purpose=item.get("purpose") or "",
        background=paragraphs(item.get("background")),
        lives_on=paragraphs(item.get("lives_on")),
        audience=item.get("audience") or [],
        website=item.get("website") or "",
        programme=item.get("programme") or "",
        starts_on=starts_on,
        starts_precision=starts_precision,
        ends_on=ends_on,
        ends_precision=ends_precision,
        our_roles=item["roles"],
        our_role_note=item.get("role_note") or "",
        days_sold=item.get("days_sold"),
        percent_sold=item.get("percent_sold"),
        is_national=bool(item.get("national")),
        municipality_total=item.get("municipality_total"),
        centre_total=item.get("centre_total"),
        area_note=item.get("area_note") or "",
        budget=item.get("budget"),
        our_share=item.get("our_share"),
        is_money_public=not item.get("money_is_private"),
        coordinator=Person.objects.get(email=item["coordinator"]) if item.get("coordinator") else None,
        steering_group=Network.objects.get(slug=item["steering"]) if item.get("steering") else None,
        counties=item.get("counties") or [],
        status=first["status"],
        on=day(first),
        precision=first.get("precision", "day"),
        text=said(first.get("text")),
    )
    if item.get("municipalities"):
        places = Municipality.objects.filter(name_fi__in=item["municipalities"])
        if len(places) != len(item["municipalities"]):
            raise ValueError(f"{item['slug']}: a municipality is not in the official list")
        project.municipalities.set(places)
    for phase in later:
        project.phases.create(
            on=day(phase),
            precision=phase.get("precision", "day"),
            status=phase.get("status") or "",
            text=said(phase.get("text")),
        )
    make_extensions(project, item)
    make_partners_and_people(project, item)
    make_money(project, item)
    make_work(project, item)
    make_dates(project, item)
    if not item.get("draft"):
        project.publish(at=timezone.now() - timedelta(days=9 + index * 3))
    if project.coordinator:
        project.mark_reviewed(on=timezone.localdate() - timedelta(days=40))


def paragraphs(texts):
    return "".join(f"<p>{text}</p>" for text in texts or [])


def make_extensions(project, item):
    for extension in item.get("extensions") or []:
        # Its phase stands among the others already, with words of its own.
        project.extensions.create(
            until=extension["until"],
            precision=extension["precision"],
            decided_on=extension["decided"],
            text=extension["text"],
        )
    if item.get("extend_days"):
        until = timezone.localdate() + timedelta(days=item["extend_days"])
        project.extend(until=until, on=timezone.localdate() - timedelta(days=95), text="Rahoittaja myönsi jatkoaikaa.")


def body(name):
    return Organisation.objects.get(name=name) if name else None


def make_partners_and_people(project, item):
    for partner in item.get("partners") or []:
        project.partners.create(
            organisation=body(partner.get("organisation")),
            name=partner.get("name") or "",
            role=partner.get("role") or "partner",
            starts_on=partner.get("from"),
            ends_on=partner.get("until"),
        )
    for staff in item.get("staff") or []:
        project.staffings.create(
            title=staff["title"],
            share=staff.get("share"),
            person=Person.objects.get(email=staff["person"]) if staff.get("person") else None,
            starts_on=staff.get("from"),
            ends_on=staff.get("until"),
        )


def make_money(project, item):
    for row in item.get("funding") or []:
        project.fundings.create(
            part=PARTS.get(row.get("part"), "a_whole"),
            source=row["source"],
            organisation=body(row.get("organisation")),
            amount=row.get("amount"),
            year=row.get("year"),
            is_public=bool(row.get("public")),
        )


def make_work(project, item):
    outputs = {}
    for output in item.get("outputs") or []:
        ready_on, precision = output.get("ready") or (None, "day")
        made = project.outputs.model(
            project=project,
            title=output["title"],
            kind=output["kind"],
            state=output.get("state") or "ready",
            url=output.get("url") or "",
            note=output.get("note") or "",
            ready_on=ready_on,
            ready_precision=precision,
            rooted_in=output.get("rooted_in") or "",
        )
        made.put_last()
        made.full_clean()
        made.save()
        outputs[made.title] = made
    for goal in item.get("objectives") or []:
        objective = project.objectives.model(
            project=project, part=PARTS.get(goal.get("part"), "a_whole"), text=goal["text"]
        )
        objective.put_last()
        objective.save()
        for activity in goal.get("activities") or []:
            make_activity(project, objective, activity)
        for title in goal.get("outputs") or []:
            outputs[title].objective = objective
            outputs[title].save()
    if item.get("networks"):
        make_activity(project, None, {"text": item["role_note"], "networks": item["networks"]})
    for indicator in item.get("indicators") or []:
        measured_on, precision = indicator.get("when") or (timezone.localdate(), "day")
        made = project.indicators.model(
            project=project,
            name=indicator["name"],
            unit=indicator.get("unit") or "",
            baseline=indicator.get("baseline"),
            target=indicator.get("target"),
            actual=indicator.get("actual"),
            measured_on=measured_on,
            measured_precision=precision,
            note=indicator.get("note") or "",
        )
        made.put_last()
        made.save()


def make_activity(project, objective, item):
    activity = Activity(project=project, objective=objective, text=item["text"])
    activity.put_last()
    activity.save()
    activity.counties.set(item.get("counties") or [])
    activity.networks.set([Network.objects.get(slug=slug) for slug in item.get("networks") or []])


def make_dates(project, item):
    today = timezone.localdate()
    for deadline in item.get("deadlines") or []:
        project.deadlines.create(
            title=deadline["title"],
            kind=deadline["kind"],
            on=day(deadline),
            is_public=bool(deadline.get("public")),
        )
    for report in item.get("reports") or []:
        project.reports.create(
            starts_on=today + timedelta(days=report["from_days"]),
            ends_on=today + timedelta(days=report["until_days"]),
            text=f"<p>{report['text']}</p>",
            is_public=bool(report.get("public")),
        )


# Parts that hang on other parts of the same project come after them.
COPIED = (
    "phases", "extensions", "partners", "staffings", "fundings", "objectives", "activities", "outputs", "indicators",
    "deadlines", "reports", "links",
)  # fmt: skip


def multiply_projects(copy):
    """One more of each project of the facts with its parts, for measuring."""
    originals = list(Project.objects.exclude(name__contains=" №").prefetch_related(*COPIED))
    made = [copied(original, slug=f"{original.slug[:100]}--{copy}", copy=copy) for original in originals]
    Project.objects.bulk_create(made)
    pairs = list(zip(originals, made, strict=True))
    for name in ("counties", "sub_regions", "municipalities"):
        through = getattr(Project, name).through
        column = next(f.attname for f in through._meta.fields if f.name not in {"id", "project"})
        rows = through.objects.filter(project__in=originals).values_list("project", column)
        new_key = {old.pk: new.pk for old, new in pairs}
        through.objects.bulk_create([through(project_id=new_key[old], **{column: key}) for old, key in rows])
    for related in COPIED:
        rows = [copied(row, project_id=new.pk) for old, new in pairs for row in getattr(old, related).all()]
        if rows:
            type(rows[0]).objects.bulk_create(rows, batch_size=2000)


def copied(record, *, copy=None, **changes):
    """The same record again, without its key; what belonged to an objective stands without one."""
    leave_out = {"id", "objective_id"}
    values = {
        column.attname: getattr(record, column.attname)
        for column in record._meta.concrete_fields
        if not column.generated and column.attname not in leave_out
    }
    if copy is not None:
        for name in ("name", "acronym"):
            length = record._meta.get_field(name).max_length - ROOM_FOR_NUMBER
            values[name] = f"{values[name][:length]} №{copy}" if values[name] else ""
    return type(record)(**values | changes)
