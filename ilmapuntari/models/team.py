"""Teams, and what has happened to them."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.core.exceptions import ValidationError
from django.db import connection, models, transaction
from django.db.models import Exists, F, OuterRef, Prefetch, Q
from django.db.models.functions import Coalesce, Greatest, Lower
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from directory.models import County, Organisation
from ilmapuntari import rules
from ilmapuntari.models.people import Lead, Manager, TeamMember
from publishing.finnish_order import finnish_key_field
from publishing.models import free_slug
from publishing.search import words_of


class TeamQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The coordinator and the director see all; leaders their own teams, managers those of their organisation."""
        if not user.is_authenticated:
            return self.none()
        if user.is_coordinator or user.is_director:
            return self.all()
        return self.responsible_of(user)

    def responsible_of(self, user):
        """Those the user leads, and those of the organisation or the county the user manages."""
        leads = Lead.objects.present().filter(user=user, team=OuterRef("pk"))
        managed = Manager.objects.present().filter(
            Q(organisation=OuterRef("organisation")) | Q(county=OuterRef("county")), user=user
        )
        return self.filter(Exists(leads) | Exists(managed))

    def with_names_visible_to(self, user):
        """Those whose people the user may see by name: the coordinator, the director and the leaders (rule 3).

        Managers see what the rules show of a team, not who is in it.
        """
        if not user.is_authenticated:
            return self.none()
        return self.all() if user.is_coordinator or user.is_director else self.led_by(user)

    def proposable_by(self, user):
        """Those to whose list the user may propose changes."""
        return self.led_by(user).working()

    def led_by(self, user):
        """Those the user leads today."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(Exists(Lead.objects.present().filter(user=user, team=OuterRef("pk"))))

    def agreeable_by(self, user):
        """Those whose agreed actions the user may keep: the leader's own, all for the coordinator."""
        if user.is_authenticated and user.is_coordinator:
            return self.all()
        return self.led_by(user)

    def editable_by(self, user):
        """The coordinator keeps the teams."""
        return self.all() if user.is_authenticated and user.is_coordinator else self.none()

    def working(self):
        return self.filter(Q(ended_on=None) | Q(ended_on__gt=timezone.localdate()))

    def of(self, organisation):
        """Those of an organisation that have not been ended."""
        return self.filter(organisation=organisation, ended_on=None)

    def ended(self):
        return self.filter(ended_on__lte=timezone.localdate())

    def small(self):
        """Those so small that they get no numbers of their own (rule 2)."""
        return self.with_invited_count().filter(invited_count__lte=rules.SMALL_TEAM)

    def without_leader(self):
        return self.exclude(Exists(Lead.objects.present().filter(team=OuterRef("pk"))))

    def with_open_proposals(self):
        return self.with_proposal_count().filter(proposal_count__gt=0)

    def with_proposal_count(self):
        """How many proposed changes wait for the coordinator."""
        return self.annotate(proposal_count=models.Count("proposals", filter=Q(proposals__decided_at=None)))

    def search(self, text):
        """Those whose name or organisation holds every word."""
        found = self
        for word in words_of(text):
            found = found.filter(
                Q(name__icontains=word)
                | Q(organisation__name__icontains=word)
                | Q(organisation__short_name__icontains=word)
            )
        return found

    def in_finnish_order(self):
        return self.order_by("name_key", "pk")

    def with_member_count(self):
        return self.annotate(member_count=count_of(TeamMember.objects.present().filter(team=OuterRef("pk"))))

    def with_invited_count(self):
        """How many would be invited to answer with the team today: N, were the lists frozen now (rules 1 and 14).

        Slips stand for a team without e-mail. A leader answers with the team or with other leaders, whether named
        among the members or not.
        """
        leads = Lead.objects.present().filter(team=OuterRef("pk"))
        leading = Lead.objects.present().filter(team=OuterRef("team"), user__email=Lower(OuterRef("email")))
        members = TeamMember.objects.present().filter(team=OuterRef("pk")).exclude(Exists(leading))
        return self.annotate(
            invited_count=models.Case(
                models.When(slips__gt=0, then=F("slips")),
                models.When(leader_answers_with_team=True, then=count_of(members) + count_of(leads)),
                default=count_of(members),
                output_field=models.IntegerField(),
            )
        )

    def for_list(self):
        """All that a row of a list shows."""
        leads = Lead.objects.present().select_related("user").by_name()
        return (
            self.select_related("organisation", "county")
            .with_member_count()
            .with_invited_count()
            .with_proposal_count()
            .prefetch_related(Prefetch("leads", leads, to_attr="present_leads"))
            .in_finnish_order()
        )


