"""Networks, members and meetings for tests."""

from datetime import timedelta

import factory
from django.utils import timezone

from networks.models import Attendance, Meeting, Membership, Network, Phase
from tests.directory.factories import PersonFactory


class NetworkFactory(factory.django.DjangoModelFactory):
    """A published network of ours that has run since 2022."""

    class Meta:
        model = Network
        skip_postgeneration_save = True

    name = factory.Sequence(lambda n: f"Verkosto {n}")
    slug = factory.Sequence(lambda n: f"verkosto-{n}")
    published_at = factory.LazyFunction(timezone.now)

    class Params:
        draft = factory.Trait(published_at=None)
        seat = factory.Trait(convened_by_us=False, our_role="jäsen")

    @factory.post_generation
    def status(network, create, extracted, **kwargs):
        PhaseFactory(network=network, status=extracted or Network.Status.RUNNING)

    @factory.post_generation
    def counties(network, create, extracted, **kwargs):
        if extracted:
            network.counties.set(extracted)


class PhaseFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Phase

    network = factory.SubFactory(NetworkFactory)
    on = factory.LazyFunction(lambda: timezone.localdate().replace(year=2022, month=1, day=1))
    precision = Phase.Precision.YEAR
    status = Network.Status.RUNNING


class MembershipFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Membership

    network = factory.SubFactory(NetworkFactory)
    person = factory.SubFactory(PersonFactory)
    starts_on = factory.LazyFunction(lambda: timezone.localdate() - timedelta(days=100))

    class Params:
        past = factory.Trait(ends_on=factory.LazyFunction(lambda: timezone.localdate() - timedelta(days=10)))


def noon_in(days):
    """Noon in Finland so many days from now: a meeting ends on the day of its start, whenever the tests run."""
    return timezone.localtime().replace(hour=12, minute=0, second=0, microsecond=0) + timedelta(days=days)


class MeetingFactory(factory.django.DjangoModelFactory):
    """A meeting in ten days."""

    class Meta:
        model = Meeting

    network = factory.SubFactory(NetworkFactory)
    title = factory.Sequence(lambda n: f"Aihe {n}")
    starts_at = factory.LazyFunction(lambda: noon_in(10))
    ends_at = factory.LazyAttribute(lambda meeting: meeting.starts_at + timedelta(hours=2))

    class Params:
        held = factory.Trait(starts_at=factory.LazyFunction(lambda: noon_in(-20)))
        cancelled = factory.Trait(cancelled_at=factory.LazyFunction(timezone.now))


class AttendanceFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Attendance

    meeting = factory.SubFactory(MeetingFactory)
    person = factory.SubFactory(PersonFactory)
