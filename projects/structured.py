"""A project for search engines: what everybody may know, whoever looks at the page."""

from django.conf import settings

from publishing.structured import as_element


def project_json(project):
    """A project as JSON-LD; sums only where they are public. Needs `for_page`."""
    data = {
        "@type": "Project",
        "name": project.name,
        "url": f"{settings.SITE_URL}{project.get_absolute_url()}",
    }
    last_on, _precision = project.end
    optional = {
        "alternateName": project.acronym if project.acronym != project.name else "",
        "description": project.summary or project.purpose,
        "foundingDate": day(project.starts_on, project.starts_precision),
        "dissolutionDate": day(last_on, project.end[1]) if project.is_over else "",
        "areaServed": areas(project),
        "parentOrganization": organisation(project.lead.called) if project.lead else None,
        "member": [organisation(partner.called) for partner in project.partners.all() if partner != project.lead],
        "funder": [organisation(name) for name in project.funders],
        "sameAs": project.website,
    }
    if project.is_money_public and project.budget:
        optional["funding"] = {
            "@type": "MonetaryGrant",
            "amount": {"@type": "MonetaryAmount", "value": project.budget, "currency": "EUR"},
        }
    return as_element(data | {name: value for name, value in optional.items() if value})


def organisation(name):
    return {"@type": "Organization", "name": name}


def day(on, precision):
    """ISO 8601 as exactly as the day is known: a season is told by its year."""
    if on is None:
        return ""
    return {"day": on.isoformat(), "month": f"{on:%Y-%m}"}.get(precision, f"{on:%Y}")


def areas(project):
    """Municipalities where they are named, else counties, else the country."""
    named = [place.name_fi for place in project.municipalities.all()]
    named = named or [county.name_fi for county in project.area_counties]
    named = named or (["Suomi"] if project.is_national else [])
    return [{"@type": "AdministrativeArea", "name": name} for name in named]
