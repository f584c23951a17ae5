"""Teams and their members from one table: a row a member, beside it the team, its organisation and its leader.

The people stay here: nobody of them comes into the directory. The steps (read, show, confirm, take home what is to be
mended) are those of `directory.table_import`.
"""

from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from directory.models import County, Organisation
from directory.table_import import BAD, CHANGED, ERROR, GOOD, NEW, SAME, ImportRow, NearNames, TableImport
from ilmapuntari.models import Lead, Team, TeamMember
from publishing.tables import Column

# What a table says once for a team and leaves empty on the rows below, or merges into one cell.
OF_TEAM = ("organisation", "county", "service", "team")


class TeamRow(ImportRow):
    """A member of a team, or a team without members."""

    def __init__(self, number, values):
        super().__init__(number, values)
        self.organisation = None
        self.county = None
        self.team = None  # the one that is stored
        self.member = None  # the one that is stored
        self.is_new_team = False
        self.adds_leader = False

    @property
    def lines(self):
        values = self.values
        place = ", ".join(filter(None, (values.get("team"), values.get("organisation"))))
        return list(filter(None, (values.get("member_name"), values.get("member_email"), place))) or ["–"]

    @property
    def key(self):
        """By what a team is known: its organisation and its name."""
        return (self.organisation.pk if self.organisation else None, self.data.get("team", "").casefold())

    def for_draft(self):
        return super().for_draft() | {"new_team": self.data["team"] if self.is_new_team and not self.errors else ""}