def count_of(rows):
    """How many rows there are for each team: an expression to be put beside it."""
    counted = rows.order_by().values("team").annotate(rows=models.Count("pk")).values("rows")
    return Coalesce(models.Subquery(counted, output_field=models.IntegerField()), 0)


class Team(models.Model):
    """People who work together and answer together."""

    class Service(models.TextChoices):
        CHILD_PROTECTION = "child_protection", _("child protection")
        FAMILY_SOCIAL_WORK = "family_social_work", _("family social work")
        ASSESSMENT = "assessment", _("assessment of need")
        AFTERCARE = "aftercare", _("aftercare")
        FOSTER_CARE = "foster_care", _("foster care")
        FAMILY_WORK = "family_work", _("family work")
        OTHER = "other", _("other service for families")

    RESERVED_SLUGS = frozenset({"uusi", "tuonti", "ehdotukset", "vie"})  # addresses of ours beside those of teams

    name = models.CharField(_("name"), max_length=120)
    name_key = finnish_key_field("name")
    slug = models.SlugField(_("address"), max_length=120, unique=True)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="ilmapuntari_teams", verbose_name=_("organisation")
    )
    county = models.ForeignKey(County, models.PROTECT, related_name="+", verbose_name=_("wellbeing services county"))
    service = models.CharField(_("service"), max_length=30, choices=Service, default=Service.CHILD_PROTECTION)
    leader_answers_with_team = models.BooleanField(
        _("the leader answers with the team"),
        default=False,
        help_text=_("Otherwise leaders answer in the leaders' unit of their county."),
    )
    slips = models.PositiveSmallIntegerField(
        _("paper slips"),
        default=0,
        help_text=_("For a team without e-mail: how many unnamed slips are printed instead of letters."),
    )
    started_on = models.DateField(_("joined the Ilmapuntari"), default=timezone.localdate)
    ended_on = models.DateField(_("left the Ilmapuntari"), null=True, blank=True)

    objects = TeamQuerySet.as_manager()

    class Meta:
        verbose_name = _("team")
        verbose_name_plural = _("teams")
        constraints = [
            models.UniqueConstraint(
                Lower("name"),
                "organisation",
                condition=Q(ended_on=None),
                name="team_name_once_in_an_organisation",
                violation_error_message=_("The organisation has a team of this name already."),
            ),
            # The levels form one tree (rule 7), so an organisation cannot stand under two counties.
            ExclusionConstraint(
                name="teams_of_an_organisation_in_one_county",
                expressions=[
                    # Not as a condition: Django cannot validate one over a field that a form leaves out.
                    (models.Case(models.When(ended_on=None, then="organisation")), RangeOperators.EQUAL),
                    ("county", RangeOperators.NOT_EQUAL),
                ],
                deferrable=models.Deferrable.IMMEDIATE,  # asked after a statement: all teams can move in one
                violation_error_message=_("All teams of an organisation are in one county."),
            ),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("ilmapuntari:team", kwargs={"slug": self.slug})

    def clean(self):
        if self.ended_on is None and self.organisation_id and self.county_id:
            others = Team.objects.of(self.organisation).exclude(pk=self.pk)
            other = others.exclude(county=self.county_id).select_related("county").first()
            if other is not None:
                raise ValidationError({"county": self._other_county(other.county)}, code="other_county")

    def _other_county(self, county):
        return _(
            "The other teams of %(organisation)s are in %(county)s. All teams of an organisation are in one county, "
            "because results are put together by organisation and county."
        ) % {"organisation": self.organisation.called, "county": county.short_name}

    @staticmethod
    def county_of(organisation):
        """The county in which the organisation's teams are; if it has none, the organisation's own; else None."""
        team = Team.objects.of(organisation).select_related("county").first()
        return team.county if team else organisation.county

    @property
    def is_working(self):
        return self.ended_on is None or self.ended_on > timezone.localdate()

    @classmethod
    @transaction.atomic
    def found(cls, *, on=None, **fields):
        """A new team, with the first line of its history."""
        on = on or timezone.localdate()
        team = cls(slug=free_slug(cls, fields["name"]), started_on=on, **fields)
        team.full_clean(exclude=["slug"])
        team.save()
        team.changes.create(kind=TeamChange.Kind.FOUNDED, on=on, name=team.name)
        return team

    def rename(self, name, *, on=None, by=None):
        """Another name for the same team; its results go on. The same name again changes nothing."""
        self.change(on=on, by=by, name=name)

    def move_to(self, organisation, *, on=None, by=None):
        """Another organisation has the team from the day on; its results go on. The same one changes nothing."""
        self.change(on=on, by=by, organisation=organisation, county=organisation.county or self.county)

    @transaction.atomic
    def change(self, *, on=None, by=None, **fields):
        """Other facts of the same team; a new name and a new organisation become lines of its history."""
        before = Team.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=self.pk)
        for name, value in fields.items():
            setattr(self, name, value)
        self.full_clean(exclude=["slug"])
        self.save(update_fields=list(fields))
        on = on or timezone.localdate()
        if self.name != before.name:
            self.changes.create(kind=TeamChange.Kind.RENAMED, on=on, name=before.name, by=by)
        if self.organisation_id != before.organisation_id:
            self.changes.create(kind=TeamChange.Kind.MOVED, on=on, name=before.organisation.name, by=by)

    @transaction.atomic
    def join_into(self, other, *, on=None, by=None):
        """The team ends and its people work in the other from now on. The trend goes on in the other."""
        on = on or timezone.localdate()
        self._move_people(self.members.not_over(on), other, on)
        self.changes.create(kind=TeamChange.Kind.JOINED, on=on, name=self.name, other=other, by=by)
        self._close(on)

    @transaction.atomic
    def split_off(self, name, members, *, on=None, by=None):
        """A new team of some of these people; its trend goes on from this one's. Returns the new team."""
        on = on or timezone.localdate()
        new = Team.found(on=on, name=name, organisation=self.organisation, county=self.county, service=self.service)
        chosen = self.members.not_over(on).filter(pk__in=[member.pk for member in members])
        self._move_people(chosen, new, on)
        new.changes.create(kind=TeamChange.Kind.SPLIT, on=on, name=self.name, other=self, by=by)
        return new

    def _move_people(self, members, other, on):
        """They leave this team on the day and are in the other from then on; nobody is in it twice."""
        there = set(other.members.not_over(on).values_list(Lower("email"), flat=True))
        for member in members:
            starts_on, ends_on = max(on, member.starts_on), member.ends_on
            TeamMember.objects.filter(pk=member.pk).update(ends_on=starts_on)
            if member.email.lower() not in there:
                other.members.create(name=member.name, email=member.email, starts_on=starts_on, ends_on=ends_on)

    @transaction.atomic
    def end(self, *, on=None, by=None):
        """The team takes part no more; what was published stays, its people are forgotten in time.

        A second time changes nothing.
        """
        if self.ended_on is None:
            on = on or timezone.localdate()
            self.changes.create(kind=TeamChange.Kind.ENDED, on=on, name=self.name, by=by)
            self._close(on)

    def _close(self, on):
        for people in (self.members, self.leads):
            people.not_over(on).update(ends_on=Greatest("starts_on", models.Value(on)))
        self.proposals.open().delete()
        self.ended_on = on
        self.save(update_fields=["ended_on"])

    def joining(self, other, *, on):
        """What `join_into` would do, told beforehand."""
        there = {email.lower(): name for email, name in other.members.not_over(on).values_list("email", "name")}
        members = list(self.members.not_over(on).by_name())
        twice = [member for member in members if member.email.lower() in there]
        return {
            "other": other,
            "on": on,
            "members": members,
            "twice": twice,
            "size": len(there) + len(members) - len(twice),
            "leads": list(self.leads.not_over(on).by_name()),
            "rounds": self.rounds_under_way,
        }

    def splitting(self, members, *, on):
        """What `split_off` would do, told beforehand."""
        left = self.members.not_over(on).count() - len(members)
        return {
            "on": on,
            "members": members,
            "left": left,
            "is_small": rules.is_too_small(len(members)),
            "is_left_small": rules.is_too_small(left),
            "rounds": self.rounds_under_way,
        }

    @property
    def rounds_under_way(self):
        """The rounds that have the team in them and are not published yet."""
        units = self.units.filter(round__published_at=None, round__called_off_at=None).select_related("round")
        return [unit.round for unit in units]

    def is_proposable_by(self, user):
        """Whether the user may propose changes to the team's list."""
        return Team.objects.proposable_by(user).filter(pk=self.pk).exists()

    def count_invited(self):
        """How many would be invited to answer with the team today."""
        return Team.objects.with_invited_count().values_list("invited_count", flat=True).get(pk=self.pk)

    @property
    def is_small(self):
        """So few that it gets no numbers of its own; asked of teams fetched for a list (rule 2)."""
        return rules.is_too_small(self.invited_count)

    @property
    def life(self):
        """What has happened to the team, oldest first: [(day, sentence)]."""
        changes = TeamChange.objects.filter(Q(team=self) | Q(other=self)).select_related("team", "other")
        return [(change.on, change.sentence_for(self)) for change in changes]

    @property
    def ancestors(self):
        """The teams in whose results this one's trend goes on, nearest first: [(team, until day)]."""
        lineage = lineage_of([self.pk])
        teams = Team.objects.in_bulk(lineage)
        return [(teams[pk], until) for pk, (steps, until) in lineage.items() if steps]


