"""Projects as tables to take home."""

from django.utils.translation import gettext as _

from projects.models import Partner
from publishing.tables import table_response


def public_table(projects, user):
    """The projects as CSV with what the user may see: sums only where `shows_money_to` says so."""
    columns = [
        _("Name"), _("Acronym"), _("Phase"), _("Starts"), _("Ends"), _("Ends with extensions"), _("Programme"),
        _("Funders"), _("Budget, euros"), _("Our share, euros"), _("Our role"), _("Lead"), _("Partners"),
        _("Counties"), _("Municipalities of our area"), _("Municipalities in all"), _("Themes"), _("Outputs"),
        _("In one sentence"), _("Website"),
    ]  # fmt: skip
    rows = (
        [
            project.name,
            project.acronym,
            project.status_label,
            project.starts_words,
            project.first_end_words,
            project.ends_words,
            project.programme,
            ", ".join(project.funders),
            project.budget if project.shows_money_to(user) else None,
            project.our_share if project.shows_money_to(user) else None,
            ", ".join(map(str, project.our_role_labels)),
            project.lead.called if project.lead else "",
            ", ".join(p.called for p in project.partners.all() if p.role != Partner.Role.LEAD),
            _("the whole country") if project.is_national else ", ".join(c.short_name for c in project.area_counties),
            ", ".join(place.name for place in project.our_municipalities),
            project.municipality_total,
            ", ".join(map(str, project.audience_labels)),
            project.output_count,
            project.summary,
            project.website,
        ]
        for project in projects.with_output_count()
    )
    return table_response(columns, rows, filename=_("projects"), kind="csv")
