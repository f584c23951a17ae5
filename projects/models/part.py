"""The parts of a project."""

from publishing import parts


class Part(parts.Part):
    OWNER = "project"

    class Meta:
        abstract = True


class OrderedPart(parts.OrderedPart):
    OWNER = "project"

    class Meta:
        abstract = True