def lineage_of(teams):
    """{key: (steps, until day)} of these teams, by their keys, and of all from which they come; the nearest first.

    A team comes from the one it split off from, and from those that joined it; their results are its past until that
    day, and so are those of teams which had become part of them by then.
    """
    with connection.cursor() as cursor:
        cursor.execute(LINEAGE, [list(teams)])
        found = cursor.fetchall()
    return {pk: (steps, until) for pk, steps, until in found}


LINEAGE = """
WITH RECURSIVE origin (child, parent, day) AS (
    SELECT team_id, other_id, "on" FROM ilmapuntari_teamchange WHERE kind = 'split' AND other_id IS NOT NULL
    UNION ALL
    SELECT other_id, team_id, "on" FROM ilmapuntari_teamchange WHERE kind = 'joined' AND other_id IS NOT NULL
), past (team, steps, until, path) AS (
    SELECT team, 0, NULL::date, ARRAY[team] FROM unnest(%s::bigint[]) AS team
    UNION ALL
    SELECT parent, steps + 1, LEAST(day, until), path || parent FROM past JOIN origin ON child = team
    WHERE parent <> ALL (path) AND (until IS NULL OR day <= until)
), nearest AS (SELECT DISTINCT ON (team) team, steps, until FROM past ORDER BY team, steps, until DESC)
SELECT team, steps, until FROM nearest ORDER BY steps, until DESC NULLS FIRST, team
"""


