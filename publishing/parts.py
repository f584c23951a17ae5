"""The parts of a record: who sees them, who changes them, where on its page they stand, and in which order."""

from django.db import models
from django.db.models import Max


class PartQuerySet(models.QuerySet):
    @property
    def owners(self):
        """The records to which the parts belong, by way of the key: they know their parts, not the other way round."""
        return self.model._meta.get_field(self.model.OWNER).related_model.objects

    def of_owners(self, owners):
        return self.filter(**{f"{self.model.OWNER}__in": owners})

    def visible_to(self, user):
        return self.of_owners(self.owners.visible_to(user))

    def editable_by(self, user):
        return self.of_owners(self.owners.editable_by(user))


class Part(models.Model):
    """Something that belongs to one record and stands in a section of its page. `OWNER` names the key to the record."""

    OWNER = ""
    ANCHOR = ""  # of the section

    class Meta:
        abstract = True

    @property
    def owner_record(self):
        return getattr(self, self.OWNER)

    def get_absolute_url(self):
        return f"{self.owner_record.get_absolute_url()}#{self.ANCHOR}"


class OrderedPart(Part):
    """One of several that stand in an order which people choose."""

    position = models.PositiveSmallIntegerField(default=0, editable=False)

    class Meta:
        abstract = True

    def siblings(self):
        """Those among which it has its place, itself included."""
        return type(self).objects.filter(**{self.OWNER: self.owner_record})

    def put_last(self):
        """A new one comes after the others."""
        self.position = (self.siblings().aggregate(last=Max("position"))["last"] or 0) + 1

    def move(self, steps):
        """Up (negative) or down among its siblings; at the end of the row it stays where it is."""
        row = list(self.siblings().select_for_update().order_by("position", "pk"))
        here = next(index for index, one in enumerate(row) if one.pk == self.pk)
        there = min(max(here + steps, 0), len(row) - 1)
        row.insert(there, row.pop(here))
        for number, one in enumerate(row, start=1):
            if one.position != number:
                one.position = number
                one.save(update_fields=["position"])