class TeamImport(TableImport):
    """Teams are known by organisation and name, members by address within the team. Nobody is removed."""

    purpose = "ilmapuntari.teams"
    title = gettext_lazy("Bring teams from Excel")
    file_name = gettext_lazy("teams")
    columns = (
        Column("organisation", gettext_lazy("Organisation"),
               ("organisaatio", "työnantaja", "kunta", "taho", "yhteisö", "organisation"), required=True, width=34,
               example="Esimerkin hyvinvointialue"),
        Column("county", gettext_lazy("Wellbeing services county"), ("hyvinvointialue", "alue", "maakunta", "county"),
               example="Pirkanmaa"),
        Column("service", gettext_lazy("Service"), ("palvelu", "palvelutehtävä", "tehtävä", "service"), width=28,
               example=Team.Service.CHILD_PROTECTION.label),
        Column("team", gettext_lazy("Team"), ("tiimi", "tiimin nimi", "yksikkö", "työyhteisö", "ryhmä", "team"),
               required=True, width=34, example="Lastensuojelu 1"),
        Column("leader_name", gettext_lazy("Leader"),
               ("esihenkilö", "esimies", "vetäjä", "tiimin vetäjä", "lähiesihenkilö", "lähiesimies", "johtava",
                "esihenkilön nimi", "vetäjän nimi", "leader"),
               width=26, example="Eeva Esimerkki"),
        Column("leader_email", gettext_lazy("Leader’s e-mail"),
               ("esihenkilön sähköposti", "esimiehen sähköposti", "vetäjän sähköposti", "tiimin vetäjän sähköposti",
                "esihenkilön sähköpostiosoite", "vetäjän sähköpostiosoite", "lähiesihenkilön sähköposti"),
               width=34, example="eeva.esimerkki@example.org"),
        Column("member_name", gettext_lazy("Member"),
               ("jäsen", "nimi", "jäsenen nimi", "työntekijä", "työntekijän nimi", "henkilö", "vastaaja", "member"),
               width=26, example="Onni Oivallinen"),
        Column("member_email", gettext_lazy("Member’s e-mail"),
               ("sähköposti", "sähköpostiosoite", "jäsenen sähköposti", "työntekijän sähköposti", "sposti", "email",
                "e-mail", "jäsenen sähköpostiosoite", "työntekijän sähköpostiosoite", "vastaajan sähköposti"),
               width=34, example="onni.oivallinen@example.org"),
    )  # fmt: skip
    row_class = TeamRow
    locked_tables = ("directory_organisation", "ilmapuntari_team", "ilmapuntari_teammember", "ilmapuntari_lead")
    nothing_new = gettext_lazy("All of this is in the teams already.")
    promises = (
        (
            gettext_lazy("One row a member"),
            gettext_lazy("the team may stand on its first row only: empty cells below mean the same team"),
        ),
        (
            gettext_lazy("Nobody is removed"),
            gettext_lazy("members missing from the file stay in their team; end them on the team’s page"),
        ),
        (
            gettext_lazy("Changes"),
            gettext_lazy("a member is recognised by the address within the team, so a new name is a change"),
        ),
        (
            gettext_lazy("Only here"),
            gettext_lazy("names and addresses do not come into the directory of contacts"),
        ),
    )

    def may_be_done_by(self, user):
        return user.is_coordinator

    @classmethod
    def list_url(cls):
        return reverse("ilmapuntari:teams")

    @property
    def place(self):
        return _("Teams")

    def start_url(self):
        return reverse("ilmapuntari:teams_import")

    def additions(self, draft):
        names = {row["new_team"]: None for row in draft.rows if row["outcome"] in GOOD and row["new_team"]}
        return [(_("New teams"), list(names))] if names else []

    def template_rows(self):
        first = [column.example for column in self.columns]
        below = ["", "", "", "", "", "", "Aino Ahkera", "aino.ahkera@example.org"]
        return [first, below]

    @classmethod
    def rows_of(cls, members):
        """Members as rows of such a table, so that what is taken home can be mended and brought again."""
        teams = {member.team_id for member in members}
        leads = {}
        for lead in Lead.objects.present().filter(team__in=teams).select_related("user").order_by("-pk"):
            leads[lead.team_id] = lead
        for member in members:
            team, lead = member.team, leads.get(member.team_id)
            yield [
                team.organisation.name, team.county.short_name, team.get_service_display(), team.name,
                lead.name if lead else "", lead.user.email if lead else "", member.name, member.email,
            ]  # fmt: skip

    # Checking -------------------------------------------------------------------------------------------------------

    def check(self, rows):
        self.fill_down(rows)
        for row in rows:
            self.check_fields(row)
        self.look_up(rows)
        for row in rows:
            self.find_team(row)
        self.settle_counties(rows)
        self.find_members(rows)

    def fill_down(self, rows):
        """An empty cell means what stands above it, as long as the row is not about another team."""
        above = None
        for row in rows:
            values = row.values
            if above and not values.get("team") and not values.get("organisation"):
                for key in OF_TEAM:
                    values[key] = values.get(key) or above.get(key, "")
            elif above and values.get("team") and not values.get("organisation"):
                values["organisation"] = above.get("organisation", "")
                values["county"] = values.get("county") or above.get("county", "")
            above = values

    def check_fields(self, row):
        """Each cell by itself."""
        data, values = row.data, row.values
        for key, most, label in (
            ("organisation", 150, _("Organisation")),
            ("team", 120, _("Team")),
            ("leader_name", 120, _("Leader")),
            ("member_name", 120, _("Member")),
        ):
            data[key] = row.text(key, most, label)
        if not values.get("organisation"):
            row.refuse("organisation", _("The organisation is missing."))
        if not values.get("team"):
            row.refuse("team", _("The name of the team is missing."))
        data["service"] = row.choice("service", Team.Service.choices, "")
        for key in ("leader_email", "member_email"):
            data[key] = row.email(key).lower()
        if values.get("member_name") and not values.get("member_email"):
            row.refuse("member_email", _("The e-mail address of the member is missing."))
        if values.get("member_email") and not values.get("member_name"):
            row.refuse("member_name", _("The name of the member is missing."))
        if values.get("leader_name") and not values.get("leader_email"):
            row.refuse("leader_email", _("The e-mail address of the leader is missing."))

    def look_up(self, rows):
        """Fetch at once the organisations, counties, teams and people that the rows may mean."""
        self.organisations = {}
        for organisation in Organisation.objects.select_related("county").order_by("pk"):
            for name in filter(None, (organisation.short_name, organisation.name)):
                self.organisations[name.casefold()] = organisation
        self.near = NearNames(organisation.name for organisation in self.organisations.values())
        self.counties = {}
        for county in County.objects.all():
            for name in (county.short_name, county.name_fi, county.name_sv, county.code):
                self.counties[name.casefold()] = county
        self.teams, self.county_of = {}, {}
        for team in Team.objects.filter(ended_on=None).select_related("organisation", "county"):
            self.teams[team.organisation_id, team.name.casefold()] = team
            self.county_of[team.organisation_id] = team.county
        self.near_teams = {}
        wanted = {row.data["team"].casefold() for row in rows}
        meant = [team.pk for (_organisation, name), team in self.teams.items() if name in wanted]
        self.members, self.by_name = {}, {}
        for member in TeamMember.objects.not_over().filter(team__in=meant).order_by("pk"):
            self.members[member.team_id, member.email.lower()] = member
            self.by_name.setdefault((member.team_id, member.name.casefold()), []).append(member)
        self.leads = {}
        for lead in Lead.objects.not_over().filter(team__in=meant).select_related("user"):
            self.leads[lead.team_id, lead.user.email] = lead
        self.lead_names = {(lead.team_id, lead.name.casefold()) for lead in self.leads.values()}
        emails = {row.data["member_email"] for row in rows if row.data["member_email"]}
        self.elsewhere = {}
        others = TeamMember.objects.not_over().annotate(lower=Lower("email")).filter(lower__in=emails)
        for member in others.filter(team__ended_on=None).select_related("team"):
            self.elsewhere.setdefault(member.lower, {})[member.team_id] = member.team.name

    def find_team(self, row):
        """The organisation must be known; the team may be new."""
        name = row.data["organisation"]
        if not name:
            return
        organisation = self.organisations.get(name.casefold())
        if organisation is None:
            row.refuse("organisation", self.unknown_organisation(name))
            return
        if organisation.has_ended:
            row.refuse("organisation", _("%(name)s has ceased. Write the present organisation.") % {"name": name})
            return
        row.organisation = organisation
        row.team = self.teams.get(row.key)
        row.is_new_team = row.team is None

    def unknown_organisation(self, name):
        near = self.near.nearest(name)
        if near:
            return _("The organisation “%(name)s” is not known. Did you mean “%(near)s”?") % {
                "name": name, "near": near,
            }  # fmt: skip
        return _(
            "The organisation “%(name)s” is not known. Mend the name, or add the organisation in contacts first and "
            "then bring this row again."
        ) % {"name": name}

    def settle_counties(self, rows):
        """All teams of an organisation are in one county: the stored ones', else the one in the file."""
        chosen = {}
        for row in rows:
            if row.outcome == ERROR:
                continue
            text = row.values.get("county", "")
            written = self.counties.get(text.casefold()) if text else None
            if text and written is None:
                row.refuse("county", _("“%(text)s” is no wellbeing services county.") % {"text": text[:60]})
                continue
            pk = row.organisation.pk
            known = self.county_of.get(pk) or chosen.get(pk)
            row.county = known or written or row.organisation.county
            if row.county is None:
                row.refuse("county", _("The county of the organisation is not known. Write it."))
            elif written and written.pk != row.county.pk:
                row.refuse(
                    "county",
                    _("The other teams of %(organisation)s are in %(county)s. All are in one county.")
                    % {"organisation": row.organisation.called, "county": row.county.short_name},
                )
            else:
                chosen[pk] = row.county

    def find_members(self, rows):
        """Who is meant, what would change, and what stands twice."""
        in_file = {(row.key, row.data["member_email"]) for row in rows if row.data["member_email"]}
        teams_in_file = {}
        for row in rows:
            if row.data["member_email"] and row.outcome != ERROR:
                teams_in_file.setdefault(row.data["member_email"], {})[row.key] = row.data["team"]
        seen, told, claimed = {}, set(), set()
        for row in rows:
            if row.outcome == ERROR:
                continue
            self.check_leader(row)
            if row.outcome == ERROR:
                continue
            self.find_member(row, in_file, claimed)
            mark = (row.key, row.data["member_email"])
            if row.data["member_email"] and mark in seen:
                row.repeat("member_email", _("The same member as on row %(number)s.") % {"number": seen[mark]})
                continue
            seen.setdefault(mark, row.number)
            self.compare(row, told)
            self.note_other_teams(row, teams_in_file)

    def find_member(self, row, in_file, claimed):
        """By the address within the team; else by a name whose old address is not in the file: it has changed."""
        email, team = row.data["member_email"], row.team
        if not email or team is None:
            return
        row.member = self.members.get((team.pk, email))
        if row.member is None:
            alike = self.by_name.get((team.pk, row.data["member_name"].casefold()), [])
            gone = [member for member in alike if (row.key, member.email.lower()) not in in_file]
            row.member = gone[0] if len(gone) == 1 and gone[0].pk not in claimed else None
        if row.member:
            claimed.add(row.member.pk)

    def compare(self, row, told):
        """What would be done. What concerns the team is told on the first row of it."""
        data, member, first = row.data, row.member, row.key not in told
        told.add(row.key)
        if row.is_new_team:
            row.notes.append(_("a new team: %(team)s") % {"team": data["team"]} if first else _("joins the new team"))
            near = self.nearest_team(row) if first else ""
            if near:
                row.notes.append(_("did you mean the team “%(near)s”, which is there already?") % {"near": near})
        elif data["member_email"] and member is None:
            row.notes.append(_("joins the team"))
        if member and member.name != data["member_name"]:
            row.changes.append([_("Name"), member.name, data["member_name"]])
        if member and member.email.lower() != data["member_email"]:
            row.changes.append([_("E-mail"), member.email, data["member_email"]])
        if row.team and first and data["service"] and data["service"] != row.team.service:
            row.changes.append([_("Service"), row.team.get_service_display(), Team.Service(data["service"]).label])
        self.compare_leader(row, told)
        joins = data["member_email"] and member is None
        if joins or (row.is_new_team and first):
            row.outcome = NEW
        elif row.changes or row.adds_leader:
            row.outcome = CHANGED
        else:
            row.outcome = SAME

    def check_leader(self, row):
        """Somebody who does not lead the team yet needs a name."""
        email = row.data["leader_email"]
        if email and not row.data["leader_name"] and not self.lead_of(row):
            row.refuse("leader_name", _("The name of the leader is missing."))

    def lead_of(self, row):
        return self.leads.get((row.team.pk, row.data["leader_email"])) if row.team else None

    def compare_leader(self, row, told):
        email, name = row.data["leader_email"], row.data["leader_name"]
        mark = (row.key, "leader", email)
        if not email or mark in told:
            return
        told.add(mark)
        lead = self.lead_of(row)
        if lead is None:
            row.adds_leader = True
            row.notes.append(_("%(name)s leads the team") % {"name": name})
            if row.team and (row.team.pk, name.casefold()) in self.lead_names:
                row.notes.append(_("a leader of the same name has another address: end one of them on the team’s page"))
        elif name and lead.name != name:
            row.changes.append([_("Leader"), lead.name, name])

    def nearest_team(self, row):
        """A stored team of the same organisation whose name is almost the same."""
        organisation = row.organisation.pk
        if organisation not in self.near_teams:
            names = [team.name for (of, _name), team in self.teams.items() if of == organisation]
            self.near_teams[organisation] = NearNames(names)
        return self.near_teams[organisation].nearest(row.data["team"])

    def note_other_teams(self, row, teams_in_file):
        """An address is invited once in a round (rule 3), so being in two teams is worth knowing."""
        email = row.data["member_email"]
        if not email or row.outcome in BAD:
            return
        stored = self.elsewhere.get(email, {})
        names = [name for pk, name in stored.items() if row.team is None or pk != row.team.pk]
        names += [name for key, name in teams_in_file.get(email, {}).items() if key != row.key]
        if names:
            row.notes.append(
                _("the address is in the team %(team)s too; in a round it is invited once") % {"team": names[0]}
            )

    # Saving ---------------------------------------------------------------------------------------------------------

    def save(self, rows):
        """New teams and leaders through their verbs, members in bulk."""
        new, changed, new_leads = [], [], []
        for row in rows:
            self.save_team(row)
            if row.data["member_email"] and row.member is None:
                new.append(TeamMember(team=row.team, name=row.data["member_name"], email=row.data["member_email"]))
            elif row.member and row.changes:
                row.member.name, row.member.email = row.data["member_name"], row.data["member_email"]
                changed.append(row.member)
            if row.data["leader_email"]:
                new_leads.append(row)
        TeamMember.objects.bulk_create(new, batch_size=500)
        TeamMember.objects.bulk_update(changed, ["name", "email"], batch_size=500)
        self.save_leaders(new_leads)

    def save_team(self, row):
        data = row.data
        if row.team is None:
            row.team = self.teams.get(row.key)
        if row.team is None:
            service = data["service"] or Team.Service.CHILD_PROTECTION
            row.team = self.teams[row.key] = Team.found(
                name=data["team"], organisation=row.organisation, county=row.county, service=service
            )
        elif any(label == _("Service") for label, _old, _new in row.changes):
            row.team.change(service=data["service"])

    def save_leaders(self, rows):
        """Each leader of a team once; a new name of one who leads it already is written down."""
        done = set()
        for row in rows:
            email, name = row.data["leader_email"], row.data["leader_name"]
            if (row.team.pk, email) in done:
                continue
            done.add((row.team.pk, email))
            lead = self.leads.get((row.team.pk, email))
            if lead is None and name:
                Lead.appoint(row.team, name, email)
            elif lead and name and lead.name != name:
                lead.name = name
                lead.save(update_fields=["name"])
