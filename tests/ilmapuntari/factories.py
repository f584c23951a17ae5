"""The smallest valid records of the Ilmapuntari; people are invented."""

from datetime import timedelta

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from ilmapuntari.instruments.loading import load_first
from ilmapuntari.models import (
    AgreedAction,
    Lead,
    Manager,
    MemberProposal,
    ReportingUnit,
    Round,
    Team,
    TeamMember,
    UnitResult,
)
from tests.accounts.factories import UserFactory
from tests.directory.factories import CountyFactory, OrganisationFactory


class TeamFactory(DjangoModelFactory):
    class Meta:
        model = Team
        skip_postgeneration_save = True

    name = factory.Sequence(lambda number: f"Tiimi {number}")
    slug = factory.Sequence(lambda number: f"tiimi-{number}")
    county = factory.SubFactory(CountyFactory)
    organisation = factory.SubFactory(OrganisationFactory)
    started_on = factory.LazyFunction(lambda: timezone.localdate() - timedelta(days=900))

    @factory.post_generation
    def size(self, create, size, **kwargs):
        """`TeamFactory(size=8)`: so many members."""
        for number in range(size or 0):
            TeamMemberFactory(team=self, name=f"Jäsen {number + 1} {self.name}")


class TeamMemberFactory(DjangoModelFactory):
    class Meta:
        model = TeamMember

    team = factory.SubFactory(TeamFactory)
    name = factory.Sequence(lambda number: f"Jäsen {number}")
    email = factory.Sequence(lambda number: f"tiimilainen{number}@example.org")
    starts_on = factory.LazyFunction(lambda: timezone.localdate() - timedelta(days=800))


class LeadFactory(DjangoModelFactory):
    class Meta:
        model = Lead

    team = factory.SubFactory(TeamFactory)
    user = factory.SubFactory(UserFactory)
    name = factory.Sequence(lambda number: f"Vetäjä {number}")
    starts_on = factory.LazyFunction(lambda: timezone.localdate() - timedelta(days=800))


class ManagerFactory(DjangoModelFactory):
    class Meta:
        model = Manager

    user = factory.SubFactory(UserFactory)
    organisation = factory.SubFactory(OrganisationFactory)
    name = factory.Sequence(lambda number: f"Päällikkö {number}")
    starts_on = factory.LazyFunction(lambda: timezone.localdate() - timedelta(days=800))


class MemberProposalFactory(DjangoModelFactory):
    class Meta:
        model = MemberProposal

    team = factory.SubFactory(TeamFactory)
    kind = MemberProposal.Kind.ADD
    name = "Uusi Jäsen"
    email = factory.Sequence(lambda number: f"uusi{number}@example.org")
    proposed_by = factory.SubFactory(UserFactory)


class RoundFactory(DjangoModelFactory):
    """A round being planned, which opens in a week; `open=True` has been opened, `published=True` long ago published.

    The traits set dates only: for real boxes and results use `tests.ilmapuntari.rounds`.
    """

    class Meta:
        model = Round

    class Params:
        scheduled = factory.Trait(scheduled_at=factory.LazyFunction(timezone.now))
        open = factory.Trait(
            scheduled=True,
            opens_at=factory.LazyFunction(lambda: timezone.now() - timedelta(days=3)),
            frozen_at=factory.LazyFunction(lambda: timezone.now() - timedelta(days=3, hours=1)),
            sealed_at=factory.LazyFunction(lambda: timezone.now() - timedelta(days=3, hours=1)),
            opened_at=factory.LazyFunction(lambda: timezone.now() - timedelta(days=3)),
        )
        published = factory.Trait(
            open=True,
            opens_at=factory.LazyFunction(lambda: timezone.now() - timedelta(days=40)),
            opened_at=factory.LazyFunction(lambda: timezone.now() - timedelta(days=40)),
            closed_at=factory.LazyFunction(lambda: timezone.now() - timedelta(days=20)),
            computed_at=factory.LazyFunction(lambda: timezone.now() - timedelta(days=20)),
            destroyed_at=factory.LazyFunction(lambda: timezone.now() - timedelta(days=20)),
            published_at=factory.LazyFunction(lambda: timezone.now() - timedelta(days=19)),
        )

    instrument = factory.LazyFunction(load_first)
    year = factory.Sequence(lambda number: 2000 + number // 4)
    season = factory.Sequence(lambda number: ["winter", "spring", "summer", "autumn"][number % 4])
    opens_at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=7))
    closes_at = factory.LazyAttribute(lambda record: record.opens_at + timedelta(days=14))
    publishes_at = factory.LazyAttribute(lambda record: record.closes_at + timedelta(days=1))


class ReportingUnitFactory(DjangoModelFactory):
    """One team's unit in a round; `team=` an existing team."""

    class Meta:
        model = ReportingUnit

    class Params:
        team = factory.SubFactory(TeamFactory)

    round = factory.SubFactory(RoundFactory)
    kind = ReportingUnit.Kind.TEAM
    organisation = factory.LazyAttribute(lambda record: record.team.organisation)
    county = factory.LazyAttribute(lambda record: record.team.county)
    name = factory.LazyAttribute(lambda record: record.team.name)
    invited = 8

    @classmethod
    def _create(cls, model, *args, team=None, **kwargs):
        return super()._create(model, *args, **kwargs)


def unit_of(round, team, **fields):
    """The unit of a team in a round, with the row that ties them together."""
    unit = ReportingUnit.objects.create(
        round=round, kind=ReportingUnit.Kind.TEAM, organisation=team.organisation, county=team.county, name=team.name,
        **({"invited": 8} | fields),
    )  # fmt: skip
    unit.unit_teams.create(round=round, team=team)
    return unit


class UnitResultFactory(DjangoModelFactory):
    """A result in which every statement has the same mean, 6.0 of 5–7 answers unless told."""

    class Meta:
        model = UnitResult

    class Params:
        mean = 60

    unit = factory.SubFactory(ReportingUnitFactory)
    band = UnitResult.Band.FEW
    figures = factory.LazyAttribute(
        lambda record: (
            None
            if record.band == "too_few"
            else [{"band": record.band, "mean": record.mean, "spread": None, "n": None, "bins": None}] * 28
        )
    )


class AgreedActionFactory(DjangoModelFactory):
    class Meta:
        model = AgreedAction

    team = factory.SubFactory(TeamFactory)
    round = factory.SubFactory(RoundFactory, published=True)
    statement = "want-to-stay"
    what = "Kirjaamisaika kalenteriin keskiviikkoisin"
    who = "koko tiimi"
    by_on = factory.LazyFunction(lambda: timezone.localdate() + timedelta(days=30))
