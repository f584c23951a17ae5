"""Areas, organisations and people for tests; all invented but the areas."""

import factory

from directory.models import County, Municipality, Organisation, Person, SubRegion


class CountyFactory(factory.django.DjangoModelFactory):
    """One of ours; Pirkanmaa unless told."""

    class Meta:
        model = County
        django_get_or_create = ("code",)

    code = "08"
    name_fi = "Pirkanmaan hyvinvointialue"
    name_sv = "Birkalands välfärdsområde"
    short_name = "Pirkanmaa"
    slug = "pirkanmaa"
    is_ours = True
    position = 1

    class Params:
        kanta_hame = factory.Trait(
            code="07",
            name_fi="Kanta-Hämeen hyvinvointialue",
            name_sv="Egentliga Tavastlands välfärdsområde",
            short_name="Kanta-Häme",
            slug="kanta-hame",
            position=2,
        )
        satakunta = factory.Trait(
            code="06",
            name_fi="Satakunnan hyvinvointialue",
            name_sv="Satakunta välfärdsområde",
            short_name="Satakunta",
            slug="satakunta",
            position=3,
        )


class SubRegionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = SubRegion

    name = factory.Sequence(lambda n: f"Seutu {n}")
    county = factory.SubFactory(CountyFactory)


class MunicipalityFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Municipality

    code = factory.Sequence(lambda n: f"{n % 1000:03}")
    name_fi = factory.Sequence(lambda n: f"Kunta {n}")
    name_sv = factory.SelfAttribute("name_fi")
    sub_region = factory.SubFactory(SubRegionFactory)
    population = 1000
    population_year = 2022


class OrganisationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Organisation
        django_get_or_create = ("name",)

    name = factory.Sequence(lambda n: f"Järjestö {n} ry")
    kind = Organisation.Kind.ASSOCIATION

    class Params:
        us = factory.Trait(
            name="Sosiaalialan osaamiskeskus Pikassos Oy",
            short_name="Pikassos",
            kind=Organisation.Kind.COMPETENCE_CENTRE,
            is_us=True,
        )


class PersonFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Person

    given_name = "Aino"
    family_name = factory.Sequence(lambda n: f"Keksitty{n}")
    email = factory.Sequence(lambda n: f"aino.keksitty{n}@example.org")

    class Params:
        of_the_house = factory.Trait(
            organisation=factory.SubFactory(OrganisationFactory, us=True), title="suunnittelija", is_listed=True
        )
