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


def portfolio_table(projects, kind):
    """The portfolio for staff: everything that a planner sorts and sums."""
    columns = [
        _("Name"), _("Acronym"), _("Phase"), _("Since"), _("Starts"), _("Ends"), _("Ends with extensions"),
        _("Programme"), _("Funders"), _("Budget, euros"), _("Our share, euros"), _("Our share, per cent"),
        _("The sums are public"), _("Our role"), _("Days sold"), _("Lead"), _("Partners"), _("Counties"),
        _("Municipalities of our area"), _("Municipalities in all"), _("Answers for it"), _("People today"),
        _("Full-time workers today"), _("Next date"), _("What has to be done"), _("Missing"), _("Dead links"),
        _("Published"),
    ]  # fmt: skip
    rows = (
        [
            project.name,
            project.acronym,
            project.status_label,
            project.status_on,
            project.starts_on,
            project.ends_on,
            project.ending_on,
            project.programme,
            ", ".join(project.funders),
            project.budget,
            project.our_share,
            project.share_percent,
            project.is_money_public,
            ", ".join(map(str, project.our_role_labels)),
            project.days_sold,
            project.lead.called if project.lead else "",
            ", ".join(p.called for p in project.partners.all() if p.role != Partner.Role.LEAD),
            _("the whole country") if project.is_national else ", ".join(c.short_name for c in project.area_counties),
            ", ".join(place.name for place in project.our_municipalities),
            project.municipality_total,
            project.coordinator.name if project.coordinator else "",
            len(project.people_today),
            float(project.full_time_today),
            project.next_deadline_on,
            project.next_deadline,
            ", ".join(map(str, project.missing_words)),
            project.dead_link_count,
            project.published_at,
        ]
        for project in projects
    )
    return table_response(columns, rows, filename=_("portfolio"), kind=kind)


def money_table(projects, kind):
    """The money of the projects by source and year, a row each, for staff."""
    columns = [_("Project"), _("Of what"), _("Source"), _("Funder"), _("Year"), _("Euros"), _("The sum is public")]
    rows = (
        [
            project.called,
            row.get_part_display(),
            row.get_source_display(),
            row.organisation.name if row.organisation_id else "",
            row.year,
            row.amount,
            row.is_public and project.is_money_public,
        ]
        for project in projects
        for row in project.fundings.all()
    )
    return table_response(columns, rows, filename=_("funding"), kind=kind)


def person_months_table(workers, years, kind):
    """Months of work by person and year."""
    columns = [_("Who"), *map(str, years), _("In all")]
    rows = (
        [worker.name, *(rounded(worker.of_year(year)) for year in years), rounded(sum(map(worker.of_year, years)))]
        for worker in workers
    )
    return table_response(columns, rows, filename=_("person-months"), kind=kind)


def rounded(months):
    return float(round(months, 2))
