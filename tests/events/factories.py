"""Series, events and those who register, for tests; the default is the smallest valid record."""

from datetime import datetime, time, timedelta

import factory
from django.utils import timezone

from events.models import (
    Event,
    Feedback,
    Phase,
    Question,
    Registration,
    Series,
    Speaker,
    StandingRegistration,
    YearFigure,
)


def noon(days):
    """Noon here, so many days from today."""
    return timezone.make_aware(datetime.combine(timezone.localdate() + timedelta(days=days), time(12)))


class SeriesFactory(factory.django.DjangoModelFactory):
    """A published series that runs on Fridays."""

    class Meta:
        model = Series
        skip_postgeneration_save = True

    name = factory.Sequence(lambda n: f"Sarja {n}")
    slug = factory.Sequence(lambda n: f"sarja-{n}")
    published_at = factory.LazyFunction(timezone.now)
    weekday = 4
    starts = time(8, 30)
    ends = time(9, 30)

    class Params:
        draft = factory.Trait(published_at=None)

    @factory.post_generation
    def status(series, create, extracted, **kwargs):
        Phase.objects.create(
            series=series, on=timezone.localdate() - timedelta(days=400), status=extracted or "running"
        )

    @factory.post_generation
    def counties(series, create, extracted, **kwargs):
        if extracted:
            series.counties.set(extracted)


class EventFactory(factory.django.DjangoModelFactory):
    """A published online event at noon in thirty days; `held=True` for one of thirty days ago."""

    class Meta:
        model = Event
        skip_postgeneration_save = True

    title = factory.Sequence(lambda n: f"Tapahtuma {n}")
    slug = factory.Sequence(lambda n: f"tapahtuma-{n}")
    published_at = factory.LazyFunction(timezone.now)
    starts_at = factory.LazyFunction(lambda: noon(30))
    ends_at = factory.LazyAttribute(lambda event: event.starts_at + timedelta(hours=1))
    keeps_people_until = factory.LazyAttribute(lambda event: timezone.localdate(event.ends_at) + Event.PEOPLE_KEPT)

    class Params:
        draft = factory.Trait(published_at=None)
        held = factory.Trait(starts_at=factory.LazyFunction(lambda: noon(-30)))
        cancelled = factory.Trait(cancelled_at=factory.LazyFunction(timezone.now))

    @factory.post_generation
    def counties(event, create, extracted, **kwargs):
        if extracted:
            event.counties.set(extracted)


class SpeakerFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Speaker

    event = factory.SubFactory(EventFactory)
    name = factory.Sequence(lambda n: f"Puhuja {n}")
    position = factory.Sequence(lambda n: n)


class QuestionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Question

    event = factory.SubFactory(EventFactory)
    text = factory.Sequence(lambda n: f"Kysymys {n}?")
    position = factory.Sequence(lambda n: n)


class RegistrationFactory(factory.django.DjangoModelFactory):
    """Somebody with a seat; `waiting=True` in the queue. The event counts its seats."""

    class Meta:
        model = Registration
        skip_postgeneration_save = True

    event = factory.SubFactory(EventFactory)
    name = factory.Sequence(lambda n: f"Ilmoittautuja {n}")
    email = factory.Sequence(lambda n: f"ilmoittautuja{n}@example.org")
    seated_at = factory.LazyFunction(timezone.now)

    class Params:
        waiting = factory.Trait(seated_at=None)

    @factory.post_generation
    def counted(registration, create, extracted, **kwargs):
        registration.event.count_seats()
        registration.refresh_from_db(fields=["state"])


class StandingFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = StandingRegistration

    series = factory.SubFactory(SeriesFactory, takes_standing=True)
    name = factory.Sequence(lambda n: f"Vakituinen {n}")
    email = factory.Sequence(lambda n: f"vakituinen{n}@example.org")


class YearFigureFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = YearFigure

    series = factory.SubFactory(SeriesFactory)
    year = 2022
    event_count = 3


class FeedbackFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Feedback

    event = factory.SubFactory(EventFactory, held=True)
    useful = 4
