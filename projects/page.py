"""Everything that the page of one project shows to the one who asks."""

from django.contrib.contenttypes.models import ContentType
from django.utils.translation import gettext as _

from networks.models import Network
from projects.key_facts import key_facts
from projects.life_drawing import life_drawing
from projects.models import Deadline, Funding, Objective, Project, Report
from projects.structured import project_json
from publishing.dated_facts import named
from publishing.history import last_change
from publishing.models import Attachment
from publishing.templatetags.portal import plain_date


def page_context(request, project):
    """What the template of the page prints. Needs `for_page`; as many queries however much the project has."""
    user = request.user
    may_edit = user.is_staff
    phases = list(project.phases.all())
    outputs = list(project.outputs.in_order())
    objectives = list(project.objectives.for_page(user))
    attachments = list(Attachment.objects.readable_by(user, project).order_by("added_at", "pk"))
    steering = project.steering_group
    if steering and not Network.objects.visible_to(user).filter(pk=steering.pk).exists():
        steering = None
    moments = [(phase.on, phase.sentence) for phase in phases if phase.text and phase.precision != "year"]
    moments += [(o.ready_on, o.title) for o in outputs if o.ready_on and o.ready_precision != "year"]
    return {
        "project": project,
        "key_facts": key_facts(project, user),
        "life": life_of(phases, project.extensions.all()),
        "drawing": life_drawing(project, moments),
        "shows_money": project.shows_money_to(user),
        "money": list(money_of(project, user)),
        "area": area_of(project),
        "objective_parts": objective_parts(objectives, project.activities.for_page(user).filter(objective=None)),
        "outputs": outputs,
        "living_outputs": [output for output in outputs if output.state == output.State.IN_USE],
        "indicators": list(project.indicators.all()),
        "staffings": list(project.staffings.in_order()),
        "steering_group": steering,
        "deadlines": list(Deadline.objects.visible_to(user).filter(project=project).in_order()),
        "reports": list(Report.objects.visible_to(user).filter(project=project).in_order()),
        "logos": [file for file in attachments if file.purpose == "logo"],
        "files": [file for file in attachments if file.purpose != "logo"],
        "dead_links": {link.url: link for link in project.links.dead()} if may_edit else {},
        "may_edit": may_edit,
        "last_change": last_change(project) if may_edit else None,
        "content_type": ContentType.objects.get_for_model(Project).pk if may_edit else None,
        "address_to_ask": project.address_to_ask(inside=may_edit),
        "structured": project_json(project) if project.is_published else "",
    }


def life_of(phases, extensions):
    """Phases and extensions in one row, by day: each with when, what in words, a note, and what part it is."""
    events = [
        {
            "on": phase.on,
            "when": named(phase.on, phase.precision),
            "sentence": phase.sentence,
            "note": phase.get_status_display() if phase.text else "",
            "kind": "vaiheet",
            "pk": phase.pk,
        }
        for phase in phases
    ]
    events += [
        {
            "on": extension.until,
            "when": extension.when,
            "sentence": extension.text or _("the extension ends"),
            "note": _("extension, decided %(day)s") % {"day": plain_date(extension.decided_on)},
            "kind": "jatkoajat",
            "pk": extension.pk,
        }
        for extension in extensions
    ]
    return sorted(events, key=lambda event: (event["on"], event["kind"], event["pk"]))


def money_of(project, user):
    """For the whole and for our share: the sum said, and the rows by source and year as the user may see them."""
    visible = set(Funding.objects.visible_to(user).filter(project=project).values_list("pk", flat=True))
    totals = {Funding.Part.WHOLE: project.budget, Funding.Part.OURS: project.our_share}
    for part in Funding.Part:
        rows = [
            {"funding": row, "amount": row.amount if row.pk in visible else None}
            for row in project.fundings.all()
            if row.part == part
        ]
        total = totals[part] if project.shows_money_to(user) else None
        if rows or total is not None:
            has_amounts = any(row["amount"] is not None for row in rows)
            yield {"part": part, "total": total, "rows": rows, "has_amounts": has_amounts}


def area_of(project):
    """The counties with the municipalities and sub-regions named in each; those outside our area last."""
    places, parts = project.municipalities.all(), project.sub_regions.all()
    return [
        {
            "county": county,
            "municipalities": [place for place in places if place.sub_region.county_id == county.pk],
            "sub_regions": [part for part in parts if part.county_id == county.pk],
        }
        for county in project.area_counties
    ]


def objective_parts(objectives, activities):
    """The objectives of the whole and of our part, each with what is done for it; what serves no one of them last."""
    parts = []
    for code, label in Objective.Part.choices:
        rows = [objective for objective in objectives if objective.part == code]
        if rows:
            parts.append(
                {
                    "label": label,
                    "objectives": rows,
                    "has_activities": any(row.activities.all() for row in rows),
                    "has_outputs": any(row.outputs.all() for row in rows),
                }
            )
    return {"parts": parts, "others": list(activities)}
