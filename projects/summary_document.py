"""The summary of a project as a Word document, from a template that anybody may open and change in Word.

`documents/summary.docx` lies in the repository. It is filled in a sandbox with text alone: what people have typed is
never read as a template, and nothing in it reaches further than the page that it stands on.
"""

from io import BytesIO
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _
from docxtpl import DocxTemplate
from jinja2.sandbox import SandboxedEnvironment

from projects.key_facts import euros
from projects.models import Objective, Partner
from publishing.prose import prose_lines
from publishing.templatetags.portal import figure

TEMPLATE = Path(__file__).with_name("documents") / "summary.docx"


def summary_document(project, user, *, day):
    """The document as bytes, with what the user may see. Needs `for_page`."""
    document = DocxTemplate(TEMPLATE)
    document.render(clean(content(project, user, day)), jinja_env=SandboxedEnvironment(autoescape=True))
    properties = document.docx.core_properties
    properties.title = clean(project.called)
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def content(project, user, day):
    """What the template prints, as plain text."""
    return {
        "name": project.called,
        "full_name": project.name if project.name != project.called else "",
        "summary": project.summary,
        "facts": [{"term": term, "value": value} for term, value in facts(project, user) if value],
        "purpose": [line for line in project.purpose.splitlines() if line.strip()],
        "objectives": objectives(project, user),
        "outputs": [line_of(output) for output in project.outputs.in_order()],
        "indicators": [indicator_line(indicator) for indicator in project.indicators.all()],
        "lives_on": [line for line in prose_lines(project.lives_on).splitlines() if line.strip()],
        "source": _("%(address)s, %(day)s")
        % {"address": f"{settings.SITE_URL}{project.get_absolute_url()}", "day": f"{day.day}.{day.month}.{day.year}"},
    }


def facts(project, user):
    """Pairs of term and value, in the order in which people ask."""
    shown = project.shows_money_to(user)
    others = [partner.called for partner in project.partners.all() if partner.role != Partner.Role.LEAD]
    yield _("Phase"), project.status_label
    yield _("Time"), project.period_words
    yield _("Programme"), project.programme
    yield _("Funders"), ", ".join(project.funders)
    yield _("Budget"), euros(project.budget) if shown and project.budget is not None else ""
    yield _("Our share"), euros(project.our_share) if shown and project.our_share is not None else ""
    yield _("Our role"), ", ".join(map(str, project.our_role_labels))
    yield _("Lead"), project.lead.called if project.lead else ""
    yield _("Partners"), ", ".join(others)
    area = [_("the whole country")] if project.is_national else []
    yield _("Area"), ", ".join([*area, *(county.short_name for county in project.area_counties)])
    yield _("Municipalities of our area"), ", ".join(place.name for place in project.our_municipalities)
    yield _("Municipalities in all"), str(project.municipality_total or "")
    yield _("Answers for it"), project.coordinator.name if project.coordinator else ""


def objectives(project, user):
    """The objectives of the whole and of our part, each with its activities."""
    found = list(project.objectives.for_page(user))
    parts = []
    for code, label in Objective.Part.choices:
        rows = [
            {"text": objective.text, "activities": [activity.text for activity in objective.activities.all()]}
            for objective in found
            if objective.part == code
        ]
        if rows:
            parts.append({"label": str(label)[:1].upper() + str(label)[1:], "rows": rows})
    return parts


def line_of(output):
    """An output with its state and address in one line."""
    return ", ".join(filter(None, [output.title, str(output.get_state_display()), output.rooted_in, output.url]))


def indicator_line(indicator):
    """A figure with its unit, and the target beside it."""
    value = f"{figure(indicator.actual)} {indicator.unit}".strip() if indicator.actual is not None else "–"
    target = _(" (target %(target)s)") % {"target": figure(indicator.target)} if indicator.target is not None else ""
    return f"{indicator.name}: {value}{target}"


def clean(data):
    """The same without characters that XML cannot hold."""
    if isinstance(data, dict):
        return {key: clean(value) for key, value in data.items()}
    if isinstance(data, list):
        return [clean(value) for value in data]
    text = str(data)
    return "".join(sign for sign in text if sign in "\n\t" or (sign >= " " and not 0xD800 <= ord(sign) <= 0xDFFF))