class TeamChange(models.Model):
    """A dated fact of a team's life: founded, renamed, joined into another, split off from another."""

    class Kind(models.TextChoices):
        FOUNDED = "founded", _("came along")
        RENAMED = "renamed", _("got a new name")
        MOVED = "moved", _("moved to another organisation")
        JOINED = "joined", _("joined another team")
        SPLIT = "split", _("split off from another team")
        ENDED = "ended", _("left the Ilmapuntari")

    team = models.ForeignKey(Team, models.CASCADE, related_name="changes")
    kind = models.CharField(max_length=10, choices=Kind)
    on = models.DateField(_("day"))
    name = models.CharField(_("name then"), max_length=150)
    other = models.ForeignKey(Team, models.CASCADE, null=True, blank=True, related_name="+")
    by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["on", "pk"]

    def __str__(self):
        return f"{self.on} {self.team_id} {self.kind}"

    def sentence_for(self, team):
        """What happened, from the side of one of its teams."""
        sentences = {
            (self.Kind.FOUNDED, True): gettext("Came along as %(name)s."),
            (self.Kind.RENAMED, True): gettext("Got a new name. Was %(name)s before."),
            (self.Kind.MOVED, True): gettext("Moved to another organisation from %(name)s."),
            (self.Kind.JOINED, True): gettext("Joined the team %(other)s."),
            (self.Kind.JOINED, False): gettext("The team %(name)s joined this one."),
            (self.Kind.SPLIT, True): gettext("Split off from the team %(name)s."),
            (self.Kind.SPLIT, False): gettext("The team %(team)s split off from this one."),
            (self.Kind.ENDED, True): gettext("Left the Ilmapuntari."),
        }
        names = {"name": self.name, "team": self.team.name, "other": self.other.name if self.other else ""}
        return sentences[self.kind, self.team_id == team.pk] % names
