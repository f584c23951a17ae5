"""Projects and their parts for tests; the default is the smallest valid record."""

from datetime import date

import factory
from django.utils import timezone

from projects.models import (
    Activity,
    Deadline,
    Extension,
    Funding,
    Indicator,
    Link,
    Objective,
    Output,
    Partner,
    Phase,
    Project,
    Report,
    Staffing,
)
from tests.directory.factories import OrganisationFactory


class ProjectFactory(factory.django.DjangoModelFactory):
    """A published project that has run since 2022; `status=` for another phase, `counties=[…]` for its area."""

    class Meta:
        model = Project
        skip_postgeneration_save = True

    name = factory.Sequence(lambda n: f"Hanke {n}")
    slug = factory.Sequence(lambda n: f"hanke-{n}")
    published_at = factory.LazyFunction(timezone.now)

    class Params:
        draft = factory.Trait(published_at=None)
        dated = factory.Trait(starts_on=date(2022, 1, 1), ends_on=date(2022, 12, 31))

    @factory.post_generation
    def status(project, create, extracted, **kwargs):
        PhaseFactory(project=project, status=extracted or Project.Status.RUNNING)

    @factory.post_generation
    def counties(project, create, extracted, **kwargs):
        if extracted:
            project.counties.set(extracted)

    @factory.post_generation
    def municipalities(project, create, extracted, **kwargs):
        if extracted:
            project.municipalities.set(extracted)


class PartFactory(factory.django.DjangoModelFactory):
    class Meta:
        abstract = True

    project = factory.SubFactory(ProjectFactory)


class PhaseFactory(PartFactory):
    class Meta:
        model = Phase

    on = date(2022, 1, 1)
    precision = "year"
    status = Project.Status.RUNNING


class ExtensionFactory(PartFactory):
    class Meta:
        model = Extension

    project = factory.SubFactory(ProjectFactory, dated=True)
    until = date(2023, 6, 30)
    decided_on = date(2022, 11, 1)


class PartnerFactory(PartFactory):
    class Meta:
        model = Partner

    organisation = factory.SubFactory(OrganisationFactory)


class StaffingFactory(PartFactory):
    class Meta:
        model = Staffing

    title = "projektipäällikkö"


class FundingFactory(PartFactory):
    class Meta:
        model = Funding

    source = Funding.Source.ESF


class ObjectiveFactory(PartFactory):
    class Meta:
        model = Objective

    text = factory.Sequence(lambda n: f"Tavoite {n}")


class ActivityFactory(PartFactory):
    class Meta:
        model = Activity

    text = factory.Sequence(lambda n: f"Toimenpide {n}")


class OutputFactory(PartFactory):
    class Meta:
        model = Output

    title = factory.Sequence(lambda n: f"Tuotos {n}")


class IndicatorFactory(PartFactory):
    class Meta:
        model = Indicator

    name = factory.Sequence(lambda n: f"Luku {n}")
    actual = 10


class DeadlineFactory(PartFactory):
    class Meta:
        model = Deadline

    title = factory.Sequence(lambda n: f"Väliraportti {n}")
    on = factory.LazyFunction(timezone.localdate)


class ReportFactory(PartFactory):
    class Meta:
        model = Report

    starts_on = date(2022, 1, 1)
    ends_on = date(2022, 6, 30)
    text = "<p>Tehtiin työtä.</p>"


class LinkFactory(PartFactory):
    class Meta:
        model = Link

    url = factory.Sequence(lambda n: f"https://www.example.org/{n}")
