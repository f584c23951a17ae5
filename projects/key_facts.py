"""What the page of a project tells in ten seconds: with whose money, how much of it ours, where, and who does it."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from projects.models import Partner
from publishing.templatetags.portal import NO_BREAK_SPACE, thousands

MILLION = 1_000_000


@dataclass(frozen=True)
class KeyFact:
    """One of at most four: what it is about, the fact in large, and a line below it."""

    term: str
    value: str
    note: str = ""


def euros(amount, *, short=False):
    """215000 -> 215 000 €; where it is `short`, round millions as 2,4 milj. €."""
    if short and amount >= MILLION and amount % (MILLION // 10) == 0:
        millions = f"{amount / MILLION:.1f}".removesuffix(".0").replace(".", ",")
        return (_("%(number)s m €") % {"number": millions}).replace(" ", NO_BREAK_SPACE)
    return f"{thousands(amount)}{NO_BREAK_SPACE}€"


def key_facts(project, user):
    """The facts that are known and that the user may see, in the order in which people ask. Needs `for_page`."""
    found = (money(project, user), our_share(project, user), where(project), who(project))
    return [fact for fact in found if fact is not None]


def money(project, user):
    """The budget and whose it is; the funder alone where the sum is not known or not for everybody."""
    funders = ", ".join(project.funders)
    if project.budget is not None and project.shows_money_to(user):
        return KeyFact(_("Funding"), euros(project.budget, short=True), funders)
    if not funders:
        return None
    return KeyFact(_("Funding"), funders, project.programme)


def our_share(project, user):
    """How much of the money is ours; our role where the sum is not known or not for everybody."""
    if project.our_share is not None and project.shows_money_to(user):
        percent = project.share_percent
        note = _("%(percent)s %% of the whole project") % {"percent": percent} if percent is not None else ""
        return KeyFact(_("Our share"), euros(project.our_share), note)
    labels = project.our_role_labels
    if not labels:
        return None
    return KeyFact(_("Our role"), labels[0][:1].upper() + labels[0][1:], ", ".join(labels[1:]))


def where(project):
    """How many municipalities of our area, or how many counties."""
    ours = project.our_municipalities
    counties = project.area_counties
    if ours:
        count = len(ours)
        value = ngettext("%(count)s municipality", "%(count)s municipalities", count) % {"count": count}
        total = project.municipality_total
        if total and total > count:
            return KeyFact(_("Where"), value, _("in our area, %(total)s in all") % {"total": total})
        return KeyFact(_("Where"), value, ", ".join(county.short_name for county in counties))
    if project.is_national:
        return KeyFact(_("Where"), _("The whole country"), ", ".join(county.short_name for county in counties))
    if not counties:
        return None
    if len(counties) == 1:
        return KeyFact(_("Where"), counties[0].short_name, ", ".join(part.name for part in project.sub_regions.all()))
    value = ngettext("%(count)s county", "%(count)s counties", len(counties)) % {"count": len(counties)}
    return KeyFact(_("Where"), value, ", ".join(county.short_name for county in counties))


def who(project):
    """How many carry it out, and who leads."""
    lead = project.lead
    we_lead = project.OurRole.LEAD in project.our_roles
    led_by = lead.short_name if lead else _("we lead") if we_lead else ""
    if project.centre_total:
        value = ngettext("%(count)s competence centre", "%(count)s competence centres", project.centre_total)
        note = _("lead %(name)s") % {"name": led_by} if lead else led_by
        return KeyFact(_("Carried out by"), value % {"count": project.centre_total}, note)
    others = [partner for partner in project.partners.all() if partner.role != Partner.Role.LEAD]
    names = ngettext("with %(count)s partner", "with %(count)s partners", len(others)) % {"count": len(others)}
    if led_by:
        return KeyFact(_("Lead"), led_by[:1].upper() + led_by[1:], names if others else "")
    if not others:
        return None
    value = ngettext("%(count)s partner", "%(count)s partners", len(others)) % {"count": len(others)}
    return KeyFact(_("Carried out by"), value)
