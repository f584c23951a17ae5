"""Who would be invited where if the lists were frozen now: the plan that is checked is the plan that is frozen."""

from dataclasses import dataclass, field
from typing import NamedTuple

from ilmapuntari.models.people import Lead, TeamMember
from ilmapuntari.models.team import Team
from ilmapuntari.models.unit import Invitee, ReportingUnit, UnitTeam

OWN_LEADERS_UNIT = 8  # leaders of an organisation answer in a unit of their own from so many on (rule 14)


class Guest(NamedTuple):
    """Somebody who would be invited; a record is made only when the lists are frozen, as a country has 150,000."""

    email: str
    name: str
    member_id: int | None = None
    lead_id: int | None = None
    slip_of_id: int | None = None


@dataclass(eq=False)
class UnitPlan:
    """A unit of the round with those who would be invited to it; nothing of it is stored yet."""

    unit: ReportingUnit
    teams: list[Team] = field(default_factory=list)
    guests: list[Guest] = field(default_factory=list)
    elsewhere: list[tuple[str, str, "UnitPlan"]] = field(default_factory=list)  # (name, address, who keeps it)

    @property
    def invited(self):
        return len(self.guests)

    def invitees(self, round):
        """The guests as records, not stored."""
        return [Invitee(unit=self.unit, round=round, **guest._asdict()) for guest in self.guests]

    @property
    def leader_inside(self):
        return any(team.leader_answers_with_team for team in self.teams)

    def follow_teams(self, kept):
        """A team may have got a new name or organisation, or have ended, since the round was planned.

        What is left of teams together is a team, but for those `kept`, which answered together earlier in the year.
        """
        if not self.teams:
            return
        unit, team = self.unit, self.teams[0]
        unit.organisation_id, unit.county_id = team.organisation_id, team.county_id
        if len(self.teams) == 1 and team.pk not in kept:
            unit.kind = ReportingUnit.Kind.TEAM
        if unit.kind == ReportingUnit.Kind.TEAM:
            unit.name = team.name

    def counted(self):
        """The unit with its numbers as they would be frozen."""
        self.unit.invited, self.unit.leader_inside = self.invited, self.leader_inside
        return self.unit


def plans_of(round):
    """The plan of every unit of the round. An address is invited once (rule 3): leaders come first, then by team."""
    plans = {}
    units = round.units.exclude(kind=ReportingUnit.Kind.LEADERS).select_related("organisation", "county")
    for unit in units.order_by("county__position", "organisation__name_key", "name", "pk"):
        unit.round = round
        plans[unit.pk] = UnitPlan(unit)
    by_team, teams = {}, {}
    rows = UnitTeam.objects.filter(round=round, team__in=Team.objects.working()).select_related("team")
    for row in rows.order_by("team__name_key", "team_id"):
        by_team[row.team_id], teams[row.team_id] = plans[row.unit_id], row.team
        plans[row.unit_id].teams.append(row.team)
    kept = round.kept_teams()
    for plan in plans.values():
        plan.follow_teams(kept)
    found = {}

    def invite(plan, email, name, **who):
        email = email.lower()
        if email in found:
            if found[email] is not plan:
                plan.elsewhere.append((name, email, found[email]))
            return
        if email:
            found[email] = plan
        plan.guests.append(Guest(email, name, **who))

    leaders = []
    for county, organisation, leads in leaders_of(round):
        unit = ReportingUnit(round=round, kind=ReportingUnit.Kind.LEADERS, organisation=organisation, county=county)
        plan = UnitPlan(unit)
        leaders.append(plan)
        for lead in leads:
            invite(plan, lead.user.email, lead.name, lead_id=lead.pk)
    inside = [pk for pk, team in teams.items() if team.leader_answers_with_team]
    for lead in Lead.objects.present().filter(team__in=inside).select_related("user").order_by("team_id", "pk"):
        invite(by_team[lead.team_id], lead.user.email, lead.name, lead_id=lead.pk)
    with_letters = [pk for pk, team in teams.items() if not team.slips]
    members = TeamMember.objects.present().filter(team__in=with_letters).order_by("team_id", "name", "pk")
    for pk, team_id, name, email in members.values_list("pk", "team_id", "name", "email").iterator():
        invite(by_team[team_id], email, name, member_id=pk)
    for pk, team in teams.items():
        for _number in range(team.slips):
            invite(by_team[pk], "", "", slip_of_id=pk)
    return [*(plan for plan in plans.values() if plan.teams), *leaders]


def leaders_of(round):
    """[(county, organisation or None, leads)]: who answers in which leaders' unit of the round (rule 14)."""
    leads = (
        Lead.objects.present()
        .filter(team__in=round.unit_teams().values("team"), team__leader_answers_with_team=False)
        .select_related("user", "team__organisation", "team__county")
        .order_by("pk")
    )
    # Somebody who leads two teams answers once.
    by_user = {}
    for lead in leads:
        by_user.setdefault(lead.user_id, lead)
    groups = {}
    for lead in by_user.values():
        groups.setdefault((lead.team.county, lead.team.organisation), []).append(lead)
    found, small = [], {}
    for (county, organisation), own in groups.items():
        if len(own) >= OWN_LEADERS_UNIT:
            found.append((county, organisation, own))
        else:
            small.setdefault(county, []).extend(own)
    return found + [(county, None, own) for county, own in small.items()]
