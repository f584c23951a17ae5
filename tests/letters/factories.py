"""Letters for tests."""

import factory

from letters.models import Letter


class LetterFactory(factory.django.DjangoModelFactory):
    """A letter that waits to be sent; `secret=True` for one with a code in it."""

    class Meta:
        model = Letter

    key = factory.Sequence(lambda n: f"test:{n}")
    to_name = "Aino Keksitty"
    to_email = factory.Sequence(lambda n: f"aino{n}@example.org")
    subject = "Kutsu"
    text = "Hei Aino,\n\ntervetuloa.\n"

    class Params:
        secret = factory.Trait(is_secret=True, text="Koodi ABCD-EFGH")
